"""An edit as rules and prompts see it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LineEdit:
    """Lines `old` at 0-based `line` of `path` became `new`; `line` is where `old` stood at that moment.

    Lines carry no terminators. `time_s` is the monotonic time of the last keystroke in it.
    """

    path: str
    line: int
    old: tuple[str, ...]
    new: tuple[str, ...]
    time_s: float = 0.0
