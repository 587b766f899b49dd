"""Where a new import statement goes in a file."""

from __future__ import annotations

import re
from itertools import takewhile
from typing import TYPE_CHECKING

from segue_next_edit.imports._habits import blocks_of
from segue_next_edit.imports._orders import sorted_place
from segue_syntax import ImportStatement, NewImport, language_of, scanner_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue_next_edit.imports._habits import Habits


_HEAD_LINES = 200


def place_of(
    lines: Sequence[str],
    statements: Sequence[ImportStatement],
    language_id: str,
    wanted: NewImport,
    habits: Habits,
    *,
    near: int | None,
) -> tuple[int, str]:
    """Return the line before which a new statement goes, and where it needs a blank line of its own.

    Where the statements around are in no order, it goes to `near`, or behind its like.
    """
    if not statements:
        return (_head_end(lines, language_id), "below") if near is None else (near, "")
    syntax = language_of(language_id).imports
    ours = habits.ours if habits.apart else frozenset[str]()
    blocks = blocks_of(lines, statements)
    kinds = [[syntax.category(s.module, ours) for s in block] for block in blocks]
    mine = syntax.category(wanted.module, ours)
    same = [block for block, kind in zip(blocks, kinds, strict=True) if mine in kind]
    mixed = len({one for kind in kinds for one in kind}) > 1
    if not same and len(blocks) == 1 and (mixed or syntax.one_block):
        same = blocks
    if not same:
        before = [block for block, kind in zip(blocks, kinds, strict=True) if max(kind) < mine]
        if before:
            return before[-1][-1].end, "above"
        return blocks[0][0].start, "below"

    def likeness(block: Sequence[ImportStatement]) -> tuple[bool, int, bool, int]:
        kin = [s for s in block if syntax.category(s.module, ours) == mine]
        alike = sum(s.form == wanted.form for s in kin)
        return (
            alike > 0,
            max(_shared(s.module, wanted.module) for s in block),
            len(kin) == len(block),
            alike,
        )

    return _place_in(max(same, key=likeness), language_id, wanted, habits, near), ""


def _place_in(
    block: Sequence[ImportStatement], language_id: str, wanted: NewImport, habits: Habits, near: int | None
) -> int:
    syntax = language_of(language_id).imports
    new = wanted.statement
    at = sorted_place([syntax.orders(s) for s in block], syntax.orders(new), habits.statements)
    if at is None and near is not None and block[0].start <= near <= block[-1].end:
        return near
    shared = [_shared(s.module, wanted.module) for s in block]
    if at is None and min(shared) < max(shared) > 1:
        at = len(shared) - shared[::-1].index(max(shared))  # behind the nearest of kin
    if at is None:
        at = sorted_place([syntax.groups(s) for s in block], syntax.groups(new), habits.groups)
    if at is not None:
        return block[at].start if at < len(block) else block[-1].end
    relative = wanted.module.startswith(".")
    kin = [s for s in block if s.form == wanted.form and s.module.startswith(".") == relative]
    return (kin or block)[-1].end


def _shared(one: str, other: str) -> int:
    """Return how many parts two modules have in common at the front."""
    parts = [re.split(r"[./]+", module) for module in (one, other)]
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(*parts, strict=False)))


def _head_end(lines: Sequence[str], language_id: str) -> int:
    """Return the first line after the file's opening comments, its docstring or directives, and its package clause."""
    syntax = language_of(language_id).imports
    at = int(bool(lines) and lines[0].startswith("#!"))
    head = list(lines[:_HEAD_LINES])
    text = "\n".join(head)
    end = sum(len(line) + 1 for line in head[:at])
    for kind, start, stop in scanner_of(language_id).regions(text, end):
        before, after = text[end:start].strip(" \t\n;"), text[stop:].split("\n", 1)[0].strip(" \t;")
        if before not in (syntax.opening_strings or ("",)) or (kind == "string" and after):
            break
        if kind == "string" and not syntax.opening_strings:
            break
        end = stop
        if kind == "string" and syntax.one_opening_string:
            break
    at = max(at, text.count("\n", 0, end) + 1 if end and not text[:end].endswith("\n") else at)
    at = _past_blanks(lines, at)
    if at < len(lines) and syntax.package_clause and lines[at].startswith("package "):
        at = _past_blanks(lines, at + 1)
    return at


def _past_blanks(lines: Sequence[str], at: int) -> int:
    while at < len(lines) and not lines[at].strip():
        at += 1
    return min(at, len(lines))
