"""An edit as rules and prompts see it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LineEdit:
    """Lines `old` at 0-based `line` of `path` became `new`; `line` is where `old` stood at that moment.

    Lines carry no terminators. `time_s` is the monotonic time of the last keystroke in it. `steps` are the later
    changes of the same lines that began when the edit was complete, oldest first, each as the lines before and after
    it: a name that was changed twice has one. An edit that was taken back that way has equal `old` and `new`.
    """

    path: str
    line: int
    old: tuple[str, ...]
    new: tuple[str, ...]
    time_s: float = 0.0
    steps: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = ()
