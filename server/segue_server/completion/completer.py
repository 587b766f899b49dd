"""The completion pipeline: from one moment in a document to what is shown there.

The steps are those of ARCHITECTURE.md. Everything before the first `await` of `complete` is the part that makes
typing through a suggestion instant: it reads memory only.
"""

from __future__ import annotations

import asyncio
import itertools
import time
from dataclasses import dataclass, replace
from time import perf_counter
from typing import TYPE_CHECKING, Any

from segue_server.completion.anchor import Anchor
from segue_server.completion.cache import SuggestionCache
from segue_server.completion.fusion import ModelAnswer, fuse
from segue_server.completion.generation import Generation
from segue_server.completion.prompting import cursor_of, prompt_of, query_of
from segue_server.completion.rhythm import Rhythm
from segue_server.completion.triggers import silence_before_asking, with_popup
from segue_server.completion.types import CompletionAnswer, StepTimes, Suggestion

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from segue_context import ContextPlan, CopiedSuggestion
    from segue_server.completion.settings import PipelineSettings
    from segue_server.completion.types import Cleaning, CompletionRequest, LanguageModel
    from segue_server.documents import DocumentChange
    from segue_server.tasks import TaskRegistry

LATE_MS = 60.0
"""A model slower than this is expected to be late: the statistical answer is given first where it can be replaced."""
_SHOWN_KEPT = 64


