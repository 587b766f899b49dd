"""`segue eval next-edit`: the next-edit engine as a filter."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from segue_bench._filter import run_filter
from segue_bench._tree_reader import folder_reader
from segue_context import LineEdit
from segue_next_edit import NextEditEngine

if TYPE_CHECKING:
    from pathlib import Path


def run(repo: Path, *, use_model: bool) -> None:
    """Answer {id, files?, history, cursor, top?} lines with {id, edits, shown, duration_ms} lines."""
    base = folder_reader(repo)
    base.files_with(["\0"])  # read everything once, before the clock runs

    def answer(request: dict[str, Any]) -> dict[str, Any]:
        started = time.perf_counter()
        engine = NextEditEngine(base.over(request.get("files") or {}))
        history = [
            LineEdit(h["path"], int(h["line"]), tuple(h["old"]), tuple(h["new"])) for h in request["history"]
        ]
        cursor = request["cursor"]["path"], int(request["cursor"]["line"])
        prediction = engine.predict(history, cursor, int(request.get("top") or 5))
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
            "duration_ms": round((time.perf_counter() - started) * 1000, 3),
        }

    run_filter(answer)
