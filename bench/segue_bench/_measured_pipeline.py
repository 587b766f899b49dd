"""The server's completion pipeline over one repository: what `segue eval complete` and its benchmarks measure."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from segue_bench._workspace import unsaved
from segue_context import ContextEngine, privacy
from segue_context.privacy import SendingRules
from segue_server.completion.headless import HeadlessCompleter, patiently, without_thresholds
from segue_server.completion.settings import pipeline_settings
from segue_syntax import Snapshot

if TYPE_CHECKING:
    from segue_context import CursorQuery, WorkspaceIndex
    from segue_model import CompletionModel
    from segue_server.completion.generation import Generation
    from segue_server.completion.types import CompletionAnswer
    from segue_server.configuration import Settings

logger = logging.getLogger(__name__)

FILE_ONLY_SOURCES = frozenset({"definitions", "windows", "paired", "enclosing"})
"""Sources of context that look at files alone: no history, no versions of git, no recent places."""


@dataclass(frozen=True, slots=True)
class Measured:
    """The best whole answer however unsure, what of it would be shown unasked, and the model call if there was one."""

    answer: CompletionAnswer
    shown: CompletionAnswer
    call: Generation | None


class MeasuredPipeline:
    """Completes cursors of files that are not saved, with the sizes of `settings`."""

    def __init__(
        self,
        index: WorkspaceIndex,
        settings: Settings,
        model: CompletionModel | None = None,
        *,
        repository: str = "",
    ) -> None:
        self._index = index
        context = ContextEngine(index, retrievers=FILE_ONLY_SOURCES)
        chosen = pipeline_settings(settings)
        rules = SendingRules(index.root)
        self._whole, self._shown = (
            HeadlessCompleter(sized, context=context, rules=rules, model=model, repository=repository)
            for sized in (without_thresholds(chosen), patiently(chosen))
        )

    async def complete(self, query: CursorQuery, max_lines: int) -> Measured:
        """Return what both engines answer at a cursor."""
        text = query.prefix + query.suffix
        snapshot = Snapshot.of(text, uri=f"segue-eval:/{query.path}", language_id=query.language_id)
        position = snapshot.position_at(len(query.prefix))
        judged = privacy.verdict(query.path, text)
        denied = "" if judged.allowed else judged.reason
        with unsaved(self._index, query):
            answer, shown = [
                await pipeline.complete(snapshot, position, query.path, denied=denied, max_lines=max_lines)
                for pipeline in (self._whole, self._shown)
            ]
        call = self._whole.last_call
        if call is not None and call.failure is not None:
            logger.warning("The model gave no answer: %s", call.failure)
        return Measured(answer, shown, call)

    async def aclose(self) -> None:
        """Close what is running; the model and the index belong to the caller."""
        await self._whole.aclose()
        await self._shown.aclose()