@dataclass(frozen=True, slots=True)
class _Copied:
    """The statistical answer after post-processing."""

    suggestion: CopiedSuggestion
    replace_suffix_chars: int


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
        self.rhythm = Rhythm()
        self._settings = settings
        self._model = model
        self._cleaning = cleaning
        self._tasks = tasks
        self._on_call = on_call
        self._on_better = on_better
        self._clock_s = clock_s
        self._running: list[Generation] = []
        self._tickets: dict[str, int] = {}
        self._ids = itertools.count(1)
        self._given: dict[str, tuple[CompletionRequest, Suggestion]] = {}
        self._late: dict[str, asyncio.Task[None]] = {}

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
            return _silent(reason, times)
        if not request.explicit and (answer := self.cached(request)) is not None:
            return answer
        ticket = self._tickets[request.snapshot.uri] = self._tickets.get(request.snapshot.uri, 0) + 1
        reason = silence_before_asking(shaped)
        anchor = Anchor.at(shaped.snapshot, shaped.position)
        if not reason and not request.explicit:
            reason = self.cache.silence(anchor)
        if reason:
            return _silent(reason, times)
        return await _Attempt(self, shaped, anchor, settings, times, ticket).answer()

    def document_changed(self, change: DocumentChange) -> None:
        """Note a keystroke: close the calls that no longer fit, and learn the rhythm."""
        uri = change.after.uri
        self._tickets[uri] = self._tickets.get(uri, 0) + 1
        if not change.edits:
            return
        self.rhythm.key(self._clock_s())
        where = change.after.clamp(change.edits[-1].end)
        for generation in list(self._running):
            if generation.anchor.uri == uri and not generation.adopts(change.after, where):
                generation.close()

    def given(self, suggestion_id: str) -> tuple[CompletionRequest, Suggestion] | None:
        """Return what was given under an id, and for which moment."""
        return self._given.get(suggestion_id)

    def accepted(self, suggestion_id: str) -> None:
        """Get ready for what follows an accepted suggestion."""
        self.prefetch(suggestion_id)

    def prefetch(self, suggestion_id: str) -> None:
        """Ask the model what follows a suggestion, as if it had been accepted already."""

    def reject(self, suggestion_id: str) -> None:
        """Do not offer a dismissed suggestion again."""
        self.cache.reject(suggestion_id)

    def forget(self, uri: str) -> None:
        """Drop what is cached and running for a document that was closed."""
        self.cache.forget(uri)
        for generation in [running for running in self._running if running.anchor.uri == uri]:
            generation.close()

    def close(self) -> None:
        """Close every call."""
        for generation in list(self._running):
            generation.close()

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

    async def copy(self, request: CompletionRequest, settings: PipelineSettings) -> _Copied | None:
        """Return the statistical answer, post-processed, or None."""
        if request.context is None or not settings.statistical:
            return None
        return await self._tasks.in_thread(self._copy, request, settings)

    async def plan(self, request: CompletionRequest, settings: PipelineSettings) -> ContextPlan:
        """Return the snippets to show the model."""
        from segue_context import ContextPlan

        if request.context is None or settings.context_chars <= 0:
            return ContextPlan()
        context, budget = request.context, settings.context_chars
        return await self._tasks.in_thread(lambda: context.plan(query_of(request), budget))

    def start(
        self,
        request: CompletionRequest,
        anchor: Anchor,
        plan: ContextPlan,
        copied: _Copied | None,
        model: LanguageModel,
        settings: PipelineSettings,
        *,
        temperature: float | None = None,
    ) -> Generation:
        """Start a call of the model; its answer, weighed against the copied one, goes into the cache."""
        from segue_model import GenerationOptions

        for running in list(self._running):
            if not running.wanted and temperature is None:
                running.close()
        options = GenerationOptions(
            max_tokens=settings.max_tokens,
            temperature=settings.temperature if temperature is None else temperature,
        )

        async def conclude(generation: Generation) -> None:
            self.rhythm.answered(generation.model_ms)
            judged = 0.0
            if generation.draft is not None and request.context is not None:
                judged = await self._tasks.in_thread(_judge, request, generation.draft.text)
            self._conclude(generation, request, copied, settings, judged)

        def ended(generation: Generation) -> None:
            self._running.remove(generation)
            self._on_call(None, generation)

        generation = Generation(
            anchor,
            cursor_of(request, settings, model.control_tokens),
            prompt_of(request, plan, settings),
            model=model,
            options=options,
            cleaning=self._cleaning,
            tasks=self._tasks,
            conclude=conclude,
            on_end=ended,
        )
        self._running.append(generation)
        self._on_call(generation, None)
        return generation

    def offer(self, anchor: Anchor, suggestion: Suggestion) -> None:
        """Cache a suggestion under its own id."""
        self.cache.put(anchor, replace(suggestion, id=suggestion.id or f"c-{next(self._ids)}"))

    def better(self, request: CompletionRequest) -> None:
        """Tell the client that a better answer is there."""
        self._on_better(request)

    def model(self) -> LanguageModel | None:
        """Return the model to ask now, None when there is none or it is known to be out of reach."""
        return self._model()

    def ask_late(self, uri: str, asking: Coroutine[Any, Any, None]) -> None:
        """Go on asking the model after a first answer was given; a newer question of the document replaces it."""
        if (old := self._late.pop(uri, None)) is not None:
            old.cancel()
        task = self._late[uri] = self._tasks.spawn(asking, name="late model answer")
        task.add_done_callback(lambda done: self._late.pop(uri) if self._late.get(uri) is done else None)

    def late(self) -> bool:
        """Return whether the model is expected to answer too late to be waited for."""
        latency = self.rhythm.latency_ms
        return latency is None or latency > LATE_MS

    def _copy(self, request: CompletionRequest, settings: PipelineSettings) -> _Copied | None:
        assert request.context is not None
        copied = request.context.suggest(query_of(request), settings.max_lines if settings.multiline else 1)
        if copied is None or not copied.text:
            return None
        processed = self._cleaning.process(cursor_of(request, settings), copied.text)
        if not processed.text:
            return None
        return _Copied(replace(copied, text=processed.text), processed.replace_suffix_chars)

    def _conclude(
        self,
        generation: Generation,
        request: CompletionRequest,
        copied: _Copied | None,
        settings: PipelineSettings,
        judged: float,
    ) -> None:
        draft = generation.draft
        said = ModelAnswer(draft.text, draft.logprobs) if draft else None
        fused = fuse(copied.suggestion if copied else None, said, judged)
        if fused.text is None:
            self.cache.put_silence(generation.anchor, "nothing")
        elif fused.confidence < settings.min_confidence and not request.explicit:
            self.cache.put_silence(generation.anchor, "low_confidence")
        else:
            from_model = draft is not None and fused.text == draft.text
            replaced = draft.replace_suffix_chars if draft and from_model else 0
            if copied is not None and not from_model:
                replaced = copied.replace_suffix_chars
            self.offer(
                generation.anchor,
                Suggestion(
                    fused.text, fused.engine, fused.confidence, replaced, draft.model if draft else ""
                ),
            )

    def _give(self, request: CompletionRequest, suggestion: Suggestion) -> Suggestion:
        self._given.pop(suggestion.id, None)
        self._given[suggestion.id] = request, suggestion
        while len(self._given) > _SHOWN_KEPT:
            del self._given[next(iter(self._given))]
        return suggestion


