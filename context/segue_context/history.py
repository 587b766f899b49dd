"""What the user has been doing: edits over all files, the cursor's trail, and the places looked at.

Keystrokes within 8 lines and 1 second of one another become one event. Events are kept so that applying them in
order to the text before the first one gives the present text; each `record` costs the size of the edit.
"""

from __future__ import annotations

import difflib
import threading
import time
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from segue_context._history_events import (
    EditEvent,
    LineChange,
    Lines,
    absorb,
    composed,
    contents,
    reached,
    trimmed,
    widened,
)
from segue_context._history_types import LineEdit

if TYPE_CHECKING:
    from collections.abc import Callable

    from segue_context._history_events import Reached
    from segue_syntax import Range, Snapshot

Action = Literal["none", "typed", "undo", "redo", "paste", "bulk"]

GROUP_LINES = 8
GROUP_SECONDS = 1.0
PASTE_LINES = 12
BULK_LINES = 400
_SEARCHED_EVENTS = 48
_CONTEXT_LINES = 3


@dataclass(frozen=True, slots=True)
class EventDiff:
    """One event for a prompt: a unified diff with hunk headers (lines counted from 1) and no file header."""

    path: str
    diff: str
    time_s: float
    accepted: bool = False


class EditHistory:
    """The recent edits of one workspace; safe to use from any thread."""

    def __init__(self, *, max_events: int = 128, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._max_events = max_events
        self._events: list[EditEvent] = []
        self._action: Action = "none"
        self._acted_s = float("-inf")
        self._lock = threading.Lock()

    # --- what the editor tells -------------------------------------------------------------------------

    def record(
        self,
        path: str,
        before: Snapshot,
        after: Snapshot,
        extent: Range | None = None,
        *,
        accepted: bool = False,
    ) -> None:
        """Note one change of `path` from `before` to `after`.

        `extent` is the range of `before` that was replaced: with it the cost is that of the edit, without it the
        two texts are compared. `accepted` marks the change as an accepted prediction.
        """
        change = _change_between(before, after, extent)
        if change.old == change.new:
            return
        now = self._clock()
        with self._lock:
            self._acted_s = now
            if len(change.old) + len(change.new) > BULK_LINES:
                self._action = "bulk"
                self._events = [event for event in self._events if event.path != path]
                return
            self._action = self._file(path, change, now, before, accepted=accepted)
            self._frame(path, after)
            if len(self._events) > self._max_events:
                del self._events[: len(self._events) - self._max_events]

    def settle(self, *, accepted: bool = False) -> None:
        """Note that the edits so far are complete: a prediction was accepted, or files were written.

        An `accepted` edit is no undo, though it may give a line back the text it had.
        """
        with self._lock:
            for event in self._events:
                event.settled = True
            if accepted:
                self._action = "typed"

    def bulk_change(self) -> None:
        """Forget the edits: files changed on disk by something else, such as a branch switch."""
        with self._lock:
            self._events.clear()
            self._action = "bulk"
            self._acted_s = self._clock()

    def renamed(self, old_path: str, new_path: str) -> None:
        """Follow a file to its new name."""
        with self._lock:
            for event in self._events:
                if event.path == old_path:
                    event.path = new_path

    # --- what predictions ask --------------------------------------------------------------------------

    @property
    def action(self) -> Action:
        """What the last change was; predictions stay away after anything but ``typed``."""
        return self._action

    @property
    def idle_s(self) -> float:
        """Seconds since the last change."""
        return self._clock() - self._acted_s

    def edits(self, *, limit: int = 64) -> list[LineEdit]:
        """Return the edits, oldest first, for rules: retouched lines are one edit, unchanged lines are left out.

        Each `line` is where `old` stood when the edits before it were done.
        """
        with self._lock:
            events = composed(self._events)[-limit:]
        return [edit for event in events for edit in _hunks(event)][-limit:]

    def diffs(self, *, limit: int = 6, path: str = "", context: int = 3) -> list[EventDiff]:
        """Return the last `limit` events, oldest first, as unified diffs (of `path` only, where it is given)."""
        with self._lock:
            events = [e for e in self._events if not e.empty and path in ("", e.path)][-limit:]
            return [EventDiff(e.path, _unified(e, context), e.last_s, e.accepted) for e in events]

    def before(self, path: str, lines: list[str], *, events: int = 6) -> list[str]:
        """Return `lines`, the present lines of `path`, with its last `events` events taken back."""
        text = list(lines)
        with self._lock:
            mine = [e for e in self._events if e.path == path and not e.empty]
        for event in reversed(mine[-events:]):
            if tuple(text[event.line : event.line + len(event.new)]) == event.new:
                text[event.line : event.line + len(event.new)] = event.old
        return text

    # --- inside ----------------------------------------------------------------------------------------

    def _file(self, path: str, change: LineChange, now: float, before: Snapshot, *, accepted: bool) -> Action:
        """Put a change into the event that it continues or takes back, or into a new one."""
        kind = self._kind(change)
        places = list(reached(self._events, path, change, depth=_SEARCHED_EVENTS))
        for at in places:
            event = self._events[at.index]
            wider = widened(event, at.change, None)
            seen = None if wider is None else event.states.get(event.key(*wider))
            if wider is not None and seen is not None:
                action: Action = "undo" if seen < event.state else "redo"
                if event.settled:
                    self._begin(path, change, now, accepted=accepted)
                    return action
                absorb(self._events, at, wider, now)
                event.state = seen
                return action
        sides: set[bool] = set()
        for at in sorted(places, key=self._distance):
            event = self._events[at.index]
            is_below = at.change.line >= event.line + len(event.new)
            if is_below in sides:
                continue  # what lies between belongs to a nearer event
            sides.add(is_below)
            if event.settled or now - event.last_s > GROUP_SECONDS or event.accepted != accepted:
                continue
            gap = _gap(event, at.change)
            if gap > GROUP_LINES or (gap and self._later(at.index, path)):
                continue
            wider = widened(event, at.change, _between(event, at.change, change.line, before))
            if wider is not None:
                absorb(self._events, at, wider, now)
                event.remember()
                return kind
        self._begin(path, change, now, accepted=accepted)
        return kind

    def _distance(self, at: Reached) -> tuple[bool, int]:
        """Order events by how near they are to a change: those it lies in come first."""
        event = self._events[at.index]
        return not _covers(event, at.change), _gap(event, at.change)

    def _begin(self, path: str, change: LineChange, now: float, *, accepted: bool) -> None:
        event = EditEvent(path, change.line, change.old, change.new, now, accepted)
        event.states[event.key(change.line, change.old, change.old)] = 0
        event.remember()
        self._events.append(event)

    def _kind(self, change: LineChange) -> Action:
        """Tell what a change is: lines that were cut elsewhere are moved, not pasted from somewhere."""
        if len(change.new) - len(change.old) < PASTE_LINES:
            return "typed"
        came = _written(change.new)
        was_cut = any(came <= _written(e.old) - _written(e.new) for e in self._events[-_SEARCHED_EVENTS:])
        return "typed" if was_cut else "paste"

    def _later(self, index: int, path: str) -> bool:
        """Whether a later event may have changed the lines between event `index` and a change near it."""
        return any(event.path == path for event in self._events[index + 1 :])

    def _frame(self, path: str, after: Snapshot) -> None:
        """Keep a few unchanged lines around the newest event, while they are at hand."""
        event = self._events[-1] if self._events else None
        if event is None or event.path != path:
            return
        end = event.line + len(event.new)
        event.above = contents(after.lines[max(0, event.line - _CONTEXT_LINES) : event.line])
        event.below = contents(after.lines[end : end + _CONTEXT_LINES])


def _change_between(before: Snapshot, after: Snapshot, extent: Range | None) -> LineChange:
    if extent is None:
        old, new = contents(before.lines), contents(after.lines)
        return trimmed(0, old, new)
    first = max(0, extent.start.line - 1)  # a lone CR and a new LF may have joined with the line above
    last = min(len(before.lines), extent.end.line + 2)
    grown = len(after.lines) - len(before.lines)
    return trimmed(first, contents(before.lines[first:last]), contents(after.lines[first : last + grown]))


def _written(lines: Lines) -> Counter[str]:
    return Counter(filter(None, map(str.strip, lines)))


def _gap(event: EditEvent, change: LineChange) -> int:
    """How many lines lie between an event and a change in the coordinates after it."""
    return max(0, change.line - event.line - len(event.new), event.line - change.line - len(change.old))


def _covers(event: EditEvent, change: LineChange) -> bool:
    """Whether the lines of a change are all lines of an event; else the event is at most beside it."""
    return event.line <= change.line and change.line + len(change.old) <= event.line + len(event.new)


def _between(event: EditEvent, change: LineChange, now_line: int, before: Snapshot) -> Lines:
    """Return the lines between the two, or () when they touch; the change is at `now_line` of `before`."""
    shift = now_line - change.line
    end = event.line + len(event.new)
    if change.line > end:
        return contents(before.lines[end + shift : now_line])
    above = change.line + len(change.old)
    if above < event.line:
        return contents(before.lines[above + shift : event.line + shift])
    return ()


def _hunks(event: EditEvent) -> list[LineEdit]:
    """Cut an event into its changed stretches, first to last, each in coordinates after the ones before."""
    path, when, change = event.path, event.last_s, event.change
    if event.empty:
        return [LineEdit(path, event.line, event.old, event.new, when, event.steps)]
    line, old, new = change.line, change.old, change.new
    if len(old) < 2 or len(new) < 2:
        return [LineEdit(path, line, old, new, when, event.steps)]
    edits: list[LineEdit] = []
    shift = 0
    for tag, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        edits.append(LineEdit(path, line + a + shift, old[a:b], new[c:d], when, event.steps))
        shift += (d - c) - (b - a)
    return edits


def _unified(event: EditEvent, context: int) -> str:
    change = event.change
    above = (event.above + event.old[: change.line - event.line])[-context:] if context else ()
    rest = event.old[change.line - event.line + len(change.old) :]
    below = (rest + event.below)[:context] if context else ()
    old, new = above + change.old + below, above + change.new + below
    start = change.line - len(above)
    lines: list[str] = []
    for group in difflib.SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(context):
        first, last = group[0], group[-1]
        lines.append(
            f"@@ -{_span(start + first[1], start + last[2])} +{_span(start + first[3], start + last[4])} @@"
        )
        for tag, a, b, c, d in group:
            if tag == "equal":
                lines += [" " + text for text in old[a:b]]
                continue
            lines += ["-" + text for text in old[a:b]]
            lines += ["+" + text for text in new[c:d]]
    return "\n".join(lines) + "\n" if lines else ""


def _span(start: int, end: int) -> str:
    return f"{start + 1},{end - start}" if end > start else f"{start},0"
