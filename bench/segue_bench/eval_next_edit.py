"""`segue eval next-edit`: the next-edit engine as a filter."""

from __future__ import annotations

import asyncio
import os
import time
from typing import TYPE_CHECKING, Any

from segue_bench._filter import run_filter
from segue_bench._tree_reader import folder_reader
from segue_context import LineEdit
from segue_next_edit import NextEditEngine

if TYPE_CHECKING:
    from pathlib import Path

    from segue_model import CompletionModel
    from segue_next_edit import Prediction


def run(repo: Path, *, use_model: bool) -> None:
    """Answer {id, files?, history, cursor, top?} lines with {id, edits, shown, duration_ms} lines.

    With `use_model` the model that the environment names (``SEGUE_PROVIDER`` and the like, else the embedded one)
    writes what the rules only point to.
    """
    base = folder_reader(repo)
    base.index()
    model = _model() if use_model else None
    loop = asyncio.new_event_loop()

    def answer(request: dict[str, Any]) -> dict[str, Any]:
        started = time.perf_counter()
        engine = NextEditEngine(base.over(request.get("files") or {}), model=model)
        history = [
            LineEdit(h["path"], int(h["line"]), tuple(h["old"]), tuple(h["new"])) for h in request["history"]
        ]
        cursor = request["cursor"]["path"], int(request["cursor"]["line"])
        top = int(request.get("top") or 5)
        if model is None:
            prediction = engine.predict(history, cursor, top)
        else:
            prediction = loop.run_until_complete(engine.predict_with_model(history, cursor, top))
        return {**_answered(prediction), "duration_ms": round((time.perf_counter() - started) * 1000, 3)}

    try:
        run_filter(answer)
    finally:
        if model is not None:
            loop.run_until_complete(model.aclose())
        loop.close()


def _answered(prediction: Prediction) -> dict[str, Any]:
    return {
        "edits": [
            {
                "path": edit.path,
                "start_line": edit.start_line,
                "end_line": edit.end_line,
                "old": list(edit.old),
                "new": None if edit.new is None else list(edit.new),
                "kind": edit.kind,
                "confidence": round(edit.confidence, 4),
            }
            for edit in prediction.edits
        ],
        "shown": prediction.shown,
    }


def _model() -> CompletionModel:
    from segue_model import ModelSettings, open_model
    from segue_next_edit import format_of
    from segue_server.paths import directories

    name = os.environ.get("SEGUE_MODEL", "")
    settings = ModelSettings(
        provider=os.environ.get("SEGUE_PROVIDER") or "embedded",
        endpoint=os.environ.get("SEGUE_ENDPOINT", ""),
        model=name,
        api_key=os.environ.get("SEGUE_API_KEY", ""),
        format="prefix" if format_of(name) is not None else "auto",
    )
    return open_model(settings, cache_dir=directories().cache)
