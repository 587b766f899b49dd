"""Heads of the current file's own definitions that a prompt's prefix does not reach."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segue_context._types import Snippet
from segue_context.retrievers.definitions import head_of

if TYPE_CHECKING:
    from segue_context._types import WorkspaceReader
    from segue_context.retrievers._cursor_features import CursorFeatures

REACHED_LINES = 60
"""A prompt shows at least this many lines before the cursor."""

_MOST_HEADS = 30


def enclosing_heads(features: CursorFeatures, reader: WorkspaceReader) -> list[Snippet]:
    """Return one snippet: the definitions around the cursor, and their neighbours inside the same class."""
    cursor = len(features.before)
    symbols = [
        symbol
        for symbol in reader.symbols_in(features.query.path)
        if symbol.kind not in {"variable", "field"}
    ]
    around = {symbol.name for symbol in symbols if symbol.line <= cursor < symbol.end_line}
    far = [
        symbol
        for symbol in symbols
        if symbol.line < cursor - REACHED_LINES or symbol.line > cursor + REACHED_LINES // 4
        if symbol.name in around or symbol.container in around or not symbol.container
    ]
    near = sorted(far, key=lambda symbol: (symbol.name not in around, abs(symbol.line - cursor)))[
        :_MOST_HEADS
    ]
    if not near:
        return []
    ordered = sorted(near, key=lambda symbol: symbol.line)
    text = "\n".join(map(head_of, ordered))
    return [Snippet(features.query.path, ordered[0].line, ordered[-1].line + 1, text, "enclosing", 0.2)]
