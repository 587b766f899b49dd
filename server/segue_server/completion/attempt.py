"""One request that memory could not answer: both engines are asked, and the better answer is given in time."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from time import perf_counter
from typing import TYPE_CHECKING

from segue_server.completion.types import silent

if TYPE_CHECKING:
    from collections.abc import Callable

    from segue_context import ContextPlan
    from segue_model import CompletionModel
    from segue_server.completion.engines import Engines, PendingStatistical, StatisticalAnswer
    from segue_server.completion.generation import Generation
    from segue_server.completion.memory import SuggestionMemory
    from segue_server.completion.model_calls import ModelCalls
    from segue_server.completion.token_reader import TokenReader
    from segue_server.completion.turns import Turns
    from segue_server.completion.types import (
        CompletionAnswer,
        CompletionRequest,
        PreparedRequest,
        StepTimes,
    )
    from segue_server.completion.typing_rate import TypingRate
    from segue_server.runtime.tasks import TaskRegistry

Planning = asyncio.Future["ContextPlan"]


@dataclass(frozen=True, slots=True)
class Pipeline:
    """What all requests share.

    `on_better` tells the client that a late answer beats the one it was given; `on_silence` is told why a late answer
    shows nothing.
    """

    engines: Engines
    memory: SuggestionMemory
    calls: ModelCalls
    reader: TokenReader
    turns: Turns
    typing_rate: TypingRate
    tasks: TaskRegistry
    model: Callable[[], CompletionModel | None]
    on_better: Callable[[CompletionRequest], None]
    on_silence: Callable[[str], None]


class Attempt:
    """Asks once; `ticket` tells whether the document is still as it was."""

    def __init__(self, pipeline: Pipeline, prepared: PreparedRequest, times: StepTimes, ticket: int) -> None:
        self._pipeline = pipeline
        self._prepared = prepared
        self._times = times
        self._ticket = ticket
        self._statistical: StatisticalAnswer | None = None
        self._plan: ContextPlan | None = None
        self._call: Generation | None = None

    async def answer(self) -> CompletionAnswer:
        """Return the statistical answer or wait for the model, as the client and the confidence allow.

        The model's context goes first: the statistical answer is worked out while the model is already at it.
        """
        pipeline, prepared = self._pipeline, self._prepared
        if pipeline.model() is None:
            started = perf_counter()
            self._statistical = await pipeline.engines.statistical(prepared)
            self._times.add("statistical", started)
            return self._statistical_answer("no_engine")
        planning = pipeline.tasks.spawn(pipeline.engines.plan(prepared), name="plan the context")
        statistical = pipeline.tasks.spawn(self._ask_statistical(planning), name="statistical answer")
        if prepared.request.explicit and prepared.settings.candidates > 1:
            return await self._several(await planning, statistical)
        asking = asyncio.ensure_future(self._ask_model(planning, statistical))
        handed_over = False
        try:
            self._statistical = await asyncio.shield(statistical)
            if not self._gives_early():
                return await asking
            if prepared.request.can_refresh:
                handed_over = True
                pipeline.turns.finish_late(prepared.request.snapshot.uri, self._wait_for_model(asking))
            return self._statistical_answer("nothing")
        finally:
            if not handed_over:
                asking.cancel()

    async def _ask_statistical(self, planning: Planning) -> StatisticalAnswer | None:
        await asyncio.wait({planning})
        started = perf_counter()
        copied = await self._pipeline.engines.statistical(self._prepared)
        self._times.add("statistical", started)
        return copied

    def _gives_early(self) -> bool:
        """Whether the statistical answer should not wait for the model."""
        request, settings = self._prepared.request, self._prepared.settings
        suggestion = self._statistical.suggestion if self._statistical is not None else None
        if suggestion is None or request.explicit:
            return False
        late = request.can_refresh and self._pipeline.typing_rate.model_is_late
        return late or suggestion.confidence >= settings.sure_alone

    async def _wait_for_model(self, asking: asyncio.Future[CompletionAnswer]) -> None:
        """Wait for the model after the statistical answer was given; tell the client if the answer differs."""
        shown = self._statistical.suggestion if self._statistical is not None else None
        before = shown.text if shown is not None else ""
        try:
            answer = await asking
        finally:
            asking.cancel()
        if answer.suggestions and answer.suggestions[0].text != before:
            self._pipeline.on_better(self._prepared.request)

    async def _ask_model(self, planning: Planning, statistical: PendingStatistical) -> CompletionAnswer:
        pipeline, request = self._pipeline, self._prepared.request
        generation = pipeline.calls.adoptable(request)
        adopted = generation is not None
        if generation is None:
            waited = perf_counter()
            await self._debounce()
            self._times.add("debounce", waited)
            generation = pipeline.calls.adoptable(request)
        if generation is None:
            if not pipeline.turns.is_current(request.snapshot.uri, self._ticket):
                return self._silent("superseded")
            waited = perf_counter()
            self._plan = await asyncio.shield(planning)
            self._times.add("context", waited)
            model = pipeline.model()
            if model is None:
                return await self._without_model(statistical)
            generation = pipeline.calls.start(self._prepared, self._plan, statistical, model=model)
        waited = perf_counter()
        await generation.wait()
        self._call = generation
        self._times.add("model", waited)
        if generation.failure is not None:
            return await self._without_model(statistical)
        known = self._known()
        if known is not None:
            return self._completed(known, generation, adopted=adopted)
        if not pipeline.turns.is_current(request.snapshot.uri, self._ticket):
            return self._silent("superseded")
        if adopted:  # it ended without an answer that fits here: ask for this place itself
            return await self._ask_model(planning, statistical)
        return self._silent(pipeline.memory.cache.silence(self._prepared.anchor) or "nothing")

    async def _without_model(self, statistical: PendingStatistical) -> CompletionAnswer:
        self._statistical = await asyncio.shield(statistical)
        return self._statistical_answer("model_offline")

    async def _several(self, plan: ContextPlan, statistical: PendingStatistical) -> CompletionAnswer:
        """Ask for several candidates at once, each a little freer than the one before."""
        pipeline, settings = self._pipeline, self._prepared.settings
        model = pipeline.model()
        if model is None:
            return await self._without_model(statistical)
        self._plan = plan
        generations = [
            pipeline.calls.start(
                self._prepared,
                plan,
                statistical,
                model=model,
                temperature=settings.temperature + 0.4 * number,
            )
            for number in range(settings.candidates)
        ]
        waited = perf_counter()
        await asyncio.gather(*[generation.wait() for generation in generations])
        self._times.add("model", waited)
        self._statistical = await asyncio.shield(statistical)
        if self._statistical is not None and self._statistical.suggestion is not None:
            pipeline.memory.put(self._prepared.anchor, self._statistical.suggestion)
        known = self._known()
        if known is None:
            return self._silent("nothing")
        ordered = tuple(sorted(known.suggestions, key=lambda suggestion: -suggestion.confidence))
        return self._completed(replace(known, suggestions=ordered), generations[0], adopted=False)

    async def _debounce(self) -> None:
        settings, rate = self._prepared.settings, self._pipeline.typing_rate
        if self._prepared.request.explicit:
            return
        if settings.debounce_ms is not None:
            delay_ms = float(settings.debounce_ms)
        else:
            delay_ms = rate.delay_ms(
                least_ms=settings.least_debounce_ms,
                most_ms=settings.most_debounce_ms,
                fresh_line=not self._prepared.anchor.head.strip(),
            )
        left_ms = delay_ms - self._times.total_ms
        if left_ms > 0:
            await asyncio.sleep(left_ms / 1000)

    def _known(self) -> CompletionAnswer | None:
        """Return what the memory holds for this request by now."""
        request, settings = self._prepared.request, self._prepared.settings
        return self._pipeline.memory.answer(request, limit=settings.candidates if request.explicit else 1)

    def _completed(
        self, known: CompletionAnswer, generation: Generation, *, adopted: bool
    ) -> CompletionAnswer:
        self._times.steps["postprocess"] = generation.postprocess_ms
        return replace(
            known,
            source="adopted" if adopted else "fresh",
            context=self._plan.snippets if self._plan else (),
            render=generation.render,
            timings_ms=self._times.steps,
            total_ms=self._times.total_ms,
            model_ms=generation.model_ms,
            postprocess=generation.postprocess,
        )

    def _statistical_answer(self, otherwise: str) -> CompletionAnswer:
        copied, prepared = self._statistical, self._prepared
        if copied is None:
            return self._silent(otherwise)
        decision = copied.decision
        if decision.suggestion is None:
            reason = "low_confidence" if decision.reason == "low_confidence" else otherwise
            return replace(self._silent(reason), postprocess=decision.postprocess)
        self._pipeline.memory.put(prepared.anchor, decision.suggestion)
        known = self._known()
        if known is None:
            return self._silent("nothing")
        return replace(
            known,
            source="fresh",
            context=copied.sources,
            timings_ms=self._times.steps,
            total_ms=self._times.total_ms,
            postprocess=decision.postprocess,
        )

    def _silent(self, reason: str) -> CompletionAnswer:
        answer = replace(silent(reason, self._times), context=self._plan.snippets if self._plan else ())
        if self._call is None:
            return answer
        return replace(
            answer,
            render=self._call.render,
            model_ms=self._call.model_ms,
            postprocess=self._call.postprocess,
        )
