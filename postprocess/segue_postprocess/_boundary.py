"""The boundaries of a completion, and the last of them up to which it is sound."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segue_postprocess._brackets import steps

if TYPE_CHECKING:
    from collections.abc import Callable

    from segue_postprocess._situation import Situation


def boundaries(text: str, situation: Situation) -> list[int]:
    """Return where lines of `text` but the last end with no bracket open that it opened itself."""
    found, _ = steps(text, situation)
    own = len(situation.openings)
    ends: list[int] = []
    at = -1
    index = 0
    for line in text.split("\n")[:-1]:
        at += len(line) + 1
        while index + 1 < len(found) and found[index + 1].end <= at:
            index += 1
        if line.strip() and len(found[index].stack) <= own:
            ends.append(at)
    return ends


def longest_sound(text: str, situation: Situation, sound: Callable[[str], bool]) -> str | None:
    """Return `text` up to the last boundary where it is `sound`, None if it is at none.

    What spoils a file stands somewhere and stays, so that halving finds the place.
    """
    ends = boundaries(text, situation)
    best: str | None = None
    low, high = 0, len(ends)
    while low < high:
        middle = (low + high) // 2
        cut = text[: ends[middle]].rstrip()
        if sound(cut):
            best, low = cut, middle + 1
        else:
            high = middle
    return best
