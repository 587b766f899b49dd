"""The completion pipeline: from one moment in a document to what is shown there.

The steps are those of ARCHITECTURE.md. Everything before the first `await` of `complete` is the part that makes
typing through a suggestion instant: it reads memory only. One request that memory cannot answer is an `Attempt`.
"""

from __future__ import annotations

import logging
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from segue_server.completion.anchor import Anchor, AnchoredText
from segue_server.completion.attempt import Attempt, Pipeline
from segue_server.completion.engines import Engines, wants_whole
from segue_server.completion.memory import SuggestionMemory
from segue_server.completion.misses import Misses
from segue_server.completion.model_calls import ModelCalls
from segue_server.completion.prompting import accepted
from segue_server.completion.token_attempt import TokenAttempt
from segue_server.completion.token_reader import TokenReader, tells_tokens
from segue_server.completion.triggers import silence_before_asking, with_popup
from segue_server.completion.turns import Turns
from segue_server.completion.types import PreparedRequest, StepTimes, silent
from segue_server.completion.typing_rate import TypingRate
from segue_server.runtime.logs import describe_failure

if TYPE_CHECKING:
    from collections.abc import Callable

    from segue_model import CompletionModel
    from segue_server.completion.generation import Generation
    from segue_server.completion.settings import PipelineSettings
    from segue_server.completion.types import (
        Cleaning,
        CompletionAnswer,
        CompletionRequest,
        Suggestion,
    )
    from segue_server.lsp.documents import DocumentChange
    from segue_server.runtime.tasks import TaskRegistry

logger = logging.getLogger(__name__)


