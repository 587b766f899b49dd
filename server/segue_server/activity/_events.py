"""What is remembered about suggestions: counts, times and lengths, never code."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["opportunity", "attempt", "answer", "display", "acceptance", "rejection"]
Part = Literal["", "whole", "word", "line"]

_LABEL = re.compile(r"[\w .:/+#@-]{0,80}")


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to a suggestion, or to the chance of making one.

    `opportunity`: the user stopped where a suggestion could have helped. `attempt`: Segue set out to make one.
    `answer`: an engine answered (`latency_ms` is that engine's, empty answers have `chars` 0 and a `reason`).
    `display`: the editor was given it (`latency_ms` from the request on). `acceptance`: all, a word or a line of it
    was taken (`part`; `chars` is what was taken). `rejection`: it was dismissed, typed over or withdrawn
    (`reason`). `suggestion` ties the events of one suggestion together. Labels hold names only: whatever else is
    put there is stored as ``other``.
    """

    kind: Kind
    suggestion: str = ""
    feature: Literal["completion", "next_edit", "assist"] = "completion"
    engine: str = ""
    model: str = ""
    language: str = ""
    reason: str = ""
    part: Part = ""
    confidence: float | None = None
    latency_ms: float | None = None
    chars: int = 0
    lines: int = 0

    def row(self, at: float) -> tuple[object, ...]:
        """Return the event as a row of the log, `at` seconds since the epoch."""
        return (
            at,
            self.kind,
            _label(self.suggestion),
            _label(self.feature),
            _label(self.engine),
            _label(self.model),
            _label(self.language),
            _label(self.reason),
            _label(self.part),
            self.confidence,
            self.latency_ms,
            int(self.chars),
            int(self.lines),
        )


COLUMNS = [
    "at",
    "kind",
    "suggestion",
    "feature",
    "engine",
    "model",
    "language",
    "reason",
    "part",
    "confidence",
    "latency_ms",
    "chars",
    "lines",
]


def _label(value: str) -> str:
    return value if _LABEL.fullmatch(value) else "other"
