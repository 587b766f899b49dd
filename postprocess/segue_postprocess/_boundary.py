"""The boundaries of a completion, and the last of them up to which it is sound."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from segue_postprocess._brackets import steps
from segue_postprocess._lines import continues_above
from segue_syntax import indent_width

if TYPE_CHECKING:
    from collections.abc import Callable

    from segue_postprocess._context import CursorContext


def longest_sound(text: str, context: CursorContext, sound: Callable[[str], bool]) -> str | None:
    """Return `text` up to the last boundary where it is `sound`, None if it is at none.

    What spoils a file stands somewhere and stays, so that halving finds the place; only half a statement is no
    sign, and when that has misled, the ends of statements are tried.
    """
    every, whole = _boundaries(text, context)
    best = _last_sound(text, every, sound)
    return best if best is not None or len(whole) == len(every) else _last_sound(text, whole, sound)


def _last_sound(text: str, ends: list[int], sound: Callable[[str], bool]) -> str | None:
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


def _boundaries(text: str, context: CursorContext) -> tuple[list[int], list[int]]:
    """Return where lines but the last end with nothing open that `text` opened, and those after which nothing goes on."""
    found, _ = steps(text, context)
    own = len(context.openings)
    lines = text.split("\n")
    said = [line for line in lines if line.strip()]
    level = context.indent if lines[0].strip() or not said else indent_width(said[0])
    every: list[int] = []
    whole: list[int] = []
    at = -1
    index = 0
    for line, below in itertools.pairwise(lines):
        at += len(line) + 1
        while index + 1 < len(found) and found[index + 1].end <= at:
            index += 1
        if line.strip() and len(found[index].stack) <= own:
            every.append(at)
            if not below.strip() or (indent_width(below) <= level and not continues_above(below)):
                whole.append(at)
    return every, whole
