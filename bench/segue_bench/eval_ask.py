"""`segue eval ask`: the places, and the answer, for questions about a repository."""

from __future__ import annotations

import asyncio
from time import perf_counter
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from segue_bench._json_lines import run_filter
from segue_bench._workspace import open_index

if TYPE_CHECKING:
    from pathlib import Path

DEFAULT_LIMIT = 10


def run(repo: Path, *, use_model: bool = True, use_embeddings: bool = True) -> None:
    """Answer each line of stdin with what `repo` says, until stdin ends."""
    from segue_bench.eval_complete import chosen_settings
    from segue_server.assist.service import AssistService, Question
    from segue_server.models.searches import WHOLE_PATIENCE_S, Searches
    from segue_server.runtime.paths import directories
    from segue_server.runtime.tasks import TaskRegistry
    from segue_server.workspace.privacy import sending_rules

    index, settings, tasks = open_index(repo), chosen_settings(), TaskRegistry()
    where: Any = SimpleNamespace(
        root=repo.resolve(), index=index, reader=index, rules=sending_rules(settings, repo.resolve())
    )
    searches = Searches(lambda: settings, directories().cache, patience_s=WHOLE_PATIENCE_S)
    service = AssistService(
        lambda: settings, directories(), tasks, lambda _root, path, line: f"{path}#L{line + 1}", searches
    )
    with asyncio.Runner() as runner:

        def answer(request: dict[str, Any]) -> dict[str, Any]:
            limit = int(request.get("limit") or DEFAULT_LIMIT)
            question = Question(
                str(request["question"]), limit=limit, use_model=use_model, use_embeddings=use_embeddings
            )
            started = perf_counter()
            answered = runner.run(service.ask(where, question))
            duration_ms = (perf_counter() - started) * 1000
            result = answered.search
            fields: dict[str, Any] = {
                "intent": result.intent.value,
                "refused": result.refused,
                "places": [
                    {
                        "path": place.path,
                        "start_line": place.start_line,
                        "end_line": place.end_line,
                        "symbol": place.symbol,
                        "score": place.score,
                        "why": place.why,
                    }
                    for place in result.places
                ],
            }
            if result.reason:
                fields["reason"] = result.reason
            if answered.answer is not None:
                fields["answer"] = answered.answer
                fields["citations"] = [
                    {"path": cited.path, "start_line": cited.start_line, "end_line": cited.end_line}
                    for cited in answered.citations
                ]
            return {**fields, "duration_ms": round(duration_ms, 3)}

        try:
            run_filter(answer)
        finally:
            runner.run(service.aclose())
            runner.run(tasks.close())
            index.close()
