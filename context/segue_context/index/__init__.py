"""The index of a workspace: files, symbols, imports and lexical windows, kept fresh outside the server."""

from __future__ import annotations

from segue_context.index._policy import IndexOptions
from segue_context.index._status import IndexStatus
from segue_context.index._workspace import WorkspaceIndex, index_folder

__all__ = ["IndexOptions", "IndexStatus", "WorkspaceIndex", "index_folder"]
