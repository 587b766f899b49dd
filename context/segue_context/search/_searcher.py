"""Questions about a repository, answered from its index alone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from segue_context.navigation import Navigator, SymbolName
from segue_context.search._certainty import LEAST_CERTAINTY, certainty, evidence
from segue_context.search._meaning import RERANKED, EmbeddingFailed
from segue_context.search._names import names_written, nearest_name
from segue_context.search._places import LocatedPlace, PlaceReader
from segue_context.search._priors import kinds_asked_for, kinds_of
from segue_context.search._question import MOST_CHARS, Question, read_question
from segue_context.search._ranking import WEIGHTS, ranked_files, ranked_places
from segue_context.search._types import Intent, SearchResult
from segue_context.search._unranked import (
    commits_about,
    definition_places,
    mentions_of,
    overview,
    text_places,
    uses_of,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from segue_context._types import Symbol
    from segue_context.index import WorkspaceIndex
    from segue_context.index._question_search import Matches
    from segue_context.search._meaning import Meaning
    from segue_context.search._ranking import Weights
    from segue_context.search._types import Place

_MOST_DEFINITIONS = 30
_MOST_FACETS = 6
_FLAT = 0.9
_NOT_TESTS = 0.3
_LEAST_WITH_STRANGERS = 0.9
_TELLING_FILES, _HALF = 20, 0.5
"""In fewer files than this, how rare a word is says nothing: half of the words are enough."""
_NEAREST = 5
"""How many of the places that come nearest a refusal gives."""


@dataclass(frozen=True, slots=True)
class _Ranked:
    """What a question found: places best first, the chance that they answer it, facets, a sentence about the search."""

    found: Matches
    definitions: dict[str, list[Symbol]]
    places: list[LocatedPlace]
    certainty: float
    facets: tuple[str, ...]
    note: str


class Searcher:
    """Finds the places that answer a question; safe to use from any thread, and never raises.

    `without` leaves fields of the index out, and "definition" the definitions of names in the question. With `meaning`,
    the best places by words are ordered again by meaning.
    """

    def __init__(
        self,
        index: WorkspaceIndex,
        *,
        without: Collection[str] = (),
        weights: Weights = WEIGHTS,
        meaning: Meaning | None = None,
    ) -> None:
        self._index = index
        self._without = frozenset(without)
        self._weights = weights
        self._meaning = meaning

    def search(self, question: str, limit: int = 10) -> SearchResult:
        """Return up to `limit` places, best first, or a refusal with its reason."""
        if not question.strip():
            return _no_question("The question is empty: ask something about this repository.")
        if len(question) > MOST_CHARS:
            return _no_question(
                f"The question has {len(question):,} characters; at most {MOST_CHARS:,} are read. Shorten it."
            )
        asked, note = self._spelled_right(read_question(question))
        if not self._index.answers_questions():
            return _refused(asked.intent, self._unindexed())
        asked, left_out = self._in_latin_letters(asked)
        result = self._answered(asked, limit)
        if left_out and not result.refused:
            note = f"{note} {left_out}".strip()
        complete = self._index.is_complete()
        if not (result.refused or result.places or result.commits):
            reason = "Nothing was found that answers this question."
            result = replace(_refused(result.intent, reason), certainty=result.certainty)
        if not complete and result.refused and not result.is_no_question:
            result = replace(result, reason=f"{result.reason} {self._unindexed()}")
        elif not complete:
            note = f"{note} The index is not complete yet: this is from what is there.".strip()
        return replace(result, note=" ".join(filter(None, (note, result.note))))

    def _in_latin_letters(self, question: Question) -> tuple[Question, str]:
        """Return the question without words that no code is written in, and a sentence that says so."""
        if question.text.isascii():
            return question, ""
        kept = question.in_latin_letters(self._index.matches(question.words).known)
        if kept.words == question.words or not kept.words:
            return (question if kept.words else kept), ""
        listed = ", ".join(f"“{word}”" for word in dict.fromkeys(kept.spelled.values()))
        return kept, f"Only {listed} of the question was searched for; a chat model translates the rest."

    def _unindexed(self) -> str:
        """Return one sentence about an index that is not there, or not complete."""
        counts = self._index.counts()
        if not counts["files"]:
            return "This repository is not indexed yet: run `segue index`, or ask again in a moment."
        done = counts["files"] - counts["pending"]
        return (
            f"The index is still being made ({done:,} of {counts['files']:,} files): ask again in a moment."
        )

    def ranked(self, question: Question, limit: int) -> _Ranked:
        """Return what the words of a question find, whatever its intent."""
        found = self._index.matches(question.words, without=self._without)
        definitions = {} if "definition" in self._without else self._definitions(question.names)
        asked = kinds_asked_for(question.text)
        files = ranked_files(question, found, definitions, asked, self._weights)
        reader = PlaceReader(self._index, found.weights, question.spelled)
        by_meaning = None if question.is_name else self._meaning
        most = limit if by_meaning is None else max(limit, RERANKED)
        places: list[LocatedPlace] = []
        for score, chunk in ranked_places(files[: 3 * limit], self._weights):
            located = reader.place(score, chunk)
            if located is not None:
                places.append(located)
                if len(places) == most:
                    break
        sure = certainty(evidence(question, found, places))
        facets, note = _facets([located.place for located in places[:limit]]), ""
        if by_meaning is not None:
            try:
                places = by_meaning.reranked(question.text, places)
            except EmbeddingFailed as failure:
                note = f"{failure} The places are ranked by words alone."
        return _Ranked(found, definitions, places[:limit], sure, facets, note)

    def _answered(self, question: Question, limit: int) -> SearchResult:
        if question.intent is Intent.OVERVIEW:
            places = overview(self._index, limit)
            return SearchResult(Intent.OVERVIEW, False, "", tuple(places), certainty=1.0)
        if question.intent is Intent.ERROR and (places := text_places(self._index, question, limit)):
            return SearchResult(Intent.ERROR, False, "", tuple(places), certainty=1.0)
        if not question.words:
            reason = (
                "The question names nothing to look for: say what it is about."
                if question.text.isascii()
                else "The index knows English words and names of code only: ask in English, or set up a chat model, which translates."
            )
            return _refused(Intent.VAGUE, reason)
        ranked = self.ranked(question, limit)
        if question.is_vague and not (question.is_name and ranked.definitions):
            reason = "The question does not say what it is about: name a feature, a symbol or the text of an error."
            return replace(_refused(Intent.VAGUE, reason), facets=self._folders())
        return self._by_intent(question, ranked, limit)

    def _by_intent(self, question: Question, ranked: _Ranked, limit: int) -> SearchResult:
        if question.used and (uses := self._uses(question.used, limit)) is not None:
            return uses
        defined = [symbol for symbols in ranked.definitions.values() for symbol in symbols]
        found = [located.place for located in ranked.places]
        least = _LEAST_WITH_STRANGERS if self._names_strangers(question, ranked) else LEAST_CERTAINTY
        few = ranked.found.files < _TELLING_FILES and any(one.share >= _HALF for one in ranked.places)
        if ranked.certainty < least and not defined and not few:
            refused = _refused(Intent.UNRELATED, _unrelated(question, ranked.found))
            return replace(
                refused, places=tuple(found[:_NEAREST]), certainty=ranked.certainty, note=ranked.note
            )
        if question.intent is Intent.TESTS:
            found.sort(
                key=lambda place: -place.score * (1.0 if "test" in kinds_of(place.path) else _NOT_TESTS)
            )
        result = SearchResult(
            question.intent, False, "", tuple(found), note=ranked.note, certainty=ranked.certainty
        )
        if question.intent is Intent.CHANGED and found:
            commits, note = commits_about(self._index, found[0])
            return replace(result, commits=tuple(commits), note=note)
        return replace(result, facets=ranked.facets)

    def _uses(self, used: str, limit: int) -> SearchResult | None:
        """Return the uses of what a question names; its definitions where it has none, None where nobody knows it."""
        navigator = Navigator(self._index)
        defined = navigator.definitions(SymbolName.parse(used)) if " " not in used else []
        for name in [] if defined else names_written(used, self._index.symbol_names()):
            defined.extend(self._index.definitions(name, limit=_MOST_DEFINITIONS))
        found = SearchResult(Intent.USES, False, "", (), certainty=1.0)
        if defined:
            if places := uses_of(self._index, defined, limit):
                return replace(found, places=tuple(places))
            note = f"Nothing in this repository uses `{used}`; here is what it is."
            return replace(found, places=tuple(definition_places(defined, limit)), note=note)
        if " " not in used and (places := mentions_of(self._index, SymbolName.parse(used).name, limit)):
            note = f"`{used}` is not defined in this repository; here is where it is named."
            return replace(found, places=tuple(places), note=note)
        return None

    def _names_strangers(self, question: Question, ranked: _Ranked) -> bool:
        """Return whether a question names code, and none of it occurs in the repository."""
        return bool(question.names) and not any(
            name in ranked.definitions or self._index.files_with([name], limit=1) for name in question.names
        )

    def _definitions(self, names: Sequence[str]) -> dict[str, list[Symbol]]:
        found = {name: self._index.definitions(name, limit=_MOST_DEFINITIONS) for name in names}
        return {name: symbols for name, symbols in found.items() if symbols}

    def _spelled_right(self, question: Question) -> tuple[Question, str]:
        """Return the question with a misspelt name replaced by its neighbour, and a sentence that says so."""
        for name in question.names:
            if self._index.definitions(name, limit=1) or self._index.files_with([name], limit=1):
                continue
            near = nearest_name(name, self._index.symbol_names())
            if near:
                return read_question(
                    question.text.replace(name, near)
                ), f"`{name}` is not in this repository; `{near}` is."
        return question, ""

    def _folders(self) -> tuple[str, ...]:
        """Return the folders that hold most of the code."""
        counts: dict[str, int] = {}
        for path in self._index.files():
            if not kinds_of(path) and "/" in path:
                folder = "/".join(path.split("/")[:2][: path.count("/")])
                counts[folder] = counts.get(folder, 0) + 1
        return tuple(sorted(counts, key=lambda folder: (-counts[folder], folder))[:_MOST_FACETS])


def _facets(places: Sequence[Place]) -> tuple[str, ...]:
    """Return the folders to choose from where many places fit equally well."""
    if len(places) < _MOST_FACETS or places[_MOST_FACETS - 1].score < _FLAT * places[0].score:
        return ()
    folders = dict.fromkeys(place.path.rpartition("/")[0] or place.path for place in places)
    return tuple(folders)[:_MOST_FACETS] if len(folders) > 2 else ()


def _unrelated(question: Question, found: Matches) -> str:
    unknown = [
        question.spelled[word]
        for word in found.weights
        if word not in found.known and word in question.spelled
    ]
    if unknown:
        listed = ", ".join(f"“{word}”" for word in unknown[:4])
        return f"This repository seems to have no answer: {listed} occurs nowhere in it."
    return "This repository seems to have no answer: no place holds enough of the question's words together."


def _refused(intent: Intent, reason: str) -> SearchResult:
    return SearchResult(intent, True, reason, ())


def _no_question(reason: str) -> SearchResult:
    return replace(_refused(Intent.VAGUE, reason), is_no_question=True)
