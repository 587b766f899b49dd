"""White space at both ends of a completion: right for a cursor in a word, in a line and on a new line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segue_postprocess._lexis import indent_of, leading_space
from segue_postprocess._reasons import Reason

if TYPE_CHECKING:
    from segue_postprocess._situation import Situation


def leading(text: str, situation: Situation, reasons: list[Reason]) -> str:
    """Return `text` without leading space that the document already has."""
    before = situation.line_before
    result = text
    if before and not before.strip():
        result = _on_indented_line(text, situation)
    elif (
        before
        and before[-1].isspace()
        and _one_space(text)
        and not before[-2:].isspace()
        and not situation.profile.prose
    ):
        result = text[1:]  # two or more align columns and are meant
    if result != text:
        reasons.append(Reason.LEADING_SPACE)
    return result


def _one_space(text: str) -> bool:
    return text[:1] in (" ", "\t") and text[1:2] not in (" ", "\t", "")


def _on_indented_line(text: str, situation: Situation) -> str:
    body = text.lstrip(" \t\n") if text.lstrip(" \t").startswith("\n") else text
    if situation.mode.literal >= 0:
        return body
    space = leading_space(body)
    if not space:
        return body
    if situation.profile.offside and situation.previous_line.rstrip().endswith(":"):
        missing = indent_of(situation.previous_line) + 1 - situation.indent
        if missing > 0 and len(space) > 0:
            wanted = indent_of(space)
            return (" " * max(wanted - situation.indent, 0) or space) + body.lstrip(" \t")
    return body.lstrip(" \t")


def trailing(text: str, situation: Situation, reasons: list[Reason]) -> str:
    """Return `text` without trailing space, except where text follows on the same line."""
    after = situation.line_after
    if not after.strip():
        result = text.rstrip()
    elif after[0].isspace():
        result = text.rstrip(" \t")
    else:
        return text
    if result != text:
        reasons.append(Reason.TRAILING_SPACE)
    return result