class Completer:
    """Answers completion requests; LSP-free, one per process, used from one event loop."""

    def __init__(
        self,
        *,
        settings: Callable[[], PipelineSettings],
        model: Callable[[], CompletionModel | None],
        cleaning: Cleaning,
        tasks: TaskRegistry,
        on_call: Callable[[Generation | None, Generation | None], None] = lambda _started, _ended: None,
        on_better: Callable[[CompletionRequest], None] = lambda _request: None,
        on_silence: Callable[[str], None] = lambda _reason: None,
        clock_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self.typing_rate = TypingRate()
        self._settings = settings
        self._tasks = tasks
        self._clock_s = clock_s
        self._versions: dict[str, int] = {}
        self._memory = SuggestionMemory()
        self._turns = Turns(tasks)
        self._misses = Misses()
        engines = Engines(tasks, cleaning)
        self._calls = ModelCalls(
            engines=engines,
            memory=self._memory,
            typing_rate=self.typing_rate,
            cleaning=cleaning,
            tasks=tasks,
            on_call=on_call,
        )
        self._pipeline = Pipeline(
            engines,
            self._memory,
            self._calls,
            TokenReader(tasks),
            self._turns,
            self.typing_rate,
            tasks,
            model,
            on_better,
            on_silence,
        )

    def cached(self, request: CompletionRequest) -> CompletionAnswer | None:
        """Return the answer that is known already, at once and without any I/O, or None."""
        shaped = with_popup(request)
        if shaped is None or request.denied:
            return None
        return self._memory.answer(shaped, limit=self._settings().candidates if request.explicit else 1)

    async def complete(self, request: CompletionRequest) -> CompletionAnswer:
        """Return what to show at a moment, or why nothing is shown."""
        times = StepTimes()
        settings = self._fitted_settings()
        reason = _switched_off(settings, request)
        shaped = with_popup(request)
        if not reason and shaped is None:
            reason = "popup"
        if reason or shaped is None:
            return silent(reason, times)
        if not request.explicit and (answer := self.cached(request)) is not None:
            return self._shown(shaped, answer)
        ticket = self._turns.draw(request.snapshot.uri)
        reason = silence_before_asking(shaped)
        certainty = self._misses.certainty(settings.certainty, shaped.snapshot, shaped.position)
        settings = replace(settings, certainty=certainty if settings.certainty else 0.0)
        prepared = PreparedRequest(shaped, Anchor.at(shaped.snapshot, shaped.position), settings)
        if not reason and not request.explicit:
            reason = self._memory.cache.silence(prepared.anchor)
        if reason:
            return silent(reason, times)
        try:
            return self._shown(shaped, await self._attempt(prepared, times, ticket).answer())
        except Exception as error:  # noqa: BLE001 - the one border where any failure becomes silence
            logger.error("A completion failed: %s", describe_failure(error))  # noqa: TRY400 - a traceback quotes code
            return silent("failed", times)

    def _shown(self, request: CompletionRequest, answer: CompletionAnswer) -> CompletionAnswer:
        """Note what the user sees from now on, and return it."""
        if answer.suggestions and not request.explicit:
            self._misses.shown(Anchor.at(request.snapshot, request.position), answer.suggestions[0].text)
        return answer

    def document_changed(self, change: DocumentChange) -> None:
        """Note a keystroke: close the calls that no longer fit, and learn how fast the user types."""
        uri = change.after.uri
        self._turns.draw(uri)
        self._versions[uri] = change.after.version
        if change.edits:
            self.typing_rate.key(self._clock_s())
            end = change.after.clamp(change.edits[-1].end)
            self._calls.close_unfit(change.after, end)
            self._pipeline.reader.typed(change.after, end)
            self._misses.typed(change.after, end)

    def given(self, suggestion_id: str) -> tuple[str, Suggestion] | None:
        """Return the language id of the document and the suggestion that was given under an id."""
        return self._memory.given(suggestion_id)

    def reject(self, suggestion_id: str) -> None:
        """Do not offer a dismissed suggestion again."""
        self._memory.cache.reject(suggestion_id)

    def prefetch(self, suggestion_id: str, version: int | None = None) -> None:
        """Ask the model what follows a suggestion, as if it had been accepted already.

        With `version`, only if the document still had that version when it was last changed or asked about.
        """
        request, settings = self._memory.request_of(suggestion_id), self._fitted_settings()
        given, model = self._memory.given(suggestion_id), self._pipeline.model()
        if request is None or given is None or model is None or not settings.prefetch or self._calls.wanted:
            return
        if tells_tokens(model, settings):  # what follows is being heard already
            return
        _, suggestion = given
        uri = request.snapshot.uri
        if version is not None and self._versions.get(uri, version) != version:
            return
        base = Anchor.at(request.snapshot, request.position)
        prepared = accepted(PreparedRequest(request, base, settings), suggestion)
        after = prepared.request
        if self._memory.cache.find(after.snapshot, after.position):
            return
        if silence_before_asking(after) or self._memory.cache.silence(prepared.anchor):
            return
        self._tasks.spawn(
            self._prefetch(prepared, model, AnchoredText(base, suggestion.text)), name="prefetch"
        )

    def forget(self, uri: str) -> None:
        """Drop what is cached and running for a document that was closed."""
        self._memory.cache.forget(uri)
        self._versions.pop(uri, None)
        self._calls.close(uri)
        self._pipeline.reader.close(uri)

    def clear(self) -> None:
        """Drop every cached suggestion: the model is another one."""
        self._memory.cache.clear()

    def close(self) -> None:
        """Close every call."""
        self._calls.close()
        self._pipeline.reader.close()

    def _fitted_settings(self) -> PipelineSettings:
        """Return the settings with the sizes that suit the model."""
        settings, model = self._settings(), self._pipeline.model()
        if model is None or not settings.adapts:
            return settings
        return settings.readable(model.reading_speed, local=model.local)

    def _attempt(self, prepared: PreparedRequest, times: StepTimes, ticket: int) -> Attempt:
        """Return the way to ask that the model allows: token by token where it tells how likely they are."""
        model = self._pipeline.model()
        if model is not None and not wants_whole(prepared) and tells_tokens(model, prepared.settings):
            return TokenAttempt(self._pipeline, prepared, times, ticket, model=model)
        return Attempt(self._pipeline, prepared, times, ticket)

    async def _prefetch(self, prepared: PreparedRequest, model: CompletionModel, base: AnchoredText) -> None:
        plan = await self._pipeline.engines.plan(prepared)
        if self._calls.idle:
            await self._calls.start(prepared, plan, None, model=model, base=base).finished.wait()


def _switched_off(settings: PipelineSettings, request: CompletionRequest) -> str:
    if settings.paused:
        return "paused"
    if not settings.enabled and not request.explicit:
        return "disabled"
    if request.snapshot.language_id in settings.disabled_languages:
        return "language_disabled"
    return ""
