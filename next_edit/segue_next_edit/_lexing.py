"""Where the comments and strings of a file are, without a grammar: fast enough for every candidate file."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING

from segue_next_edit._imports import JS, Statement, statements_in
from segue_syntax import language_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_STRINGS = r'"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\''
_HOLES = {
    "python": re.compile(r"\{\{|\{[^{}\n!:]*"),
    "javascript": re.compile(r"\$\{(?:[^{}`]|`[^`]*`|\{[^{}]*\})*\}"),
}
"""The code in strings that are filled in: ``{x}`` of Python's f-strings, ``${x}`` of JavaScript's templates."""
_FILLED = re.compile(r"(?:\A|\W)(?:[fF][rR]?|[rR][fF])\Z")
_TRIPLE = r'"""[\s\S]*?(?:"""|\Z)|\'\'\'[\s\S]*?(?:\'\'\'|\Z)'


@lru_cache(maxsize=64)
def _pattern(language_id: str) -> re.Pattern[str]:
    language = language_of(language_id)
    comments = []
    if language.block_comment:
        opening, closing = map(re.escape, language.block_comment)
        comments.append(rf"{opening}[\s\S]*?(?:{closing}|\Z)")
    if language.line_comment:
        comments.append(rf"{re.escape(language.line_comment)}[^\n]*")
    comment = "|".join(comments) or r"(?!)"
    string = f"{_TRIPLE}|{_STRINGS}" if language_id == "python" else _STRINGS
    if language_id in JS:
        string += rf"|`(?:[^`\\$]|\\[\s\S]|\$(?!\{{)|{_HOLES['javascript'].pattern})*(?:`|\Z)"
    elif language_id == "go":
        string += r"|`[^`]*`"
    return re.compile(f"(?P<string>{string})|(?P<comment>{comment})")


def _holes(text: str, start: int, language_id: str) -> re.Pattern[str] | None:
    """Return what finds the code in the string that begins at `start`, None when it is nothing but text."""
    if language_id == "python":
        return _HOLES["python"] if _FILLED.search(text, max(0, start - 3), start) else None
    return _HOLES["javascript"] if text[start] == "`" and language_id in JS else None


class Lexed:
    """Comment and string stretches of one text."""

    def __init__(self, text: str, language_id: str) -> None:
        self._starts: list[int] = []
        self._stretches: list[tuple[int, str]] = []
        for kind, begin, end in stretches(text, language_id):
            start = begin
            holes = _holes(text, start, language_id) if kind == "string" else None
            for hole in holes.finditer(text, start, end) if holes else ():
                if hole[0] != "{{":
                    self._add(start, hole.start(), "string")
                    start = hole.end()
            self._add(start, end, kind)

    def _add(self, start: int, end: int, kind: str) -> None:
        self._starts.append(start)
        self._stretches.append((end, kind))

    def at(self, offset: int) -> str:
        """Return ``comment``, ``string`` or ``code`` for the character at `offset`."""
        index = bisect_right(self._starts, offset) - 1
        if index >= 0 and offset < self._stretches[index][0]:
            return self._stretches[index][1]
        return "code"


@lru_cache(maxsize=128)
def lexed(text: str, language_id: str) -> Lexed:
    """Return the comments and strings of `text` (remembered: rules ask for the same files again)."""
    return Lexed(text, language_id)


def stretches(text: str, language_id: str, start: int = 0) -> Iterator[tuple[str, int, int]]:
    """Yield the strings and comments of `text` from `start` on: ``string`` or ``comment``, and their extents."""
    for match in _pattern(language_id).finditer(text, start):
        yield match.lastgroup or "", *match.span()


def code_statements(lines: Sequence[str], language_id: str) -> list[Statement]:
    """Return the import statements of a file, without what stands at the margin in its comments and texts."""
    found = statements_in(lines, language_id)
    last = max((s.end for s in found if not s.indent), default=0)
    head = "\n".join(lines[:last])
    if not any(mark in head for mark in ('"""', "'''", "/*", "`")):
        return found
    code = Lexed(head, language_id)
    starts = list(accumulate((len(line) + 1 for line in lines[:last]), initial=0))
    return [s for s in found if s.indent or code.at(starts[s.start]) == "code"]


def on_line(line: str, column: int, language_id: str) -> str:
    """Return what `Lexed.at` would, told from the line alone: for files that are only glanced at."""
    language = language_of(language_id)
    text = line.lstrip()
    marker = language.line_comment
    if (marker and text.startswith(marker)) or (
        language.block_comment and text.startswith(("/*", "* ", "<!--"))
    ):
        return "comment"
    return Lexed(line, language_id).at(column)
