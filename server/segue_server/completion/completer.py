"""The completion pipeline: from one moment in a document to what is shown there.

The steps are those of ARCHITECTURE.md. Everything before the first `await` of `complete` is the part that makes
typing through a suggestion instant: it reads memory only. One request that memory cannot answer is an `Attempt`.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from segue_server.completion.anchor import Anchor
from segue_server.completion.attempt import Attempt
from segue_server.completion.cache import SuggestionCache
from segue_server.completion.engines import Engines
from segue_server.completion.generation import Generation
from segue_server.completion.prompting import cursor_of, prompt_of
from segue_server.completion.triggers import silence_before_asking, with_popup
from segue_server.completion.types import CompletionAnswer, PreparedRequest, StepTimes, silent
from segue_server.completion.typing_rate import TypingRate
from segue_server.runtime.logs import describe_failure

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from segue_context import ContextPlan
    from segue_server.completion.attempt import Copying
    from segue_server.completion.settings import PipelineSettings
    from segue_server.completion.types import Cleaning, CompletionRequest, LanguageModel, Suggestion
    from segue_server.lsp.documents import DocumentChange
    from segue_server.runtime.tasks import TaskRegistry
    from segue_syntax import Position, Snapshot

logger = logging.getLogger(__name__)

_T = TypeVar("_T")

LATE_MS = 60.0
"""A slower model is expected to be late: the statistical answer comes first where it can be replaced."""
_GIVEN_KEPT = 64
_MOMENTS_KEPT = 4
"""For how many of them the text is kept too, to ask what follows: each holds a whole version of its document."""


class Completer:
    """Answers completion requests; LSP-free, one per process, used from one event loop."""

    def __init__(
        self,
        *,
        settings: Callable[[], PipelineSettings],
        model: Callable[[], LanguageModel | None],
        cleaning: Cleaning,
        tasks: TaskRegistry,
        on_call: Callable[[Generation | None, Generation | None], None] = lambda _started, _ended: None,
        on_better: Callable[[CompletionRequest], None] = lambda _request: None,
        clock_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self.cache = SuggestionCache()
        self.typing_rate = TypingRate()
        self.engines = Engines(tasks, cleaning)
        self.model = model
        self.better = on_better
        self._settings = settings
        self._cleaning = cleaning
        self._tasks = tasks
        self._on_call = on_call
        self._clock_s = clock_s
        self._running: list[Generation] = []
        self._tickets: dict[str, int] = {}
        self._versions: dict[str, int] = {}
        self._late: dict[str, asyncio.Task[None]] = {}
        self.spawn = tasks.spawn
        self._ids = itertools.count(1)
        self._given: dict[str, tuple[str, Suggestion]] = {}
        self._moments: dict[str, CompletionRequest] = {}

    def cached(self, request: CompletionRequest) -> CompletionAnswer | None:
        """Return the answer that is known already, at once and without any I/O, or None."""
        times = StepTimes()
        shaped = with_popup(request)
        if shaped is None or request.denied:
            return None
        limit = self._settings().candidates if request.explicit else 1
        hits = self.cache.find(shaped.snapshot, shaped.position, limit=limit)
        if not hits:
            return None
        suggestions = tuple(self._give(shaped, hit.suggestion) for hit in hits)
        times.add("cache", times.started)
        return CompletionAnswer(suggestions, "", "cache", timings_ms=times.steps, total_ms=times.total_ms)

    async def complete(self, request: CompletionRequest) -> CompletionAnswer:
        """Return what to show at a moment, or why nothing is shown."""
        times = StepTimes()
        settings = self._settings()
        reason = _switched_off(settings, request)
        shaped = with_popup(request)
        if not reason and shaped is None:
            reason = "popup"
        if reason or shaped is None:
            return silent(reason, times)
        if not request.explicit and (answer := self.cached(request)) is not None:
            return answer
        ticket = self.draw_ticket(request.snapshot.uri)
        reason = silence_before_asking(shaped)
        prepared = PreparedRequest(shaped, Anchor.at(shaped.snapshot, shaped.position), settings)
        if not reason and not request.explicit:
            reason = self.cache.silence(prepared.anchor)
        if reason:
            return silent(reason, times)
        try:
            return await Attempt(self, prepared, times, ticket).answer()
        except Exception as error:  # noqa: BLE001 - the one border where any failure becomes silence
            logger.error("A completion failed: %s", describe_failure(error))  # noqa: TRY400 - a traceback quotes code
            return silent("failed", times)

    def document_changed(self, change: DocumentChange) -> None:
        """Note a keystroke: close the calls that no longer fit, and learn how fast the user types."""
        uri = change.after.uri
        self.draw_ticket(uri)
        self._versions[uri] = change.after.version
        if not change.edits:
            return
        self.typing_rate.key(self._clock_s())
        where = change.after.clamp(change.edits[-1].end)
        for generation in list(self._running):
            if generation.anchor.uri == uri and not generation.may_still_fit(change.after, where):
                generation.close()

    def given(self, suggestion_id: str) -> tuple[str, Suggestion] | None:
        """Return what was given under an id, after the id of the document's language."""
        return self._given.get(suggestion_id)

    def reject(self, suggestion_id: str) -> None:
        """Do not offer a dismissed suggestion again."""
        self.cache.reject(suggestion_id)

    def prefetch(self, suggestion_id: str, version: int | None = None) -> None:
        """Ask the model what follows a suggestion, as if it had been accepted already.

        With `version`, only if the document still had that version when it was last changed or asked about.
        """
        request, settings, model = self._moments.get(suggestion_id), self._settings(), self.model()
        if request is None or model is None or not settings.prefetch or any(g.wanted for g in self._running):
            return
        _, suggestion = self._given[suggestion_id]
        uri = request.snapshot.uri
        if version is not None and self._versions.get(uri, version) != version:
            return
        base = Anchor.at(request.snapshot, request.position)
        snapshot, position = _accepted(request, suggestion)
        if self.cache.find(snapshot, position):
            return
        after = replace(request, snapshot=snapshot, position=position, popup=None, after_deletion=False)
        prepared = PreparedRequest(after, Anchor.at(snapshot, position), settings)
        if silence_before_asking(after) or self.cache.silence(prepared.anchor):
            return
        self._tasks.spawn(self._prefetch(prepared, model, (base, suggestion.text)), name="prefetch")

    def forget(self, uri: str) -> None:
        """Drop what is cached and running for a document that was closed."""
        self.cache.forget(uri)
        self._versions.pop(uri, None)
        for generation in [running for running in self._running if running.anchor.uri == uri]:
            generation.close()

    def close(self) -> None:
        """Close every call."""
        for generation in list(self._running):
            generation.close()

    def draw_ticket(self, uri: str) -> int:
        """Return a number that is the document's current one until something is typed or asked in it."""
        ticket = self._tickets[uri] = self._tickets.get(uri, 0) + 1
        return ticket

    def is_current(self, uri: str, ticket: int) -> bool:
        """Return whether nothing was typed or asked in the document since the ticket was drawn."""
        return self._tickets.get(uri) == ticket

    def adoptable(self, request: CompletionRequest) -> Generation | None:
        """Return a running call whose answer will fit the request, if it agrees with what was typed."""
        for generation in reversed(self._running):
            if generation.anchor.uri != request.snapshot.uri or generation.superseded:
                continue
            if generation.adopts(request.snapshot, request.position):
                return generation
        return None

    def start(
        self,
        prepared: PreparedRequest,
        plan: ContextPlan,
        copying: Copying | None,
        *,
        model: LanguageModel,
        temperature: float | None = None,
        base: tuple[Anchor, str] | None = None,
    ) -> Generation:
        """Start a call of the model; its answer, weighed against the copied one, goes into the cache.

        Other calls that nobody waits for are closed, except for the other candidates of an explicit request, which
        are told apart by their `temperature`. `base` marks a prefetch: the suggestion it presumes accepted.
        """
        from segue_model import GenerationOptions

        request, settings = prepared.request, prepared.settings
        for running in list(self._running):
            if not running.wanted and temperature is None:
                running.close()

        async def conclude(generation: Generation) -> None:
            self.typing_rate.answered(generation.model_ms)
            copied = await asyncio.shield(copying) if copying is not None else None
            suggestion, reason = await self.engines.weigh(prepared, generation.draft, copied)
            if suggestion is None:
                self.cache.put_silence(prepared.anchor, reason)
            else:
                self.offer(prepared.anchor, suggestion)

        def ended(generation: Generation) -> None:
            self._running.remove(generation)
            self._on_call(None, generation)

        generation = Generation(
            prepared.anchor,
            cursor_of(request, settings, model.control_tokens),
            prompt_of(request, plan, settings),
            model=model,
            options=GenerationOptions(
                max_tokens=settings.max_tokens,
                temperature=settings.temperature if temperature is None else temperature,
            ),
            cleaning=self._cleaning,
            tasks=self._tasks,
            conclude=conclude,
            on_end=ended,
            base=base,
        )
        self._running.append(generation)
        self._on_call(generation, None)
        return generation

    def offer(self, anchor: Anchor, suggestion: Suggestion) -> None:
        """Cache a suggestion under an id of its own."""
        self.cache.put(anchor, replace(suggestion, id=f"c-{next(self._ids)}"))

    def go_on(self, uri: str, asking: Coroutine[Any, Any, None]) -> None:
        """Go on asking the model after a first answer; a newer prepared of the document replaces this one."""
        if (old := self._late.pop(uri, None)) is not None:
            old.cancel()
        task = self._late[uri] = self._tasks.spawn(asking, name="late model answer")
        task.add_done_callback(lambda done: self._late.pop(uri) if self._late.get(uri) is done else None)

    def model_is_late(self) -> bool:
        """Return whether the model is expected to answer too late to be waited for."""
        latency = self.typing_rate.latency_ms
        return latency is None or latency > LATE_MS

    async def _prefetch(
        self, prepared: PreparedRequest, model: LanguageModel, base: tuple[Anchor, str]
    ) -> None:
        plan = await self.engines.plan(prepared)
        if not self._running:
            await self.start(prepared, plan, None, model=model, base=base).finished.wait()

    def _give(self, request: CompletionRequest, suggestion: Suggestion) -> Suggestion:
        _keep(self._given, suggestion.id, (request.snapshot.language_id, suggestion), _GIVEN_KEPT)
        _keep(self._moments, suggestion.id, request, _MOMENTS_KEPT)
        return suggestion


