"""`segue eval complete`: what both engines would offer at a cursor."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from segue_bench._filter import run_filter
from segue_bench._workspace import open_index, query_of
from segue_model import ModelError

if TYPE_CHECKING:
    from pathlib import Path

    from segue_model import CompletionModel

DEFAULT_MAX_LINES = 1


def run(repo: Path, *, model: str = "", use_model: bool = True, use_context: bool = True) -> None:
    """Answer each line of stdin with the completion that both engines arrive at, until stdin ends."""
    from segue_bench._completion import CompletionBench

    index = open_index(repo)
    try:
        chosen = open_chosen_model(model) if use_model else None
    except ModelError as error:
        index.close()
        raise SystemExit(f"{error} Without a model: --no-model.") from None
    bench = CompletionBench(index, chosen, repository=repo.resolve().name, use_context=use_context)
    with asyncio.Runner() as runner:

        def answer(request: dict[str, Any]) -> dict[str, Any]:
            max_lines = int(request.get("max_lines") or DEFAULT_MAX_LINES)
            done = runner.run(bench.complete(query_of(request), max_lines))
            return {
                "text": done.fused.text,
                "engine": done.fused.engine,
                "confidence": round(done.fused.confidence, 4),
                "model_ms": round(done.model_ms, 3),
                "total_ms": round(done.total_ms, 3),
                "prompt_chars": done.prompt_chars,
            }

        try:
            run_filter(answer)
        finally:
            if chosen is not None:
                runner.run(chosen.aclose())
            index.close()


def open_chosen_model(name: str) -> CompletionModel:
    """Return the embedded model called `name`, or without a name the one that the user's settings choose."""
    from segue_model import ModelSettings, open_model
    from segue_server.configuration import ConfigurationStore
    from segue_server.models.completion import model_settings
    from segue_server.runtime.paths import directories

    places = directories()
    if name:
        settings = ModelSettings(provider="embedded", model=name)
    else:
        store = ConfigurationStore.load(user_file=places.user_file)
        settings = model_settings(store.settings)
    return open_model(settings, cache_dir=places.cache)
