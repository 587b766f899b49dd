"""Codes of the event log, as a person reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from segue_server.completion.reasons import sentence_of, short_of

if TYPE_CHECKING:
    from segue_server.activity._figures import Counts

_REJECTIONS: Final = {
    "typed": "something else was typed",
    "deleted": "text was deleted",
    "moved": "the cursor went elsewhere",
    "dismissed": "dismissed",
    "other": "for another reason",
}
_PARTS: Final = {"whole": "as a whole", "word": "word by word", "line": "line by line"}
_ENGINES: Final = {
    "statistical": "statistical engine",
    "model": "language model",
    "both": "both engines",
}


def in_words(code: str) -> str:
    """Return what a reason, a part or an engine of the log means; an unknown code without its underscores."""
    known = _REJECTIONS.get(code) or _PARTS.get(code) or _ENGINES.get(code) or short_of(code)
    sentence = sentence_of(code).rstrip(".")
    return known or (sentence[:1].lower() + sentence[1:]) or code.replace("_", " ")


def in_plain_words(total: Counts) -> str:
    """Return what the suggestions were worth, as one would say it."""
    each = f", with {total.chars_per_acceptance:.0f} characters each" if total.acceptances else ""
    return (
        f"Suggestions wrote {total.accepted_chars:,} of about {total.written:,} characters ({total.completed:.0%}), which"
        f" saved you {total.keys_saved:,} keys. You accepted {total.acceptances:,} of {total.displays:,} suggestions"
        f" ({total.acceptance_rate:.0%}){each}."
    )
