"""One edit event: a stretch of lines, what it was and what it has become, keystroke by keystroke."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Lines = tuple[str, ...]
_Key = tuple[int, int, Lines]

MAX_STATES = 400
"""Keystrokes of one event that undo can still recognise."""


@dataclass(frozen=True, slots=True)
class LineChange:
    """Lines `old` at `line` became `new`, without terminators and without common first and last lines."""

    line: int
    old: Lines
    new: Lines

    @property
    def delta(self) -> int:
        """How far the lines below moved."""
        return len(self.new) - len(self.old)


def trimmed(line: int, old: Lines, new: Lines) -> LineChange:
    """Return the change without the lines that `old` and `new` share at both ends."""
    head = 0
    while head < len(old) and head < len(new) and old[head] == new[head]:
        head += 1
    tail = 0
    limit = min(len(old), len(new)) - head
    while tail < limit and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    return LineChange(line + head, old[head : len(old) - tail], new[head : len(new) - tail])


@dataclass(slots=True)
class EditEvent:
    """Edits that belong together. `line` is where `old` stood when every earlier event was done.

    `states` are the forms the stretch has had, oldest first: coming back to one of them is an undo or a redo.
    `above` and `below` are up to three unchanged lines around it, for diffs. A `settled` event is complete: what
    changes its lines later is an event of its own. `steps` are such events, once `composed` has joined them with it.
    """

    path: str
    line: int
    old: Lines
    new: Lines
    last_s: float
    accepted: bool = False
    above: Lines = ()
    below: Lines = ()
    states: dict[_Key, int] = field(default_factory=dict)
    state: int = 0
    settled: bool = False
    steps: tuple[tuple[Lines, Lines], ...] = ()

    @property
    def delta(self) -> int:
        """How far the event moved the lines below it."""
        return len(self.new) - len(self.old)

    @property
    def change(self) -> LineChange:
        """What the event did in the end."""
        return trimmed(self.line, self.old, self.new)

    @property
    def empty(self) -> bool:
        """Whether everything was taken back."""
        return self.old == self.new

    def key(self, line: int, old: Lines, new: Lines) -> _Key:
        """Return what names a form of this stretch, however far the stretch reaches."""
        change = trimmed(line, old, new)
        return (change.line, len(change.old), change.new) if change.old or change.new else (0, 0, ())

    def remember(self) -> None:
        """Note the present form as one that undo and redo may come back to."""
        self.states[self.key(self.line, self.old, self.new)] = self.state = len(self.states)
        if len(self.states) > MAX_STATES:
            oldest = next(iter(self.states))
            del self.states[oldest]


def widened(event: EditEvent, change: LineChange, context: Lines | None) -> tuple[int, Lines, Lines] | None:
    """Return `event` with `change` (in the coordinates after the event) done too, as line, old and new.

    `context` are the lines between the two when they do not touch; None when those lines are not known.
    """
    first, last = event.line, event.line + len(event.new)
    start, end = change.line, change.line + len(change.old)
    old, new = event.old, event.new
    if start > last:
        if context is None:
            return None
        old, new, last = old + context, new + context, start
    elif end < first:
        if context is None:
            return None
        old, new, first = context + old, context + new, end
    # now the two touch or overlap; lines of the change outside the event are as they were before it
    if start < first:
        outside = change.old[: first - start]
        old, new, first = outside + old, outside + new, start
    if end > last:
        outside = change.old[len(change.old) - (end - last) :]
        old, new, last = old + outside, new + outside, end
    at = start - first
    return first, old, new[:at] + change.new + new[at + len(change.old) :]


@dataclass(frozen=True, slots=True)
class Reached:
    """A change as seen from just after the event at `index`; the events in `pushed` lie below it.

    Those in `undone` were taken back at the very lines of the change.
    """

    index: int
    change: LineChange
    pushed: tuple[int, ...]
    undone: tuple[int, ...] = ()


def reached(events: Sequence[EditEvent], path: str, change: LineChange, *, depth: int) -> Iterator[Reached]:
    """Yield the last `depth` events of `path`, newest first, with `change` in the coordinates after each."""
    line = change.line
    pushed: tuple[int, ...] = ()
    undone: tuple[int, ...] = ()
    for index in range(len(events) - 1, max(-1, len(events) - 1 - depth), -1):
        event = events[index]
        if event.path != path:
            continue
        yield Reached(index, LineChange(line, change.old, change.new), pushed, undone)
        if line + len(change.old) <= event.line and (change.old or event.new):
            pushed = (*pushed, index)
        elif line >= event.line + len(event.new):
            line -= event.delta
        elif event.empty:
            undone = (*undone, index)  # as if it had never been: what it was made on is there again
        else:
            return  # the change touches what this event made: earlier events never saw these lines


def absorb(events: list[EditEvent], at: Reached, wider: tuple[int, Lines, Lines], when: float) -> None:
    """Let the event at `at.index` become `wider`, and move the later events that lie below the change.

    Events that were undone on the lines of the change go: those lines are others now.
    """
    event = events[at.index]
    event.line, event.old, event.new = wider
    event.last_s = max(event.last_s, when)
    for index in at.pushed:
        events[index].line += at.change.delta
    for index in at.undone:
        del events[index]


def composed(events: Sequence[EditEvent]) -> list[EditEvent]:
    """Return copies of `events` in which those that overlap are one, however far apart in time they were."""
    result: list[EditEvent] = []
    for event in events:
        change = LineChange(event.line, event.old, event.new)
        for at in reached(result, event.path, change, depth=len(result)):
            other = result[at.index]
            first, last = other.line, other.line + len(other.new)
            if at.change.line < last and at.change.line + len(change.old) > first:
                wider = widened(other, at.change, None)
                if wider is not None:
                    if not event.empty and (other.settled or at.index < len(result) - 1):
                        other.steps += ((event.old, event.new),)
                    absorb(result, at, wider, event.last_s)
                    other.settled = event.settled
                    break
        else:
            result.append(replace(event))
    return [event for event in result if event.steps or not event.empty]


def contents(lines: Sequence[str]) -> Lines:
    """Return lines without their terminators."""
    return tuple(line.rstrip("\r\n") if line.endswith(("\n", "\r")) else line for line in lines)
