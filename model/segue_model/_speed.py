"""How fast a server evaluates prompts."""

from __future__ import annotations

_LEAST_TOKENS = 32
_CHARS_PER_TOKEN = 3.3
_WEIGHT = 0.5
_LEAST_SECONDS = 0.005


class ReadingSpeed:
    """Characters of a prompt evaluated in a second, from what servers tell of prompts long enough to measure it."""

    def __init__(self) -> None:
        self.chars_per_s: float | None = None

    def note(self, stats: dict[str, float]) -> None:
        """Take the figures of one answer into account (those of `Chunk.stats`)."""
        tokens = stats.get("prompt_tokens", 0.0) - stats.get("cached_tokens", 0.0)
        spent_ms = stats.get("prompt_ms", 0.0)
        if tokens < _LEAST_TOKENS or spent_ms <= 0:
            return
        self._take(tokens * _CHARS_PER_TOKEN * 1000 / spent_ms)

    def note_wait(self, chars: int, seconds: float) -> None:
        """Take into account how long a server that tells no figures took to begin its answer to so many characters.

        It may have had a part of them in its cache: then it seems faster than it is.
        """
        if chars >= _LEAST_TOKENS * _CHARS_PER_TOKEN:
            self._take(chars / max(seconds, _LEAST_SECONDS))

    def _take(self, measured: float) -> None:
        before = self.chars_per_s or measured
        self.chars_per_s = before + _WEIGHT * (measured - before)