def _keep(kept: dict[str, _T], name: str, value: _T, limit: int) -> None:
    """Put a value last, and let the first ones go when there are too many."""
    kept.pop(name, None)
    kept[name] = value
    while len(kept) > limit:
        del kept[next(iter(kept))]


def _switched_off(settings: PipelineSettings, request: CompletionRequest) -> str:
    if settings.paused:
        return "paused"
    if not settings.enabled and not request.explicit:
        return "disabled"
    if request.snapshot.language_id in settings.disabled_languages:
        return "language_disabled"
    return ""


def _accepted(request: CompletionRequest, suggestion: Suggestion) -> tuple[Snapshot, Position]:
    """Return the text and the cursor as they are after a suggestion was accepted."""
    from segue_syntax import Position, Snapshot, split_lines

    snapshot, position = request.snapshot, request.position
    line = snapshot.lines[position.line]
    rest = line[position.column + suggestion.replace_suffix_chars :]
    fresh = split_lines(line[: position.column] + suggestion.text + rest)
    if len(fresh) > 1 and not fresh[-1] and position.line + 1 < len(snapshot.lines):
        fresh.pop()
    lines = [*snapshot.lines[: position.line], *fresh, *snapshot.lines[position.line + 1 :]]
    typed = split_lines(line[: position.column] + suggestion.text)
    cursor = Position(position.line + len(typed) - 1, len(typed[-1]))
    return Snapshot(snapshot.uri, snapshot.version, snapshot.language_id, lines), cursor
