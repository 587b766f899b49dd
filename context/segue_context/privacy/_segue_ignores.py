"""The `.segueignore` files of a workspace: what must not be shown to a model; and how files of rules are read."""

from __future__ import annotations

import codecs
import logging
import os
import time
from functools import lru_cache
from pathlib import Path

from segue_context.files import read_regular_file
from segue_context.git import folds_case
from segue_context.patterns import PatternList

_log = logging.getLogger(__name__)
SEGUE_IGNORE = ".segueignore"
_MAX_RULES_BYTES = 256 * 1024
_REMEMBERED_SECONDS = 5.0
_REMEMBERED_FOLDERS = 10_000
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)  # fmt: skip
_Stamp = tuple[int, int, int] | None
_Rules = list[tuple[str, PatternList]]
_EVERYTHING = PatternList(["*"])


class SegueIgnores:
    """The `.segueignore` files of a workspace and of the folders above it, up to the root of its repository.

    A file of rules that cannot be read denies everything beside and below it. Safe to use from any thread.
    """

    def __init__(self, root: Path) -> None:
        top = repository_root(root) or root
        self._top = str(top)
        self._fold_case: bool | None = None
        self._prefix = above(top, root)
        self._files: dict[str, tuple[_Stamp, PatternList | None]] = {}
        self._chains: dict[str, tuple[float, _Rules]] = {}

    def rule_for(self, path: str, *, fresh: bool = False) -> str:
        """Return the file, relative to the top, that excludes the file at `path` (relative to the root), or "".

        Files of rules are looked at again when they were not for some seconds; with `fresh`, now.
        """
        whole = self._prefix + path
        for folder, patterns in self._chain(whole.rpartition("/")[0], fresh=fresh):
            if patterns.excludes(whole[len(folder) + 1 :] if folder else whole):
                return f"{folder}/{SEGUE_IGNORE}" if folder else SEGUE_IGNORE
        return ""

    def _chain(self, folder: str, *, fresh: bool) -> _Rules:
        """Return the rules of a folder and of those above it, the nearest first; most folders have none."""
        now = time.monotonic()
        rules: _Rules = []
        unknown: list[str] = []
        while True:
            known = self._chains.get(folder)
            if not fresh and known is not None and now - known[0] <= _REMEMBERED_SECONDS:
                rules = known[1]
                break
            unknown.append(folder)
            if not folder:
                break
            folder = folder.rpartition("/")[0]
        if len(self._chains) > _REMEMBERED_FOLDERS:
            self._chains.clear()
        for place in reversed(unknown):
            own = self._rules_in(place)
            rules = rules if own is None else [(place, own), *rules]
            self._chains[place] = now, rules
        return rules

    def _rules_in(self, folder: str) -> PatternList | None:
        file = f"{self._top}/{folder}/{SEGUE_IGNORE}" if folder else f"{self._top}/{SEGUE_IGNORE}"
        stamp = _stamp(file)
        known = self._files.get(folder)
        if known is not None and known[0] == stamp:
            return known[1]
        rules = None if stamp is None else self._read(file)
        if len(self._files) > _REMEMBERED_FOLDERS:
            self._files.clear()
        self._files[folder] = stamp, rules
        return rules

    def _read(self, file: str) -> PatternList | None:
        if self._fold_case is None:  # most workspaces have no such file
            self._fold_case = folds_case(Path(self._top))
        return rules_at(file, unreadable=_EVERYTHING, fold_case=self._fold_case)


def rules_at(
    path: Path | str, *, unreadable: PatternList | None = None, fold_case: bool = False
) -> PatternList | None:
    """Return the patterns in a file, None when it has none; `unreadable` when it exists and cannot be read.

    `fold_case` is `PatternList`'s.

    A byte order mark and UTF-16 are understood. A file that cannot be read is told about in the log, once.
    """
    read = read_regular_file(path, _MAX_RULES_BYTES)
    if read.problem == "missing":
        return None
    text = None if read.problem else _decoded(read.data)
    if text is None:
        _warn(str(path), read.problem or "binary")
        return unreadable
    return PatternList(text.split("\n"), fold_case=fold_case) or None


def _decoded(data: bytes) -> str | None:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace")
    if b"\0" not in data:
        return data.decode("utf-8", "surrogateescape")
    for encoding, rest in (("utf-16-le", data[1::2]), ("utf-16-be", data[::2])):
        if not rest.strip(b"\0"):
            return data.decode(encoding, "replace")
    return None


@lru_cache(maxsize=256)
def _warn(path: str, problem: str) -> None:
    _log.warning("The rules in %s are not used: the file is %s.", path, problem)


def _stamp(file: str) -> _Stamp:
    try:
        status = os.stat(file)  # noqa: PTH116 - asked for every folder of every path: half the cost of pathlib's
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError):
        return (0, 0, 0)
    return status.st_mtime_ns, status.st_size, status.st_ino


def repository_root(folder: Path) -> Path | None:
    """Return the nearest folder from `folder` upwards that holds a `.git`, None when there is none."""
    place = os.path.realpath(folder)
    while not os.path.exists(f"{place}/.git"):  # noqa: PTH110 - pathlib costs 80 ms for a thousand folders
        place, below = os.path.dirname(place), place  # noqa: PTH120
        if place == below:
            return None
    return Path(place)


def above(top: Path, root: Path) -> str:
    """Return the path from `top` down to `root`, "" or ending in a slash."""
    path = os.path.relpath(os.path.realpath(root), os.path.realpath(top)).replace(os.sep, "/")
    return "" if path == "." or path.startswith("..") else f"{path}/"
