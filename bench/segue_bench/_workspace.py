"""A repository as the quality benchmarks see it: indexed, with one file at a time replaced by unsaved text."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from segue_context import CursorQuery, WorkspaceIndex


def open_index(repo: Path) -> WorkspaceIndex:
    """Return the up-to-date index of `repo`, kept in the user's cache directory."""
    from segue_context import WorkspaceIndex
    from segue_server.runtime.paths import directories

    index = WorkspaceIndex(repo.resolve(), directories().cache, allow_large=True)
    index.build()
    gc.collect()
    gc.freeze()  # as the server does: what is there now stays and need not be looked through
    gc.set_threshold(20_000, 20, 50)
    return index


def query_of(request: dict[str, Any]) -> CursorQuery:
    """Return the cursor that a line of `segue eval` describes."""
    from segue_context import CursorQuery
    from segue_syntax import language_of

    path = str(request["path"]).replace("\\", "/")
    return CursorQuery(path, language_of(path=path).id, str(request["prefix"]), str(request["suffix"]))


@contextmanager
def unsaved(index: WorkspaceIndex, query: CursorQuery) -> Iterator[None]:
    """Lay the query's text over its file: nothing on disk at its path, and nothing indexed of it, is used."""
    from segue_syntax import Snapshot

    text = query.prefix + query.suffix
    index.set_overlay(query.path, Snapshot.of(text, language_id=query.language_id))
    index.settle()  # analysed now, as it is in an editor by the time one completes
    try:
        yield
    finally:
        index.set_overlay(query.path, None)
