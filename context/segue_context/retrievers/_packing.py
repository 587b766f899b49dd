"""Spending a budget of characters where it buys most of what is needed."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from segue_context._types import Snippet
from segue_context.retrievers._cursor_features import WORD
from segue_context.retrievers.definitions import head_of, outline

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue_context._types import Symbol
    from segue_context.retrievers._needs import Need

HEADER = 4
"""Characters of the line that names a snippet's file, besides the path: ``# ``, and two line ends."""

MOST_WINDOWS = 16


@dataclass(slots=True)
class Packing:
    """What was chosen so far, and what is left of the budget."""

    left: int
    chances: dict[str, float]
    usage_worth: float
    covered: set[str] = field(default_factory=set)
    heads: dict[str, list[Symbol]] = field(default_factory=dict)
    worth: dict[str, float] = field(default_factory=dict)
    chosen: list[Snippet] = field(default_factory=list)

    def head_cost(self, symbol: Symbol) -> int:
        """Return what one more line for `symbol` costs."""
        cost = len(head_of(symbol)) + 1 + (len(symbol.container) + 2 if symbol.container else 0)
        return cost if symbol.path in self.heads else cost + len(symbol.path) + HEADER

    def head_value(self, need: Need) -> float:
        """Return the chance bought by each character of the line for a name."""
        if need.name in self.covered:
            return 0.0
        cost = self.head_cost(need.symbol)
        return need.chance / cost if cost <= self.left else 0.0

    def crop_value(self, crop: Crop) -> float:
        """Return the same for a piece of a window: for the names in it, and for how it is written."""
        if crop.cost > self.left:
            return 0.0
        chances = self.chances
        gain = sum(chances[name] for name in crop.names if name not in self.covered)
        return (gain + self.usage_worth * crop.worth) / crop.cost

    def take_head(self, need: Need) -> None:
        """Choose the line for a name."""
        symbol = need.symbol
        self.left -= self.head_cost(symbol)
        self.heads.setdefault(symbol.path, []).append(symbol)
        self.worth[symbol.path] = self.worth.get(symbol.path, 0.0) + need.chance
        self.covered.update(WORD.findall(head_of(symbol)))

    def take_crop(self, crop: Crop, value: float) -> None:
        """Choose a piece of a window."""
        self.left -= crop.cost
        self.covered.update(crop.names)
        piece = crop.piece
        self.chosen.append(
            Snippet(piece.path, piece.start_line, piece.end_line, piece.text, piece.source, value * crop.cost)
        )

    def snippets(self) -> list[Snippet]:
        """Return what was chosen, most valuable first."""
        found = [outline(path, symbols, self.worth[path]) for path, symbols in self.heads.items()]
        return sorted([*found, *self.chosen], key=lambda snippet: -snippet.score)


@dataclass(slots=True)
class Crop:
    """A piece of a window that begins and ends at a syntactic border."""

    piece: Snippet
    worth: float
    names: frozenset[str]
    cost: int


def pack(
    needs: Sequence[Need], windows: Sequence[Snippet], budget_chars: int, *, usage_worth: float
) -> list[Snippet]:
    """Return the snippets that hold the most of what is needed for each character, within the budget.

    `usage_worth` is what the best window is worth for the way it is written, in chances of a needed name.
    """
    state = Packing(budget_chars, {need.name: need.chance for need in needs}, usage_worth)
    waiting: list[tuple[float, int, Need | Crop]] = []
    by_path: dict[str, list[Need]] = {}
    items: list[Need | Crop] = [*needs, *_crops(windows, state.chances)]
    for number, item in enumerate(items):
        value = state.crop_value(item) if isinstance(item, Crop) else state.head_value(item)
        if value > 0:
            waiting.append((-value, number, item))
    for need in needs:
        by_path.setdefault(need.symbol.path, []).append(need)
    heapq.heapify(waiting)
    fresh = len(items)
    while waiting and state.left > 40:
        _, number, item = heapq.heappop(waiting)
        value = state.crop_value(item) if isinstance(item, Crop) else state.head_value(item)
        if value <= 0:
            continue
        if waiting and value < -waiting[0][0] - 1e-12:
            heapq.heappush(waiting, (-value, number, item))
            continue
        if isinstance(item, Crop):
            state.take_crop(item, value)
            continue
        first = item.symbol.path not in state.heads
        state.take_head(item)
        if first:  # further lines of this file are cheaper now
            for other in by_path[item.symbol.path]:
                worth = state.head_value(other)
                if worth > 0:
                    fresh += 1
                    heapq.heappush(waiting, (-worth, fresh, other))
    return state.snippets()


def _crops(windows: Sequence[Snippet], chances: dict[str, float]) -> list[Crop]:
    top = windows[0].score if windows else 1.0
    taken: set[tuple[str, int]] = set()
    crops = []
    for window in windows[:MOST_WINDOWS]:
        lines = window.text.split("\n")
        for start, end in _borders(lines):
            first = window.start_line + start
            numbers = {(window.path, first + offset) for offset in range(end - start)}
            text = "\n".join(lines[start:end])
            if numbers & taken or not text.strip():
                continue
            taken |= numbers
            piece = Snippet(window.path, first, window.start_line + end, text, "windows", window.score)
            names = frozenset(name for name in WORD.findall(text) if name in chances)
            crops.append(Crop(piece, (window.score / top) ** 2, names, len(text) + len(window.path) + HEADER))
    return crops


def _borders(lines: list[str]) -> list[tuple[int, int]]:
    """Cut a window in two near its middle: at a blank line, or else at the least indented one."""
    if len(lines) < 12:
        return [(0, len(lines))]
    middle = len(lines) // 2
    cut = min(range(middle - 4, middle + 5), key=lambda number: (_depth(lines[number]), abs(number - middle)))
    return [(0, cut), (cut, len(lines))]


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip()) if line.strip() else -1
