"""Strings, comments and brackets of a text, without a grammar.

A tree-sitter tree of a half-typed file says little near the cursor. A scanner that only knows strings, comments and
brackets still works there, costs microseconds, and also serves the languages that have no grammar.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from segue_syntax._literals import raw
from segue_syntax._registry import language_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segue_syntax._language import Language
    from segue_syntax._literals import Literal

CLOSERS: Final = {"(": ")", "[": "]", "{": "}"}
OPENERS: Final = {")": "(", "]": "[", "}": "{"}


class Opening(NamedTuple):
    """An opening bracket or quote that is not closed yet.

    `indent` is the indentation, in columns, of the line it stands on; `offset` is where it stands.
    """

    mark: str
    indent: int
    offset: int


@dataclass(frozen=True, slots=True)
class LexState:
    """What kind of text a place lies in: code, a line comment, or a string or block comment (`literal`)."""

    line_comment: bool = False
    literal: Literal | None = None

    @property
    def is_code(self) -> bool:
        """Whether it is neither in a comment nor in a string."""
        return not self.line_comment and self.literal is None

    @property
    def is_comment(self) -> bool:
        """Whether it is in a comment of either kind."""
        return self.line_comment or (self.literal is not None and self.literal.comment)


CODE: Final = LexState()
Token = tuple[str, int, int]
"""A bracket or quote mark with its extent, or "string" or "comment"."""


class Scanner:
    """Finds the strings, comments and brackets of one language.

    `literals` are its block comments and strings, in the order in which they are tried.
    """

    def __init__(self, language: Language) -> None:
        comments = tuple(raw(*marks, comment=True) for marks in language.block_comments)
        self.literals: tuple[Literal, ...] = comments + language.strings
        blocks: list[str] = []
        others = [f"{_line_comment(mark)}(?P<c{n}>)" for n, mark in enumerate(language.line_comments)]
        self._found: dict[str, tuple[str, LexState, Literal | None]] = {
            f"c{number}": ("comment", LexState(line_comment=True), None)
            for number in range(len(language.line_comments))
        }
        self._ends: dict[Literal, re.Pattern[str]] = {}
        for number, literal in enumerate(self.literals):
            # Block comments come before line comments, which may share a first character (Lua, Julia).
            parts = blocks if literal.comment else others
            parts.append(f"{literal.opening}{literal.body}{literal.closing}(?P<s{number}>)")
            self._found[f"s{number}"] = ("comment" if literal.comment else "string", CODE, literal)
            if literal.mark:
                parts.append(f"{literal.opening}{literal.body}\\Z(?P<u{number}>)")
                self._found[f"u{number}"] = (literal.mark, LexState(literal=literal), literal)
                self._ends[literal] = re.compile(literal.body + literal.closing)
        # Every branch starts with a plain character and ends with an empty group that names it: so the engine
        # skips at once to the next character that starts a branch.
        self._pattern = re.compile("|".join([*blocks, *others, *map(re.escape, "()[]{}")]))
        self._text_pattern = re.compile("|".join([*blocks, *others]) or r"(?!)")

    def scan(self, text: str, start: int = 0, state: LexState = CODE) -> tuple[list[Token], LexState]:
        """Return the tokens of `text` from `start`, where `state` holds, and the state at its end.

        A literal that `state` says is open and that ends in `text` gives its closing mark as the first token.
        """
        tokens: list[Token] = []
        if state.line_comment:
            newline = text.find("\n", start)
            if newline < 0:
                return tokens, state
            start = newline
        elif (literal := state.literal) is not None:
            pattern = self._ends.get(literal)
            end = pattern.match(text, start) if pattern else None
            if end is not None:
                tokens.append((literal.mark, end.end() - len(literal.mark), end.end()))
                start = end.end()
            elif literal.multiline or "\n" not in text[start:]:
                return tokens, state
            else:
                start = text.index("\n", start)
        last = CODE
        size = len(text)
        for found in self._pattern.finditer(text, start):
            begin, to = found.span()
            group = found.lastgroup
            if group is None:
                tokens.append((text[begin], begin, to))
                continue
            name, after, _ = self._found[group]
            tokens.append((name, begin, to))
            if to == size:
                last = after
        return tokens, last

    def regions(self, text: str, start: int = 0) -> Iterator[Token]:
        """Yield the strings and comments of `text` from `start` on: "string" or "comment", and their extents.

        The code inside an interpolated string is left out, so that such a string gives several regions.
        """
        for found in self._text_pattern.finditer(text, start):
            begin, end = found.span()
            literal = self._found[found.lastgroup or ""][2]
            kind = "comment" if literal is None or literal.comment else "string"
            if literal is not None and literal.interpolation and _is_interpolated(literal, text, begin):
                for code in _compiled(literal.interpolation).finditer(text, begin, end):
                    if code[0] != "{{":
                        yield kind, begin, code.start()
                        begin = code.end()
            yield kind, begin, end


_compiled = cache(re.compile)


def _is_interpolated(literal: Literal, text: str, start: int) -> bool:
    """Whether the string that begins at `start` may hold code: some languages say so by a prefix."""
    after = literal.interpolated_after
    return not after or _compiled(rf"(?:{after})\Z").search(text, max(0, start - 20), start) is not None


def _line_comment(mark: str) -> str:
    if mark == "#":
        return r"#(?<![^\s;(){}\[\],]#)(?<!\$\{#)[^\n]*"  # not in ``$#``, ``${#a}`` or ``a#b``
    if mark == "//":
        return r"//(?<!:/)(?<!://)[^\n]*"  # not in an address
    return re.escape(mark) + r"[^\n]*"


@cache
def scanner_of(language_id: str) -> Scanner:
    """Return the scanner of a language."""
    return Scanner(language_of(language_id))


class Regions:
    """The comments and strings of one text, by offset."""

    def __init__(self, text: str, language_id: str) -> None:
        found = list(scanner_of(language_id).regions(text))
        self._starts = [start for _, start, _ in found]
        self._found = found

    def at(self, offset: int) -> str:
        """Return ``comment``, ``string`` or ``code`` for the character at `offset`."""
        index = bisect_right(self._starts, offset) - 1
        if index >= 0 and offset < self._found[index][2]:
            return self._found[index][0]
        return "code"


@lru_cache(maxsize=128)
def regions_of(text: str, language_id: str) -> Regions:
    """Return the comments and strings of `text` (remembered: the same texts are asked for again)."""
    return Regions(text, language_id)


def kind_on_line(line: str, column: int, language_id: str) -> str:
    """Return what `Regions.at` would, told from the line alone: for texts that are only glanced at."""
    language = language_of(language_id)
    blocks = [opening for opening, _ in language.block_comments]
    continued = ("* ",) if "/*" in blocks else ()
    if line.lstrip().startswith((*language.line_comments, *blocks, *continued)):
        return "comment"
    return _regions_of_line(line, language_id).at(column)


@lru_cache(maxsize=4096)
def _regions_of_line(line: str, language_id: str) -> Regions:
    return Regions(line, language_id)


def indent_width(line: str, tab: int = 4) -> int:
    """Return the width of the leading white space of `line` in columns."""
    width = len(line) - len(line.lstrip(" \t"))
    return width if "\t" not in line else len(line[:width].expandtabs(tab))


def leading_space(line: str) -> str:
    """Return the spaces and tabs that `line` begins with."""
    return line[: len(line) - len(line.lstrip(" \t"))]
