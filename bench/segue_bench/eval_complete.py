"""`segue eval complete`: what both engines would offer at a cursor."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from segue_bench._json_lines import run_filter
from segue_bench._workspace import open_index, query_of
from segue_model import ModelError

if TYPE_CHECKING:
    from pathlib import Path

    from segue_model import CompletionModel
    from segue_server.configuration import Settings

DEFAULT_MAX_LINES = 1


def run(repo: Path, *, model: str = "", use_model: bool = True, use_context: bool = True) -> None:
    """Answer each line of stdin with the completion that both engines arrive at, until stdin ends."""
    from segue_bench._measured_pipeline import MeasuredPipeline

    index = open_index(repo)
    settings = chosen_settings(model, use_context=use_context)
    try:
        chosen = open_chosen_model(settings) if use_model else None
    except ModelError as error:
        index.close()
        raise SystemExit(f"{error} Without a model: --no-model.") from None
    pipeline = MeasuredPipeline(index, settings, chosen, repository=repo.resolve().name)
    with asyncio.Runner() as runner:

        def answer(request: dict[str, Any]) -> dict[str, Any]:
            max_lines = int(request.get("max_lines") or DEFAULT_MAX_LINES)
            measured = runner.run(pipeline.complete(query_of(request), max_lines))
            given, shown, call = measured.answer, measured.shown.suggestions, measured.call
            return {
                "text": given.suggestions[0].text if given.suggestions else None,
                "engine": given.engine,
                "confidence": round(given.confidence, 4),
                "shown": shown[0].text if shown else None,
                "shown_chance": round(shown[0].confidence, 4) if shown else 0.0,
                "model_ms": round(call.model_ms, 3) if call is not None else 0.0,
                "total_ms": round(given.total_ms, 3),
                "prompt_chars": len(call.render()) if call is not None else 0,
            }

        try:
            run_filter(answer)
        finally:
            runner.run(pipeline.aclose())
            if chosen is not None:
                runner.run(chosen.aclose())
            index.close()


def chosen_settings(model: str = "", *, use_context: bool = True) -> Settings:
    """Return the user's settings, with the embedded model called `model` where one is named."""
    from segue_server.configuration import ConfigurationStore
    from segue_server.runtime.paths import directories

    settings = ConfigurationStore.load(user_file=directories().user_file).settings
    if model:
        named = type(settings.model)(provider="embedded", name=model)
        settings = settings.model_copy(update={"model": named})
    if not use_context:
        context = settings.context.model_copy(update={"enabled": False})
        settings = settings.model_copy(update={"context": context})
    return settings


def open_chosen_model(settings: Settings) -> CompletionModel:
    """Return the completion model of `settings`; raises `ModelError` when there is none."""
    from segue_model import open_model
    from segue_server.models.completion import model_settings
    from segue_server.runtime.paths import directories

    return open_model(model_settings(settings), cache_dir=directories().cache)
