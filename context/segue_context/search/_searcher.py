"""Questions about a repository, answered from its index alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segue_context.search._places import LocatedPlace, PlaceReader
from segue_context.search._priors import kinds_asked_for
from segue_context.search._question import MOST_CHARS, Question, read_question
from segue_context.search._ranking import WEIGHTS, ranked_files, ranked_places
from segue_context.search._types import Intent, SearchResult

if TYPE_CHECKING:
    from collections.abc import Collection

    from segue_context.index import WorkspaceIndex
    from segue_context.search._ranking import Weights


class Searcher:
    """Finds the places that answer a question; safe to use from any thread, and never raises.

    `without` leaves fields of the index out (see `FIELDS`).
    """

    def __init__(
        self, index: WorkspaceIndex, *, without: Collection[str] = (), weights: Weights = WEIGHTS
    ) -> None:
        self._index = index
        self._without = frozenset(without)
        self._weights = weights

    def search(self, question: str, limit: int = 10) -> SearchResult:
        """Return up to `limit` places, best first, or a refusal with its reason."""
        if not question.strip():
            return _refused(Intent.VAGUE, "The question is empty: ask something about this repository.")
        if len(question) > MOST_CHARS:
            return _refused(
                Intent.VAGUE,
                f"The question has {len(question):,} characters; at most {MOST_CHARS:,} are read. Shorten it.",
            )
        asked = read_question(question)
        if not asked.words:
            return _refused(Intent.VAGUE, "The question names nothing to look for: say what it is about.")
        return self._places(asked, limit)

    def _places(self, question: Question, limit: int) -> SearchResult:
        found = self._index.matches(question.words, without=self._without)
        if found is None:
            return _refused(
                question.intent, "This repository is not indexed yet; run `segue index` and ask again."
            )
        definitions = {
            name: symbols for name in question.names if (symbols := self._index.definitions(name, limit=30))
        }
        if "definition" in self._without:
            definitions = {}
        asked = kinds_asked_for(question.text)
        files = ranked_files(question, found, definitions, asked, self._weights)
        ranked = ranked_places(files[: 3 * limit], self._weights)
        reader = PlaceReader(self._index, found.weights)
        places: list[LocatedPlace] = []
        for score, chunk in ranked:
            place = reader.place(score, chunk)
            if place is not None:
                places.append(place)
                if len(places) == limit:
                    break
        return SearchResult(question.intent, False, "", tuple(located.place for located in places))


def _refused(intent: Intent, reason: str) -> SearchResult:
    return SearchResult(intent, True, reason, ())
