"""The two engines and the scales between them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from segue_server.completion.fusion import ModelAnswer, fuse
from segue_server.completion.prompting import cursor_of, query_of
from segue_server.completion.types import Suggestion

if TYPE_CHECKING:
    from segue_context import ContextPlan, CopiedSuggestion
    from segue_server.completion.fusion import Fused
    from segue_server.completion.types import Cleaning, CompletionRequest, Draft, Question
    from segue_server.runtime.tasks import TaskRegistry

_ALTERNATIVES = 4
"""Copied answers that are tried until one passes post-processing."""

_LEAST_EXPLICIT = 0.05
"""Even who asks explicitly is better served by nothing than by a copied answer less likely than this."""


@dataclass(frozen=True, slots=True)
class Copied:
    """The statistical answer after post-processing."""

    answer: CopiedSuggestion
    replace_suffix_chars: int

    def as_suggestion(self) -> Suggestion:
        """Return it as what is shown."""
        return Suggestion(self.answer.text, "statistical", self.answer.confidence, self.replace_suffix_chars)


class Engines:
    """Asks the context engine in worker threads, and weighs its answer against the model's."""

    def __init__(self, tasks: TaskRegistry, cleaning: Cleaning) -> None:
        self._tasks = tasks
        self._cleaning = cleaning

    async def copy(self, question: Question) -> Copied | None:
        """Return the statistical answer, post-processed, or None."""
        if question.request.context is None or not question.settings.statistical:
            return None
        return await self._tasks.in_thread(self._copy, question)

    async def plan(self, question: Question) -> ContextPlan:
        """Return the snippets to show the model."""
        from segue_context import ContextPlan

        context, budget = question.request.context, question.settings.context_chars
        if context is None or budget <= 0:
            return ContextPlan()
        return await self._tasks.in_thread(lambda: context.plan(query_of(question.request), budget))

    async def weigh(
        self, question: Question, draft: Draft | None, copied: Copied | None
    ) -> tuple[Suggestion | None, str]:
        """Return the better answer, or None and the reason why neither is shown.

        The model's answer is given instead of a copied one that beats it but may not be shown; an explicit request
        gets every candidate of the model.
        """
        judged = 0.0
        if draft is not None and question.request.context is not None:
            judged = await self._tasks.in_thread(_judge, question.request, draft.text)
        said = ModelAnswer(draft.text, draft.logprobs, question.settings.model_trust) if draft else None
        fused = fuse(copied.answer if copied else None, said, judged)
        explicit = question.request.explicit
        if draft is not None and fused.engine == "statistical" and (explicit or not _passes(fused, question)):
            fused = fuse(None, said, judged)
        if fused.text is None:
            return None, "nothing"
        if not _passes(fused, question):
            return None, "low_confidence"
        replaced = copied.replace_suffix_chars if copied else 0
        if draft is not None and fused.text == draft.text:
            replaced = draft.replace_suffix_chars
        model = draft.model if draft is not None and fused.engine != "statistical" else ""
        return Suggestion(fused.text, fused.engine, fused.confidence, replaced, model), ""

    def _copy(self, question: Question) -> Copied | None:
        """Return the likeliest copied answer that post-processing lets through."""
        request, settings = question.request, question.settings
        assert request.context is not None
        lines = settings.max_lines if settings.multiline else 1
        cursor = cursor_of(request, settings)
        for copied in request.context.suggestions(query_of(request), _ALTERNATIVES, lines):
            processed = self._cleaning.process(cursor, copied.text)
            if processed.text:
                return Copied(replace(copied, text=processed.text), processed.replace_suffix_chars)
        return None


def least_copied(question: Question) -> float:
    """Return the least confidence at which a copied answer is worth showing for a request."""
    return _LEAST_EXPLICIT if question.request.explicit else question.settings.min_confidence


def _passes(fused: Fused, question: Question) -> bool:
    if fused.engine == "statistical":
        return fused.confidence >= least_copied(question)
    return question.request.explicit or fused.confidence >= question.settings.min_model_confidence


def _judge(request: CompletionRequest, text: str) -> float:
    assert request.context is not None
    return request.context.judge(query_of(request), text)
