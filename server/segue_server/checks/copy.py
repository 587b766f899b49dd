"""A temporary copy of a folder: what runs there cannot change the original through it."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST_FILES = 60_000
_MOST_BYTES = 1_000_000_000
_SKIPPED = frozenset({".git", ".hg", ".svn"})


class TooLarge(Exception):
    """The folder has more files or bytes than are copied."""


@contextmanager
def copied(root: Path) -> Iterator[Path]:
    """Give a copy of the folder `root`, which is deleted afterwards. Raises `TooLarge`.

    Regular files are copied, and links whose target lies inside the folder; links that lead out of it, devices and
    sockets are left out, and so is what version control keeps.
    """
    with tempfile.TemporaryDirectory(prefix="segue-check-", ignore_cleanup_errors=True) as folder:
        copy = Path(folder) / "copy"
        _Copy(root.resolve(), copy).all()
        yield copy


class _Copy:
    def __init__(self, root: Path, copy: Path) -> None:
        self._root, self._copy = root, copy
        self._files = self._bytes = 0

    def all(self) -> None:
        """Copy everything that is copied."""
        for base, folders, names in os.walk(self._root, followlinks=False):
            here = Path(base)
            target = self._copy / here.relative_to(self._root)
            target.mkdir(parents=True, exist_ok=True)
            links = [name for name in folders if (here / name).is_symlink()]
            folders[:] = [name for name in folders if name not in _SKIPPED and name not in links]
            for name in (*names, *links):
                self._one(here / name, target / name)

    def _one(self, source: Path, target: Path) -> None:
        try:
            status = source.lstat()
        except OSError:
            return
        self._files += 1
        if stat.S_ISLNK(status.st_mode):
            self._link(source, target)
        elif stat.S_ISREG(status.st_mode):
            self._bytes += status.st_size
            if self._files > _MOST_FILES or self._bytes > _MOST_BYTES:
                raise TooLarge
            try:
                shutil.copyfile(source, target, follow_symlinks=False)
                target.chmod(status.st_mode & 0o777 | 0o600)
            except OSError:
                return

    def _link(self, source: Path, target: Path) -> None:
        """Copy a link that stays inside; an absolute one would lead to the original."""
        said = source.readlink()
        if said.is_absolute():
            return
        reached = Path(os.path.normpath(source.parent / said))
        real = Path(os.path.realpath(source))
        if reached.is_relative_to(self._root) and real.is_relative_to(self._root):
            target.symlink_to(said)
