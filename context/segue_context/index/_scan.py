"""The files of a workspace, found by walking its folders without following links."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from segue_context.index._ignore import IgnoreRules

MAX_FILES = 200_000


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A regular file: its path relative to the root, its size in bytes and its time of last change."""

    path: str
    size: int
    mtime_ns: int


class TooManyFiles(Exception):
    """The folder holds more files than are indexed without asking."""


def refusal(root: Path) -> str:
    """Return why `root` is not indexed without asking, "" when it may be: a home or a root folder is no project."""
    try:
        resolved = root.resolve()
        home = Path.home().resolve()
    except (OSError, RuntimeError):
        return f"{root} cannot be resolved"
    if resolved.parent == resolved:
        return f"{root} is the root of the file system, not a project; open a project folder instead"
    if resolved == home or resolved in home.parents:
        return (
            f"{root} holds your whole home folder; open a project folder, or run `segue index --force` in it"
        )
    return ""


def scan(
    root: Path,
    rules: IgnoreRules,
    *,
    max_files: int = MAX_FILES,
    below: str = "",
    pause: Callable[[], None] | None = None,
) -> Iterator[FoundFile]:
    """Yield the files under `root` (or its folder `below`) that no rule ignores.

    Links are not followed, so a loop of them ends and nothing outside the root comes in. Folders that cannot be
    read count as empty. Raises `TooManyFiles` after `max_files`.
    """
    pending = [below]
    count = 0
    while pending:
        folder = pending.pop()
        if pause is not None:
            pause()
        try:
            with os.scandir(root / folder if folder else root) as entries:
                found = sorted(entries, key=lambda entry: entry.name)
        except OSError:
            continue
        folders = []
        for entry in found:
            path = f"{folder}/{entry.name}" if folder else entry.name
            try:
                path.encode("utf-8")  # names that are no text cannot be sent to an editor either
                is_folder = entry.is_dir(follow_symlinks=False)
                if not is_folder and not entry.is_file(follow_symlinks=False):
                    continue
                if rules.ignores(path, is_folder=is_folder):
                    continue
                if is_folder:
                    folders.append(path)
                    continue
                status = entry.stat(follow_symlinks=False)
            except (OSError, UnicodeError):
                continue
            if stat.S_ISREG(status.st_mode):
                count += 1
                if count > max_files:
                    raise TooManyFiles(f"{root} holds more than {max_files:,} files")
                yield FoundFile(path, status.st_size, status.st_mtime_ns)
        pending.extend(reversed(folders))
