"""The process in which texts are parsed for the first time, seen from the one that wants to parse them."""

from __future__ import annotations

import contextlib
import os
import struct
import subprocess
import sys
import threading
import time
from enum import Enum

HEADER = struct.Struct("<IH")  # the lengths of the text and of the language's name
_PATIENCE_S = 3.0  # of wall time, and twice the budget of the text
_MOST_TURNS = 6  # so many times of it where the process got no turn to work: the machine may be busy
_LATE = b"?"
_DEATHS = 5
_REST_S = 60.0


class Trial(Enum):
    """What came of parsing a text in the sandbox."""

    PASSED = "passed"
    REFUSED = "refused"
    """It costs more than a text of its size may."""
    DIED = "died"
    """The process crashed, or had to be killed because it worked for too long."""
    LATE = "late"
    """The process had no turn to finish."""
    UNKNOWN = "unknown"
    """There is no sandbox at the moment."""


class ParseSandbox:
    """One process that is started when first needed and replaced when it dies. Safe to use from any thread."""

    def __init__(self, *, patience_s: float = _PATIENCE_S, most_turns: int = _MOST_TURNS) -> None:
        """Wait for an answer for `patience_s`, and so many times as long where the process gets no turn to work."""
        self._patience_s = patience_s
        self._most_turns = most_turns
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._deaths: dict[str, int] = {}
        self._resting_until: dict[str, float] = {}
        self._closed = False

    def start(self) -> None:
        """Start the process now, in the background, so that the first text need not wait for it."""
        with self._lock:
            self._running()

    def trial(self, data: bytes, language_id: str) -> Trial:
        """Parse a text in the process; blocks for as long as that takes, within limits."""
        with self._lock:
            if self._closed or time.monotonic() < self._resting_until.get(language_id, 0.0):
                return Trial.UNKNOWN
            process = self._running()
            if process is None:
                return Trial.UNKNOWN
            answer = self._ask(process, data, language_id.encode())
            if answer in {b"+", b"-"}:
                return Trial.PASSED if answer == b"+" else Trial.REFUSED
            self._end()
            if answer == _LATE:
                return Trial.LATE
            self._deaths[language_id] = self._deaths.get(language_id, 0) + 1
            if self._deaths[language_id] % _DEATHS == 0:
                self._resting_until[language_id] = time.monotonic() + _REST_S
            return Trial.DIED

    def close(self) -> None:
        """End the process."""
        with self._lock:
            self._closed = True
            self._end()

    def _running(self) -> subprocess.Popen[bytes] | None:
        if self._process is not None and self._process.poll() is not None:
            self._end()
        if self._process is None:
            try:
                self._process = subprocess.Popen(
                    [sys.executable, "-P", "-m", "segue_syntax._sandbox_process"],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    cwd=os.sep,
                )
            except OSError:
                self._process = None
        return self._process

    def _ask(self, process: subprocess.Popen[bytes], data: bytes, language: bytes) -> bytes:
        """Return the answer, `_LATE` when the process had no turn to find one, b"" when it died of the question."""
        assert process.stdin is not None
        assert process.stdout is not None
        watch = _Watch(process, self._patience_s + len(data) * 1e-5, self._most_turns)
        watch.start()
        try:
            process.stdin.write(HEADER.pack(len(data), len(language)) + language)
            process.stdin.write(data)
            process.stdin.flush()
            answer = process.stdout.read(1)
        except (OSError, ValueError):
            answer = b""
        finally:
            watch.over.set()
            watch.join()
        return answer or (_LATE if watch.got_no_turn else b"")

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        process.wait()


class _Watch(threading.Thread):
    """Kills a process that does not answer in time, and notes whether it was kept from working meanwhile."""

    def __init__(self, process: subprocess.Popen[bytes], patience_s: float, most_turns: int) -> None:
        super().__init__(daemon=True)
        self.over = threading.Event()
        self.got_no_turn = False
        self._process = process
        self._patience_s = patience_s
        self._most_turns = most_turns

    def run(self) -> None:
        """Wait until it is over, for as long as the process has not worked for half of its time."""
        pid = self._process.pid
        began_s = _cpu_seconds(pid)
        for _ in range(1 if began_s is None else self._most_turns):
            if self.over.wait(self._patience_s):
                return
            if began_s is not None and (_cpu_seconds(pid) or began_s) - began_s >= self._patience_s / 2:
                break
        else:
            self.got_no_turn = True
        self._process.kill()


def _cpu_seconds(pid: int) -> float | None:
    """Return the CPU time of a process, None where the system does not tell it this way."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:  # noqa: PTH123 - pathlib is not imported otherwise
            fields = file.read().rpartition(b")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError):
        return None
