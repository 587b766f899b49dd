"""The orders in which import statements, and the names in them, may stand."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING, Any

from segue_next_edit._imports import DOTTED, JS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from segue_next_edit._imports import Statement

_SORTED = 0.15
"""Up to this share of pairs in the wrong order, a list counts as sorted."""

_FEW = 6
"""What other lists count against this one: as much as so many of its pairs."""

_MANY = 150
"""Rows of a list that are compared with each other: these tell its order."""

Tally = tuple[tuple[int, int], ...]
"""For each order that is possible, how many pairs stand the wrong way round, and how many there are."""


def statement_keys(statement: Statement, language_id: str) -> tuple[Any, ...]:
    """Return what an import statement is sorted by under each order that its language may have."""
    module = statement.module
    name = statement.names[0][0] if statement.names else ""
    lowered = f"{module}.{name}".lower() if language_id in DOTTED else module.lower()
    if language_id == "python":
        named = statement.form == "from"
        return (
            (named, lowered, name.lower()),
            (lowered, name.lower()),
            (named, lowered, _constants_first(name)),
        )
    relative = module.startswith(".")
    if language_id in JS:
        kind = statement.type_only
        return (
            (relative, lowered),
            (not module.startswith("node:"), relative, lowered),
            (not module.startswith("node:"), lowered),
            (False, lowered),
            (kind, relative, lowered),
            (not kind, not module.startswith("node:"), relative, lowered),
        )
    return ((relative, lowered),)


def group_keys(statement: Statement, language_id: str) -> tuple[Any, ...]:
    """Return the coarser orders: which kinds of statements come first, whatever the order among them."""
    if language_id in JS:
        relative = statement.module.startswith(".")
        kind = statement.type_only
        return (relative,), (kind, relative), (not kind, relative), (relative, kind)
    if language_id == "python":
        return ((statement.form == "from",),)
    return ()


def name_keys(name: str) -> tuple[Any, ...]:
    """Return what a name in a statement's list is sorted by under each order."""
    return _constants_first(name), (0, name), (0, name.lower())


def _constants_first(name: str) -> tuple[int, str]:
    return (0 if name.isupper() and len(name) > 1 else 1 if name[:1].isupper() else 2), name


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
