"""Answering questions about a repository: search, show the places to a chat model, check what it says."""

from __future__ import annotations

import re
import time
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from segue_assist._assist_request import Answer
from segue_assist._doc_answer import clean_answer
from segue_assist._errors import AssistError
from segue_assist._safe_markdown import safe_markdown
from segue_assist._types import Usage
from segue_assist.ask._citations import Citation, CitationCheck, SentenceStream
from segue_assist.ask._markdown import places_markdown, thread_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from segue_assist._asking import Asking
    from segue_assist._prompts import Prompt
    from segue_context.search import Place, Retriever, SearchResult

_MOST_SEARCHES = 3
_PLACES_SHOWN = 10
_PLACES_CHARS = 12_000
_PLACE_LINES = 60
_THREAD_CHARS = 3_000
_SURE = 0.9
_ALL_DENIED = "The answer is in files that the privacy rules leave out."
_SELECTED_NAMES = 6
_NAME = re.compile(r"[^\W\d]\w{3,}")
_LIST_MARK = re.compile(r"^\s*(?:[-*•]|\d+[.)])\s*")


@dataclass(frozen=True, slots=True)
class AskAnswer:
    """An answer: what the index found, and what the model made of it.

    `markdown` is the whole answer to show; `answer` the model's part of it, None without one. `citations` exist, and
    `dropped` says for each sentence that was left out why. `note` says why no model was asked.
    """

    search: SearchResult
    markdown: str
    answer: str | None = None
    citations: tuple[Citation, ...] = ()
    dropped: tuple[str, ...] = ()
    searches: tuple[str, ...] = ()
    note: str = ""
    usage: Usage = field(default_factory=Usage)


