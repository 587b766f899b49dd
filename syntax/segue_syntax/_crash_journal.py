"""Remembers on disk which texts a process was parsing when it died, so that none of them is parsed again."""

from __future__ import annotations

import contextlib
import mmap
import os
import threading
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_SLOTS = 32
_SLOT_BYTES = 48
_MAX_REMEMBERED = 2_000


def key_of(data: bytes, language_id: str) -> str:
    """Return a name for a text in a language: short, cheap, and with no part of the text in it."""
    return f"{language_id[:16]}:{len(data):x}:{zlib.crc32(data):08x}"


class CrashJournal:
    """A folder with one list of texts that killed a process, and one file a running process of what it parses now.

    The file is mapped into memory: a write costs nothing, and the kernel keeps it when the process dies.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._list = folder / "deadly"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._deadly = self._remembered() | self._left_by_the_dead()
        self._path = folder / f"{os.getpid()}.parsing"
        self._path.write_bytes(bytes(_SLOTS * _SLOT_BYTES))
        with self._path.open("r+b") as file:
            self._slots = mmap.mmap(file.fileno(), _SLOTS * _SLOT_BYTES)
        self._free = list(range(_SLOTS))
        self._lock = threading.Lock()

    def is_deadly(self, key: str) -> bool:
        """Return whether a process died of this text."""
        return key in self._deadly

    def note_death(self, key: str) -> None:
        """Remember that a process died of a text."""
        with self._lock:
            if key not in self._deadly:
                self._deadly.add(key)
                with contextlib.suppress(OSError), self._list.open("a", encoding="utf-8") as file:
                    file.write(key + "\n")

    @contextlib.contextmanager
    def parsing(self, key: str) -> Iterator[None]:
        """Note, while inside, that this text is being parsed."""
        with self._lock:
            slot = self._free.pop() if self._free else -1
        if slot < 0:
            yield
            return
        start = slot * _SLOT_BYTES
        self._slots[start : start + _SLOT_BYTES] = key.encode()[:_SLOT_BYTES].ljust(_SLOT_BYTES, b"\0")
        try:
            yield
        finally:
            self._slots[start] = 0
            with self._lock:
                self._free.append(slot)

    def close(self) -> None:
        """Give the process's file back; a thread that still parses is not noted any more."""
        self._path.unlink(missing_ok=True)

    def _remembered(self) -> set[str]:
        try:
            lines = self._list.read_text("utf-8").split("\n")[-_MAX_REMEMBERED:]
        except (OSError, UnicodeError):
            return set()
        return {line for line in lines if line}

    def _left_by_the_dead(self) -> set[str]:
        """Return what processes that are gone were parsing at their end, and add it to the list."""
        found: set[str] = set()
        for file in self._folder.glob("*.parsing"):
            if file.stem.isdigit() and _is_alive(int(file.stem)) and int(file.stem) != os.getpid():
                continue
            try:
                slots = file.read_bytes()
                file.unlink()
            except OSError:
                continue  # another process of ours was faster
            for start in range(0, len(slots), _SLOT_BYTES):
                slot = slots[start : start + _SLOT_BYTES]
                if slot[:1] != b"\0":
                    found.add(slot.rstrip(b"\0").decode("utf-8", "replace"))
        if found:
            with contextlib.suppress(OSError), self._list.open("a", encoding="utf-8") as known:
                known.writelines(f"{key}\n" for key in sorted(found))
        return found


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
