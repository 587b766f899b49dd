"""Both engines asked about one cursor, and waited for: what `segue eval complete` and its benchmarks measure."""

from __future__ import annotations

import logging
from contextlib import aclosing
from dataclasses import dataclass, replace
from time import perf_counter
from typing import TYPE_CHECKING

from segue_bench._workspace import unsaved
from segue_context import ContextEngine
from segue_model import ModelError
from segue_postprocess import Cursor, StreamFilter, process
from segue_server.completion.fusion import Fused, ModelAnswer, fuse
from segue_syntax import language_of

logger = logging.getLogger(__name__)

if TYPE_CHECKING:
    from segue_context import CopiedSuggestion, CursorQuery, WorkspaceIndex
    from segue_model import CompletionModel

CONTEXT_CHARS = 1200
PREFIX_CHARS = 2400
SUFFIX_CHARS = 400
"""What a small model on a processor reads within a second or two."""

MAX_TOKENS_ONE_LINE = 40
MAX_TOKENS = 128

ALTERNATIVES = 4
"""Copied answers that are tried until one passes post-processing."""

FILE_ONLY_SOURCES = frozenset({"definitions", "windows", "paired", "enclosing"})
"""Sources of context that look at files alone: no history, no versions of git, no trail."""


@dataclass(frozen=True, slots=True)
class Answered:
    """The fused answer and what it was made of."""

    fused: Fused
    copied: CopiedSuggestion | None
    said: ModelAnswer | None
    judged: float
    model_ms: float
    total_ms: float
    prompt_chars: int


class CompletionBench:
    """Completes cursors in one repository."""

    def __init__(
        self,
        index: WorkspaceIndex,
        model: CompletionModel | None = None,
        *,
        repository: str = "",
        use_context: bool = True,
    ) -> None:
        self._index = index
        self._engine = ContextEngine(index, retrievers=FILE_ONLY_SOURCES)
        self._model = model
        self._repository = repository
        self._use_context = use_context

    async def complete(self, query: CursorQuery, max_lines: int) -> Answered:
        """Return what would be offered at the cursor, before any threshold."""
        with unsaved(self._index, query):
            started = perf_counter()
            cursor = Cursor(
                query.prefix,
                query.suffix,
                query.language_id,
                query.path,
                multiline=False if max_lines == 1 else None,
                max_lines=max_lines,
                control_tokens=self._model.control_tokens if self._model else (),
            )
            copied = self._copied(query, cursor, max_lines)
            said, model_ms, prompt_chars, judged = None, 0.0, 0, 0.0
            if self._model is not None:
                try:
                    said, model_ms, prompt_chars = await self._ask(self._model, query, cursor, max_lines)
                except ModelError as error:  # the statistical engine answers alone, as it does in an editor
                    logger.warning("The model gave no answer: %s", error)
                judged = self._engine.judge(query, said.text) if said is not None else 0.0
            fused = fuse(copied, said, judged)
            total_ms = (perf_counter() - started) * 1000
        return Answered(fused, copied, said, judged, model_ms, total_ms, prompt_chars)

    def _copied(self, query: CursorQuery, cursor: Cursor, max_lines: int) -> CopiedSuggestion | None:
        """Return the likeliest copied answer that post-processing lets through."""
        for copied in self._engine.suggestions(query, ALTERNATIVES, max_lines):
            text = process(cursor, copied.text).text
            if text:
                return replace(copied, text=text)
        return None

    async def _ask(
        self, model: CompletionModel, query: CursorQuery, cursor: Cursor, max_lines: int
    ) -> tuple[ModelAnswer | None, float, int]:
        from segue_model import CompletionPrompt, ContextFile, GenerationOptions

        plan = self._engine.plan(query, CONTEXT_CHARS) if self._use_context else None
        prompt = CompletionPrompt(
            prefix=_tail(query.prefix, PREFIX_CHARS),
            suffix=query.suffix[:SUFFIX_CHARS],
            path=query.path,
            language_id=query.language_id,
            repository=self._repository,
            context=tuple(ContextFile(s.path, s.text) for s in plan.snippets) if plan else (),
            comment=language_of(query.language_id).comment_marks,
        )
        one_line = max_lines == 1
        options = GenerationOptions(
            max_tokens=MAX_TOKENS_ONE_LINE if one_line else MAX_TOKENS, stop=("\n",) if one_line else ()
        )
        prompt_chars = len(model.render(prompt))
        started = perf_counter()
        stop, text = StreamFilter(cursor), ""
        logprobs: list[float] = []
        async with aclosing(model.stream(prompt, options)) as chunks:
            async for chunk in chunks:
                text += stop.feed(chunk.text)
                logprobs.extend(chunk.logprobs)
                if stop.done or chunk.finish:
                    break
        text += stop.finish()
        model_ms = (perf_counter() - started) * 1000
        cleaned = process(cursor, text).text
        answer = ModelAnswer(cleaned, tuple(logprobs)) if cleaned else None
        return answer, model_ms, prompt_chars


def _tail(text: str, chars: int) -> str:
    """Return the last whole lines of `text` within about `chars`."""
    if len(text) <= chars:
        return text
    cut = text.find("\n", len(text) - chars)
    return text[cut + 1 :] if cut >= 0 else text[-chars:]
