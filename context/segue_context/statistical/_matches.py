"""Places where the code goes on as it does before the cursor, and what follows there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from segue_context.statistical._sources import BESIDE, HERE, MATCH, OPEN, SESSION
from segue_context.statistical._tokens import BREAKS, is_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from segue_context.statistical._sources import Source
    from segue_context.statistical._tokenized_chunk import TokenizedChunk

_T = TypeVar("_T")

LONGEST = 24
"""Tokens beyond this many before the cursor make no difference."""

MOST_PLACES = 150
"""Places that are looked at to judge one token."""

_MOST_KEPT = 4_000

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


class Evidence:
    """What the places of some sources say of the next token; computed once, however often it is asked."""

    def __init__(self, sources: Sequence[Source]) -> None:
        self._sources = sources
        self._known: dict[tuple[object, ...], dict[str, float]] = {}

    def fits(self, sources: Sequence[Source]) -> bool:
        """Tell whether `sources` say the same."""
        return len(sources) == len(self._sources) and all(
            new.chunk is old.chunk and new.kind == old.kind
            for new, old in zip(sources, self._sources, strict=True)
        )

    def strong(self, key: tuple[str, ...]) -> dict[str, float]:
        """Return the weights by all places where the last two tokens of `key` agree, more for those where more do."""
        return self._kept((2, *key), self._strong, key) if len(key) > 1 else {}

    def weak(self, key: tuple[str, ...]) -> dict[str, float]:
        """Return the weights by places where only the last token agrees."""
        return self._kept((1, key[-1]), self._weak, key[-1])

    def after_names(self, key: tuple[str, ...]) -> dict[str, float]:
        """Return what follows other names after the same token: the name itself stands nowhere yet."""
        if len(key) < 2 or not is_name(key[-1]):
            return {}
        return self._kept((0, key[-2]), self._after_names, key[-2])

    def _kept(
        self, name: tuple[object, ...], compute: Callable[[_T], dict[str, float]], of: _T
    ) -> dict[str, float]:
        known = self._known.get(name)
        if known is None:
            if len(self._known) > _MOST_KEPT:
                self._known.clear()
            known = self._known[name] = compute(of)
        return known

    def _places(
        self, of: Callable[[TokenizedChunk], Sequence[int]]
    ) -> Iterator[tuple[list[str], int, float]]:
        """Yield the tokens of a source, a place in them, and how much that counts, up to `MOST_PLACES`."""
        left = MOST_PLACES
        for source in self._sources:
            positions = of(source.chunk)
            tokens, trust = source.chunk.tokens, TRUST[source.kind]
            for position in positions[:left]:
                yield tokens, position, trust
            left -= len(positions)
            if left <= 0:
                return

    def _strong(self, key: tuple[str, ...]) -> dict[str, float]:
        pair = (key[-2], key[-1])
        before: list[str | None] = [*[None] * (6 - len(key)), *key[:-2]]
        third, fourth, fifth, sixth = before
        weights: dict[str, float] = {}
        for tokens, position, trust in self._places(lambda chunk: chunk.pairs.get(pair, ())):
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
        return weights

    def _weak(self, last: str) -> dict[str, float]:
        weights: dict[str, float] = {}
        for tokens, position, trust in self._places(lambda chunk: chunk.singles.get(last, ())):
            if position < len(tokens):
                token = tokens[position]
                weights[token] = weights.get(token, 0.0) + trust * 0.3
        return weights

    def _after_names(self, before: str) -> dict[str, float]:
        weights: dict[str, float] = {}
        for tokens, position, trust in self._places(lambda chunk: chunk.singles.get(before, ())):
            if position + 1 < len(tokens) and is_name(tokens[position]):
                token = tokens[position + 1]
                weights[token] = weights.get(token, 0.0) + trust * 0.1
        return weights


class Continuations:
    """How likely each token is to come next, judged by all matching places; for one cursor.

    `begun` is what is typed of the cursor's line: the evidence of the rest outlives the key.
    """

    def __init__(self, evidence: Evidence, begun: Sequence[Source] = ()) -> None:
        self._parts = (evidence, Evidence(begun)) if begun else (evidence,)
        self._known: dict[tuple[str, ...], tuple[dict[str, float], float]] = {}

    def after(self, context: Sequence[str]) -> tuple[dict[str, float], float]:
        """Return the weight of each next token and the sum of all weights."""
        key = tuple(context[-6:])
        known = self._known.get(key)
        if known is None:
            weights: dict[str, float] = {}
            for ask in (Evidence.strong, Evidence.weak, Evidence.after_names):
                weights = _sum([ask(part, key) for part in self._parts])
                if weights:
                    break
            known = self._known[key] = (weights, sum(weights.values()))
        return known

    def chance(self, context: Sequence[str], token: str) -> float:
        """Return the estimated probability that `token` comes next."""
        weights, total = self.after(context)
        return (weights.get(token, 0.0) + 0.002) / (total + 1.0)

    def ends(self, context: Sequence[str]) -> float:
        """Return the estimated probability that the line ends here."""
        weights, total = self.after(context)
        return (sum(weights.get(token, 0.0) for token in BREAKS) + 0.002) / (total + 1.0)


def _sum(parts: list[dict[str, float]]) -> dict[str, float]:
    """Return the weights added up; one that stands alone is not copied."""
    said = [part for part in parts if part]
    if len(said) < 2:
        return said[0] if said else {}
    total = dict(said[0])
    for part in said[1:]:
        for token, weight in part.items():
            total[token] = total.get(token, 0.0) + weight
    return total
