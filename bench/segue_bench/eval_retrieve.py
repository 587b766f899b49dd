"""`segue eval retrieve`: the snippets for a cursor."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING, Any

from segue_bench._json_lines import run_filter
from segue_bench._workspace import open_index, query_of, unsaved

if TYPE_CHECKING:
    from pathlib import Path

FILE_ONLY_SOURCES = frozenset({"definitions", "windows", "paired"})
"""Sources that look at files alone: no history, no versions of git, no trail."""


def run(repo: Path) -> None:
    """Answer each line of stdin with the snippets that `repo` offers, until stdin ends."""
    from segue_context import ContextEngine

    index = open_index(repo)
    engine = ContextEngine(index, retrievers=FILE_ONLY_SOURCES)

    def answer(request: dict[str, Any]) -> dict[str, Any]:
        query = query_of(request)
        budget = int(request["budget_chars"])
        with unsaved(index, query):
            started = perf_counter()
            snippets = engine.retrieve(query, budget)
            duration_ms = (perf_counter() - started) * 1000
        return {
            "snippets": [
                {
                    "path": snippet.path,
                    "start_line": snippet.start_line,
                    "end_line": snippet.end_line,
                    "text": snippet.text,
                    "source": snippet.source,
                    "score": snippet.score,
                }
                for snippet in snippets
            ],
            "duration_ms": round(duration_ms, 3),
        }

    try:
        run_filter(answer)
    finally:
        index.close()