class _Attempt:
    """One request that the cache could not answer."""

    def __init__(
        self,
        completer: Completer,
        request: CompletionRequest,
        anchor: Anchor,
        settings: PipelineSettings,
        times: StepTimes,
        ticket: int,
    ) -> None:
        self._completer = completer
        self._request = request
        self._anchor = anchor
        self._settings = settings
        self._times = times
        self._ticket = ticket
        self._copied: _Copied | None = None
        self._plan: ContextPlan | None = None
        self._prompt = ""

    async def answer(self) -> CompletionAnswer:
        """Ask both engines and return the better answer in time."""
        completer, request, settings = self._completer, self._request, self._settings
        planning = asyncio.ensure_future(completer.plan(request, settings)) if completer.model() else None
        try:
            started = perf_counter()
            self._copied = await completer.copy(request, settings)
            self._times.add("statistical", started)
            if planning is None:
                return self._statistical_answer("no_engine")
            if request.explicit and settings.candidates > 1:
                return await self._several(await planning)
            if (early := self._early()) is not None:
                return early
            return await self._ask_model(planning)
        finally:
            if planning is not None:
                planning.cancel()

    def _early(self) -> CompletionAnswer | None:
        """Return the statistical answer if it should not wait for the model."""
        completer, settings, copied = self._completer, self._settings, self._copied
        if copied is None or self._request.explicit:
            return None
        confidence = copied.suggestion.confidence
        if self._request.can_refresh:
            if confidence < settings.min_confidence or not completer.late():
                return None
        elif confidence < settings.confident:
            return None
        answer = self._statistical_answer("")
        if self._request.can_refresh:
            completer.ask_late(self._request.snapshot.uri, self._go_on())
        return answer

    async def _go_on(self) -> None:
        """Ask the model after the statistical answer was given, and tell the client if its answer differs."""
        before = self._copied.suggestion.text if self._copied else ""
        planning = asyncio.ensure_future(self._completer.plan(self._request, self._settings))
        answer = await self._ask_model(planning)
        if answer.suggestions and answer.suggestions[0].text != before:
            self._completer.better(self._request)

    async def _ask_model(self, planning: asyncio.Future[ContextPlan]) -> CompletionAnswer:
        completer, request = self._completer, self._request
        adopted = True
        generation = completer.adoptable(request)
        if generation is None:
            adopted = False
            waited = perf_counter()
            await self._debounce()
            self._times.add("debounce", waited)
            generation = completer.adoptable(request)
        if generation is None:
            if not completer.is_current(request.snapshot.uri, self._ticket):
                return self._silent("superseded")
            waited = perf_counter()
            self._plan = await planning
            self._times.add("context", waited)
            model = completer.model()
            if model is None:
                return self._statistical_answer("model_offline")
            generation = completer.start(
                request, self._anchor, self._plan, self._copied, model, self._settings
            )
        waited = perf_counter()
        await generation.wait()
        self._times.add("model", waited)
        return await self._after(generation, planning, adopted=adopted)

    async def _after(
        self, generation: Generation, planning: asyncio.Future[ContextPlan], *, adopted: bool
    ) -> CompletionAnswer:
        completer, request = self._completer, self._request
        if generation.failure is not None:
            return self._statistical_answer("model_offline")
        known = completer.cached(request)
        if known is not None:
            self._times.add("postprocess", perf_counter() - generation.postprocess_ms / 1000)
            return replace(
                known,
                source="adopted" if adopted else "fresh",
                context=self._plan.snippets if self._plan else (),
                timings_ms=self._times.steps,
                total_ms=self._times.total_ms,
                model_ms=generation.model_ms,
            )
        if not completer.is_current(request.snapshot.uri, self._ticket):
            return self._silent("superseded")
        if adopted:  # it ended without an answer that fits: ask for this place itself
            return await self._ask_model(planning)
        return self._silent(completer.cache.silence(self._anchor) or "nothing")

    async def _several(self, plan: ContextPlan) -> CompletionAnswer:
        """Ask for several candidates at once, each a little freer than the one before."""
        completer, settings, model = self._completer, self._settings, self._completer.model()
        if model is None:
            return self._statistical_answer("model_offline")
        self._plan = plan
        generations = [
            completer.start(
                self._request,
                self._anchor,
                plan,
                self._copied if number == 0 else None,
                model,
                settings,
                temperature=settings.temperature + 0.4 * number,
            )
            for number in range(settings.candidates)
        ]
        waited = perf_counter()
        await asyncio.gather(*[generation.wait() for generation in generations])
        self._times.add("model", waited)
        if self._copied is not None:
            self._offer_copied(self._copied)
        known = completer.cached(self._request)
        if known is None:
            return self._silent("nothing")
        best_first = sorted(known.suggestions, key=lambda suggestion: -suggestion.confidence)
        return replace(
            known,
            suggestions=tuple(best_first),
            source="fresh",
            context=plan.snippets,
            timings_ms=self._times.steps,
            total_ms=self._times.total_ms,
            model_ms=max(generation.model_ms for generation in generations),
        )

    async def _debounce(self) -> None:
        settings, rhythm = self._settings, self._completer.rhythm
        if self._request.explicit:
            return
        if settings.debounce_ms is not None:
            delay_ms = float(settings.debounce_ms)
        else:
            rhythm.least_ms, rhythm.most_ms = settings.least_debounce_ms, settings.most_debounce_ms
            fresh = not self._anchor.head.strip()
            delay_ms = rhythm.delay_ms(fresh_line=fresh)
        left_ms = delay_ms - self._times.total_ms
        if left_ms > 0:
            await asyncio.sleep(left_ms / 1000)

    def _statistical_answer(self, otherwise: str) -> CompletionAnswer:
        copied, settings = self._copied, self._settings
        if copied is None:
            return self._silent(otherwise)
        if copied.suggestion.confidence < settings.min_confidence and not self._request.explicit:
            return self._silent("low_confidence")
        self._offer_copied(copied)
        known = self._completer.cached(self._request)
        if known is None:
            return self._silent("nothing")
        return replace(
            known,
            source="fresh",
            context=copied.suggestion.sources,
            timings_ms=self._times.steps,
            total_ms=self._times.total_ms,
        )

    def _offer_copied(self, copied: _Copied) -> None:
        self._completer.offer(
            self._anchor,
            Suggestion(
                copied.suggestion.text,
                "statistical",
                copied.suggestion.confidence,
                copied.replace_suffix_chars,
            ),
        )

    def _silent(self, reason: str) -> CompletionAnswer:
        context = self._plan.snippets if self._plan else ()
        return replace(_silent(reason, self._times), context=context)


def _switched_off(settings: PipelineSettings, request: CompletionRequest) -> str:
    if settings.paused:
        return "paused"
    if not settings.enabled and not request.explicit:
        return "disabled"
    if request.snapshot.language_id in settings.disabled_languages:
        return "language_disabled"
    return ""


def _judge(request: CompletionRequest, text: str) -> float:
    assert request.context is not None
    return request.context.judge(query_of(request), text)


def _silent(reason: str, times: StepTimes) -> CompletionAnswer:
    return CompletionAnswer(reason=reason, timings_ms=times.steps, total_ms=times.total_ms)
