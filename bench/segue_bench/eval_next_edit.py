"""`segue eval next-edit`: the next-edit engine as a filter."""

from __future__ import annotations

import asyncio
import itertools
import os
import sys
import time
from typing import TYPE_CHECKING, Any

from segue_bench._json_lines import run_filter
from segue_bench._tree_reader import folder_reader
from segue_context import EditHistory, LineEdit
from segue_next_edit import NextEditEngine
from segue_syntax import Snapshot

if TYPE_CHECKING:
    from collections.abc import Awaitable
    from pathlib import Path

    from segue_bench._tree_reader import TreeReader
    from segue_model import ChatModel, CompletionModel
    from segue_next_edit import NextEdit, Prediction


_PAUSE_S = 5.0
"""How far apart edits are: a second makes two of them."""
_PATIENCE_S = 300.0
"""How long a model may take to begin: what is measured here is content, and small machines are slow."""


def run(repo: Path, *, use_model: bool) -> None:
    """Answer {id, files?, history, cursor, top?} lines with {id, edits, shown, duration_ms} lines.

    With `use_model` the model that the environment names (``SEGUE_PROVIDER`` and the like, else the embedded one)
    writes what the rules only point to: ``chat`` as a stream of patches.
    """
    base = folder_reader(repo)
    base.index()
    model, chat = _models() if use_model else (None, None)
    loop = asyncio.new_event_loop()

    def answer(request: dict[str, Any]) -> dict[str, Any]:
        reader = base.over(request.get("files") or {})
        reader.index_overlay()
        started = time.perf_counter()
        engine = NextEditEngine(reader)
        history = _as_recorded(
            [
                LineEdit(h["path"], int(h["line"]), tuple(h["old"]), tuple(h["new"]))
                for h in request["history"]
            ],
            reader,
        )
        cursor = request["cursor"]["path"], int(request["cursor"]["line"])
        top = int(request.get("top") or 5)
        prediction = engine.predict(history, cursor, top)
        if use_model:
            completed = engine.completed(prediction, history, cursor, top, model=model, chat=chat)
            prediction = loop.run_until_complete(_or_rules(completed, prediction))
        return {**_answered(prediction), "duration_ms": round((time.perf_counter() - started) * 1000, 3)}

    try:
        run_filter(answer)
    finally:
        if model is not None:
            loop.run_until_complete(model.aclose())
        if chat is not None:
            loop.run_until_complete(chat.aclose())
        loop.close()


def _as_recorded(history: list[LineEdit], reader: TreeReader) -> list[LineEdit]:
    """Return edits as a server hands them on, to which lines that were changed again are one edit."""
    if not _rewrites(history):
        return history
    texts: dict[str, list[str]] = {}
    changes: list[tuple[str, str, str]] = []
    for edit in reversed(history):
        now = texts.setdefault(edit.path, (reader.read_text(edit.path) or "").split("\n"))
        end = edit.line + len(edit.new)
        if tuple(now[edit.line : end]) != edit.new:
            return history
        was = texts[edit.path] = [*now[: edit.line], *edit.old, *now[end:]]
        changes.append((edit.path, "\n".join(was), "\n".join(now)))
    ticks = itertools.count(step=_PAUSE_S)
    recorder = EditHistory(clock=lambda: next(ticks))
    for path, before, after in reversed(changes):
        recorder.record(path, Snapshot.of(before), Snapshot.of(after))
    return recorder.edits()


def _rewrites(history: list[LineEdit]) -> bool:
    """Whether some edit changes a line that one before it wrote."""
    written: dict[str, set[int]] = {}
    for edit in history:
        before = written.get(edit.path, set())
        if not before.isdisjoint(range(edit.line, edit.line + len(edit.old))):
            return True
        shift = len(edit.new) - len(edit.old)
        written[edit.path] = {line + shift * (line >= edit.line) for line in before}
        written[edit.path].update(range(edit.line, edit.line + len(edit.new)))
    return False


async def _or_rules(completed: Awaitable[Prediction], known: Prediction) -> Prediction:
    """Return what the model made of the rules' answer, or that answer when it could not be asked."""
    from segue_model import ModelError

    try:
        return await completed
    except ModelError as error:
        print(f"The model did not answer: {error.message}", file=sys.stderr)
        return known


def _answered(prediction: Prediction) -> dict[str, Any]:
    return {
        "edits": [
            {
                "path": edit.path,
                "start_line": edit.start_line,
                "end_line": edit.end_line,
                "old": list(edit.old),
                "new": None if edit.place.new is None else list(edit.place.new),
                "kind": edit.kind,
                "confidence": round(edit.confidence, 4),
                **_fill_in(edit),
            }
            for edit in prediction.edits
        ],
        "shown": prediction.shown,
    }


def _fill_in(edit: NextEdit) -> dict[str, Any]:
    """Return what a client gets that lets the user fill in the stretch `at`: line in `new`, first and last column."""
    if edit.placeholder is None or edit.new is None:
        return {}
    return {"fill_in": {"new": list(edit.new), "at": list(edit.placeholder)}}


def _models() -> tuple[CompletionModel | None, ChatModel | None]:
    from segue_model import ModelSettings, Timeouts, open_chat, open_model
    from segue_next_edit import format_of
    from segue_server.runtime.paths import directories

    name = os.environ.get("SEGUE_MODEL", "")
    style = format_of(name)
    settings = ModelSettings(
        provider=os.environ.get("SEGUE_PROVIDER") or "embedded",
        endpoint=os.environ.get("SEGUE_ENDPOINT", ""),
        model=name,
        api_key=os.environ.get("SEGUE_API_KEY", ""),
        timeouts=Timeouts(read_s=_PATIENCE_S),
    )
    cache_dir = directories().cache
    if settings.provider == "chat" or (style is not None and style.chat):
        return None, open_chat(settings, cache_dir=cache_dir)
    return open_model(settings, cache_dir=cache_dir), None
