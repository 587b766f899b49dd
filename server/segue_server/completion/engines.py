"""The two engines and the scales between them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from segue_server.completion.certainty import LEAST_CHARACTERS, pieces
from segue_server.completion.fusion import ModelAnswer, fuse
from segue_server.completion.prompting import cursor_of, query_of
from segue_server.completion.types import Decision, Suggestion

if TYPE_CHECKING:
    from segue_context import ContextPlan, CopiedSuggestion, Snippet
    from segue_server.completion.certainty import Piece
    from segue_server.completion.token_path import TokenPath
    from segue_server.completion.types import Cleaning, Draft, Outlook, PreparedRequest
    from segue_server.runtime.tasks import TaskRegistry

_ALTERNATIVES = 4
"""Answers that are tried until one passes post-processing."""

_GO_ON = 0.6
"""Chance that the further lines of a whole answer must have, if its first is right."""

_LEAST_EXPLICIT = 0.05
"""Even who asks explicitly is better served by nothing than by a copied answer less likely than this."""


@dataclass(frozen=True, slots=True)
class StatisticalAnswer:
    """What the statistical engine has to say of a cursor.

    `decision` is what is shown if nobody else has a say; `sources` are where it comes from.
    """

    outlook: Outlook
    decision: Decision
    sources: tuple[Snippet, ...] = ()

    @property
    def suggestion(self) -> Suggestion | None:
        """What is shown if nobody else has a say."""
        return self.decision.suggestion


PendingStatistical = asyncio.Future["StatisticalAnswer | None"]


class Engines:
    """Asks the context engine in worker threads, and weighs its answer against the model's."""

    def __init__(self, tasks: TaskRegistry, cleaning: Cleaning) -> None:
        self._tasks = tasks
        self._cleaning = cleaning

    async def statistical(self, prepared: PreparedRequest) -> StatisticalAnswer | None:
        """Return the statistical answer, None where there is no such engine."""
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
    ) -> Decision:
        """Return what to show.

        The model's answer is taken as far as it is certain enough, or whole where nobody knows how likely it is; an
        explicit request gets every candidate of the model.
        """
        if draft is None:
            return copied.decision if copied is not None else Decision(None, "nothing")
        if draft.path is not None and not wants_whole(prepared):
            return await self.decide(prepared, draft.path, copied, model=draft.model)
        return await self._tasks.in_thread(self._whole, prepared, draft, copied)

    async def decide(
        self, prepared: PreparedRequest, path: TokenPath, copied: StatisticalAnswer | None, *, model: str
    ) -> Decision:
        """Return the longest beginning that both engines together are certain enough of."""
        outlook = copied.outlook if copied is not None else None

        def decided() -> Decision:
            settings = prepared.settings
            chosen = pieces(outlook, path, settings.certainty, trust=settings.model_trust)
            return self._first_fitting(prepared, chosen, model=model)

        return await self._tasks.in_thread(decided)

    def _statistical(self, prepared: PreparedRequest) -> StatisticalAnswer:
        request, settings = prepared.request, prepared.settings
        assert request.context is not None
        outlook = request.context.outlook(query_of(request))
        if wants_whole(prepared):
            line = self._line(prepared, outlook)
            if line is None or (request.explicit and line[0].confidence < _LEAST_EXPLICIT):
                return StatisticalAnswer(
                    outlook, Decision(None, "nothing" if line is None else "low_confidence")
                )
            answer, replaced = line
            whole = Suggestion(answer.text, "statistical", answer.confidence, replaced)
            return StatisticalAnswer(outlook, Decision(whole), answer.sources)
        decision = self._first_fitting(prepared, pieces(outlook, None, settings.certainty))
        if decision.suggestion is None:
            return StatisticalAnswer(outlook, decision if outlook.lines(1) else Decision(None, "nothing"))
        longer = self._with_more_lines(prepared, outlook, decision.suggestion)
        sources = outlook.sources(decision.suggestion.text)
        return StatisticalAnswer(outlook, replace(decision, suggestion=longer), sources)

    def _with_more_lines(self, prepared: PreparedRequest, outlook: Outlook, shown: Suggestion) -> Suggestion:
        """Return a whole line with those that follow it, where all of them together are certain enough."""
        request, settings = prepared.request, prepared.settings
        line = next(iter(outlook.lines(1)), None)
        whole = line is not None and line.text == shown.text and line.confidence >= settings.certainty
        if line is None or not whole or not settings.multiline or settings.max_lines < 2:
            return shown
        assert request.context is not None
        longer = request.context.extended(query_of(request), line, settings.max_lines, settings.certainty)
        if longer.text == line.text:
            return shown
        processed = self._cleaning.process(cursor_of(request, settings), longer.text)
        if processed.text != longer.text:
            return shown
        return replace(shown, text=longer.text, confidence=longer.confidence)

    def _line(self, prepared: PreparedRequest, outlook: Outlook) -> tuple[CopiedSuggestion, int] | None:
        """Return the likeliest whole line that post-processing lets through, and what it replaces after the cursor."""
        request, settings = prepared.request, prepared.settings
        assert request.context is not None
        cursor = cursor_of(request, settings)
        for copied in outlook.lines(_ALTERNATIVES):
            longer = copied
            if settings.multiline and settings.max_lines > 1:
                least = copied.confidence * _GO_ON
                longer = request.context.extended(query_of(request), copied, settings.max_lines, least)
            processed = self._cleaning.process(cursor, longer.text)
            if processed.text:
                return replace(longer, text=processed.text), processed.replace_suffix_chars
        return None

    def _first_fitting(self, prepared: PreparedRequest, chosen: list[Piece], *, model: str = "") -> Decision:
        """Return the first piece that post-processing lets through; without any, what became of the best."""
        if not chosen:
            return Decision(None, "low_confidence")
        cursor = replace(cursor_of(prepared.request, prepared.settings), piece=True)
        dropped: tuple[str, ...] = ()
        for piece in chosen[:_ALTERNATIVES]:
            processed = self._cleaning.process(cursor, piece.text)
            text = processed.text
            if text is None or len(text.strip()) < LEAST_CHARACTERS:
                dropped = dropped or processed.reasons
                continue
            said_by = "" if piece.engine == "statistical" else model
            suggestion = Suggestion(text, piece.engine, piece.chance, processed.replace_suffix_chars, said_by)
            return Decision(suggestion, postprocess=processed.reasons)
        return Decision(None, "nothing", dropped)

    def _whole(self, prepared: PreparedRequest, draft: Draft, copied: StatisticalAnswer | None) -> Decision:
        """Return the better of two whole answers."""
        request = prepared.request
        judged = 0.0
        line = self._line(prepared, copied.outlook) if copied is not None else None
        if request.context is not None:
            judged = request.context.judge(query_of(request), draft.text)
        said = ModelAnswer(draft.text, draft.logprobs, prepared.settings.model_trust)
        fused = fuse(line[0] if line is not None else None, said, judged)
        if fused.engine == "statistical" and (
            request.explicit or fused.confidence < prepared.settings.certainty
        ):
            fused = fuse(None, said, judged)
        if fused.text is None:
            return Decision(None, "nothing")
        replaced = line[1] if line is not None else 0
        if fused.text == draft.text:
            replaced = draft.replace_suffix_chars
        model = draft.model if fused.engine != "statistical" else ""
        return Decision(Suggestion(fused.text, fused.engine, fused.confidence, replaced, model))


def wants_whole(prepared: PreparedRequest) -> bool:
    """Return whether whole answers are wanted, however unsure: on request, or because no certainty is asked for."""
    return prepared.request.explicit or prepared.settings.certainty <= 0
