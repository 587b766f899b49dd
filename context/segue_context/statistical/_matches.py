"""Places where the code goes on as it does before the cursor, and what follows there."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from segue_context.statistical._sources import BESIDE, HERE, MATCH, OPEN
from segue_context.statistical._tokens import BREAKS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from segue_context.statistical._sources import Source

LONGEST = 24
"""Tokens beyond this many before the cursor make no difference."""

TRUST = {HERE: 1.0, OPEN: 0.6, BESIDE: 0.5, MATCH: 0.4}
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
        positions = source.piece.pairs.get(pair)
        if positions is None:
            continue
        tokens = source.piece.tokens
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
        for position in source.piece.singles.get(last, ()):
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
            weights: dict[str, float] = defaultdict(float)
            for match in places(key, self._sources, 6):
                tokens = match.source.piece.tokens
                if match.position < len(tokens):
                    weights[tokens[match.position]] += TRUST[match.source.kind] * _GAIN[match.length]
            if not weights:
                for match in weak_places(key[-1], self._sources):
                    tokens = match.source.piece.tokens
                    if match.position < len(tokens):
                        weights[tokens[match.position]] += TRUST[match.source.kind] * _GAIN[1]
            known = self._known[key] = (dict(weights), sum(weights.values()))
        return known

    def chance(self, context: Sequence[str], token: str) -> float:
        """Return the estimated probability that `token` comes next."""
        weights, total = self.after(context)
        return (weights.get(token, 0.0) + 0.002) / (total + 1.0)

    def ends(self, context: Sequence[str]) -> float:
        """Return the estimated probability that the line ends here."""
        weights, total = self.after(context)
        return (sum(weights.get(token, 0.0) for token in BREAKS) + 0.002) / (total + 1.0)


_GAIN = [0.1, 0.3, 1.0, 4.0, 14.0, 40.0, 100.0, 200.0]
