"""The orders in which import statements, and the names in them, may stand."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING, Any

from segue_syntax import constants_first

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


_SORTED = 0.15
"""Up to this share of pairs in the wrong order, a list counts as sorted."""

_FEW = 6
"""What other lists count against this one: as much as so many of its pairs."""

_MANY = 150
"""Rows of a list that are compared with each other: these tell its order."""

Tally = tuple[tuple[int, int], ...]
"""For each order that is possible, how many pairs stand the wrong way round, and how many there are."""


def name_keys(name: str) -> tuple[Any, ...]:
    """Return what a name in a statement's list is sorted by under each order."""
    return constants_first(name), (0, name), (0, name.lower())


def tally(lists: Iterable[Sequence[Sequence[Any]]]) -> Tally:
    """Count the pairs of all lists; a list's rows are its members' keys under each order."""
    wrong: list[int] = []
    pairs = 0
    for rows in lists:
        looked_at = rows[:_MANY]
        size = len(looked_at)
        pairs += size * (size - 1) // 2
        orders = len(rows[0]) if rows else 0
        wrong += [0] * (orders - len(wrong))
        for order in range(orders):
            keys = [row[order] for row in looked_at]
            wrong[order] += sum(a > b for i, a in enumerate(keys) for b in keys[i + 1 :])
    return tuple((count, pairs) for count in wrong)


def combined(one: Tally, other: Tally) -> Tally:
    """Return what two sets of lists show together."""
    if not one or not other:
        return one or other
    return tuple((a + c, b + d) for (a, b), (c, d) in zip(one, other, strict=True))


def sorted_place(rows: Sequence[Sequence[Any]], new: Sequence[Any], elsewhere: Tally = ()) -> int | None:
    """Return where a row goes in a list by the order that the list keeps best, None when it keeps none.

    A few exceptions are no reason to give an order up. `elsewhere` says how well the orders are kept in other lists.
    """
    best: tuple[float, int] | None = None
    here = tally([rows])
    for order, (wrong, pairs) in enumerate(here):
        if wrong > _SORTED * pairs:
            continue
        others = elsewhere[order] if order < len(elsewhere) else (0, 0)
        strayed = wrong + others[0] / (1 + others[1]) * _FEW
        if strayed > _SORTED * (pairs + _FEW) or (best is not None and strayed >= best[0]):
            continue
        mine = new[order]
        steps = (1 if row[order] > mine else -1 for row in rows)
        costs = list(accumulate(steps, initial=0))  # rows on its wrong side, but for a constant
        best = strayed, len(costs) - 1 - costs[::-1].index(min(costs))
    return None if best is None else best[1]
