"""One request to a local model that tells how likely its tokens are: decided before the next key, or told later."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from time import perf_counter
from typing import TYPE_CHECKING

from segue_server.completion.anchor import AnchoredText
from segue_server.completion.attempt import Attempt
from segue_server.completion.prompting import accepted
from segue_server.completion.types import Decision

if TYPE_CHECKING:
    from segue_model import CompletionModel
    from segue_server.completion.attempt import Pipeline
    from segue_server.completion.token_reader import Hearing
    from segue_server.completion.types import CompletionAnswer, PreparedRequest, StepTimes

PATIENCE_S = 0.15
"""How long an answer of both engines is waited for where the client can be told later: the next key comes then."""

LONG_PATIENCE_S = 0.8
"""The same for a client that cannot be told."""


class TokenAttempt(Attempt):
    """Asks without any delay; the statistical engine answers alone where it is sure, or where the model is not ready."""

    def __init__(
        self,
        pipeline: Pipeline,
        prepared: PreparedRequest,
        times: StepTimes,
        ticket: int,
        *,
        model: CompletionModel,
    ) -> None:
        super().__init__(pipeline, prepared, times, ticket)
        self._model = model
        self._hearing: Hearing | None = None

    async def answer(self) -> CompletionAnswer:
        """Return what both engines are certain enough of, as far as the model is heard in time."""
        pipeline, prepared = self._pipeline, self._prepared
        started = perf_counter()
        self._statistical = await pipeline.engines.statistical(prepared)
        self._times.add("statistical", started)
        alone = self._statistical.suggestion if self._statistical is not None else None
        if alone is not None and alone.confidence >= max(
            prepared.settings.sure_alone, prepared.settings.certainty
        ):
            return self._statistical_answer("nothing")
        pipeline.reader.hurry(self._model)
        ready = pipeline.reader.is_ready(prepared, self._model)
        deciding = pipeline.tasks.spawn(self._decide(ready=ready), name="decide with tokens")
        can_refresh = prepared.request.can_refresh
        handed_over = False
        try:
            if prepared.settings.waits:
                await asyncio.wait({deciding})
            elif ready or not can_refresh:
                await asyncio.wait({deciding}, timeout=PATIENCE_S if can_refresh else LONG_PATIENCE_S)
            if deciding.done():
                pipeline.turns.finish_late(prepared.request.snapshot.uri, self._read_while_resting())
                return self._decided(deciding.result())
            if can_refresh:
                handed_over = True
                pipeline.turns.finish_late(prepared.request.snapshot.uri, self._tell_later(deciding))
            return self._statistical_answer("waiting") if alone is not None else self._silent("waiting")
        finally:
            if not handed_over:
                deciding.cancel()

    async def _decide(self, *, ready: bool) -> Decision:
        """Hear the model and return what to show."""
        pipeline, prepared, model = self._pipeline, self._prepared, self._model
        request = prepared.request
        if not ready:
            reading = pipeline.reader.read_above(prepared, model)
            await asyncio.sleep(0)
            pipeline.reader.hurry(model)
            await asyncio.wait({reading})
        started = perf_counter()
        self._hearing = pipeline.reader.hear(prepared, model)
        path = await self._hearing.decisive(request.snapshot, request.position)
        self._times.add("model", started)
        if path is None:
            return self._statistical.decision if self._statistical else Decision(None, "model_offline")
        return await pipeline.engines.decide(prepared, path, self._statistical, model=model.name)

    def _decided(self, decision: Decision) -> CompletionAnswer:
        known = self._keep(decision)
        answer = self._silent(decision.reason or "nothing") if known is None else self._told(known)
        return replace(answer, postprocess=decision.postprocess)

    def _told(self, known: CompletionAnswer) -> CompletionAnswer:
        steps, total_ms = self._times.steps, self._times.total_ms
        return self._asked(replace(known, source="fresh", timings_ms=steps, total_ms=total_ms))

    def _silent(self, reason: str) -> CompletionAnswer:
        return self._asked(super()._silent(reason))

    def _asked(self, answer: CompletionAnswer) -> CompletionAnswer:
        """Return `answer` with what the engines were asked with."""
        copied, hearing = self._statistical, self._hearing
        return replace(
            answer,
            context=copied.sources if copied is not None else (),
            render=hearing.render if hearing is not None else None,
            model_ms=hearing.model_ms if hearing is not None else 0.0,
        )

    def _keep(self, decision: Decision) -> CompletionAnswer | None:
        """Put the decision into the memory, go on with what follows it, and return it as it is given."""
        pipeline, prepared, suggestion = self._pipeline, self._prepared, decision.suggestion
        if suggestion is None:
            pipeline.memory.cache.put_silence(prepared.anchor, decision.reason)
            return None
        pipeline.memory.put(prepared.anchor, suggestion)
        base = AnchoredText(prepared.anchor, suggestion.text)
        pipeline.reader.hear_ahead(accepted(prepared, suggestion), self._model, base)
        return self._known()

    async def _read_while_resting(self) -> None:
        await asyncio.sleep(self._prepared.settings.rest_s)
        if self._pipeline.turns.is_current(self._prepared.request.snapshot.uri, self._ticket):
            self._pipeline.reader.read_above(self._prepared, self._model)

    async def _tell_later(self, deciding: asyncio.Task[Decision]) -> None:
        """Wait for the model after the statistical answer was given; tell the client if there is more to show.

        What is on the screen stays there: it may grow, but it never changes under the user's hand.
        """
        try:
            decision = await deciding
        finally:
            deciding.cancel()
        request = self._prepared.request
        if not self._pipeline.turns.is_current(request.snapshot.uri, self._ticket):
            return
        suggestion = decision.suggestion
        said = self._statistical.suggestion if self._statistical is not None else None
        shown = said.text if said is not None else ""
        if suggestion is not None and suggestion.text != shown and suggestion.text.startswith(shown):
            self._keep(decision)
            self._pipeline.on_better(request)
        elif not shown:
            self._pipeline.on_silence(decision.reason or "nothing")
