"""How likely each beginning of a continuation is, whatever follows it.

A line is typed token by token: after ``raise Inval`` it is nearly certain that ``idURL(`` follows, whatever stands
between the brackets. So the candidates are not only ranked as whole lines: for a text, the chances of all candidates
that begin with it are put together, and a logistic model turns this evidence into a calibrated chance.
"""

from __future__ import annotations

import heapq
import math
from typing import TYPE_CHECKING

from segue_context._types import CopiedSuggestion, Snippet
from segue_context.statistical._beginning_weights import WEIGHTS as BEGINNING_WEIGHTS
from segue_context.statistical._matches import TRUST
from segue_context.statistical._tokens import is_name, tokens_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue_context.statistical._candidates import Candidate, Collector
    from segue_context.statistical._features import RankingContext
    from segue_context.statistical._sources import Source

NAMES = (
    "bias",
    "share",  # chances of the ranked candidates that begin with the text
    "share_of_found",  # the same, "none of them is right" left out
    "weight",  # share of the weight of all places
    "agree",  # of the places that agree longest, those that go on like this
    "agree_line",  # of the places where the whole left part of the line agrees
    "places_line",  # how many of them go on like this
    "files_line",  # in how many files
    "match_length",
    "chance",  # log chance of all tokens under the local n-grams
    "chance_worst",  # of the least likely token
    "tokens",
    "characters",
    "partial",  # characters of a begun word
    "left_tokens",
    "new_names",  # names that the file does not have
    "ends_open",
    "ends_space",
    "ends_word",
    "whole_line",  # share of what begins with the text that ends right there
    "rivals",  # the best candidate that does not begin with it
    "share_plain",
    "word",  # log chance of the begun word among the names known here
    "word_plain",
    "in_word",  # a word is begun that known names go on with
    "chance_last",  # log chance of the last token
    "ends_closed",
)

LONGEST_CHARS = 160


