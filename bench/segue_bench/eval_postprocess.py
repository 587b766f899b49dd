"""`segue eval postprocess`: raw completions in, what may be shown out."""

from __future__ import annotations

import time
from typing import Any

from segue_bench._json_lines import Answer, run_filter


def run() -> None:
    """Answer {id, language, path?, prefix, suffix, completion, multiline?} lines."""
    run_filter(_answer)


def _answer(request: dict[str, Any]) -> Answer:
    from segue_postprocess import Cursor, process

    cursor = Cursor(
        prefix=request["prefix"],
        suffix=request["suffix"],
        language_id=request.get("language") or "",
        path=request.get("path") or "",
        multiline=request.get("multiline"),
    )
    started = time.perf_counter_ns()
    result = process(cursor, request["completion"])
    duration_us = (time.perf_counter_ns() - started) // 1000
    return {
        "text": result.text,
        "range": {"replace_suffix_chars": result.replace_suffix_chars},
        "reasons": list(result.reasons),
        "duration_us": duration_us,
    }
