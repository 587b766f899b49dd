"""How much of a completion to keep: the line, the statement, the block or the definition that was begun."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segue_postprocess._completion_lines import CompletionLines
from segue_postprocess._lines import goes_on
from segue_postprocess._truncator import Truncator
from segue_postprocess._types import Reason
from segue_syntax import indent_width

if TYPE_CHECKING:
    from segue_postprocess._context import CursorContext
    from segue_postprocess._types import Candidate
    from segue_syntax import Literal


def truncate(candidate: Candidate, context: CursorContext) -> Candidate:
    """Keep the start of the answer that ends with what the cursor's place asks for."""
    text = candidate.text
    if "\n" not in text:
        return candidate
    if is_one_line(context):
        return candidate.with_reason(Reason.SINGLE_LINE, text=text[: text.index("\n")])
    if context.lex_state.line_comment and text[: text.index("\n")].strip():
        return candidate.changed(_comment_lines(text, context), Reason.COMMENT_END)
    literal = context.lex_state.literal
    if literal is not None and literal.multiline:
        ended = _literal_end(text, literal, context)
        if ended < 0 or not text[ended:].strip():
            return candidate
        if ended:
            return candidate.with_reason(Reason.LITERAL_END, text=text[:ended])
    if context.language.prose:
        return candidate.changed(_paragraph(text, context), Reason.UNIT_END)
    synced, runaway = Reason.SUFFIX_LINES in candidate.reasons, Reason.DRIFT in candidate.reasons
    kept, reason = Truncator(CompletionLines(text, context), synced=synced, runaway=runaway).kept()
    return candidate.changed(kept, reason)


def cut_to_max_lines(candidate: Candidate, context: CursorContext) -> Candidate:
    """Cut to as many lines as the caller allows."""
    lines = candidate.text.split("\n")
    return candidate.changed("\n".join(lines[: context.cursor.max_lines]), Reason.MAX_LINES)


def is_one_line(context: CursorContext) -> bool:
    """Whether only the rest of the line may be written: by request, or since other text follows on it."""
    if context.cursor.multiline is False:
        return True
    return context.in_line and not (context.cursor.multiline and context.on_blank_line)


def _comment_lines(text: str, context: CursorContext) -> str:
    lines = text.split("\n")
    marks = context.language.line_comments
    keep = 1
    if context.line_before.strip().startswith(marks):
        while (
            keep < len(lines)
            and lines[keep].strip().startswith(marks)
            and indent_width(lines[keep]) == context.indent
        ):
            keep += 1
    return "\n".join(lines[:keep])


def _literal_end(text: str, literal: Literal, context: CursorContext) -> int:
    """Return where the line ends that ends the comment or string at the cursor.

    -1 when it does not end: the brackets of a comment or string mean nothing; 0 when code goes on after it.
    """
    tokens, _ = context.scanner.scan(text, 0, context.lex_state)
    if not tokens or tokens[0][0] != literal.mark:
        return -1
    end = tokens[0][2]
    newline = text.find("\n", end)
    if newline < 0:
        return -1
    return 0 if not literal.comment and goes_on(text[end:newline]) else newline


def _paragraph(text: str, context: CursorContext) -> str:
    """Prose goes on to the next heading, and a line in a paragraph to the end of the paragraph."""
    lines = text.split("\n")
    at_line_start = context.cursor.prefix.rstrip(" \t").endswith("\n")
    in_paragraph = not context.on_blank_line and bool(lines[0].strip())
    for number, line in enumerate(lines[1:], 1):
        heading = line.startswith("#") and at_line_start
        ended = in_paragraph and not lines[number - 1].strip()
        if line.strip() and (heading or ended) and any(text.strip() for text in lines[:number]):
            return "\n".join(lines[:number]).rstrip("\n")
    return text
