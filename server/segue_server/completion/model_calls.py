"""The model calls that are running: shared by the keystrokes they fit, closed when they fit none."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from segue_server.completion.engines import wants_whole
from segue_server.completion.generation import Generation
from segue_server.completion.prompting import accepted, cursor_of, prompt_of
from segue_server.completion.token_path import DECISIVE

if TYPE_CHECKING:
    from collections.abc import Callable

    from segue_context import ContextPlan
    from segue_model import CompletionModel
    from segue_server.completion.anchor import AnchoredText
    from segue_server.completion.engines import Engines, PendingStatistical
    from segue_server.completion.memory import SuggestionMemory
    from segue_server.completion.types import (
        Cleaning,
        CompletionRequest,
        Draft,
        PreparedRequest,
        Suggestion,
    )
    from segue_server.completion.typing_rate import TypingRate
    from segue_server.runtime.tasks import TaskRegistry
    from segue_syntax import Position, Snapshot


class ModelCalls:
    """Starts, shares and closes calls; each answer, weighed against the statistical one, goes into the memory.

    `on_call` hears of each call that starts (its first argument) and of each that ends (its second).
    """

    def __init__(
        self,
        *,
        engines: Engines,
        memory: SuggestionMemory,
        typing_rate: TypingRate,
        cleaning: Cleaning,
        tasks: TaskRegistry,
        on_call: Callable[[Generation | None, Generation | None], None],
    ) -> None:
        self._engines = engines
        self._memory = memory
        self._typing_rate = typing_rate
        self._cleaning = cleaning
        self._tasks = tasks
        self._on_call = on_call
        self._running: list[Generation] = []

    @property
    def idle(self) -> bool:
        """Whether no call is running."""
        return not self._running

    @property
    def wanted(self) -> bool:
        """Whether a request waits for a call."""
        return any(generation.wanted for generation in self._running)

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
        statistical: PendingStatistical | None,
        *,
        model: CompletionModel,
        temperature: float | None = None,
        base: AnchoredText | None = None,
    ) -> Generation:
        """Start a call of the model.

        Other calls that nobody waits for are closed, except for the other candidates of an explicit request, which
        are told apart by their `temperature`. `base` marks a prefetch: the suggestion it presumes accepted.
        """
        from segue_model import GenerationOptions

        request, settings = prepared.request, prepared.settings
        for running in list(self._running):
            if not running.wanted and temperature is None:
                running.close()

        async def conclude(generation: Generation) -> None:
            self._typing_rate.answered(generation.model_ms)
            copied = await asyncio.shield(statistical) if statistical is not None else None
            decision = await self._engines.weigh(prepared, generation.draft, copied)
            generation.postprocess += decision.postprocess
            if decision.suggestion is None:
                self._memory.cache.put_silence(prepared.anchor, decision.reason)
            else:
                self._memory.put(prepared.anchor, decision.suggestion)
                await self._go_on(prepared, decision.suggestion, generation.draft)

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
            least=0.0 if wants_whole(prepared) else DECISIVE,
            cleaning=self._cleaning,
            tasks=self._tasks,
            conclude=conclude,
            on_end=ended,
            base=base,
        )
        self._running.append(generation)
        self._on_call(generation, None)
        return generation

    async def _go_on(self, prepared: PreparedRequest, shown: Suggestion, draft: Draft | None) -> None:
        """Keep what the tokens that are heard already say of the place after a piece of them is accepted."""
        path = draft.path.after(shown.text) if draft is not None and draft.path is not None else None
        if draft is None or path is None or not path.steps:
            return
        following = accepted(prepared, shown)
        decision = await self._engines.decide(following, path, None, model=draft.model)
        if decision.suggestion is not None:
            self._memory.put(following.anchor, decision.suggestion)

    def close_unfit(self, snapshot: Snapshot, position: Position) -> None:
        """Close the document's calls that fit no more after a change that ended at `position`."""
        for generation in list(self._running):
            if generation.anchor.uri == snapshot.uri and not generation.may_still_fit(snapshot, position):
                generation.close()

    def close(self, uri: str | None = None) -> None:
        """Close every call, or those of one document."""
        for generation in list(self._running):
            if uri is None or generation.anchor.uri == uri:
                generation.close()
