r"""Documents as lists of lines, and immutable snapshots of them.

A line ends at ``\n``, ``\r\n`` or a lone ``\r`` and at nothing else: that is what the Language Server
Protocol says and what editors count. ``str.splitlines`` also splits at form feeds, U+2028 and others, after
which every edit lands on the wrong line.
"""

from __future__ import annotations

import io
from bisect import bisect_right
from dataclasses import dataclass, field
from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in a text: 0-based line, and 0-based column in code points (never in client units)."""

    line: int
    column: int


@dataclass(frozen=True, slots=True, order=True)
class Range:
    """A half-open stretch of text from `start` to `end`."""

    start: Position
    end: Position


def split_lines(text: str) -> list[str]:
    """Return the lines of `text`, each with its terminator; the last one has none and may be empty."""
    if "\r" in text:
        lines = io.StringIO(text, newline="").readlines()
    else:
        lines = text.split("\n")
        return [line + "\n" for line in lines[:-1]] + lines[-1:]
    if not lines or lines[-1].endswith(("\n", "\r")):
        lines.append("")
    return lines


def line_content(line: str) -> str:
    """Return `line` without its terminator."""
    return line.rstrip("\r\n") if line.endswith(("\n", "\r")) else line


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The text of one document at one version; it never changes, so any thread may read it.

    `lines` keep their terminators and are never empty: a text of n terminators has n + 1 lines.
    """

    uri: str
    version: int
    language_id: str
    lines: Sequence[str]
    _cache: dict[str, object] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(cls, text: str, *, uri: str = "", version: int = 0, language_id: str = "") -> Snapshot:
        """Return a snapshot of `text`."""
        return cls(uri, version, language_id, split_lines(text))

    @property
    def text(self) -> str:
        """The whole text (joined once, then remembered)."""
        text = self._cache.get("text")
        if not isinstance(text, str):
            text = self._cache["text"] = "".join(self.lines)
        return text

    def clamp(self, position: Position) -> Position:
        """Return the nearest position that exists; a column past the end of its line means the line's end."""
        if position.line < 0:
            return Position(0, 0)
        if position.line >= len(self.lines):
            return Position(len(self.lines) - 1, len(line_content(self.lines[-1])))
        length = len(line_content(self.lines[position.line]))
        return Position(position.line, min(max(position.column, 0), length))

    def before(self, position: Position, *, max_lines: int | None = None) -> str:
        """Return the text before `position`, or only the last `max_lines` lines of it."""
        position = self.clamp(position)
        first = 0 if max_lines is None else max(0, position.line - max_lines + 1)
        return "".join(self.lines[first : position.line]) + self.lines[position.line][: position.column]

    def after(self, position: Position, *, max_lines: int | None = None) -> str:
        """Return the text after `position`, or only the first `max_lines` lines of it."""
        position = self.clamp(position)
        last = None if max_lines is None else position.line + max_lines
        return self.lines[position.line][position.column :] + "".join(self.lines[position.line + 1 : last])

    def between(self, extent: Range) -> str:
        """Return the text of `extent`."""
        start, end = self.clamp(extent.start), self.clamp(extent.end)
        if start.line == end.line:
            return self.lines[start.line][start.column : end.column]
        middle = "".join(self.lines[start.line + 1 : end.line])
        return self.lines[start.line][start.column :] + middle + self.lines[end.line][: end.column]

    def replaced(self, edits: Sequence[tuple[Range, str]]) -> str:
        """Return the text with each extent replaced by its new text; they are in order and do not overlap."""
        text = self.text
        for extent, new in reversed(edits):
            text = text[: self.offset_at(extent.start)] + new + text[self.offset_at(extent.end) :]
        return text

    def offset_at(self, position: Position) -> int:
        """Return the code-point offset of `position` from the start of the text."""
        position = self.clamp(position)
        return self._line_offsets()[position.line] + position.column

    def position_at(self, offset: int) -> Position:
        """Return the position of the code-point `offset`; one inside a terminator means the line's end."""
        offsets = self._line_offsets()
        line = max(0, bisect_right(offsets, offset) - 1)
        return self.clamp(Position(line, offset - offsets[line]))

    def _line_offsets(self) -> list[int]:
        offsets = self._cache.get("offsets")
        if not isinstance(offsets, list):
            offsets = self._cache["offsets"] = list(accumulate(map(len, self.lines[:-1]), initial=0))
        return offsets


class Document:
    """A text that an editor changes: each change costs the size of the edit, not of the text."""

    def __init__(self, uri: str, language_id: str, version: int, text: str) -> None:
        self.uri = uri
        self.language_id = language_id
        self.version = version
        self._lines = split_lines(text)
        self._snapshot: Snapshot | None = None

    @property
    def lines(self) -> Sequence[str]:
        """The current lines with their terminators; read them at once, or take a `snapshot`."""
        return self._lines

    def snapshot(self) -> Snapshot:
        """Return the current text as an immutable value; the same object until the next change."""
        if self._snapshot is None or self._snapshot.version != self.version:
            self._snapshot = Snapshot(self.uri, self.version, self.language_id, self._lines)
        return self._snapshot

    def replace_all(self, text: str) -> None:
        """Replace the whole text."""
        self._lines = split_lines(text)
        self._snapshot = None

    def replace(self, extent: Range, text: str) -> Range:
        """Replace `extent` by `text` and return the range that was really replaced (clamped, in order)."""
        here = self.snapshot()
        start, end = sorted((here.clamp(extent.start), here.clamp(extent.end)))
        lines = self._lines.copy()  # the snapshot keeps the old list; copying pointers is a memcpy
        first, last = start.line, end.line + 1
        replaced = lines[first][: start.column] + text + lines[end.line][end.column :]
        if first > 0 and replaced.startswith("\n") and lines[first - 1].endswith("\r"):
            first -= 1  # a lone CR and a new LF become one terminator
            replaced = lines[first] + replaced
        fresh = split_lines(replaced)
        if last < len(lines) and fresh[-1] == "":
            fresh.pop()  # the text went on after this terminator: the next line is still there
        lines[first:last] = fresh
        self._lines = lines
        self._snapshot = None
        return Range(start, end)
