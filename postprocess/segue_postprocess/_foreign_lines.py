"""Seams: lines of a completion that cannot have been written for the place where they stand.

An answer that drifts goes on with code from elsewhere, and the first line of that rarely fits: it stands deeper
than a statement that has ended, left of the block it is in, or after a statement that leaves the block.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from segue_postprocess._lines import (
    ends_statement,
)
from segue_syntax import Opening, indent_width

if TYPE_CHECKING:
    from segue_postprocess._completion_lines import CompletionLines

_ANYWHERE: Final = ")]}:/*<|\"'`"
_ANYWHERE_IN_STYLES: Final = ")]}/"
_LABEL: Final = re.compile(r"\s*[\w.-]+\s*:\s*(?://.*|/\*.*)?$")
_DEFINES: Final = re.compile(r"\s*(?:(?:export|async|local|static|pub|public|private|protected|internal)\s+)*"
                             r"(?:function|class|def|func|fn|fun|struct|enum|type|interface|var function)\b")  # fmt: skip
_NAMES: Final = re.compile(r"\s*(?:(?:implicit|lazy|private|final|@\w+)\s+)*(?:val|var|let|const|import)\b")
_KEYED_ITEM: Final = re.compile(r"\s*(?:- )+[^\s#'\"{\[][^#]*:(?:\s|$)|\s*(?:- )+['\"][^'\"]*['\"]\s*:")


def stands_out(answer: CompletionLines, k: int) -> bool:
    """Whether line `k` stands left of the bracket's block it is in: it was meant for another place.

    So does a statement of a block that is not as deep as the block's first line. Labels, directives and comments may
    stand anywhere, and a block whose first line is not indented has none to compare with.
    """
    line = answer.lines[k]
    stripped = line.strip()
    anywhere = _ANYWHERE_IN_STYLES if answer.context.language.layout.style_sheet else _ANYWHERE
    if answer.context.language.ends_by_word or stripped[0] in anywhere:
        return False
    opening, indent = answer.states[k].stack[-1], indent_width(line)
    first = _first_inside(answer, k, opening)
    if first <= opening.indent or indent >= first:
        return False
    if anywhere is _ANYWHERE and stripped[0] == "#" and not stripped.startswith(("#[", "#![")):
        return False
    if indent > opening.indent and not (opening.mark == "{" and ends_statement(answer.line(answer.last(k)))):
        return False
    return not _LABEL.match(line)


def _first_inside(answer: CompletionLines, k: int, opening: Opening) -> int:
    """Return the indentation of the first line inside `opening`, -1 if line `k` is the first."""
    for number in range(1, k):
        if answer.lines[number].strip() and opening in answer.states[number].stack:
            return indent_width(answer.lines[number])
    return -1


def defines(line: str) -> bool:
    """Whether `line` begins a definition or names a value."""
    return bool(_DEFINES.match(line) or _NAMES.match(line))


def is_keyed_item(line: str) -> bool:
    """Whether `line` is a list item that begins a mapping."""
    return bool(_KEYED_ITEM.match(line))
