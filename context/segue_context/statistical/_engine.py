"""The statistical engine: continuations copied from the code around, without any model."""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from segue_context.statistical._candidates import Collector, Cursor
from segue_context.statistical._features import RankingContext, features
from segue_context.statistical._matches import Evidence
from segue_context.statistical._outlook import Outlook
from segue_context.statistical._sources import PieceCache, begun_line, current_file, other_places
from segue_context.statistical._weights import WEIGHTS, WORD_WEIGHTS
from segue_context.statistical._words import Words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue_context._types import CopiedSuggestion, CursorQuery, Snippet
    from segue_context.statistical._candidates import Candidate
    from segue_context.statistical._sources import Source

SHORTLIST = 9
"""Candidates that are weighed in full."""


class StatisticalEngine:
    """Says what would be typed next, judging by places where the code went on after similar code."""

    def __init__(self) -> None:
        self._cache = PieceCache()
        self._evidence = Evidence(())

    def extended(
        self,
        query: CursorQuery,
        others: Sequence[Snippet],
        first: CopiedSuggestion,
        max_lines: int,
        least: float,
    ) -> CopiedSuggestion:
        """Return `first` with the lines that follow it, as long as the chance of them all is at least `least`."""
        text, chance = first.text, first.confidence
        for _ in range(max_lines - 1):
            line_start = query.prefix.rfind("\n") + 1
            line = (query.prefix[line_start:] + text).rpartition("\n")[2]
            indent = line[: len(line) - len(line.lstrip())]
            longer = replace(query, prefix=f"{query.prefix}{text}\n{indent}")
            following = self.outlook(longer, others).lines(1)
            if not following or chance * following[0].confidence < least:
                break
            chance *= following[0].confidence
            text += "\n" + indent + following[0].text
        return replace(first, text=text, confidence=chance)

    def outlook(self, query: CursorQuery, others: Sequence[Snippet] = ()) -> Outlook:
        """Return what may be typed at the cursor: the ranked candidates, and the chance of each beginning.

        `others` are stretches of other files to copy from, besides the current file.
        """
        weighing = self.weigh(query, others)
        return Outlook(_ranked(weighing.weighed), weighing.collector, weighing.ranking)

    def judge(self, query: CursorQuery, text: str, others: Sequence[Snippet] = ()) -> float:
        """Return the chance that `text`, an answer of someone else, is exactly the rest of the line."""
        wanted = text.split("\n", 1)[0].rstrip()
        ranked = _ranked(self.weigh(query, others, extra=wanted).weighed)
        return next((chance for chance, candidate in ranked if candidate.text == wanted), 0.0)

    def weigh(self, query: CursorQuery, others: Sequence[Snippet] = (), extra: str = "") -> Weighing:
        """Return the candidates worth weighing, and the names that a begun word may become, with what speaks for each.

        `extra` is one more candidate, which is always weighed.
        """
        cursor = Cursor.of(query.prefix)
        sources = current_file(self._cache, query.path, query.prefix, query.suffix)
        sources += other_places(self._cache, others)
        begun = [begun_line(query.path, query.prefix, cursor.left)] if cursor.left else []
        collector = Collector(cursor, sources, self._evidence_of(sources), begun)
        collector.copies()
        collector.shapes()
        collector.decoded()
        collector.series()
        ranking = RankingContext(collector.cursor, query.prefix, query.suffix, collector)
        words = Words(
            cursor, collector.sources, line=ranking.cursor_line, fresh=ranking.fresh, echo=ranking.echo
        )
        ranking.words = words.chances(WORD_WEIGHTS)
        collector.worded(ranking.words)
        collector.filled(ranking.fresh, ranking.known)
        ranking.weigh()
        shortlist = heapq.nlargest(SHORTLIST, collector.found.values(), key=_promise)
        if extra:
            added = collector.add_text(extra)
            if added is not None and added not in shortlist:
                shortlist.append(added)
        weighed = [(candidate, features(candidate, ranking)) for candidate in shortlist]
        return Weighing(weighed, words.weighed, collector, ranking)

    def _evidence_of(self, sources: Sequence[Source]) -> Evidence:
        """Return the evidence of `sources`, that of the last question if they are the same: so it is along a line."""
        evidence = self._evidence
        if not evidence.fits(sources):
            self._evidence = evidence = Evidence(sources)
        return evidence


@dataclass(frozen=True, slots=True)
class Weighing:
    """Candidates, and names of the begun word, each with the values of its features."""

    weighed: list[tuple[Candidate, list[float]]]
    words: list[tuple[str, list[float]]]
    collector: Collector
    ranking: RankingContext


def _ranked(weighed: Sequence[tuple[Candidate, list[float]]]) -> list[tuple[float, Candidate]]:
    scores = [sum(map(float.__mul__, WEIGHTS, values)) for _, values in weighed]
    highest = max(0.0, *scores) if scores else 0.0
    powers = [math.exp(score - highest) for score in scores]
    total = math.exp(-highest) + sum(powers)  # the first term: none of them is right
    ranked = [(power / total, candidate) for power, (candidate, _) in zip(powers, weighed, strict=True)]
    return sorted(ranked, key=lambda pair: -pair[0])


def _promise(candidate: Candidate) -> float:
    promise = candidate.weight + 30 * candidate.decoded + 0.5 * candidate.parent
    if candidate.shaped:
        promise += 8 + 10 * candidate.aligned
    return promise + 15 * candidate.series + 20 * candidate.word
