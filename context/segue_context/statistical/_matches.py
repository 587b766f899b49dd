"""Places where the code goes on as it does before the cursor, and what follows there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from segue_context.statistical._sources import BESIDE, HERE, MATCH, OPEN, SESSION
from segue_context.statistical._tokens import BREAKS, is_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from segue_context.statistical._sources import Source

LONGEST = 24
"""Tokens beyond this many before the cursor make no difference."""

MOST_PLACES = 150
"""Places that are looked at to judge one token."""

TRUST = {HERE: 1.0, OPEN: 0.6, BESIDE: 0.5, MATCH: 0.4, SESSION: 1.5}
"""How much a place of each kind counts."""


@dataclass(frozen=True, slots=True)
class Match:
    """The token at `position` of `source` follows `length` tokens equal to those before the cursor."""

    source: Source
    position: int
    length: int


def places(context: Sequence[str], sources: Sequence[Source], longest: int = LONGEST) -> Iterator[Match]:
    """Yield every place where the last two tokens of `context` occur, with the length of the agreement."""
    if len(context) < 2:
        return
    pair = (context[-2], context[-1])
    reversed_context = context[-3 : -longest - 1 : -1]
    for source in sources:
        positions = source.chunk.pairs.get(pair)
        if positions is None:
            continue
        tokens = source.chunk.tokens
        for position in positions:
            length, at = 2, position - 3
            for token in reversed_context:
                if at < 0 or tokens[at] != token:
                    break
                length += 1
                at -= 1
            yield Match(source, position, length)


def weak_places(last: str, sources: Sequence[Source]) -> Iterator[Match]:
    """Yield every place where the token `last` occurs."""
    for source in sources:
        for position in source.chunk.singles.get(last, ()):
            yield Match(source, position, 1)


class Continuations:
    """How likely each token is to come next, judged by all matching places; remembers what it computed."""

    def __init__(self, sources: Sequence[Source]) -> None:
        self._sources = sources
        self._known: dict[tuple[str, ...], tuple[dict[str, float], float]] = {}

    def after(self, context: Sequence[str]) -> tuple[dict[str, float], float]:
        """Return the weight of each next token and the sum of all weights."""
        key = tuple(context[-6:])
        known = self._known.get(key)
        if known is None:
            weights = self._strong(key) if len(key) > 1 else {}
            if not weights:
                weights = self._weak(key[-1])
            if not weights and len(key) > 1 and is_name(key[-1]):
                weights = self._after_names(key[-2])
            known = self._known[key] = (weights, sum(weights.values()))
        return known

    def _strong(self, key: tuple[str, ...]) -> dict[str, float]:
        """Return the weights by all places where the last two tokens agree, more for those where more do."""
        pair = (key[-2], key[-1])
        before: list[str | None] = [*[None] * (6 - len(key)), *key[:-2]]
        third, fourth, fifth, sixth = before
        weights: dict[str, float] = {}
        left = MOST_PLACES
        for source in self._sources:
            positions = source.chunk.pairs.get(pair)
            if positions is None:
                continue
            tokens = source.chunk.tokens
            trust = TRUST[source.kind]
            for position in positions[:left]:
                gain = 1.0
                if position > 5 and tokens[position - 3] == sixth:
                    gain = 4.0
                    if tokens[position - 4] == fifth:
                        gain = 14.0
                        if tokens[position - 5] == fourth:
                            gain = 40.0
                            if tokens[position - 6] == third:
                                gain = 100.0
                if position < len(tokens):
                    token = tokens[position]
                    weights[token] = weights.get(token, 0.0) + trust * gain
            left -= len(positions)
            if left <= 0:
                break
        return weights

    def _weak(self, last: str) -> dict[str, float]:
        """Return the weights by places where only the last token agrees."""
        weights: dict[str, float] = {}
        left = MOST_PLACES
        for source in self._sources:
            positions = source.chunk.singles.get(last)
            if positions is None:
                continue
            tokens = source.chunk.tokens
            worth = TRUST[source.kind] * 0.3
            for position in positions[:left]:
                if position < len(tokens):
                    token = tokens[position]
                    weights[token] = weights.get(token, 0.0) + worth
            left -= len(positions)
            if left <= 0:
                break
        return weights

    def _after_names(self, before: str) -> dict[str, float]:
        """Return what follows other names after the same token: the name itself stands nowhere yet."""
        weights: dict[str, float] = {}
        left = MOST_PLACES
        for source in self._sources:
            tokens = source.chunk.tokens
            positions = source.chunk.singles.get(before, ())
            worth = TRUST[source.kind] * 0.1
            for position in positions[:left]:
                if position + 1 < len(tokens) and is_name(tokens[position]):
                    token = tokens[position + 1]
                    weights[token] = weights.get(token, 0.0) + worth
            left -= len(positions)
            if left <= 0:
                break
        return weights

    def chance(self, context: Sequence[str], token: str) -> float:
        """Return the estimated probability that `token` comes next."""
        weights, total = self.after(context)
        return (weights.get(token, 0.0) + 0.002) / (total + 1.0)

    def ends(self, context: Sequence[str]) -> float:
        """Return the estimated probability that the line ends here."""
        weights, total = self.after(context)
        return (sum(weights.get(token, 0.0) for token in BREAKS) + 0.002) / (total + 1.0)
