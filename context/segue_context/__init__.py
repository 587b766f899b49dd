"""What the model should see: index, retrievers, edit history, statistical engine, privacy."""

from __future__ import annotations

from segue_context import privacy
from segue_context._history_types import LineEdit
from segue_context._types import (
    ContextPlan,
    CopiedSuggestion,
    CursorQuery,
    Import,
    Snippet,
    Symbol,
    WorkspaceReader,
)
from segue_context.engine import ContextEngine
from segue_context.history import EditHistory, EventDiff
from segue_context.index import IndexOptions, IndexStatus, WorkspaceIndex

__all__ = [
    "ContextEngine",
    "ContextPlan",
    "CopiedSuggestion",
    "CursorQuery",
    "EditHistory",
    "EventDiff",
    "Import",
    "IndexOptions",
    "IndexStatus",
    "LineEdit",
    "Snippet",
    "Symbol",
    "WorkspaceIndex",
    "WorkspaceReader",
    "privacy",
]
