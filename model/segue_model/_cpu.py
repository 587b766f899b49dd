"""How many threads a computation may use without waiting for other people's work."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from time import monotonic

_MAX_THREADS = 4
_TIMES_TO_SHRINK = 2
_TIMES_TO_GROW = 12
_TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


class CpuWatch:
    """Tells how many cores others kept busy since it was last asked (this process's own work left out).

    Threads that wait for each other in a loop are only as fast as the one that is not running: with both cores taken
    by others, two threads read a prompt five times slower than one.
    """

    def __init__(self) -> None:
        self._last = (monotonic(), _busy_s(), _own_s())

    def others(self) -> float:
        """Return the cores that others used since the last call, on average; 0 where the system does not tell."""
        at, busy, own = monotonic(), _busy_s(), _own_s()
        before, self._last = self._last, (at, busy, own)
        elapsed = at - before[0]
        if elapsed <= 0:
            return 0.0
        return max(0.0, (busy - before[1]) - (own - before[2])) / elapsed


class ThreadChoice:
    """Decides when another number of threads is worth losing what was evaluated with this one.

    Growing takes a quiet minute. Shrinking takes ten seconds, because too many threads on a busy machine cost more
    than a prompt read anew. Asked once every five seconds.
    """

    def __init__(self, threads: int) -> None:
        self.threads = threads
        self._wish = threads
        self._times = 0

    def after(self, wish: int) -> int:
        """Return the number of threads to use, now that `wish` would fit."""
        self._times = self._times + 1 if wish == self._wish else 1
        self._wish = wish
        enough = _TIMES_TO_SHRINK if wish < self.threads else _TIMES_TO_GROW
        return wish if self._times >= enough else self.threads


def usable_cores() -> int:
    """Return the cores this process may use: its affinity, within its container's quota."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    with suppress(OSError, ValueError):
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text("ascii").split()
        cores = min(cores, max(1, int(quota) // int(period)))
    return cores


def free_threads(others: float) -> int:
    """Return how many threads fit beside the work of `others` (in cores); at least one, four at most."""
    return max(1, min(_MAX_THREADS, usable_cores() - round(others)))


def _busy_s() -> float:
    """Return the seconds that all cores together were not idle since the machine started."""
    with suppress(OSError, ValueError, IndexError):
        line = Path("/proc/stat").read_text("ascii").partition("\n")[0]
        ticks = [int(word) for word in line.split()[1:9]]
        return (sum(ticks) - ticks[3] - ticks[4]) / _TICKS
    return 0.0


def _own_s() -> float:
    times = os.times()
    return times.user + times.system
