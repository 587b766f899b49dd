"""White space at both ends of a completion: right for a cursor in a word, in a line and on a new line."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from segue_postprocess._blocks import opens_block
from segue_postprocess._types import Reason
from segue_syntax import CLOSERS, indent_width, leading_space

if TYPE_CHECKING:
    from segue_postprocess._context import CursorContext
    from segue_postprocess._types import Candidate


def trim_start(candidate: Candidate, context: CursorContext) -> Candidate:
    """Take away leading space that the document already has; a fenced block begins below the header it follows."""
    before, text = context.line_before, candidate.text
    if Reason.FENCE in candidate.reasons and _ends_with_header(context):
        return candidate.changed("\n" + text.removeprefix("\n"), Reason.LEADING_SPACE)
    if before and not before.strip():
        text = _on_indented_line(text, context)
    elif (
        before[-1:].isspace()
        and not before[-2:].isspace()
        and _is_one_space(text)
        and not context.language.prose
    ):
        text = text[1:]  # two or more align columns and are meant
    return candidate.changed(text, Reason.LEADING_SPACE)


def _ends_with_header(context: CursorContext) -> bool:
    """Whether the cursor stands behind what opens a block or bracket whose end is on another line."""
    header, language = context.line_before.rstrip(), context.language
    if context.line_after.strip() or not context.lex_state.is_code:
        return False
    if header[-1:] in CLOSERS:
        return context.next_line.lstrip()[:1] in (")", "]", "}")
    by_word = language.ends_by_word and opens_block(header, context)
    return by_word or (language.indentation_based and not language.key_value and header[-1:] == ":")


def _is_one_space(text: str) -> bool:
    return text[:1] in (" ", "\t") and text[1:2] not in (" ", "\t", "")


def _on_indented_line(text: str, context: CursorContext) -> str:
    body = text.lstrip(" \t\n") if text.lstrip(" \t").startswith("\n") else text
    space = leading_space(body)
    if context.lex_state.literal is not None or not space:
        return body
    if context.language.indentation_based and context.previous_line.rstrip().endswith(":"):
        missing = indent_width(context.previous_line) + 1 - context.indent
        if missing > 0:
            return (" " * max(indent_width(space) - context.indent, 0) or space) + body.lstrip(" \t")
    return body.lstrip(" \t")


def trim_end(candidate: Candidate, context: CursorContext) -> Candidate:
    """Take away trailing space, except where text follows on the same line."""
    after = context.line_after
    if not after.strip():
        candidate = candidate.changed(candidate.text.rstrip(), Reason.TRAILING_SPACE)
    elif after[0].isspace():
        candidate = candidate.changed(candidate.text.rstrip(" \t"), Reason.TRAILING_SPACE)
    return candidate if candidate.text.strip() else replace(candidate, replaced=0)