class Outlook:
    """What may be typed at one cursor: the ranked lines, and the chance of each beginning."""

    def __init__(
        self, ranked: list[tuple[float, Candidate]], collector: Collector, ranking: RankingContext
    ) -> None:
        self.ranked = ranked
        self._cursor = collector.cursor
        self._found = list(collector.found.values())
        self._continuations = collector.continuations
        self._ranking = ranking
        self._none = 1.0 - sum(chance for chance, _ in ranked)
        self._total = sum(candidate.weight for candidate in self._found)
        self._longest = max((candidate.longest for candidate in self._found), default=0)
        self._left = len(self._cursor.left)
        self._known: dict[str, list[float]] = {}

    def lines(self, limit: int) -> list[CopiedSuggestion]:
        """Return whole lines, likeliest first, at most `limit`; their confidence is that of the whole line."""
        return [
            CopiedSuggestion(candidate.text, chance, _places([candidate]))
            for chance, candidate in self.ranked[:limit]
        ]

    def sources(self, text: str) -> tuple[Snippet, ...]:
        """Return the places where the code goes on with `text`, best first."""
        return _places([candidate for candidate in self._found if candidate.text.startswith(text)])

    def chance(self, text: str) -> float:
        """Return the chance that the user goes on with exactly `text`, whatever follows it."""
        return 1 / (1 + math.exp(-sum(map(float.__mul__, BEGINNING_WEIGHTS, self.values(text)))))

    def likeliest_path(self) -> list[str]:
        """Return the beginnings of the likeliest way to go on, each a token longer than the one before it."""
        partial = self._cursor.partial
        live = [
            (chance, candidate.text, _borders(partial, candidate.text)) for chance, candidate in self.ranked
        ]
        path: list[str] = []
        at = 0
        while live and at < LONGEST_CHARS:
            weights: dict[str, float] = {}
            for chance, text, borders in live:
                end = next((border for border in borders if border > at), None)
                if end is not None:
                    weights[text[:end]] = weights.get(text[:end], 0.0) + chance
            if not weights:
                break
            best = max(weights, key=weights.__getitem__)
            path.append(best)
            at = len(best)
            live = [row for row in live if row[1].startswith(best)]
            if any(len(text) > at and text[at] == " " for _, text, _ in live):
                path.append(best + " ")
        return path

    def values(self, text: str) -> list[float]:
        """Return the values of `NAMES` for one beginning."""
        known = self._known.get(text)
        if known is None:
            known = self._known[text] = self._values(text)
        return known

    def _values(self, text: str) -> list[float]:
        share = whole = rival = 0.0
        for chance, candidate in self.ranked:
            if candidate.text.startswith(text):
                share += chance
                if len(candidate.text) == len(text):
                    whole += chance
            else:
                rival = max(rival, chance)
        weight = 0.0
        agreeing = at_longest = line = at_line = 0.0
        files: set[str] = set()
        needed = self._left + 1
        for candidate in self._found:
            begins = candidate.text.startswith(text)
            if begins:
                weight += candidate.weight
            for place in candidate.places:
                if place.length == self._longest:
                    at_longest += 1
                    agreeing += begins
                if place.length >= needed:
                    trust = TRUST[place.source.kind]
                    at_line += trust
                    if begins:
                        line += trust
                        files.add(place.source.path)
        tokens, context = self._cursor.read(text.rstrip() or text)
        chances = self._token_chances(tokens, context)
        unknown = sum(1 for t in tokens if is_name(t) and not self._ranking.known(t.strip()))
        stripped = text.rstrip()
        return [
            1.0,
            _logit(share) / 4,
            _logit(share / (1.0 - self._none) if self._none < 1 else 0.0) / 4,
            _logit(weight / self._total if self._total else 0.0) / 4,
            _logit((agreeing + 0.3) / (at_longest + 1.0)) / 4,
            _logit((line + 0.2) / (at_line + 0.8)) / 4,
            math.log1p(line),
            math.log1p(len(files)),
            min(self._longest, 16) / 8,
            sum(chances) / 4,
            min(chances, default=-6.0) / 4,
            math.log1p(len(tokens)),
            math.log1p(len(stripped)) / 2,
            math.log1p(len(self._cursor.partial.strip())),
            min(self._left, 12) / 6,
            min(unknown, 3) / 2,
            float(stripped[-1:] in {"(", "[", "{"}),
            float(text != stripped),
            float(stripped[-1:].isalnum() or stripped[-1:] == "_"),
            whole / share if share else 0.0,
            rival,
            share,
            self._ranking.word_evidence(text),
            self._ranking.word_chance(text),
            float(bool(self._ranking.words)),
            (chances[-1] if chances else -6.0) / 4,
            float(stripped[-1:] in {")", "]", "}", ";", ":"}),
        ]

    def _token_chances(self, tokens: Sequence[str], context: Sequence[str]) -> list[float]:
        """Return the log chance of each token; of the first, given the part of it that is typed."""
        begun = context is not self._cursor.context
        context = list(context[-8:])
        partial = self._cursor.operator if begun else self._cursor.partial
        chances = []
        for index, token in enumerate(tokens[:24]):
            weights, total = self._continuations.after(context)
            if index == 0 and partial:
                total = sum(weight for other, weight in weights.items() if other.startswith(partial))
            chances.append(math.log((weights.get(token, 0.0) + 0.002) / (total + 0.5)))
            context.append(token)
        return chances


def _places(candidates: Sequence[Candidate]) -> tuple[Snippet, ...]:
    places = [place for candidate in candidates for place in candidate.places]
    best = heapq.nlargest(3, places, key=lambda place: place.length)
    return tuple(_snippet(place.source, place.position) for place in best)


def _snippet(source: Source, position: int) -> Snippet:
    chunk = source.chunk
    index = min(chunk.line_at(max(position - 1, 0)), len(chunk.numbers) - 1)
    line = source.first_line + chunk.numbers[index]
    return Snippet(source.path, line, line + 1, chunk.line_text(index), source.kind, 0.0)


def _borders(partial: str, text: str) -> list[int]:
    """Return the offsets in `text` at which a token ends, the first of which is partly typed already."""
    borders = []
    at = -len(partial)
    for token in tokens_of(partial + text):
        at += len(token)
        if at > 0:
            borders.append(at)
    return borders


def _logit(chance: float) -> float:
    chance = min(max(chance, 0.003), 0.997)
    return math.log(chance / (1 - chance))
