"""Similar windows: stretches of other files that use the words around the cursor (BM25)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from segue_context._types import Snippet, WorkspaceReader
    from segue_context.retrievers._scene import CursorScene

LINES_BEFORE, LINES_AFTER = 5, 3
"""A short query finds more than a long one: the lines next to the cursor say what is being done."""


def similar_windows(scene: CursorScene, reader: WorkspaceReader, *, limit: int = 20) -> list[Snippet]:
    """Return windows of lines that use the words around the cursor, best first."""
    words = scene.words(LINES_BEFORE, LINES_AFTER)
    if not words:
        return []
    return [
        s for s in reader.search(words, limit=limit, exclude=scene.query.path) if s.path != scene.query.path
    ]
