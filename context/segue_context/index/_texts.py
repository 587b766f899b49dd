"""Current texts of workspace files, read from disk and remembered while they do not change."""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from pathlib import Path
from typing import TYPE_CHECKING

from segue_context.index._reading import read_file

if TYPE_CHECKING:
    from segue_context.index._policy import FilePolicy

_MAX_CACHED_CHARS = 6_000_000


class Texts:
    """Reads files below `root`; safe to use from any thread. What is denied or leads outside is not read."""

    def __init__(self, root: Path, policy: FilePolicy) -> None:
        self._root = root
        self._policy = policy
        self._real = os.path.realpath(root).rstrip(os.sep) + os.sep
        self._lock = threading.Lock()
        self._cache: OrderedDict[str, tuple[tuple[int, int], str, list[str] | None]] = OrderedDict()
        self._size = 0

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
        with self._lock:
            known = self._cache.get(path)
            if known is not None and known[0] == stamp:
                self._cache.move_to_end(path)
                return known[1]
        if not self._is_inside(full):
            return None
        read = read_file(Path(full))
        if read.problem or not self._policy.shows(path, read.text):
            return None
        self._remember(path, (read.mtime_ns, read.size), read.text)
        return read.text

    def lines(self, path: str) -> list[str] | None:
        """Return the lines of a file, without their terminators; the caller must not change the list."""
        text = self.read(path)
        if text is None:
            return None
        with self._lock:
            known = self._cache.get(path)
            if known is not None and known[1] is text and known[2] is not None:
                return known[2]
        lines = text.split("\n")
        with self._lock:
            known = self._cache.get(path)
            if known is not None and known[1] is text:
                self._cache[path] = (known[0], text, lines)
        return lines

    def _is_inside(self, full: str) -> bool:
        """Return whether a file is in the workspace once links are followed."""
        folder, _, name = os.path.realpath(full).rpartition(os.sep)
        return bool(name) and (folder + os.sep).startswith(self._real)

    def _remember(self, path: str, stamp: tuple[int, int], text: str) -> None:
        if len(text) > _MAX_CACHED_CHARS // 4:
            return
        with self._lock:
            old = self._cache.pop(path, None)
            self._size += len(text) - (len(old[1]) if old else 0)
            self._cache[path] = (stamp, text, None)
            while self._size > _MAX_CACHED_CHARS:
                _, (_, dropped, _) = self._cache.popitem(last=False)
                self._size -= len(dropped)
