"""When to ask the model: learned from how fast the user types and how fast the model answers."""

from __future__ import annotations

from collections import deque
from statistics import median

PAUSE_MS = 1000.0
"""A gap this long is a pause and says nothing about the typing rate."""


LATE_MS = 60.0
"""A slower model is expected to be late: the statistical answer comes first where it can be replaced."""


class TypingRate:
    """The user's gaps between keys and the model's latencies, and the delay that follows from them.

    Waiting costs every user who has stopped typing the whole delay; not waiting costs a call that the next key makes
    useless. With a model that answers faster than the next key comes, a useless call costs nothing, and there is no
    reason to wait. With a slower one, the delay is a little longer than nearly all of the user's gaps.
    """

    def __init__(self) -> None:
        self._gaps_ms: deque[float] = deque(maxlen=40)
        self._latencies_ms: deque[float] = deque(maxlen=12)
        self._last_key_s: float | None = None
        self._since_pause = 0

    @property
    def latency_ms(self) -> float | None:
        """The model's usual latency, None until one was seen."""
        return median(self._latencies_ms) if self._latencies_ms else None

    @property
    def model_is_late(self) -> bool:
        """Whether the model is expected to answer too late to be waited for."""
        latency = self.latency_ms
        return latency is None or latency > LATE_MS

    def key(self, now_s: float) -> None:
        """Note that the user typed at the monotonic time `now_s`."""
        if self._last_key_s is not None:
            gap_ms = (now_s - self._last_key_s) * 1000
            if gap_ms < PAUSE_MS:
                self._gaps_ms.append(gap_ms)
                self._since_pause += 1
            else:
                self._since_pause = 0
        self._last_key_s = now_s

    def answered(self, latency_ms: float) -> None:
        """Note how long the model took."""
        self._latencies_ms.append(latency_ms)

    def delay_ms(self, *, least_ms: float = 0.0, most_ms: float = 400.0, fresh_line: bool = False) -> float:
        """Return how long to wait before asking the model, within the given bounds.

        The first key after a pause asks at once: if the user goes on, later keys adopt the answer. A fresh line
        is where suggestions help most and users pause most, so it waits half as long.
        """
        if self._since_pause == 0:
            return least_ms
        gap_ms = self._usual_longest_gap_ms()
        delay = gap_ms * 1.25 + 15
        latency = self.latency_ms
        if latency is not None and latency < gap_ms:
            delay *= latency / gap_ms
        if fresh_line:
            delay *= 0.5
        return min(max(delay, least_ms), most_ms)

    def _usual_longest_gap_ms(self) -> float:
        """Return the gap that nine of ten are shorter than; a common typist's until this one is known."""
        if len(self._gaps_ms) < 4:
            return 120.0
        ordered = sorted(self._gaps_ms)
        return ordered[int(len(ordered) * 0.9) - 1] if len(ordered) >= 10 else ordered[-1]
