"""Which lines of a place are shown: what it does and what it says of itself, not its head, which stands above them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from segue_syntax import Regions, language_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from segue_context._types import Symbol

_MOST = 2
_LEAST_OF_PROSE, _LEAST_OF_CODE = 0.25, 0.12
_WORD = re.compile(r"\w+")


def telling_lines(
    lines: Sequence[str], extent: range, symbol: Symbol | None, path: str, shares: Mapping[int, float]
) -> tuple[int, ...]:
    """Return the numbers of up to three lines in `extent`, in order: those that hold the most of a question.

    `shares` tells how much of the question each line holds, 0..1. Code says how it is done: where there is some, one
    line of prose is enough.
    """
    prose = _prose(lines, extent, path)
    head = _head(lines, extent, symbol)
    ranked = sorted(shares, key=lambda number: (-shares[number], number))
    code = [n for n in ranked if n not in prose and n not in head and shares[n] >= _LEAST_OF_CODE]
    said = [n for n in ranked if n in prose and shares[n] >= _LEAST_OF_PROSE]
    return tuple(sorted(code[:_MOST] + said[: 1 if code else _MOST]))


def _prose(lines: Sequence[str], extent: range, path: str) -> set[int]:
    """Return the lines whose words are all in comments and strings."""
    text = "\n".join(lines[number] for number in extent)
    regions, offset, found = Regions(text, language_of(path=path).id), 0, set()
    for number in extent:
        words = (match.start() for match in _WORD.finditer(lines[number]))
        if not any(regions.at(offset + word) == "code" for word in words):
            found.add(number)
        offset += len(lines[number]) + 1
    return found


def _head(lines: Sequence[str], extent: range, symbol: Symbol | None) -> range:
    """Return the lines up to the end of a definition's signature, none where no definition is."""
    if symbol is None:
        return range(0)
    first = symbol.name_line if symbol.name_line in extent else symbol.line
    rest = len("".join(symbol.signature.split()))
    for number in range(first, extent.stop):
        rest -= len("".join(lines[number].split()))
        if rest <= 0:
            return range(extent.start, number + 1)
    return range(extent.start, first + 1)
