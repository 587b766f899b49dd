"""The two engines and the scales between them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from segue_server.completion.fusion import ModelAnswer, fuse
from segue_server.completion.prompting import cursor_of, query_of
from segue_server.completion.types import Suggestion

if TYPE_CHECKING:
    from segue_context import ContextPlan, CopiedSuggestion
    from segue_server.completion.fusion import Fused
    from segue_server.completion.types import Cleaning, CompletionRequest, Draft, PreparedRequest
    from segue_server.runtime.tasks import TaskRegistry

_ALTERNATIVES = 4
"""Statistical answers that are tried until one passes post-processing."""

_LEAST_EXPLICIT = 0.05
"""Even who asks explicitly is better served by nothing than by a copied answer less likely than this."""


@dataclass(frozen=True, slots=True)
class StatisticalAnswer:
    """The statistical answer after post-processing."""

    answer: CopiedSuggestion
    replace_suffix_chars: int

    def as_suggestion(self) -> Suggestion:
        """Return it as what is shown."""
        return Suggestion(self.answer.text, "statistical", self.answer.confidence, self.replace_suffix_chars)


PendingStatistical = asyncio.Future["StatisticalAnswer | None"]


class Engines:
    """Asks the context engine in worker threads, and weighs its answer against the model's."""

    def __init__(self, tasks: TaskRegistry, cleaning: Cleaning) -> None:
        self._tasks = tasks
        self._cleaning = cleaning

    async def statistical(self, prepared: PreparedRequest) -> StatisticalAnswer | None:
        """Return the statistical answer, post-processed, or None."""
        if prepared.request.context is None or not prepared.settings.statistical:
            return None
        return await self._tasks.in_thread(self._statistical, prepared)

    async def plan(self, prepared: PreparedRequest) -> ContextPlan:
        """Return the snippets to show the model."""
        from segue_context import ContextPlan

        context, budget = prepared.request.context, prepared.settings.context_chars
        if context is None or budget <= 0:
            return ContextPlan()
        return await self._tasks.in_thread(lambda: context.plan(query_of(prepared.request), budget))

    async def weigh(
        self, prepared: PreparedRequest, draft: Draft | None, copied: StatisticalAnswer | None
    ) -> tuple[Suggestion | None, str]:
        """Return the better answer, or None and the reason why neither is shown.

        The model's answer is given instead of a copied one that beats it but may not be shown; an explicit request
        gets every candidate of the model.
        """
        judged = 0.0
        if draft is not None and prepared.request.context is not None:
            judged = await self._tasks.in_thread(_judge, prepared.request, draft.text)
        said = ModelAnswer(draft.text, draft.logprobs, prepared.settings.model_trust) if draft else None
        fused = fuse(copied.answer if copied else None, said, judged)
        explicit = prepared.request.explicit
        if draft is not None and fused.engine == "statistical" and (explicit or not _passes(fused, prepared)):
            fused = fuse(None, said, judged)
        if fused.text is None:
            return None, "nothing"
        if not _passes(fused, prepared):
            return None, "low_confidence"
        replaced = copied.replace_suffix_chars if copied else 0
        if draft is not None and fused.text == draft.text:
            replaced = draft.replace_suffix_chars
        model = draft.model if draft is not None and fused.engine != "statistical" else ""
        return Suggestion(fused.text, fused.engine, fused.confidence, replaced, model), ""

    def _statistical(self, prepared: PreparedRequest) -> StatisticalAnswer | None:
        """Return the likeliest copied answer that post-processing lets through."""
        request, settings = prepared.request, prepared.settings
        assert request.context is not None
        lines = settings.max_lines if settings.multiline else 1
        cursor = cursor_of(request, settings)
        for copied in request.context.suggestions(query_of(request), _ALTERNATIVES, lines):
            processed = self._cleaning.process(cursor, copied.text)
            if processed.text:
                return StatisticalAnswer(replace(copied, text=processed.text), processed.replace_suffix_chars)
        return None


def least_confidence(prepared: PreparedRequest) -> float:
    """Return the least confidence at which a copied answer is worth showing for a request."""
    return _LEAST_EXPLICIT if prepared.request.explicit else prepared.settings.min_confidence


def _passes(fused: Fused, prepared: PreparedRequest) -> bool:
    if fused.engine == "statistical":
        return fused.confidence >= least_confidence(prepared)
    return prepared.request.explicit or fused.confidence >= prepared.settings.min_model_confidence


def _judge(request: CompletionRequest, text: str) -> float:
    assert request.context is not None
    return request.context.judge(query_of(request), text)
