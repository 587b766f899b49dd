"""Giving code that a model wrote the indentation, line ends and untouched lines of the code that it replaces."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise
from math import gcd
from typing import TYPE_CHECKING

from segue_syntax import Regions, indent_width, leading_space

if TYPE_CHECKING:
    from collections.abc import Sequence

_TAB = 4


@dataclass(frozen=True, slots=True)
class Indentation:
    """How a file indents: one step is a tab (`tabs`) or `step` columns."""

    tabs: bool
    step: int

    def of(self, width: int) -> str:
        """Return the white space of `width` columns."""
        return "\t" * (width // _TAB) + " " * (width % _TAB) if self.tabs else " " * width


def indentation_of(lines: Sequence[str], usual: int = 4) -> Indentation:
    """Return how `lines` are indented; `usual` is the step where they do not show one."""
    indents = [leading_space(line) for line in lines if line.strip()]
    tabs = sum("\t" in indent for indent in indents)
    if tabs * 2 > sum(bool(indent) for indent in indents):
        return Indentation(tabs=True, step=_TAB)
    return Indentation(tabs=False, step=_step(indents) or usual)


def fitted(answer: str, original: Sequence[str], indentation: Indentation, language_id: str) -> list[str]:
    """Return the lines of `answer` laid out like `original`, the lines (without terminators) that they replace.

    The answer may be shifted as a whole, use another step, or have lost the indentation of its first line. Lines that
    say what an original line says become that line, spaces at its end included.
    """
    new = _trimmed(answer.split("\n"))
    if not new:
        return []
    new = _restored(original, new, indentation.step)
    inside = _string_rows(new, language_id)
    pairs = matched_rows(original, new)
    scale = _scale(original, new, pairs, inside, indentation)
    base = _base(original, new, pairs, [row for row in range(len(new)) if row not in inside], scale)
    result = []
    for row, line in enumerate(new):
        old = original[pairs[row]] if row in pairs else None
        if not line.strip():
            result.append("")
        elif row in inside:
            result.append(old if old is not None else _moved(line, base, indentation))
        else:
            width = max(0, round(_width(line) * scale) + base)
            if old is not None and _width(old) == width:
                result.append(old)
            else:
                result.append(indentation.of(width) + line.strip())
    return result


def _moved(line: str, by: int, indentation: Indentation) -> str:
    """Return a line inside a string, moved with the code around it."""
    return indentation.of(max(0, _width(line) + by)) + line.lstrip(" \t") if by else line


def _trimmed(lines: list[str]) -> list[str]:
    while lines and not lines[0].strip():
        lines = lines[1:]
    while lines and not lines[-1].strip():
        lines = lines[:-1]
    return lines


def _width(line: str) -> int:
    return indent_width(line, _TAB)


def _least(lines: Sequence[str]) -> int:
    return min((_width(line) for line in lines if line.strip()), default=0)


def _step(indents: Sequence[str]) -> int:
    widths = sorted({len(indent.expandtabs(_TAB)) for indent in indents})
    steps = Counter(later - earlier for earlier, later in pairwise(widths))
    return gcd(*steps) if steps and gcd(*steps) in (2, 3, 4, 8) else 0


def matched_rows(original: Sequence[str], new: Sequence[str]) -> dict[int, int]:
    """Return, by row of `new`, the row of `original` that says the same, however indented."""
    old = [line.strip() for line in original]
    matcher = SequenceMatcher(None, old, [line.strip() for line in new], autojunk=False)
    return {
        block.b + at: block.a + at
        for block in matcher.get_matching_blocks()
        for at in range(block.size)
        if old[block.a + at]
    }


def _scale(
    original: Sequence[str],
    new: Sequence[str],
    pairs: dict[int, int],
    inside: frozenset[int],
    indentation: Indentation,
) -> float:
    """Return how many columns of the file one column of the answer is."""
    known = sorted(
        {(_width(new[row]), _width(original[at])) for row, at in pairs.items() if row not in inside}
    )
    slopes = Counter((y2 - y1) / (x2 - x1) for (x1, y1), (x2, y2) in pairwise(known) if x2 != x1)
    if slopes:
        slope, _ = slopes.most_common(1)[0]
        return slope if slope in {0.25, 0.5, 2.0, 4.0} else 1.0
    if any(theirs == ours > 0 for theirs, ours in known):
        return 1.0  # as wide as it was, and not at the margin
    theirs = _step(
        [leading_space(line) for row, line in enumerate(new) if line.strip() and row not in inside]
    )
    ours = _step([leading_space(line) for line in original if line.strip()]) or indentation.step
    return ours / theirs if theirs and {ours, theirs} <= {2, 4, 8} else 1.0


def _base(
    original: Sequence[str], new: Sequence[str], pairs: dict[int, int], rows: Sequence[int], scale: float
) -> int:
    """Return the columns to add to each line of the answer."""
    shifts = Counter(
        _width(original[pairs[row]]) - round(_width(new[row]) * scale) for row in rows if row in pairs
    )
    if shifts:
        return shifts.most_common(1)[0][0]
    least = min((_width(new[row]) for row in rows if new[row].strip()), default=0)
    return _least(original) - round(least * scale)


def _restored(original: Sequence[str], new: list[str], step: int) -> list[str]:
    """Return the answer with the indentation of its first line, where that alone was stripped."""
    least, rest = _least(original), [line for line in new[1:] if line.strip()]
    inner = _least(rest)
    if not least or not rest or _width(new[0]):
        return new
    pairs = matched_rows(original, new)
    if any(_width(original[old]) != _width(new[row]) for row, old in pairs.items() if row):
        return new  # what follows is shifted as well
    opens = new[0].rstrip()[-1:] in {":", "{", "(", "["}
    closes = _width(rest[-1]) == inner and rest[-1].lstrip()[:1] in {"}", ")", "]"}
    if inner < least + (step if opens and not closes else 0):
        return new
    return [" " * least + new[0], *new[1:]]


def _string_rows(lines: Sequence[str], language_id: str) -> frozenset[int]:
    """Return the rows that begin inside a string."""
    regions = Regions("\n".join(lines), language_id)
    rows, offset = set(), 0
    for row, line in enumerate(lines):
        if row and regions.at(offset) == "string" and regions.at(offset - 1) == "string":
            rows.add(row)
        offset += len(line) + 1
    return frozenset(rows)
