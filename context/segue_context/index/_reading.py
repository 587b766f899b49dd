"""Reading source files: limits, binary content, encodings, and what changes or vanishes meanwhile."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from segue_context.files import MAX_FILE_BYTES, read_regular_file

if TYPE_CHECKING:
    from pathlib import Path

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
    read = read_regular_file(path, max_bytes)
    if read.problem:
        return FileText("", read.size, read.mtime_ns, read.problem)
    text = decode(read.data)
    if text is None:
        return FileText("", read.size, read.mtime_ns, "binary")
    return FileText(text, read.size, read.mtime_ns)


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
