"""Foreign lines: lines of a completion that cannot have been written for the block they stand in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from segue_postprocess._lines import ends_statement
from segue_syntax import indent_width

if TYPE_CHECKING:
    from segue_postprocess._completion_lines import CompletionLines
    from segue_syntax import Opening

_ANYWHERE: Final = ")]}:/*<|\"'`"
_ANYWHERE_IN_STYLES: Final = ")]}/"
_LABEL: Final = re.compile(r"\s*[\w.-]+\s*:\s*(?://.*|/\*.*)?$")


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
