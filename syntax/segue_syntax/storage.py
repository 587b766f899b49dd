"""Folders of the user's own, atomic writes, and locks between processes: what every room may keep on disk with."""

from __future__ import annotations

import os
import stat
import sys
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Iterator


def private_folder(folder: Path) -> Path:
    """Create `folder`, and what is missing above it, so that only the user can enter; returns it."""
    for missing in [place for place in (*reversed(folder.parents), folder) if not place.exists()]:
        missing.mkdir(mode=0o700, exist_ok=True)
    return folder


def guarded_folder(folder: Path) -> Path:
    """Create `folder` as `private_folder` does, and lock others out of one that is there already.

    PermissionError when it belongs to somebody else.
    """
    private_folder(folder)
    if sys.platform != "win32":
        info = folder.lstat()
        if not stat.S_ISDIR(info.st_mode) or info.st_uid != os.getuid():
            raise PermissionError(f"{folder} belongs to another user.")
        if stat.S_IMODE(info.st_mode) & 0o077:
            folder.chmod(0o700)
    return folder


@contextmanager
def atomic_file(path: Path) -> Iterator[BinaryIO]:
    """Yield a file that replaces `path` when the block ends well, and vanishes when it does not."""
    from tempfile import NamedTemporaryFile

    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
        temporary = Path(file.name)
        try:
            yield file  # type: ignore[misc]
            file.flush()
            os.fsync(file.fileno())
        except BaseException:
            file.close()
            temporary.unlink(missing_ok=True)
            raise
    temporary.replace(path)


def write_atomically(path: Path, data: bytes) -> None:
    """Replace `path` by `data`; readers see the old or the new content, never a part (mode 0600)."""
    with atomic_file(path) as file:
        file.write(data)


class FileLock:
    """A lock on a file, given back by the system when its holder dies."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: BinaryIO | None = None

    @property
    def path(self) -> Path:
        """The file that is locked."""
        return self._path

    def try_acquire(self) -> bool:
        """Take the lock if nobody has it."""
        file = open(self._path, "ab")  # noqa: SIM115, PTH123 - held open for as long as the lock is
        try:
            _lock(file)
        except OSError:
            file.close()
            return False
        try:
            same = os.fstat(file.fileno()).st_nlink > 0
        except OSError:
            same = False
        if not same:  # somebody removed the file between our opening and locking it
            file.close()
            return self.try_acquire()
        self._file = file
        return True

    def release(self) -> None:
        """Give the lock back."""
        file, self._file = self._file, None
        if file is not None:
            file.close()

    def remove(self) -> None:
        """Give the lock back and remove its file."""
        with suppress(OSError):
            self._path.unlink()
        self.release()


def is_locked(path: Path) -> bool:
    """Tell whether a living process holds the lock on `path`."""
    if not path.exists():
        return False
    lock = FileLock(path)
    try:
        free = lock.try_acquire()
    except OSError:
        return True
    lock.release()
    return not free


if sys.platform == "win32":
    import msvcrt

    def _lock(file: BinaryIO) -> None:
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(file: BinaryIO) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
