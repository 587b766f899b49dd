"""One request that memory could not answer: both engines are asked, and the better answer is given in time."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from time import perf_counter
from typing import TYPE_CHECKING

from segue_server.completion.engines import least_confidence
from segue_server.completion.types import silent

if TYPE_CHECKING:
    from segue_context import ContextPlan
    from segue_server.completion.completer import Completer
    from segue_server.completion.engines import StatisticalAnswer
    from segue_server.completion.generation import Generation
    from segue_server.completion.types import CompletionAnswer, PreparedRequest, StepTimes

Planning = asyncio.Future["ContextPlan"]
Copying = asyncio.Future["StatisticalAnswer | None"]


class Attempt:
    """Asks once; `ticket` tells whether the document is still as it was."""

    def __init__(
        self, completer: Completer, prepared: PreparedRequest, times: StepTimes, ticket: int
    ) -> None:
        self._completer = completer
        self._prepared = prepared
        self._times = times
        self._ticket = ticket
        self._copied: StatisticalAnswer | None = None
        self._plan: ContextPlan | None = None

    async def answer(self) -> CompletionAnswer:
        """Return the statistical answer or wait for the model, as the client and the confidence allow.

        The model's context goes first: the statistical answer is worked out while the model is already at it.
        """
        completer, prepared = self._completer, self._prepared
        if completer.model() is None:
            started = perf_counter()
            self._copied = await completer.engines.copy(prepared)
            self._times.add("statistical", started)
            return self._statistical_answer("no_engine")
        planning = completer.spawn(completer.engines.plan(prepared), name="plan the context")
        copying = completer.spawn(self._copy_after(planning), name="statistical answer")
        if prepared.request.explicit and prepared.settings.candidates > 1:
            return await self._several(await planning, copying)
        asking = asyncio.ensure_future(self._ask_model(planning, copying))
        handed_over = False
        try:
            self._copied = await asyncio.shield(copying)
            if not self._gives_early():
                return await asking
            if prepared.request.can_refresh:
                handed_over = True
                completer.go_on(prepared.request.snapshot.uri, self._go_on(asking))
            return self._statistical_answer("nothing")
        finally:
            if not handed_over:
                asking.cancel()

    async def _copy_after(self, planning: Planning) -> StatisticalAnswer | None:
        await asyncio.wait({planning})
        started = perf_counter()
        copied = await self._completer.engines.copy(self._prepared)
        self._times.add("statistical", started)
        return copied

    def _gives_early(self) -> bool:
        """Whether the statistical answer should not wait for the model."""
        request, settings = self._prepared.request, self._prepared.settings
        if self._copied is None or request.explicit:
            return False
        confidence = self._copied.answer.confidence
        if request.can_refresh and self._completer.model_is_late():
            return confidence >= settings.min_confidence
        return confidence >= settings.confident

    async def _go_on(self, asking: asyncio.Future[CompletionAnswer]) -> None:
        """Wait for the model after the statistical answer was given; tell the client if the answer differs."""
        before = self._copied.answer.text if self._copied else ""
        try:
            answer = await asking
        finally:
            asking.cancel()
        if answer.suggestions and answer.suggestions[0].text != before:
            self._completer.better(self._prepared.request)

    async def _ask_model(self, planning: Planning, copying: Copying) -> CompletionAnswer:
        completer, request = self._completer, self._prepared.request
        generation = completer.adoptable(request)
        adopted = generation is not None
        if generation is None:
            waited = perf_counter()
            await self._debounce()
            self._times.add("debounce", waited)
            generation = completer.adoptable(request)
        if generation is None:
            if not completer.is_current(request.snapshot.uri, self._ticket):
                return self._silent("superseded")
            waited = perf_counter()
            self._plan = await asyncio.shield(planning)
            self._times.add("context", waited)
            model = completer.model()
            if model is None:
                return await self._without_model(copying)
            generation = completer.start(self._prepared, self._plan, copying, model=model)
        waited = perf_counter()
        await generation.wait()
        self._times.add("model", waited)
        if generation.failure is not None:
            return await self._without_model(copying)
        known = completer.cached(request)
        if known is not None:
            return self._completed(known, generation, adopted=adopted)
        if not completer.is_current(request.snapshot.uri, self._ticket):
            return self._silent("superseded")
        if adopted:  # it ended without an answer that fits here: ask for this place itself
            return await self._ask_model(planning, copying)
        return self._silent(completer.cache.silence(self._prepared.anchor) or "nothing")

    async def _without_model(self, copying: Copying) -> CompletionAnswer:
        self._copied = await asyncio.shield(copying)
        return self._statistical_answer("model_offline")

    async def _several(self, plan: ContextPlan, copying: Copying) -> CompletionAnswer:
        """Ask for several candidates at once, each a little freer than the one before."""
        completer, settings, model = self._completer, self._prepared.settings, self._completer.model()
        if model is None:
            return await self._without_model(copying)
        self._plan = plan
        generations = [
            completer.start(
                self._prepared,
                plan,
                copying,
                model=model,
                temperature=settings.temperature + 0.4 * number,
            )
            for number in range(settings.candidates)
        ]
        waited = perf_counter()
        await asyncio.gather(*[generation.wait() for generation in generations])
        self._times.add("model", waited)
        self._copied = await asyncio.shield(copying)
        if self._copied is not None:
            completer.offer(self._prepared.anchor, self._copied.as_suggestion())
        known = completer.cached(self._prepared.request)
        if known is None:
            return self._silent("nothing")
        ordered = tuple(sorted(known.suggestions, key=lambda suggestion: -suggestion.confidence))
        return self._completed(replace(known, suggestions=ordered), generations[0], adopted=False)

    async def _debounce(self) -> None:
        settings, rate = self._prepared.settings, self._completer.typing_rate
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
        )

    def _statistical_answer(self, otherwise: str) -> CompletionAnswer:
        copied, prepared = self._copied, self._prepared
        if copied is None:
            return self._silent(otherwise)
        if copied.answer.confidence < least_confidence(prepared):
            return self._silent("low_confidence")
        self._completer.offer(prepared.anchor, copied.as_suggestion())
        known = self._completer.cached(prepared.request)
        if known is None:
            return self._silent("nothing")
        return replace(
            known,
            source="fresh",
            context=copied.answer.sources,
            timings_ms=self._times.steps,
            total_ms=self._times.total_ms,
        )

    def _silent(self, reason: str) -> CompletionAnswer:
        return replace(silent(reason, self._times), context=self._plan.snippets if self._plan else ())
