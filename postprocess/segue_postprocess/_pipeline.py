"""The steps from a raw completion to what may be shown, in order."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from segue_postprocess import _clean, _extent, _gate, _indent, _judge, _overlap, _repeat, _situation, _space
from segue_postprocess._answer import LONG_ANSWER
from segue_postprocess._brackets import cut_after_comment, cut_foreign, fit
from segue_postprocess._gate import Candidate
from segue_postprocess._names import unknown_names
from segue_postprocess._reasons import Reason
from segue_postprocess._situation import Situation, look
from segue_postprocess._types import LONGEST_ANSWER, Cursor, Processed
from segue_syntax import TreeStore

if TYPE_CHECKING:
    from collections.abc import Callable


def prepare(cursor: Cursor, *, trees: TreeStore | None = None) -> None:
    """Work out what `process` and `StreamFilter` need to know of a cursor, while its answer is still awaited.

    No answer becomes another by it, only sooner ready. It takes some milliseconds of the calling thread.
    """
    situation = look(cursor)
    _situation.prepare(situation)
    _indent.prepare(situation)
    _repeat.prepare(situation)
    _gate.prepare(situation, trees or _shared_trees())


def process(
    cursor: Cursor,
    completion: str,
    *,
    known_name: Callable[[str], bool] | None = None,
    trees: TreeStore | None = None,
) -> Processed:
    """Return what of `completion` may be shown at `cursor`, and why it was changed or dropped.

    `known_name` says whether a name exists in the project; names it does not know are reported, not dropped.
    `trees` holds the syntax trees of the session's documents; by default all callers share one store.
    """
    reasons: list[Reason] = []
    situation = look(cursor)
    candidate = _shape(completion, situation, reasons)
    fault = _judge.fault(candidate.text, situation)
    if fault is None:
        checked = _gate.check(candidate, situation, trees or _shared_trees(), reasons)
        if isinstance(checked, Reason):
            fault = checked
        elif checked is not candidate:
            candidate = checked
            fault = _judge.fault(candidate.text, situation)
    if fault is not None:
        return Processed(None, 0, (*_codes(reasons), fault.value))
    text = candidate.text
    names: tuple[str, ...] = ()
    if known_name is not None and situation.mode.is_code and not situation.profile.prose:
        names = unknown_names(text, situation, known_name)
        if names:
            reasons.append(Reason.UNKNOWN_NAMES)
    if situation.crlf and "\n" in text:
        text = text.replace("\n", "\r\n")
    return Processed(text, candidate.replaced, _codes(reasons), names)


@cache
def _shared_trees() -> TreeStore:
    return TreeStore()


def _codes(reasons: list[Reason]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(reason.value for reason in reasons))


def _shape(completion: str, situation: Situation, reasons: list[Reason]) -> Candidate:
    """Return the part of `completion` to insert, without asking the parser."""
    windows = completion[:LONGEST_ANSWER].replace("\r\n", "\n")
    text = windows.replace("\r", "\n")
    if len(completion) > LONGEST_ANSWER:
        reasons.append(Reason.MAX_LINES)
        text = text[: text.rfind("\n")] if "\n" in text else text
    if "\r" in (windows if situation.crlf else completion):
        reasons.append(Reason.LINE_ENDINGS)
    text = _clean.clean(text, situation, reasons)
    text = _space.leading(text, situation, reasons)
    text = _indent.reindent(text, situation, reasons)
    unlooped = _repeat.cut_loops(text, situation, reasons)
    runaway = len(unlooped) < len(text) and text.count("\n") + 1 >= LONG_ANSWER
    text = unlooped
    synced = False
    start = _overlap.repeated_lines_start(text, situation)
    if start is not None:
        text = text[:start].rstrip("\n") if not situation.line_after.strip() else text[:start]
        reasons.append(Reason.SUFFIX_LINES)
        synced = True
    text = _extent.limit(text, situation, reasons, synced=synced, runaway=runaway)
    text = _max_lines(text, situation, reasons)
    candidate = _fitted(text, situation, reasons)
    text = _space.trailing(candidate.text, situation, reasons)
    return Candidate(text, candidate.replaced if text.strip() else 0)


def _max_lines(text: str, situation: Situation, reasons: list[Reason]) -> str:
    lines = text.split("\n")
    if len(lines) <= situation.cursor.max_lines:
        return text
    reasons.append(Reason.MAX_LINES)
    return "\n".join(lines[: situation.cursor.max_lines])


def _fitted(text: str, situation: Situation, reasons: list[Reason]) -> Candidate:
    """Return `text` without what the suffix already says, brackets matched; the better fit wins, then the shorter."""
    overlap = _overlap.repeated_tail(text, situation)
    whole, balance = cut_foreign(text, situation)
    if overlap:
        trimmed = text[:-overlap]
        shorter = fit(trimmed, situation)
        if shorter.cost <= balance.cost and not shorter.replaced:
            reasons.append(Reason.SUFFIX_OVERLAP)
            return Candidate(trimmed, 0)
    whole = cut_after_comment(whole, situation)
    if whole != text:
        reasons.append(Reason.BRACKETS_CUT)
    replaced = balance.replaced
    if replaced:
        reasons.append(Reason.BRACKETS_REPLACED)
        after = situation.line_after[replaced:]
        if after[:1] in (";", ",") and whole.rstrip().endswith(after[0]):
            replaced += 1
    return Candidate(whole, replaced)
