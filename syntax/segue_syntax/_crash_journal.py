"""Remembers on disk which texts a process was parsing when it died, so that none of them is parsed again.

Nobody can tell a process that died of a text from one that was killed while it happened to parse it. So a death is
forgotten after a while, and where being killed is ordinary, it takes two of them to condemn a text.
"""

from __future__ import annotations

import contextlib
import mmap
import os
import threading
import time
import zlib
from collections import Counter
from typing import TYPE_CHECKING

from segue_syntax.storage import private_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

_SLOTS = 32
_SLOT_BYTES = 48
_MAX_REMEMBERED = 2_000
_REMEMBERED_S = 7 * 86_400.0


def key_of(data: bytes, language_id: str) -> str:
    """Return a name for a text in a language: short, cheap, and with no part of the text in it."""
    return f"{language_id[:16]}:{len(data):x}:{zlib.crc32(data):08x}"


class CrashJournal:
    """A folder with one list of texts that killed a process, and one file a running process of what it parses now.

    The file is mapped into memory: a write costs nothing, and the kernel keeps it when the process dies.
    """

    def __init__(
        self, folder: Path, *, condemned_by: int = 1, clock: Callable[[], float] = time.time
    ) -> None:
        """Read what is remembered in `folder`; `condemned_by` deaths make a text deadly."""
        self._folder = folder
        self._condemned_by = condemned_by
        self._clock = clock
        self._list = folder / "deadly"
        private_folder(folder)
        self._deaths = self._remembered() + self._left_by_the_dead()
        self._path = folder / f"{os.getpid()}.parsing"
        self._path.write_bytes(bytes(_SLOTS * _SLOT_BYTES))
        with self._path.open("r+b") as file:
            self._slots = mmap.mmap(file.fileno(), _SLOTS * _SLOT_BYTES)
        self._free = list(range(_SLOTS))
        self._lock = threading.Lock()

    def is_deadly(self, key: str) -> bool:
        """Return whether as many processes as it takes died of this text in the last days."""
        return self._deaths[key] >= self._condemned_by

    def note_death(self, key: str) -> None:
        """Remember that a process died of a text, without any doubt."""
        with self._lock:
            if not self.is_deadly(key):
                self._deaths[key] += self._condemned_by
                self._write([key] * self._condemned_by)

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

    def _write(self, keys: Iterable[str]) -> None:
        with contextlib.suppress(OSError), self._list.open("a", encoding="utf-8") as file:
            file.writelines(f"{key} {self._clock():.0f}\n" for key in keys)

    def _remembered(self) -> Counter[str]:
        """Return how many deaths of each text are remembered; a list that has grown is written anew."""
        try:
            lines = self._list.read_text("utf-8").splitlines()
        except (OSError, UnicodeError):
            return Counter()
        recent = [line for line in lines if _time_of(line) > self._clock() - _REMEMBERED_S]
        if len(lines) > _MAX_REMEMBERED:
            recent = recent[-_MAX_REMEMBERED // 2 :]
            with contextlib.suppress(OSError):
                self._list.write_text("".join(f"{line}\n" for line in recent), "utf-8")
        return Counter(line.partition(" ")[0] for line in recent)

    def _left_by_the_dead(self) -> Counter[str]:
        """Return what processes that are gone were parsing at their end, and add it to the list."""
        found: Counter[str] = Counter()
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
                    found[slot.rstrip(b"\0").decode("utf-8", "replace")] += 1
        if found:
            self._write(found.elements())
        return found


def _time_of(line: str) -> float:
    """Return when a death was written down; 0 for a line that does not say."""
    try:
        return float(line.rpartition(" ")[2])
    except ValueError:
        return 0.0


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
