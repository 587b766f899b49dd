"""Where a new import statement goes in a file."""

from __future__ import annotations

import re
import sys
from itertools import takewhile
from typing import TYPE_CHECKING, Any

from segue_next_edit._imports import DOTTED, JS
from segue_syntax import language_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue_next_edit._import_edits import Wanted
    from segue_next_edit._imports import Statement


_SORTED = 0.15
"""Up to this share of pairs in the wrong order, a list counts as sorted."""


def place_of(
    lines: Sequence[str],
    statements: Sequence[Statement],
    language_id: str,
    wanted: Wanted,
    near: int | None = None,
) -> tuple[int, str]:
    """Return the line before which a new statement goes, and where it needs a blank line of its own.

    Where the statements around are in no order, it goes to `near`, or behind its like.
    """
    if not statements:
        return (_head_end(lines, language_id), "below") if near is None else (near, "")
    blocks: list[list[Statement]] = [[statements[0]]]
    for statement in statements[1:]:
        between = lines[blocks[-1][-1].end : statement.start]
        if all(line.strip() for line in between):
            blocks[-1].append(statement)
        else:
            blocks.append([statement])
    mine = _category(wanted.module, language_id)
    ranks = [max(_category(s.module, language_id) for s in block) for block in blocks]
    same = [block for block in blocks if any(_category(s.module, language_id) == mine for s in block)]
    mixed = len({_category(s.module, language_id) for s in statements}) > 1
    if not same and len(blocks) == 1 and (mixed or language_id in JS):
        same = blocks
    if not same:
        before = [block for block, rank in zip(blocks, ranks, strict=True) if rank < mine]
        if before:
            return before[-1][-1].end, "above"
        return blocks[0][0].start, "below"

    def likeness(block: Sequence[Statement]) -> tuple[int, bool, bool, int]:
        kin = [s for s in block if _category(s.module, language_id) == mine]
        alike = sum(s.form == wanted.form for s in kin)
        return (
            max(_shared(s.module, wanted.module) for s in block),
            alike > 0,
            len(kin) == len(block),
            alike,
        )

    return _place_in(max(same, key=likeness), language_id, wanted, near), ""


def _place_in(block: Sequence[Statement], language_id: str, wanted: Wanted, near: int | None) -> int:
    def orders(module: str, form: str, name: str) -> tuple[object, ...]:
        lowered = f"{module}.{name}".lower() if language_id in DOTTED else module.lower()
        if language_id == "python":
            return (form == "from", lowered, name.lower()), (lowered, name.lower())
        return (module.startswith("."), lowered), (not module.startswith("node:"), lowered), (False, lowered)

    keys = [orders(s.module, s.form, s.names[0][0] if s.names else "") for s in block]
    at = sorted_place(keys, orders(wanted.module, wanted.form, wanted.name))
    if at is not None:
        return block[at].start if at < len(block) else block[-1].end
    if near is not None and block[0].start <= near <= block[-1].end:
        return near
    relative = wanted.module.startswith(".")
    kin = [s for s in block if s.form == wanted.form and s.module.startswith(".") == relative]
    return (kin or block)[-1].end


def sorted_place(rows: Sequence[Sequence[Any]], new: Sequence[Any]) -> int | None:
    """Return where a row goes in a list by the order that the list keeps best, None when it keeps none.

    A row is its keys under each order that is possible. A few exceptions are no reason to give an order up.
    """
    best: tuple[int, int] | None = None
    for order, mine in enumerate(new):
        keys = [row[order] for row in rows]
        wrong = sum(a > b for i, a in enumerate(keys) for b in keys[i + 1 :])
        if wrong <= _SORTED * (len(keys) * (len(keys) - 1) / 2) and (best is None or wrong < best[0]):
            costs = [
                sum(key > mine for key in keys[:at]) + sum(key <= mine for key in keys[at:])
                for at in range(len(keys) + 1)
            ]
            best = wrong, len(costs) - 1 - costs[::-1].index(min(costs))
    return None if best is None else best[1]


def _shared(one: str, other: str) -> int:
    """Return how many parts two modules have in common at the front."""
    parts = [re.split(r"[./]+", module) for module in (one, other)]
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(*parts, strict=False)))


def _category(module: str, language_id: str) -> int:
    """Return 0 for the language's own modules, 1 for packages, 2 for relative ones."""
    if module.startswith("."):
        return 2
    if language_id == "python":
        root = module.split(".", maxsplit=1)[0]
        return -1 if root == "__future__" else 0 if root in sys.stdlib_module_names else 1
    if language_id == "go":
        return 0 if "." not in module.split("/", maxsplit=1)[0] else 1
    if language_id in JS:
        return 0 if module.startswith("node:") else 1
    return 0


def _head_end(lines: Sequence[str], language_id: str) -> int:
    """Return the first line after the file's opening comment or docstring."""
    marker = language_of(language_id).line_comment or "\0"
    at = 0
    while at < len(lines) and (lines[at].startswith((marker, "#!", "/*", " *")) or not lines[at].strip()):
        at += 1
    if language_id == "python" and at < len(lines) and lines[at].startswith(('"""', "'''")):
        mark = lines[at][:3]
        if lines[at].count(mark) < 2:
            at += 1
            while at < len(lines) and mark not in lines[at]:
                at += 1
        at += 1
        while at < len(lines) and not lines[at].strip():
            at += 1
    return min(at, len(lines))
