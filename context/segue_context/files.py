"""Reading files that a repository chose the names of: regular files of a sane size, and nothing else."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

MAX_FILE_BYTES = 2 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class FileBytes:
    """The content of a file as it was at `mtime_ns` with `size` bytes, or why there is none (`problem`)."""

    data: bytes = b""
    size: int = 0
    mtime_ns: int = 0
    problem: str = ""


def read_regular_file(
    path: Path | str, max_bytes: int = MAX_FILE_BYTES, *, inside: Path | None = None
) -> FileBytes:
    """Return the bytes of a regular file, never raising and never waiting for a pipe or a device.

    `problem` is missing, denied, irregular, large, outside or unreadable. A link is followed; with `inside`, the
    file it leads to must lie in that folder. Size and time are those from before the read: when the file changes
    during it, the next look sees other figures.
    """
    flags = (
        os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_CLOEXEC", 0)
    )
    try:
        if inside is not None and not _is_inside(path, inside):
            return FileBytes(problem="outside")
        if not stat.S_ISREG(os.stat(path).st_mode):  # noqa: PTH116 - a pipe that is opened counts as read by someone
            return FileBytes(problem="irregular")
        descriptor = os.open(path, flags)
    except FileNotFoundError:
        return FileBytes(problem="missing")
    except PermissionError:
        return FileBytes(problem="denied")
    except (OSError, ValueError):
        return FileBytes(problem="unreadable")
    try:
        before = os.fstat(descriptor)
        if not stat.S_ISREG(before.st_mode):
            return FileBytes(problem="irregular")
        if before.st_size > max_bytes:
            return FileBytes(size=before.st_size, mtime_ns=before.st_mtime_ns, problem="large")
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            data = file.read(max_bytes + 1)
    except OSError:
        return FileBytes(problem="unreadable")
    finally:
        os.close(descriptor)
    if len(data) > max_bytes:  # a file of /proc says that it is empty
        return FileBytes(size=before.st_size, mtime_ns=before.st_mtime_ns, problem="large")
    return FileBytes(data, before.st_size, before.st_mtime_ns)


def _is_inside(path: Path | str, folder: Path) -> bool:
    real, root = os.path.realpath(path), os.path.realpath(folder)
    return real.startswith(root.rstrip(os.sep) + os.sep)
