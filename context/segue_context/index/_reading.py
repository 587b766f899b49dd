"""Reading source files: limits, binary content, encodings, and what changes or vanishes meanwhile."""

from __future__ import annotations

import codecs
import os
import re
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

MAX_FILE_BYTES = 2 * 1024 * 1024
_SNIFF_BYTES = 8_192
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(rb"coding[:=]\s*[\"']?([-\w.]+)|charset=[\"']?([-\w.]+)|encoding=[\"']([-\w.]+)[\"']")


@dataclass(frozen=True, slots=True)
class FileText:
    """The text of a file as it was at `mtime_ns` with `size` bytes, or why there is none (`problem`)."""

    text: str = ""
    size: int = 0
    mtime_ns: int = 0
    problem: str = ""


def read_file(path: Path, max_bytes: int = MAX_FILE_BYTES) -> FileText:
    """Return the text of a regular file, never raising.

    `problem` is missing, denied, irregular, large, binary or unreadable. Size and time are those from before the
    read: when the file changes during it, the next scan sees other figures and reads it again.
    """
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
    try:
        descriptor = os.open(path, flags)
    except FileNotFoundError:
        return FileText(problem="missing")
    except PermissionError:
        return FileText(problem="denied")
    except (OSError, ValueError):
        return FileText(problem="unreadable")
    try:
        before = os.fstat(descriptor)
        if not stat.S_ISREG(before.st_mode):
            return FileText(problem="irregular")
        if before.st_size > max_bytes:
            return FileText(size=before.st_size, mtime_ns=before.st_mtime_ns, problem="large")
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            data = file.read(max_bytes + 1)
    except OSError:
        return FileText(problem="unreadable")
    finally:
        os.close(descriptor)
    if len(data) > max_bytes:
        return FileText(size=before.st_size, mtime_ns=before.st_mtime_ns, problem="large")
    text = decode(data)
    if text is None:
        return FileText(size=before.st_size, mtime_ns=before.st_mtime_ns, problem="binary")
    return FileText(text, before.st_size, before.st_mtime_ns)


def decode(data: bytes) -> str | None:
    """Return the text in `data`, or None for binary data.

    In order: a byte order mark, UTF-8, the encoding the file declares, UTF-8 with a few bad bytes, and Latin-1.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    if b"\0" in data[:_SNIFF_BYTES]:
        return None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    declared = _DECLARED.search(data[:1024])
    if declared:
        name = next(group for group in declared.groups() if group).decode("ascii", "replace")
        try:
            if codecs.lookup(name).name != "utf-8":
                return data.decode(name, "replace")
        except (LookupError, UnicodeError, ValueError):
            pass  # a name that Python does not know says nothing
    text = data.decode("utf-8", "replace")
    foreign = sum(1 for character in text[:_SNIFF_BYTES] if character > "\x7f")
    bad = text.count("\ufffd", 0, _SNIFF_BYTES)
    return text if bad * 4 < foreign else data.decode("latin-1")
