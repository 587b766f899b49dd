"""Whether to show a prediction at all: the thresholds, what was dismissed, and when to keep quiet."""

from __future__ import annotations

import threading
import time
from collections import Counter, OrderedDict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from segue_next_edit._types import NextEdit

QUIET_SECONDS = 5.0
GOING_SECONDS = 30.0
REMEMBERED = 200
_MUTED_AFTER = 2
_SILENT_ACTIONS = {
    "undo": "after an undo nothing is suggested",
    "redo": "after a redo nothing is suggested",
    "paste": "after pasting a large block nothing is suggested",
    "bulk": "files changed outside of the editor",
}

_Substance = tuple[str, tuple[str, ...], tuple[str, ...] | None]


class Gate:
    """Remembers what became of predictions; safe to use from any thread.

    A dismissed edit is known by its text, not its line, so that edits above it do not bring it back. Two dismissals
    of the same change, at whatever places, end that change; accepting one of its places starts it again.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._dismissed: OrderedDict[_Substance, None] = OrderedDict()
        self._dismissals: Counter[str] = Counter()
        self._ignored: Counter[_Substance] = Counter()
        self._going: str = ""
        self._going_until = float("-inf")
        self._quiet_until = float("-inf")

    def silence(self, action: str) -> str:
        """Return why nothing may be shown now, or ""."""
        if self._clock() < self._quiet_until:
            return "an edit was dismissed a moment ago"
        return _SILENT_ACTIONS.get(action, "")

    def refuses(self, edit: NextEdit) -> bool:
        """Whether the user does not want this edit, or this change at all."""
        with self._lock:
            return (
                _substance(edit) in self._dismissed
                or self._dismissals[edit.group] >= _MUTED_AFTER
                or self._ignored[_substance(edit)] > _MUTED_AFTER
            )

    @property
    def going(self) -> str:
        """The group of the change of which a place was just accepted, "" when there is none."""
        return self._going if self._clock() < self._going_until else ""

    def accepted(self, edit: NextEdit) -> None:
        """Note that the user took the edit: the same change may go on at once."""
        with self._lock:
            self._going = edit.group
            self._going_until = self._clock() + GOING_SECONDS
            self._dismissals.pop(edit.group, None)

    def rejected(self, edit: NextEdit) -> None:
        """Note that the user dismissed the edit: it does not come back, and all is quiet for five seconds."""
        with self._lock:
            self._dismissed[_substance(edit)] = None
            while len(self._dismissed) > REMEMBERED:
                self._dismissed.popitem(last=False)
            if edit.group:
                self._dismissals[edit.group] += 1
            if self._going == edit.group:
                self._going = ""
            self._quiet_until = self._clock() + QUIET_SECONDS

    def ignored(self, edit: NextEdit) -> None:
        """Note that the edit was shown and the user typed on: after a few times it stays away."""
        with self._lock:
            self._ignored[_substance(edit)] += 1
            if len(self._ignored) > 4 * REMEMBERED:
                self._ignored = Counter(dict(self._ignored.most_common(REMEMBERED)))


def _substance(edit: NextEdit) -> _Substance:
    new = None if edit.new is None else tuple(line.strip() for line in edit.new)
    return edit.path, tuple(line.strip() for line in edit.old), new
