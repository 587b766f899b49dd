"""Similar windows: stretches of other files that use the words around the cursor (BM25)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from segue_context._types import Snippet
    from segue_context.retrievers._cursor_features import CursorFeatures
    from segue_context.retrievers._remembered import Remembered

LINES_BEFORE, LINES_AFTER = 5, 3
"""A short query finds more than a long one: the lines next to the cursor say what is being done."""


def similar_windows(features: CursorFeatures, remembered: Remembered, *, limit: int = 24) -> list[Snippet]:
    """Return windows of lines that use the words around the cursor, best first."""
    return _search(features, remembered, features.words(LINES_BEFORE, LINES_AFTER), limit)


def same_line_windows(features: CursorFeatures, remembered: Remembered, *, limit: int = 8) -> list[Snippet]:
    """Return windows that use the words of the cursor's own line: places to copy its end from."""
    return _search(features, remembered, features.words(0, 0), limit)


def _search(features: CursorFeatures, remembered: Remembered, words: list[str], limit: int) -> list[Snippet]:
    if not words:
        return []
    return [
        s
        for s in remembered.search(words, limit=limit, exclude=features.query.path)
        if s.path != features.query.path
    ]
