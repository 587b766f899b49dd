"""Decides, before a text is parsed, whether parsing it could hold this process or kill it.

Grammars contain hand-written C that nobody proved: a scanner may overrun its buffer, and a text of a few kilobytes may
take seconds and gigabytes. So a text that is new is first parsed in the sandbox, a process that may die. A text that
differs little from one that passed is parsed here at once. What killed a process is remembered on disk, by a checksum.
See ADR 6.
"""

from __future__ import annotations

import contextlib
import re
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from segue_syntax._common_ends import common_head, common_tail
from segue_syntax._crash_journal import CrashJournal, key_of
from segue_syntax._recently_used import RecentlyUsed
from segue_syntax._sandbox import ParseSandbox, Trial

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MAX_TEXT_BYTES = 8 * 1024 * 1024
_SMALL_TEXT = 512  # bytes; at most 20 ms in the worst grammar known
_SMALL_EDIT = 512
_MAX_DRIFT = 2 * _SMALL_EDIT  # bytes that were never tried before the text is tried again
_NEAR_TEXTS = 4
_REFUSED_S = 30.0
_LATE_S = 5.0
_VERDICTS = 4_096
_NO_BRACKETS = bytes(byte for byte in range(256) if byte not in b"()[]{}")
_MAX_UNMATCHED = 3_000
_MAX_PASSES = 64
_MAX_LEVELS = 200
_TAB_COLUMNS = 8
_LONG_HEAD = re.compile(rb"\n([ \t\f\r]{%d,})" % (_MAX_LEVELS // _TAB_COLUMNS))
_DEEP = {
    # tree-sitter-yaml 0.7 writes the levels of indentation into a buffer of 1,024 bytes and overruns it at 256
    "yaml": re.compile(rb"^[ \t?:-]{200}", re.MULTILINE),
}


@dataclass(slots=True)
class _Proven:
    data: bytes
    drift: int
    """Bytes of it that the sandbox never parsed."""
    has_deep_lines: bool
    """Whether a line of it is so deep that levels have to be counted."""


class ParseGuard:
    """The verdicts of one process; safe to use from any thread.

    Without a `folder` nothing is remembered on disk, and without a `sandbox` texts are judged by their look alone.
    """

    def __init__(self, folder: Path | None = None, *, sandbox: ParseSandbox | None = None) -> None:
        self._sandbox = sandbox
        self._journal: CrashJournal | None = None
        if folder is not None:
            with contextlib.suppress(OSError):  # a cache that cannot be written remembers nothing
                # Without a sandbox this is a process that is killed with its server, whatever it is busy with.
                self._journal = CrashJournal(folder, condemned_by=1 if sandbox is not None else 2)
        self._verdicts: RecentlyUsed[str, bool] = RecentlyUsed(_VERDICTS)
        self._near: dict[str, list[_Proven]] = {}
        self._refused: dict[str, tuple[bytes, float]] = {}
        self._lock = threading.Lock()
        self._trying = threading.Lock()

    def admits(self, data: bytes, language_id: str) -> bool:
        """Return whether a text may be parsed in this process; may take as long as a parse."""
        if self._is_small_edit(data, language_id):
            return True
        if len(data) > MAX_TEXT_BYTES or is_too_deep(data, language_id):
            return False
        if self._journal is None and self._sandbox is None:
            return True
        key = key_of(data, language_id)
        passed = self._verdict(key, data, language_id)
        if passed:
            drift = len(data) if len(data) <= _SMALL_TEXT else 0
            self._note_near(_Proven(data, drift, has_deep_lines(data, language_id)), language_id)
        return passed

    def parsing(self, data: bytes, language_id: str) -> contextlib.AbstractContextManager[None]:
        """Return a context in which the text is noted as being parsed."""
        journal = self._journal
        return contextlib.nullcontext() if journal is None else journal.parsing(key_of(data, language_id))

    def close(self) -> None:
        """End the sandbox and give the journal back; nothing is guarded any more."""
        sandbox, self._sandbox = self._sandbox, None
        journal, self._journal = self._journal, None
        if sandbox is not None:
            sandbox.close()
        if journal is not None:
            journal.close()

    def _verdict(self, key: str, data: bytes, language_id: str) -> bool:
        if self._journal is not None and self._journal.is_deadly(key):
            return False
        if self._sandbox is None or len(data) <= _SMALL_TEXT:
            return True
        with self._trying:  # several threads want the same text at once
            known = self._verdicts.get(key)
            if known is not None:
                return known
            if self._is_near_refused(data, language_id):
                return False
            trial = self._sandbox.trial(data, language_id)
            if trial is Trial.UNKNOWN:
                return False
            if trial is Trial.LATE:
                self._refused[language_id] = (data, time.monotonic() + _LATE_S)
                return False
            if trial is Trial.DIED and self._journal is not None:
                self._journal.note_death(key)
            if trial is not Trial.PASSED:
                self._refused[language_id] = (data, time.monotonic() + _REFUSED_S)
            self._verdicts.put(key, trial is Trial.PASSED)
            return trial is Trial.PASSED

    def _is_near_refused(self, data: bytes, language_id: str) -> bool:
        """Return whether the text differs little from one that was refused a moment ago: each trial takes seconds."""
        refused, until = self._refused.get(language_id, (b"", 0.0))
        return time.monotonic() < until and _changed(refused, data)[2] <= _SMALL_EDIT

    def _is_small_edit(self, data: bytes, language_id: str) -> bool:
        """Return whether the text is, or nearly is, one that passed; and then remember it as such."""
        with self._lock:
            known = list(self._near.get(language_id, ()))
        for entry in known:
            if entry.data == data:
                return True
            start, end, changed = _changed(entry.data, data)
            if changed <= _SMALL_EDIT and entry.drift + changed <= _MAX_DRIFT:
                start, end = data.rfind(b"\n", 0, start) + 1, data.find(b"\n", end)
                lines = data[start:] if end < 0 else data[start:end]
                is_deep = has_deep_lines(lines, language_id)
                if (entry.has_deep_lines or is_deep) and has_deep_levels(data, language_id):
                    return False
                self._note_near(
                    _Proven(data, entry.drift + changed, entry.has_deep_lines or is_deep), language_id
                )
                return True
        return False

    def _note_near(self, proven: _Proven, language_id: str) -> None:
        with self._lock:
            entries = self._near.setdefault(language_id, [])
            entries.insert(0, proven)
            del entries[_NEAR_TEXTS:]


def _changed(old: bytes, new: bytes) -> tuple[int, int, int]:
    """Return where the bytes of `new` begin and end that `old` has not, and how many were replaced, by the longer side."""
    if abs(len(old) - len(new)) > _SMALL_EDIT:
        return 0, len(new), max(len(old), len(new))
    head = common_head(old, new)
    tail = common_tail(old, new, min(len(old), len(new)) - head)
    return head, len(new) - tail, max(len(old), len(new)) - head - tail


def is_too_deep(data: bytes, language_id: str = "") -> bool:
    """Return whether a text nests so deeply, or leaves so many brackets open, that trees and queries are no use.

    The cost of a query grows with the square of the brackets that nothing closes.
    """
    if has_deep_levels(data, language_id):
        return True
    brackets = data.translate(None, _NO_BRACKETS)
    for _ in range(_MAX_PASSES):
        if len(brackets) <= _MAX_UNMATCHED:
            return False
        fewer = brackets.replace(b"()", b"").replace(b"[]", b"").replace(b"{}", b"")
        if len(fewer) == len(brackets):
            break
        brackets = fewer
    return len(brackets) > _MAX_UNMATCHED


def has_deep_levels(data: bytes, language_id: str = "") -> bool:
    """Return whether indentation has more levels than a scanner's buffer holds: Python's overruns it at about 510.

    A tab counts for eight columns, as it does in scanners. Few texts have lines so deep, which is seen at once: this is
    asked before every parse.
    """
    deep = _DEEP.get(language_id)
    if deep is not None and deep.search(data):
        return True
    if not has_deep_lines(data, language_id):  # each level takes a column
        return False
    levels: list[int] = []
    for line in data.split(b"\n"):
        text = line.lstrip(b" \t\f\r")
        if text:
            depth = _columns(line[: len(line) - len(text)])
            while levels and levels[-1] >= depth:
                levels.pop()
            levels.append(depth)
            if len(levels) > _MAX_LEVELS:
                return True
    return False


def has_deep_lines(data: bytes, language_id: str) -> bool:
    """Return whether a line is so far from the margin that levels have to be counted."""
    deep = _DEEP.get(language_id)
    columns = (_columns(head) for head in _LONG_HEAD.findall(b"\n" + data))
    return max(columns, default=0) >= _MAX_LEVELS or (deep is not None and bool(deep.search(data)))


def _columns(blanks: bytes) -> int:
    return len(blanks) + (_TAB_COLUMNS - 1) * blanks.count(b"\t")


_current = ParseGuard()


def current_guard() -> ParseGuard:
    """Return the guard of this process."""
    return _current


def protect_parsing(folder: Path, *, sandbox: bool) -> ParseGuard:
    """Have every parse of this process guarded from now on, and return the guard, which the caller closes.

    `folder` keeps what killed a process. With a `sandbox`, new texts are parsed in a process of their own first;
    without one, this process is itself one that may die.
    """
    global _current  # noqa: PLW0603 - parsing is a function of the process, as the crash is
    started = ParseSandbox() if sandbox else None
    if started is not None:
        threading.Thread(target=started.start, name="segue-sandbox", daemon=True).start()
    _current = ParseGuard(folder, sandbox=started)
    return _current


@contextlib.contextmanager
def parsing_protected(folder: Path, *, sandbox: bool) -> Iterator[None]:
    """Have every parse of this process guarded inside, as `protect_parsing` does; the sandbox starts with the first text."""
    global _current  # noqa: PLW0603
    before = _current
    _current = ParseGuard(folder, sandbox=ParseSandbox() if sandbox else None)
    try:
        yield
    finally:
        _current.close()
        _current = before
