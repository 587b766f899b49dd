"""What a fix is, and what the finders look at."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from segue_syntax import Range

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from segue_next_edit._situation import Situation
    from segue_syntax import Definition, Position, Snapshot, SourceFile
    from segue_syntax.scopes import Occurrence, Scopes

_NEAR = 3
_FUNCTIONS = frozenset({"function", "method", "constructor"})


@dataclass(frozen=True, slots=True)
class TextChange:
    """The text from `start` to `end` (0-based, code points) becomes `text`, whose lines end as those of the file."""

    start: Position
    end: Position
    text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """A change of one file that mends what is wrong at its 0-based `line`.

    `kind` is missing-import, misspelling, argument, unused-import, missing-await or bracket. `title` is what a menu
    shows. `changes` are in the order of the text and do not overlap. `confidence` orders the fixes of a place, 0..1.
    """

    kind: str
    title: str
    path: str
    line: int
    changes: tuple[TextChange, ...]
    confidence: float

    def applied_to(self, snapshot: Snapshot) -> str:
        """Return the text of `snapshot`, the one that the fix was made for, with the fix in it."""
        return snapshot.replaced([(Range(one.start, one.end), one.text) for one in self.changes])


@dataclass(frozen=True, slots=True)
class Draft:
    """A version of the file's `lines` in which something at `line` is mended; `names` are what it is about."""

    kind: str
    title: str
    line: int
    lines: Sequence[str]
    confidence: float
    names: tuple[str, ...] = ()


@dataclass
class Place:
    """A line of a file, the definition around it, and what somebody reported there (a `message` or "")."""

    situation: Situation
    file: SourceFile
    line: int
    message: str = ""
    _elsewhere: dict[str, bool] = field(default_factory=dict)

    @property
    def scopes(self) -> Scopes | None:
        """What binds the names of the file."""
        return self.file.scopes

    def definition_at(self, line: int) -> Definition | None:
        """Return the innermost function around a line, else the innermost definition."""
        around = [d for d in self.file.symbols.definitions if d.line <= line < d.end_line]
        functions = [d for d in around if d.kind in _FUNCTIONS]
        return min(functions or around, key=lambda d: d.end_line - d.line, default=None)

    def class_at(self, line: int) -> Definition | None:
        """Return the innermost definition with members around a line."""
        around = [
            d
            for d in self.file.symbols.definitions
            if d.line <= line < d.end_line and d.kind not in _FUNCTIONS
        ]
        return min(around, key=lambda d: d.end_line - d.line, default=None)

    @property
    def is_broken(self) -> bool:
        """Whether the parser stumbles near the line, so that little of what it says there is true."""
        pending = [self.file.root]
        while pending:
            node = pending.pop()
            first, last = node.start_point.row - _NEAR, node.end_point.row + _NEAR
            if (node.is_error or node.is_missing) and first <= self.line <= last:
                return True
            if node.has_error:
                pending.extend(node.children)
        return False

    @cached_property
    def extent(self) -> range:
        """The lines of the definition, or else of the statement, around the line."""
        definition = self.definition_at(self.line)
        if definition is not None:
            return range(definition.line, definition.end_line)
        if self.file.parsed:
            for node in self.file.root.children:
                first, last = node.start_point.row, node.end_point.row
                if first <= self.line <= last:
                    return range(first, last + 1)
        return range(self.line, self.line + 1)

    def rounds(self) -> Iterator[Sequence[int]]:
        """Yield the lines to look at: the one itself, its statement, then its definition from the line outwards."""
        yield (self.line,)
        yield sorted((at for at in self.extent if at != self.line), key=lambda at: abs(at - self.line))

    def names_on(self, lines: Sequence[int]) -> Iterator[tuple[int, int, Occurrence]]:
        """Yield line, column and occurrence of the names on `lines`, those of the message first."""
        scopes = self.scopes
        if scopes is None:
            return
        found = [(line, scopes.place(one)[1], one) for line in lines for one in scopes.on_line(line)]
        order = {line: at for at, line in enumerate(lines)}
        found.sort(key=lambda row: (row[2].name not in self.message, order[row[0]], row[1]))
        yield from found

    def is_elsewhere(self, word: str) -> bool:
        """Whether another file of the workspace holds a word."""
        if word not in self._elsewhere:
            paths = self.situation.reader.files_with((word,), limit=2)
            self._elsewhere[word] = any(path != self.file.path for path in paths)
        return self._elsewhere[word]

    def with_line(self, line: int, text: str) -> list[str]:
        """Return the lines of the file with another one at `line`."""
        return [*self.file.lines[:line], text, *self.file.lines[line + 1 :]]
