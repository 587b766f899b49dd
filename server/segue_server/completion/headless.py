"""The completion pipeline without an editor, for the command line and for measurements."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from segue_server.completion.completer import Completer
from segue_server.completion.types import Cleaning, CompletionRequest
from segue_server.runtime.tasks import TaskRegistry

if TYPE_CHECKING:
    from collections.abc import Callable

    from segue_context.privacy import SendingRules
    from segue_model import CompletionModel
    from segue_server.completion.generation import Generation
    from segue_server.completion.settings import PipelineSettings
    from segue_server.completion.types import CompletionAnswer, ContextSource
    from segue_syntax import Position, Snapshot


def without_thresholds(settings: PipelineSettings) -> PipelineSettings:
    """Return settings under which both engines are waited for and the better answer is given, however unsure."""
    return replace(
        settings,
        enabled=True,
        certainty=0.0,
        sure_alone=math.inf,
        debounce_ms=0,
        candidates=1,
        prefetch=False,
    )


def patiently(settings: PipelineSettings) -> PipelineSettings:
    """Return settings under which what would be shown unasked is given, however late the model answers."""
    return replace(settings, enabled=True, waits=True, debounce_ms=0, candidates=1, prefetch=False)


class HeadlessCompleter:
    """Answers one request at a time, each as if it were the first; the pipeline and its sizes are the server's.

    `last_call` is the model call of the last request, None when the model was not asked.
    """

    def __init__(
        self,
        settings: PipelineSettings,
        *,
        context: ContextSource,
        rules: SendingRules,
        model: CompletionModel | None = None,
        repository: str = "",
    ) -> None:
        self.last_call: Generation | None = None
        self._settings = self._in_force = settings
        self._context = context
        self._rules = rules
        self._repository = repository
        self._tasks = TaskRegistry()
        self._completer = Completer(
            settings=lambda: self._in_force,
            model=lambda: model,
            cleaning=Cleaning.standard(),
            tasks=self._tasks,
            on_call=self._called,
        )

    async def complete(
        self,
        snapshot: Snapshot,
        position: Position,
        path: str,
        *,
        explicit: bool = False,
        denied: str = "",
        team_rules: Callable[[int], str] = lambda _: "",
        max_lines: int = 0,
    ) -> CompletionAnswer:
        """Return the answer at a place of `path`; `max_lines` overrides the settings where it is not 0."""
        self.last_call = None
        self._in_force = self._settings
        if max_lines:
            self._in_force = replace(self._settings, multiline=max_lines > 1, max_lines=max_lines)
        request = CompletionRequest(
            snapshot,
            position,
            may_leave=self._rules.may_leave,
            path=path,
            repository=self._repository,
            context=self._context,
            explicit=explicit,
            denied=denied,
            team_rules=team_rules,
        )
        try:
            return await self._completer.complete(request)
        finally:
            self._completer.clear()

    async def aclose(self) -> None:
        """Close what is running; the model and the index belong to the caller."""
        self._completer.close()
        await self._tasks.close()

    def _called(self, started: Generation | None, _ended: Generation | None) -> None:
        if started is not None:
            self.last_call = started
