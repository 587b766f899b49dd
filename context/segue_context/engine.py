"""The context engine: what matters at a cursor, from anywhere in the repository."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import replace
from typing import TYPE_CHECKING

from segue_context._types import ContextPlan
from segue_context.retrievers._scene import CursorScene
from segue_context.retrievers.windows import similar_windows
from segue_context.statistical._engine import StatisticalEngine

if TYPE_CHECKING:
    from segue_context._types import CopiedSuggestion, CursorQuery, Snippet, WorkspaceReader

DISPLAY_THRESHOLD = 0.4
"""A suggestion of the statistical engine below this confidence is not worth showing on its own."""


class ContextEngine:
    """Finds context and copied continuations for a cursor; safe to use from several threads."""

    def __init__(self, reader: WorkspaceReader) -> None:
        self._reader = reader
        self._statistical = StatisticalEngine()
        self._lock = threading.Lock()
        self._plans: OrderedDict[tuple[object, ...], ContextPlan] = OrderedDict()

    def retrieve(self, query: CursorQuery, budget_chars: int) -> list[Snippet]:
        """Return snippets of other files, most useful first.

        Their texts, each with a one-line ``# path`` header, fit in `budget_chars` together.
        """
        left = budget_chars
        chosen: list[Snippet] = []
        seen: set[tuple[str, int]] = set()
        for snippet in similar_windows(CursorScene(query), self._reader):
            if any((snippet.path, line) in seen for line in range(snippet.start_line, snippet.end_line)):
                continue
            cost = len(snippet.path) + len(snippet.text) + 4
            if cost > left:
                room = left - len(snippet.path) - 4
                text = snippet.text[: max(0, snippet.text.rfind("\n", 0, max(0, room)))]
                if len(text) > 80:
                    chosen.append(
                        replace(snippet, text=text, end_line=snippet.start_line + text.count("\n") + 1)
                    )
                break
            chosen.append(snippet)
            seen.update((snippet.path, line) for line in range(snippet.start_line, snippet.end_line))
            left -= cost
        return chosen

    def plan(self, query: CursorQuery, budget_chars: int) -> ContextPlan:
        """Return what to show a model, in prompt order; the same bytes while typing inside one line."""
        head = query.prefix[: query.prefix.rfind("\n") + 1]
        below = query.suffix[query.suffix.find("\n") :] if "\n" in query.suffix else ""
        key = (query.path, hash(head), hash(below), budget_chars)
        with self._lock:
            known = self._plans.get(key)
        if known is not None:
            return known
        plan = ContextPlan(tuple(reversed(self.retrieve(query, budget_chars))))
        with self._lock:
            self._plans[key] = plan
            while len(self._plans) > 64:
                self._plans.popitem(last=False)
        return plan

    def suggest(self, query: CursorQuery, max_lines: int = 1) -> CopiedSuggestion | None:
        """Return the continuation copied from the best-matching places, or None."""
        others = similar_windows(CursorScene(query), self._reader, limit=14)
        found = self._statistical.suggest(query, others)
        return found if max_lines >= 1 else None

    def judge(self, query: CursorQuery, text: str) -> float:
        """Return the chance that the first line of `text`, a model's answer, is exactly right.

        It is judged by the code around alone, on the same scale as the confidence of `suggest`.
        """
        others = similar_windows(CursorScene(query), self._reader, limit=14)
        return self._statistical.judge(query, text, others)

    def viewed(self, path: str, line: int) -> None:
        """Remember that the user looks at a place."""

    def edited(self, path: str, line: int) -> None:
        """Remember that the user changed a place."""
