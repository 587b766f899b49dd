"""Places the user has just been at: recent edits and recently viewed stretches of other files."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING

from segue_context._types import Snippet

if TYPE_CHECKING:
    from segue_context._types import WorkspaceReader

EDITED, VIEWED = "edited", "viewed"
REACH = 7
"""Lines shown before and after a place."""

_SAME_PLACE = 20
_MOST = 24


class RecentPlaces:
    """The places visited last, newest last; safe to use from several threads."""

    def __init__(self) -> None:
        self._places: OrderedDict[tuple[str, int], tuple[int, str]] = OrderedDict()
        self._lock = threading.Lock()

    def visit(self, path: str, line: int, kind: str) -> None:
        """Remember that `line` of `path` was edited or looked at; an edit is not forgotten for a look."""
        key = (path, line // _SAME_PLACE)
        with self._lock:
            known = self._places.pop(key, None)
            if known is not None and known[1] == EDITED:
                kind = EDITED
            self._places[key] = (line, kind)
            while len(self._places) > _MOST:
                self._places.popitem(last=False)

    def snippets(
        self, reader: WorkspaceReader, exclude: str, kinds: frozenset[str], limit: int = 4
    ) -> list[Snippet]:
        """Return the stretches around the latest places outside the file `exclude`, latest first."""
        with self._lock:
            places = [(path, line, kind) for (path, _), (line, kind) in reversed(self._places.items())]
        found: list[Snippet] = []
        for path, line, kind in places:
            if path == exclude or kind not in kinds:
                continue
            text = reader.read_text(path)
            if text is None:
                continue
            lines = text.split("\n")
            start, end = max(0, line - REACH), min(len(lines), line + REACH + 1)
            if start < end:
                found.append(
                    Snippet(path, start, end, "\n".join(lines[start:end]), kind, 1.0 / (1 + len(found)))
                )
            if len(found) == limit:
                break
        return found

    def recent_paths(self, exclude: str, limit: int = 3) -> list[str]:
        """Return the files visited last, latest first."""
        with self._lock:
            paths = dict.fromkeys(path for path, _ in reversed(self._places))
        return [path for path in paths if path != exclude][:limit]
