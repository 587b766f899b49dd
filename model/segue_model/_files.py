"""Private directories, atomic writes and locks between processes."""

from __future__ import annotations

import os
import stat
import sys
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_CHUNK = 1 << 20


def private_directory(path: Path) -> Path:
    """Create `path`, and what is missing above it, so that only the user can enter.

    PermissionError when it belongs to somebody else.
    """
    for missing in [parent for parent in reversed(path.parents) if not parent.exists()]:
        missing.mkdir(mode=0o700, exist_ok=True)
    path.mkdir(mode=0o700, exist_ok=True)
    if sys.platform != "win32":
        info = path.lstat()
        if not stat.S_ISDIR(info.st_mode) or info.st_uid != os.getuid():
            raise PermissionError(f"{path} belongs to another user.")
        if stat.S_IMODE(info.st_mode) & 0o077:
            path.chmod(0o700)
    return path


@contextmanager
def atomic_file(path: Path) -> Iterator[BinaryIO]:
    """Yield a file that replaces `path` when the block ends well, and vanishes when it does not."""
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


def file_sha256(path: Path, progress: Callable[[int], None] | None = None) -> str:
    """Return the SHA-256 of a file in hex, telling `progress` the bytes read so far."""
    digest, done = sha256(), 0
    with path.open("rb") as file:
        while piece := file.read(_CHUNK):
            digest.update(piece)
            done += len(piece)
            if progress is not None:
                progress(done)
    return digest.hexdigest()


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
