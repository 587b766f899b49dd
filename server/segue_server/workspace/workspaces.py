"""Workspace roots: which one a document belongs to, and the engines that serve it.

A document outside every root, or without a file, belongs to a workspace made of the open documents.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from segue_context import WorkspaceReader
from segue_server.lsp.uris import path_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from segue_context import ContextEngine, EditHistory, WorkspaceIndex
    from segue_context.privacy import SendingRules
    from segue_next_edit import NextEditEngine
    from segue_server.lsp.documents import DocumentChange
    from segue_syntax import Snapshot

logger = logging.getLogger(__name__)


class Reader(WorkspaceReader, Protocol):
    """A workspace reader that is told of unsaved texts."""

    def set_overlay(self, path: str, snapshot: Snapshot | None) -> None:
        """Use this text for `path` from now on; None goes back to the disk's."""


BRANCH_SWITCH_FILES = 50
"""So many files at once are changed by a branch switch or a tool, not by the user: the edits before it are over."""


@dataclass(slots=True)
class Scope:
    """One root (None: the open documents outside any root) and its engines; `rules` is the door for what is sent."""

    root: Path | None
    reader: Reader
    context: ContextEngine
    history: EditHistory
    next_edit: NextEditEngine
    rules: SendingRules
    index: WorkspaceIndex | None = None

    @property
    def name(self) -> str:
        """The root's name, for prompts."""
        return self.root.name if self.root else ""

    def start_index(self, *, watch: bool) -> None:
        """Have the index brought up to date in the background; `watch` when the client reports no changed files."""
        if self.index is not None:
            self.index.start(watch=watch)

    def close(self) -> None:
        """Close the index."""
        if self.index is not None:
            self.index.close()


@dataclass(frozen=True, slots=True)
class Located:
    """Where a document lives: its scope, and its path in it ("" without a file)."""

    scope: Scope
    path: str


class Workspaces:
    """All roots of one client."""

    def __init__(self, make_scope: Callable[[Path | None], Scope]) -> None:
        self._make_scope = make_scope
        self._scopes: list[Scope] = []
        self._loose = make_scope(None)

    @property
    def scopes(self) -> list[Scope]:
        """The scopes of the roots, deepest root first."""
        return list(self._scopes)

    def open_roots(self, roots: Iterable[Path]) -> list[Scope]:
        """Add roots and return the scopes of the new ones; a missing folder is logged and skipped."""
        opened = []
        for root in roots:
            if not root.is_dir():
                logger.warning("A workspace folder does not exist and was left out")
                continue
            if any(scope.root == root for scope in self._scopes):
                continue
            scope = self._make_scope(root)
            self._scopes.append(scope)
            opened.append(scope)
        self._scopes.sort(key=lambda scope: -len(scope.root.parts if scope.root else ()))
        return opened

    def close_roots(self, roots: Iterable[Path]) -> list[Scope]:
        """Remove roots and return their scopes, to be closed by the caller."""
        gone = set(roots)
        closed = [scope for scope in self._scopes if scope.root in gone]
        self._scopes = [scope for scope in self._scopes if scope.root not in gone]
        return closed

    def set_privacy(self, *, deny: Sequence[str], allow: Sequence[str]) -> None:
        """Use these patterns for everything that is sent from now on."""
        for scope in (*self._scopes, self._loose):
            scope.rules.set_patterns(deny=deny, allow=allow)

    def locate(self, uri: str, *, notebook: str = "") -> Located:
        """Return where a document lives; a notebook's cell lives where the notebook does."""
        path = path_of(notebook or uri)
        if path is None:
            return Located(self._loose, "")
        for scope in self._scopes:
            if scope.root is not None and path.is_relative_to(scope.root):
                return Located(scope, path.relative_to(scope.root).as_posix())
        return Located(self._loose, path.as_posix())

    def opened(self, snapshot: Snapshot) -> None:
        """Note an opened document's text."""
        where = self.locate(snapshot.uri)
        if where.path:
            where.scope.reader.set_overlay(where.path, snapshot)

    def changed(self, change: DocumentChange) -> None:
        """Note a change: the overlay, the edit history, the recent places of the context engine."""
        where = self.locate(change.after.uri)
        if not where.path:
            return
        where.scope.reader.set_overlay(where.path, change.after)
        for edit in change.edits:
            where.scope.history.record(where.path, edit.before, edit.after, edit.extent)
        if change.edits:
            if where.scope.index is not None:
                where.scope.index.note_typing()
            where.scope.context.edited(where.path, change.edits[-1].extent.start.line, change.after.lines)

    def files_changed(self, uris: Iterable[str]) -> None:
        """Note that files on disk changed, came or went."""
        paths: dict[int, tuple[Scope, list[str]]] = {}
        for uri in uris:
            where = self.locate(uri)
            if where.path and where.scope.index is not None:
                paths.setdefault(id(where.scope), (where.scope, []))[1].append(where.path)
        for scope, changed in paths.values():
            assert scope.index is not None
            if len(changed) >= BRANCH_SWITCH_FILES:
                scope.history.bulk_change()
            else:
                scope.history.settle()  # what comes now was read from disk or is typed after a save
            scope.index.refresh(changed)

    def closed(self, uri: str) -> None:
        """Note that a document was closed: the disk's text counts again."""
        where = self.locate(uri)
        if where.path:
            where.scope.reader.set_overlay(where.path, None)
