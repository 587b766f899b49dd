"""Whether a suggestion made at one moment still fits the text of another.

An anchor remembers where a suggestion began by what stands around that place, not by its offset, so a check costs
a handful of string comparisons however long the file is, and survives edits elsewhere in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from segue_syntax import Position, Snapshot, line_content

if TYPE_CHECKING:
    from collections.abc import Sequence

ABOVE_LINES = 24
BELOW_LINES = 12
_CLOSERS = frozenset(")]}>\"'`")
_MOST_CLOSERS = 3


@dataclass(frozen=True, slots=True)
class Since:
    """What the user did at an anchor: `typed` text, and by how much the rest of the line grew.

    `closers` are brackets and quotes that an editor inserted after the cursor; `overtyped` counts characters of the
    old rest of the line that are gone because the user typed over them.
    """

    typed: str
    closers: str = ""
    overtyped: int = 0


@dataclass(frozen=True, slots=True)
class Anchor:
    """A place in a text, recognised by its surroundings."""

    uri: str
    line: int
    head: str
    rest: str
    above: tuple[str, ...]
    below: tuple[str, ...]

    @classmethod
    def at(cls, snapshot: Snapshot, position: Position) -> Anchor:
        """Return the anchor of a place that exists in `snapshot`."""
        line = position.line
        content = line_content(snapshot.lines[line])
        return cls(
            snapshot.uri,
            line,
            content[: position.column],
            content[position.column :],
            tuple(snapshot.lines[max(0, line - ABOVE_LINES) : line]),
            tuple(snapshot.lines[line + 1 : line + 1 + BELOW_LINES]),
        )

    def since(
        self, snapshot: Snapshot, position: Position, *, typed_lines: int | None = None
    ) -> Since | None:
        """Return what was typed from this place to `position`, or None when anything else changed around it.

        `typed_lines` is how many line ends were typed; by default the place is looked for on its old line.
        """
        first = self.line if typed_lines is None else position.line - typed_lines
        if not 0 <= first <= position.line < len(snapshot.lines):
            return None
        lines = snapshot.lines
        current = line_content(lines[position.line])
        typed = current[: position.column]
        if first < position.line:
            typed = "\n".join([line_content(line) for line in lines[first : position.line]]) + "\n" + typed
        if not typed.startswith(self.head):
            return None
        if not _same(self.above, lines[max(0, first - ABOVE_LINES) : first]):
            return None
        if not _same(self.below, lines[position.line + 1 : position.line + 1 + BELOW_LINES]):
            return None
        return self._rest_since(typed[len(self.head) :], current[position.column :])

    def _rest_since(self, typed: str, rest: str) -> Since | None:
        if rest == self.rest:
            return Since(typed)
        grown = len(rest) - len(self.rest)
        if 0 < grown <= _MOST_CLOSERS and rest.endswith(self.rest) and _CLOSERS.issuperset(rest[:grown]):
            return Since(typed, closers=rest[:grown])
        if grown < 0 and self.rest.endswith(rest) and typed.endswith(self.rest[:-grown]):
            return Since(typed, overtyped=-grown)
        return None


def _same(then: Sequence[str], now: Sequence[str]) -> bool:
    """Compare surroundings: unchanged lines are the same objects, so this is cheap."""
    return len(then) == len(now) and all(a is b or a == b for a, b in zip(then, now, strict=True))


@dataclass(frozen=True, slots=True)
class AnchoredText:
    """A suggestion and where it begins: what is on the screen, or what a prefetch presumes accepted."""

    anchor: Anchor
    text: str

    def is_typed_to(self, snapshot: Snapshot, position: Position) -> bool:
        """Return whether all that was typed since is the beginning of the text."""
        since = self.anchor.since(snapshot, position)
        return since is not None and self.text.startswith(since.typed)
