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
_PATIENCE_S = 3.0  # and twice the budget of the text: the machine may be busy
_DEATHS = 5
_REST_S = 60.0


class Trial(Enum):
    """What came of parsing a text in the sandbox."""

    PASSED = "passed"
    REFUSED = "refused"
    """It costs more than a text of its size may."""
    DIED = "died"
    """The process crashed, or had to be killed."""
    UNKNOWN = "unknown"
    """There is no sandbox at the moment."""


class ParseSandbox:
    """One process that is started when first needed and replaced when it dies. Safe to use from any thread."""

    def __init__(self) -> None:
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
        """Return the answer, b"" when there is none in time."""
        assert process.stdin is not None
        assert process.stdout is not None
        late = threading.Timer(_PATIENCE_S + len(data) * 1e-5, process.kill)
        late.daemon = True
        late.start()
        try:
            process.stdin.write(HEADER.pack(len(data), len(language)) + language)
            process.stdin.write(data)
            process.stdin.flush()
            return process.stdout.read(1)
        except (OSError, ValueError):
            return b""
        finally:
            late.cancel()

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
