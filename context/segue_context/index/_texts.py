"""Current texts of workspace files, read from disk and remembered while they do not change."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from segue_context.index._reading import read_file
from segue_syntax import RecentlyUsed

if TYPE_CHECKING:
    from segue_context.index._policy import FilePolicy

_MAX_CACHED_CHARS = 6_000_000


@dataclass(slots=True)
class _Known:
    """What a file with a time and size of change held; `lines` are made when first asked for."""

    stamp: tuple[int, int]
    text: str
    lines: list[str] | None = None


class Texts:
    """Reads files below `root`; safe to use from any thread. What is denied or leads outside is not read."""

    def __init__(self, root: Path, policy: FilePolicy) -> None:
        self._root = root
        self._policy = policy
        self._real = os.path.realpath(root).rstrip(os.sep) + os.sep
        self._cache: RecentlyUsed[str, _Known] = RecentlyUsed(_MAX_CACHED_CHARS)

    def read(self, path: str) -> str | None:
        """Return the text of a file; None when it is missing, binary, too large, denied or outside the root."""
        if not path or path.startswith("/") or ".." in path.split("/") or not self._policy.shows(path):
            return None
        full = f"{self._root}/{path}"
        try:
            status = os.stat(full)  # noqa: PTH116 - asked for every snippet of every answer
        except (OSError, ValueError):
            return None
        stamp = (status.st_mtime_ns, status.st_size)
        known = self._cache.get(path)
        if known is not None and known.stamp == stamp:
            return known.text
        if not self._is_inside(full):
            return None
        read = read_file(Path(full))
        if read.problem or not self._policy.shows(path, read.text):
            return None
        if len(read.text) <= _MAX_CACHED_CHARS // 4:
            self._cache.put(path, _Known((read.mtime_ns, read.size), read.text), len(read.text))
        return read.text

    def lines(self, path: str) -> list[str] | None:
        """Return the lines of a file, without their terminators; the caller must not change the list."""
        text = self.read(path)
        if text is None:
            return None
        known = self._cache.get(path)
        if known is None or known.text is not text:
            return text.split("\n")
        if known.lines is None:
            known.lines = text.split("\n")
        return known.lines

    def _is_inside(self, full: str) -> bool:
        """Return whether a file is in the workspace once links are followed."""
        folder, _, name = os.path.realpath(full).rpartition(os.sep)
        return bool(name) and (folder + os.sep).startswith(self._real)
