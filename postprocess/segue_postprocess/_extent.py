"""How much of a completion to keep: the line, the statement, the block or the definition that was begun."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segue_postprocess._answer import Answer
from segue_postprocess._lexis import indent_of
from segue_postprocess._lines import goes_on
from segue_postprocess._reasons import Reason
from segue_postprocess._units import Units

if TYPE_CHECKING:
    from segue_postprocess._situation import Situation


def one_line(situation: Situation) -> bool:
    """Whether only the rest of the line may be written: by request, or since other text follows on it."""
    if situation.cursor.multiline is False:
        return True
    return situation.in_line and not (situation.cursor.multiline and situation.on_blank_line)


def limit(
    text: str, situation: Situation, reasons: list[Reason], *, synced: bool = False, runaway: bool = False
) -> str:
    """Return the start of `text` that ends with what the cursor's place asks for.

    `synced` says that what followed was cut for repeating the text below: the model itself knew where to stop.
    `runaway` says that what followed was cut for repeating something else: it did not.
    """
    if "\n" not in text:
        return text
    if one_line(situation):
        reasons.append(Reason.SINGLE_LINE)
        return text[: text.index("\n")]
    if situation.mode.line_comment and text[: text.index("\n")].strip():
        return _comment_lines(text, situation, reasons)
    if situation.mode.literal >= 0 and situation.profile.literals[situation.mode.literal].multiline:
        ended = _literal_end(text, situation)
        if ended < 0 or not text[ended:].strip():
            return text
        if ended:
            reasons.append(Reason.LITERAL_END)
            return text[:ended]
    if situation.profile.prose:
        return _paragraph(text, situation, reasons)
    return Units(Answer(text, situation), reasons, synced=synced, runaway=runaway).kept()


def _comment_lines(text: str, situation: Situation, reasons: list[Reason]) -> str:
    lines = text.split("\n")
    marks = situation.profile.line_comments
    keep = 1
    if situation.line_before.strip().startswith(marks):
        while (
            keep < len(lines)
            and lines[keep].strip().startswith(marks)
            and indent_of(lines[keep]) == situation.indent
        ):
            keep += 1
    if keep < len(lines):
        reasons.append(Reason.COMMENT_END)
    return "\n".join(lines[:keep])


def _literal_end(text: str, situation: Situation) -> int:
    """Return where the line ends that ends the comment or string at the cursor.

    -1 when it does not end: the brackets of a comment or string mean nothing; 0 when code goes on after it.
    """
    tokens, _ = situation.scanner.scan(text, 0, situation.mode)
    literal = situation.profile.literals[situation.mode.literal]
    if not tokens or tokens[0][0] != literal.mark:
        return -1
    end = tokens[0][2]
    newline = text.find("\n", end)
    if newline < 0:
        return -1
    return 0 if not literal.comment and goes_on(text[end:newline]) else newline


def _paragraph(text: str, situation: Situation, reasons: list[Reason]) -> str:
    """Prose goes on to the next heading, and a line in a paragraph to the end of the paragraph."""
    lines = text.split("\n")
    for number, line in enumerate(lines[1:], 1):
        heading = line.startswith("#") and situation.cursor.prefix.rstrip(" \t").endswith("\n")
        ended = not lines[number - 1].strip() and not situation.on_blank_line and bool(lines[0].strip())
        if line.strip() and (heading or ended) and any(text.strip() for text in lines[:number]):
            reasons.append(Reason.UNIT_END)
            return "\n".join(lines[:number]).rstrip("\n")
    return text
