"""Lines that the user typed or accepted in this session: they count more than lines that were there before."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING

from segue_context._types import Snippet
from segue_context.statistical._sources import SESSION

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_FILES = 12
MOST_LINES = 60
"""Files, and lines of each, that are remembered."""

_LEAST_CHARS = 6


class SessionLines:
    """The lines finished last, by file, each with the line above it; safe to use from several threads."""

    def __init__(self) -> None:
        self._lines: OrderedDict[str, OrderedDict[tuple[str, str], int]] = OrderedDict()
        self._at: tuple[str, int] | None = None
        self._lock = threading.Lock()

    def edited(self, path: str, line: int, lines: Sequence[str]) -> None:
        """Note an edit at a line (0-based) of a file that now reads `lines`: the line left behind is finished."""
        with self._lock:
            left, self._at = self._at, (path, line)
            if left is None or left == self._at or left[0] != path or left[1] >= len(lines):
                return
            number = left[1]
            text = lines[number].rstrip("\r\n")
            if len(text.strip()) < _LEAST_CHARS:
                return
            above = lines[number - 1].rstrip("\r\n") if number else ""
            known = self._lines.setdefault(path, OrderedDict())
            self._lines.move_to_end(path)
            known.pop((above, text), None)
            known[above, text] = number
            while len(known) > MOST_LINES:
                known.popitem(last=False)
            while len(self._lines) > MOST_FILES:
                self._lines.popitem(last=False)

    def snippets(self, path: str) -> list[Snippet]:
        """Return the lines of other files than `path`, whose own are read from its text anyway."""
        with self._lock:
            return [
                Snippet(other, min(known.values()), max(known.values()) + 1, _joined(known), SESSION, 0.0)
                for other, known in self._lines.items()
                if other != path
            ]


def _joined(known: OrderedDict[tuple[str, str], int]) -> str:
    lines: list[str] = []
    for above, text in known:
        if not lines or lines[-1] != above:
            lines.append(above)
        lines.append(text)
    return "\n".join(lines)
