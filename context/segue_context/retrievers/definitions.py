"""Definitions that the code at the cursor is likely to need: one line for each, grouped by file."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from segue_context._types import Snippet
from segue_context.retrievers._need_weights import BY_NAME
from segue_context.retrievers._needs import NAMES, Need, needs

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from segue_context._types import Symbol, WorkspaceReader
    from segue_context.retrievers._cursor_features import CursorFeatures
    from segue_context.retrievers._related_files import Nearby
    from segue_context.retrievers._remembered import Remembered

LONGEST_HEAD = 140
_WEIGHTS = tuple(BY_NAME.get(name, 0.0) for name in NAMES)


def needed_names(
    features: CursorFeatures,
    reader: WorkspaceReader,
    remembered: Remembered,
    nearby: Nearby,
    windows: Sequence[Snippet],
) -> list[Need]:
    """Return the names most likely needed at the cursor, likeliest first; their chances sum to one at most."""
    found = needs(features, reader, remembered, nearby, windows)
    if not found:
        return []
    scores = [sum(map(float.__mul__, _WEIGHTS, need.values)) for need in found if need.values]
    least = min(scores)
    scores += [least - 1 + need.glance - found[len(scores) - 1].glance for need in found[len(scores) :]]
    highest = max(scores)
    total = 0.0
    for need, score in zip(found, scores, strict=True):
        need.chance = math.exp(score - highest)
        total += need.chance
    for need in found:
        need.chance /= total
    return sorted(found, key=lambda need: -need.chance)


def head_of(symbol: Symbol) -> str:
    """Return the line that stands for a definition."""
    head = symbol.signature or symbol.name
    if len(head) > LONGEST_HEAD:
        head = head[: LONGEST_HEAD - 1].rstrip() + "…"
    return ("    " if symbol.container else "") + head


def outline(path: str, symbols: Iterable[Symbol], score: float) -> Snippet:
    """Return one snippet with the heads of `symbols`, all of `path`, each container named once."""
    ordered = sorted(symbols, key=lambda symbol: symbol.line)
    lines: list[str] = []
    container = ""
    for symbol in ordered:
        if (
            symbol.container
            and symbol.container != container
            and not any(symbol.container in line for line in lines[-1:])
        ):
            lines.append(f"{symbol.container}:")
        container = symbol.container
        lines.append(head_of(symbol))
        if not symbol.container:
            container = symbol.name
    return Snippet(path, ordered[0].line, ordered[-1].line + 1, "\n".join(lines), "definitions", score)
