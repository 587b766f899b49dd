"""What a parse may cost, given the size of its text."""

from __future__ import annotations

import sys
import time


class ParseBudget:
    """Counts what one parse takes; `is_spent` is asked at every step of the parser (about a hundred operations).

    A clean parse takes a step for every 90 to 350 bytes, and no broken text was seen to take more than 200 and one for
    every 32 (measured on eleven languages); some grammars' scanners loop without end, reading to the end of the text
    again and again. A clean parse takes 0.2 to 1.3 µs of CPU a byte; time is the CPU time of the thread, so that a
    busy machine changes nothing. `patience` bounds the steps spent on errors that nothing repairs.
    """

    def __init__(self, size: int, patience: float = float("inf")) -> None:
        self._steps_left = 300 + size // 16
        self._patience = patience
        self._most_s = 0.25 + size * 5e-6
        self._started_at = time.monotonic()
        self._cpu_at_start: float | None = None
        self.max_bytes = 64 * 1024**2 + 300 * size

    def is_spent(self, *, has_error: bool) -> bool:
        """Count a step, and return whether it was the last."""
        self._steps_left -= 1
        self._patience -= has_error
        return self._steps_left < 0 or self._patience < 0 or self._is_late()

    def _is_late(self) -> bool:
        """Whether the time is spent; the clock of the thread, which takes a system call, is read only where it can be."""
        if time.monotonic() - self._started_at <= self._most_s:
            return False
        now = time.thread_time()
        if self._cpu_at_start is None:
            self._cpu_at_start = now  # an upper bound is enough: nobody knows what went before
        return now - self._cpu_at_start > self._most_s


class WatchedBudget(ParseBudget):
    """A budget that also measures the steps, between which no other thread runs."""

    MAX_STEP_S = 0.04

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self._stepped_at = time.thread_time()
        self.longest_step_s = 0.0

    def is_spent(self, *, has_error: bool) -> bool:
        """Count a step and its time, and return whether it was the last."""
        self.note_step()
        return super().is_spent(has_error=has_error)

    def note_step(self) -> None:
        """Count the time since the last step."""
        now = time.thread_time()
        self.longest_step_s = max(self.longest_step_s, now - self._stepped_at)
        self._stepped_at = now


def most_memory_bytes() -> int:
    """Return the most memory that this process has held so far, 0 where the system does not say."""
    try:
        import resource
    except ImportError:
        return 0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
