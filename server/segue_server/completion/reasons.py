"""Why nothing is shown: every code of a reason, and what a person reads."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason as a sentence, and in a few words where the status shows it: the others pass with the next key."""

    sentence: str
    short: str = ""


REASONS: dict[str, Reason] = {
    "paused": Reason("Segue is paused."),
    "disabled": Reason("Completion is switched off in the settings.", "switched off"),
    "language_disabled": Reason(
        "Completion is switched off for this language.", "switched off for this language"
    ),
    "denied": Reason(
        "The file is on the deny list: it is neither sent nor completed in.", "file on the deny list"
    ),
    "binary": Reason("The file looks binary."),
    "empty": Reason("The file is empty, so there is nothing to go by."),
    "mid_word": Reason("The cursor is inside a word.", "cursor inside a word"),
    "after_deletion": Reason("The last change was a deletion.", "silent after a deletion"),
    "popup": Reason("The editor's popup suggests something else.", "the popup says something else"),
    "superseded": Reason("The text changed before the answer came."),
    "stale": Reason("The document changed while the answer was computed."),
    "no_engine": Reason(
        "There is no model, and the repository holds nothing similar.", "nothing similar found"
    ),
    "model_offline": Reason(
        "The model is offline, and the repository holds nothing similar.", "model offline"
    ),
    "low_confidence": Reason("Not sure enough yet.", "not sure enough yet"),
    "waiting": Reason("Waiting for the model.", "waiting for the model"),
    "nothing": Reason("Neither engine had an answer that passed the checks.", "nothing that fits"),
    "unknown_document": Reason("The document is not open."),
    "starting": Reason("Segue is still starting."),
    "failed": Reason("Segue failed; the log says where."),
}


def sentence_of(code: str) -> str:
    """Return a reason as a sentence, "" for an unknown code."""
    return REASONS[code].sentence if code in REASONS else ""


def short_of(code: str) -> str:
    """Return a reason in a few words, "" where the status does not show it."""
    return REASONS[code].short if code in REASONS else ""
