"""What a checker reports of a file before and after a change."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

_PLACE = re.compile(r"[:(]\d+(?:[:,]\d+)?\)?")
_COUNT = re.compile(r"\b\d+\b")


@dataclass(frozen=True, slots=True)
class Comparison:
    """How many problems a change takes away, and how many it brings."""

    fewer: int
    new: int

    def __str__(self) -> str:
        return f"{self.fewer} fewer, {self.new} new"


def compared(before: str, after: str, path: str) -> Comparison:
    """Return what became of the problems of the file at `path` in two outputs of a checker.

    A line that names the file and a line number in it is a problem; the same message at another line is the same one.
    """
    was, now = _problems(before, path), _problems(after, path)
    return Comparison((was - now).total(), (now - was).total())


def _problems(output: str, path: str) -> Counter[str]:
    name = path.rsplit("/", 1)[-1]
    found: Counter[str] = Counter()
    for line in output.splitlines():
        at = line.find(name)
        if at < 0:
            continue
        rest = line[at + len(name) :]
        place = _PLACE.match(rest)
        if place is not None:
            found[_COUNT.sub("0", rest[place.end() :]).strip(" :-")] += 1
    return found
