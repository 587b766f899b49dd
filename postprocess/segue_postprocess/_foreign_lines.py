"""Foreign lines: lines of a completion that cannot have been written for the block they stand in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from segue_postprocess._lines import (
    closes_only,
    continues_above,
    ends_block,
    ends_statement,
    introduces,
    is_case,
    is_clause,
)
from segue_syntax import indent_width

if TYPE_CHECKING:
    from segue_postprocess._completion_lines import CompletionLines
    from segue_syntax import Opening

_ANYWHERE: Final = ")]}:/*<|\"'`"
_ANYWHERE_IN_STYLES: Final = ")]}/"
_LABEL: Final = re.compile(r"\s*[\w.-]+\s*:\s*(?://.*|/\*.*)?$")

_JUMP: Final = re.compile(r"\s*(?:return|raise|throw|break|continue|goto)\b")
_CONDITION: Final = re.compile(r"\s(?:if|unless|when|while|until)\s")
_DEFINES: Final = re.compile(
    r"\s*(?:(?:async|local|static|pub)\s+)*(?:function|class|def|func|fn|fun|struct|enum)\b"
)
_HANGING: Final = _ANYWHERE + "&.?,;+-=(#@["


def dead_from(answer: CompletionLines) -> int:
    """Return the first line that can never run, since one level with it has left the block; else the line count."""
    left: tuple[int, int] | None = None
    for k, line in enumerate(answer.lines):
        if not line.strip() or k in answer.in_string:
            continue
        place = indent_width(answer.line(k)), answer.depth(k)
        if left is not None and place == left and not _may_follow(line, answer):
            return k
        if left is not None and (
            place[1] < left[1] or place[0] < left[0] or is_case(line) or is_clause(line)
        ):
            left = None
        whole = answer.line(k)
        if left is None and _JUMP.match(whole) and not _CONDITION.search(whole):
            left = place
    return len(answer.lines)


def _may_follow(line: str, answer: CompletionLines) -> bool:
    """Whether `line` may stand after a statement that leaves the block: its end, another case, a definition, a note."""
    language = answer.context.language
    ends = closes_only(line) or ends_block(line, language) or is_case(line) or is_clause(line)
    label = not language.indentation_based and bool(_LABEL.match(line))
    hangs = line.strip()[0] in _HANGING or introduces(line, language) or continues_above(line)
    return ends or label or hangs or bool(_DEFINES.match(line))


def stands_out(answer: CompletionLines, k: int) -> bool:
    """Whether line `k` stands left of the bracket's block it is in: it was meant for another place.

    So does a statement of a block that is not as deep as the block's first line. Labels, directives and comments may
    stand anywhere, and a block whose first line is not indented has none to compare with.
    """
    line, language = answer.lines[k], answer.context.language
    if language.ends_by_word or _may_stand_anywhere(line, style_sheet=language.layout.style_sheet):
        return False
    opening, indent = answer.states[k].stack[-1], indent_width(line)
    first = _first_inside(answer, k, opening)
    if first <= opening.indent or indent >= first:
        return False
    return indent <= opening.indent or (opening.mark == "{" and ends_statement(answer.line(answer.last(k))))


def _may_stand_anywhere(line: str, *, style_sheet: bool) -> bool:
    stripped = line.strip()
    if stripped[0] in (_ANYWHERE_IN_STYLES if style_sheet else _ANYWHERE) or _LABEL.match(line):
        return True
    return stripped[0] == "#" and not style_sheet and not stripped.startswith(("#[", "#!["))


def _first_inside(answer: CompletionLines, k: int, opening: Opening) -> int:
    """Return the indentation of the first line inside `opening`, -1 if line `k` is the first."""
    for number in range(1, k):
        if answer.lines[number].strip() and opening in answer.states[number].stack:
            return indent_width(answer.lines[number])
    return -1
