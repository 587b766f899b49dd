"""The statistical engine: continuations copied from the code around, without any model."""

from __future__ import annotations

import heapq
import math
from dataclasses import replace
from typing import TYPE_CHECKING

from segue_context._types import CopiedSuggestion, CursorQuery, Snippet
from segue_context.statistical._candidates import Collector, Cursor
from segue_context.statistical._features import RankingContext, features
from segue_context.statistical._sources import PieceCache, current_file, other_places
from segue_context.statistical._weights import WEIGHTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue_context.statistical._candidates import Candidate
    from segue_context.statistical._sources import Source

SHORTLIST = 14
"""Candidates that are weighed in full."""

LEAST_TO_GO_ON = 0.6
"""Chance that a further line must have to be added to the first."""


class StatisticalEngine:
    """Says what would be typed next, judging by places where the code went on after similar code."""

    def __init__(self) -> None:
        self._cache = PieceCache()

    def suggestions(
        self, query: CursorQuery, others: Sequence[Snippet] = (), limit: int = 1
    ) -> list[CopiedSuggestion]:
        """Return the likeliest continuations of the line at the cursor, at most `limit`, likeliest first.

        `others` are stretches of other files to copy from, besides the current file.
        """
        return [_suggestion(chance, candidate) for chance, candidate in self.rank(query, others)[:limit]]

    def extended(
        self, query: CursorQuery, others: Sequence[Snippet], first: CopiedSuggestion, max_lines: int
    ) -> CopiedSuggestion:
        """Return `first` with the lines that surely follow it, as long as each of them is likely by itself."""
        text = first.text
        for _ in range(max_lines - 1):
            line_start = query.prefix.rfind("\n") + 1
            line = (query.prefix[line_start:] + text).rpartition("\n")[2]
            indent = line[: len(line) - len(line.lstrip())]
            longer = replace(query, prefix=f"{query.prefix}{text}\n{indent}")
            following = self.suggestions(longer, others)
            if not following or following[0].confidence < LEAST_TO_GO_ON:
                break
            text += "\n" + indent + following[0].text
        return replace(first, text=text)

    def judge(self, query: CursorQuery, text: str, others: Sequence[Snippet] = ()) -> float:
        """Return the chance that `text`, an answer of someone else, is exactly the rest of the line."""
        wanted = text.split("\n", 1)[0].rstrip()
        ranked = self.rank(query, others, extra=wanted)
        return next((chance for chance, candidate in ranked if candidate.text == wanted), 0.0)

    def rank(
        self, query: CursorQuery, others: Sequence[Snippet] = (), extra: str = ""
    ) -> list[tuple[float, Candidate]]:
        """Return the best candidates with the chance of each to be exactly right, likeliest first.

        `extra` is one more candidate, which is always weighed.
        """
        weighed = self.weigh(query, others, extra)
        if not weighed:
            return []
        scores = [sum(map(float.__mul__, WEIGHTS, values)) for _, values in weighed]
        highest = max(0.0, *scores)
        powers = [math.exp(score - highest) for score in scores]
        total = math.exp(-highest) + sum(powers)  # the first term: none of them is right
        ranked = [(power / total, candidate) for power, (candidate, _) in zip(powers, weighed, strict=True)]
        return sorted(ranked, key=lambda pair: -pair[0])

    def weigh(
        self, query: CursorQuery, others: Sequence[Snippet] = (), extra: str = ""
    ) -> list[tuple[Candidate, list[float]]]:
        """Return the candidates worth weighing, each with the values of its features."""
        sources = current_file(self._cache, query.path, query.prefix, query.suffix)
        sources += other_places(self._cache, others)
        collector = Collector(Cursor.of(query.prefix), sources)
        collector.copies()
        collector.shapes()
        collector.decoded()
        collector.series()
        ranking = RankingContext(collector.cursor, query.prefix, query.suffix, collector)
        collector.filled(ranking.fresh, ranking.known)
        ranking.weigh()
        shortlist = heapq.nlargest(SHORTLIST, collector.found.values(), key=_promise)
        if extra:
            added = collector.add_text(extra)
            if added is not None and added not in shortlist:
                shortlist.append(added)
        return [(candidate, features(candidate, ranking)) for candidate in shortlist]


def _promise(candidate: Candidate) -> float:
    promise = candidate.weight + 30 * candidate.decoded + 0.5 * candidate.parent
    if candidate.shaped:
        promise += 8 + 10 * candidate.aligned
    return promise + 15 * candidate.series


def _suggestion(chance: float, candidate: Candidate) -> CopiedSuggestion:
    places = heapq.nlargest(3, candidate.places, key=lambda match: match.length)
    return CopiedSuggestion(
        candidate.text, chance, tuple(_place(match.source, match.position) for match in places)
    )


def _place(source: Source, position: int) -> Snippet:
    chunk = source.chunk
    index = min(chunk.line_at(max(position - 1, 0)), len(chunk.numbers) - 1)
    line = source.first_line + chunk.numbers[index]
    return Snippet(source.path, line, line + 1, chunk.line_text(index), source.kind, 0.0)