class Asker:
    """Answers questions about one workspace; without a chat model the index alone answers.

    Nothing that the privacy rules deny is shown to the model.
    """

    def __init__(self, asking: Asking) -> None:
        self._asking = asking

    async def ask(
        self,
        searcher: Retriever,
        question: str,
        *,
        limit: int = 10,
        selection: Citation | None = None,
        thread: Sequence[tuple[str, str]] = (),
        found: Callable[[SearchResult], None] = lambda _result: None,
        show: Callable[[str], None] = lambda _piece: None,
    ) -> AskAnswer:
        """Answer a question from what `searcher` finds; `found` gets the places as soon as they are known, `show` the model's answer by sentences.

        `selection` is the place that the question is about, if it is about one. `thread` are the questions and answers before. When the model fails, the index alone answers, and `note` says so.
        """
        result = await self._asking.in_thread(self._searched, searcher, question, limit, selection)
        if self._asking.chat is None or result.is_no_question:
            found(result)
            return AskAnswer(result, self._without_model(result))
        prompt = self._asking.prompts.get("ask")
        unable = self._asking.inability(prompt, "answer questions about code")
        if unable:
            found(result)
            return AskAnswer(result, f"> {unable}\n\n{self._without_model(result)}", note=unable)
        context = thread_text(thread, _THREAD_CHARS)
        searches: tuple[str, ...] = ()
        try:
            if context or result.refused or result.certainty < _SURE:
                searches = await self._searches(question, context)
                result = await self._asking.in_thread(self._together, searcher, result, searches, limit)
            found(result)
            if result.refused or not (result.places or result.commits):
                return AskAnswer(result, self._without_model(result), searches=searches)
            variables = {"question": question, "thread": context}
            return replace(await self._answered(prompt, variables, result, show), searches=searches)
        except AssistError as failure:
            found(result)
            markdown = f"> {failure.message}\n\n{self._without_model(result)}"
            return AskAnswer(result, markdown, searches=searches, note=failure.message)

    def _searched(
        self, searcher: Retriever, question: str, limit: int, selection: Citation | None
    ) -> SearchResult:
        """Return what the index finds; what is selected is the first place, and its names are searched for too."""
        selected = None if selection is None else self._place_of(selection)
        if selected is None or not question.strip():
            return self._allowed(searcher.search(question, limit))
        lines = (self._asking.reader.read_text(selected.path) or "").split("\n")[
            selected.start_line : selected.end_line
        ]
        names = dict.fromkeys(_NAME.findall("\n".join(lines)))
        result = self._allowed(searcher.search(" ".join([question, *list(names)[:_SELECTED_NAMES]]), limit))
        others = [
            place for place in result.places if place.path != selected.path or not _overlap(place, selected)
        ]
        places = self._allowed(replace(result, places=(selected, *others[: limit - 1])))
        return replace(places, refused=False, reason="", facets=())

    def _place_of(self, selection: Citation) -> Place | None:
        """Return the selected lines as a place, None when they do not exist."""
        from segue_context.search import Place

        text = self._asking.reader.read_text(selection.path)
        count = 0 if text is None else text.count("\n") + 1
        end = min(selection.end_line, count)
        if not 0 <= selection.start_line < end:
            return None
        return Place(selection.path, selection.start_line, end, "", 1.0, "selected")

    async def _searches(self, question: str, context: str) -> tuple[str, ...]:
        """Return the searches that the model proposes; none when it proposes nothing usable."""
        prompt = self._asking.prompts.get("ask-searches")
        answer = self._answer(prompt, {"question": question, "thread": context})
        async with aclosing(answer.pieces()) as pieces:
            async for _ in pieces:
                pass
        lines = (_LIST_MARK.sub("", line).strip(" \"'`") for line in clean_answer(answer.text).split("\n"))
        return tuple(dict.fromkeys(line for line in lines if 2 < len(line) < 120))[:_MOST_SEARCHES]

    def _together(
        self, searcher: Retriever, first: SearchResult, searches: Sequence[str], limit: int
    ) -> SearchResult:
        """Return one result of several searches: places by the sum of their reciprocal ranks."""
        results = [first, *(self._allowed(searcher.search(search, limit)) for search in searches)]
        scores: dict[tuple[str, int], float] = {}
        places: dict[tuple[str, int], Place] = {}
        for result in results:
            for rank, place in enumerate(result.places):
                key = (place.path, place.start_line)
                scores[key] = scores.get(key, 0.0) + 1 / (10 + rank)
                places.setdefault(key, place)
        ranked = sorted(places, key=lambda key: (-scores[key], key))[:limit]
        best = next((result for result in results if not result.refused), first)
        return replace(
            best,
            places=tuple(replace(places[key], score=round(scores[key], 4)) for key in ranked),
            certainty=max(result.certainty for result in results),
        )

    async def _answered(
        self,
        prompt: Prompt,
        variables: Mapping[str, str],
        result: SearchResult,
        show: Callable[[str], None],
    ) -> AskAnswer:
        variables = {**variables, "places": await self._asking.in_thread(self._places_text, result)}
        answer = self._answer(prompt, variables)
        check = CitationCheck(self._asking.reader, self._asking.privacy, result.places, self._asking.link)
        sentences, shown, citations, dropped = SentenceStream(), [], [], []

        async def take(pieces: list[str]) -> None:
            for piece in pieces:
                checked = await self._asking.in_thread(check.checked, safe_markdown(piece))
                if checked.dropped:
                    dropped.append(checked.dropped)
                    continue
                citations.extend(checked.citations)
                shown.append(checked.text)
                show(checked.text)

        async with aclosing(answer.pieces()) as stream:
            async for piece in stream:
                await take(sentences.feed(piece))
        await take(sentences.finish())
        if dropped:
            count = "one sentence was" if len(dropped) == 1 else f"{len(dropped)} sentences were"
            note = f"\n\n*Segue left out what it could not find in the repository: {count} dropped.*"
            shown.append(note)
            show(note)
        text = "".join(shown).strip()
        markdown = f"{text}\n\n---\n\n{self._without_model(replace(result, note=''))}"
        return AskAnswer(
            result,
            markdown,
            text,
            tuple(dict.fromkeys(citations)),
            tuple(dropped),
            usage=answer.usage,
        )

    def _answer(self, prompt: Prompt, variables: Mapping[str, str]) -> Answer:
        request = self._asking.request(prompt, variables, time.perf_counter())
        return Answer(lambda answer: self._asking.stream(request, request.messages, answer))

    def _places_text(self, result: SearchResult) -> str:
        """Return the places with their lines numbered, as far as they fit, and the commits."""
        parts = [
            f"commit {commit.sha[:10]} of {commit.date} by {commit.author}: {commit.subject}\n{commit.body}".strip()
            for commit in result.commits
        ]
        room = _PLACES_CHARS - sum(map(len, parts))
        for place in result.places[:_PLACES_SHOWN]:
            text = self._asking.reader.read_text(place.path)
            if text is None:
                continue
            end = min(place.end_line, place.start_line + _PLACE_LINES)
            rows = [f"[{place.where}]"]
            rows += [
                f"{number}| {line}"
                for number, line in enumerate(text.split("\n")[place.start_line : end], place.start_line + 1)
            ]
            part = "\n".join(rows)
            if len(part) > room:
                break
            room -= len(part)
            parts.append(part)
        return "\n\n".join(parts)

    def _allowed(self, result: SearchResult) -> SearchResult:
        """Return the result without places in files that may not be sent."""
        judged: dict[str, bool] = {}
        for place in result.places:
            if place.path not in judged:
                text = self._asking.reader.read_text(place.path)
                judged[place.path] = text is not None and not self._asking.privacy.refusal(place.path, text)
        places = tuple(place for place in result.places if judged[place.path])
        if result.places and not places and not result.refused:
            return replace(result, places=(), refused=True, reason=_ALL_DENIED, facets=())
        return replace(result, places=places)

    def _without_model(self, result: SearchResult) -> str:
        return places_markdown(result, self._asking.reader, self._asking.link, self._asking.privacy.mask)


def _overlap(one: Place, other: Place) -> bool:
    return one.start_line < other.end_line and other.start_line < one.end_line
