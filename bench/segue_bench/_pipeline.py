"""The server's completion pipeline over one repository: what `segue eval complete` and its benchmarks measure."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from segue_bench._workspace import unsaved
from segue_context import ContextEngine, privacy
from segue_server.completion.headless import HeadlessCompleter, without_thresholds
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


class MeasuredPipeline:
    """Completes cursors of files that are not saved, with the sizes of `settings` and without thresholds."""

    def __init__(
        self,
        index: WorkspaceIndex,
        settings: Settings,
        model: CompletionModel | None = None,
        *,
        repository: str = "",
    ) -> None:
        self._index = index
        self._pipeline = HeadlessCompleter(
            without_thresholds(pipeline_settings(settings)),
            context=ContextEngine(index, retrievers=FILE_ONLY_SOURCES),
            model=model,
            repository=repository,
        )

    async def complete(
        self, query: CursorQuery, max_lines: int
    ) -> tuple[CompletionAnswer, Generation | None]:
        """Return the answer, and the model call behind it if there was one."""
        text = query.prefix + query.suffix
        snapshot = Snapshot.of(text, uri=f"segue-eval:/{query.path}", language_id=query.language_id)
        judged = privacy.verdict(query.path, text)
        with unsaved(self._index, query):
            answer = await self._pipeline.complete(
                snapshot,
                snapshot.position_at(len(query.prefix)),
                query.path,
                denied="" if judged.allowed else judged.reason,
                max_lines=max_lines,
            )
        call = self._pipeline.last_call
        if call is not None and call.failure is not None:
            logger.warning("The model gave no answer: %s", call.failure)
        return answer, call

    async def aclose(self) -> None:
        """Close what is running; the model and the index belong to the caller."""
        await self._pipeline.aclose()
