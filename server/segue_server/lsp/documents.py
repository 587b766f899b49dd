"""The documents and notebooks an editor has open, and what each change did to them.

This replaces the workspace of pygls, which splits the whole text again on every access and at characters that no
editor takes for line ends. A change costs the size of the edit. Nothing here knows the protocol's types: positions
come in as (line, column in client units) and leave as code points.
"""

from __future__ import annotations

import logging
from collections import deque
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from urllib.parse import unquote

from segue_syntax import (
    Document,
    Position,
    PositionEncoding,
    Range,
    Snapshot,
    column_from_units,
    line_content,
    split_lines,
    units_from_column,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

logger = logging.getLogger(__name__)

_EARLY_CHANGES = 128
"""How many changes are kept for the first listener: a second or two of the fastest typing."""

UnitPosition = tuple[int, int]
"""A line, and a column in the client's units."""


@dataclass(frozen=True, slots=True)
class IncomingChange:
    """One change as the client sent it; without `start` it replaces the whole text."""

    text: str
    start: UnitPosition | None = None
    end: UnitPosition | None = None


@dataclass(frozen=True, slots=True)
class AppliedEdit:
    """What one change did: `extent` of `before` held `removed` and now holds `text`."""

    before: Snapshot
    after: Snapshot
    extent: Range
    removed: str
    text: str

    @property
    def end(self) -> Position:
        """Where the inserted text ends: the place the user most likely types on."""
        lines = split_lines(self.text)
        start = self.extent.start
        column = len(lines[-1]) + (start.column if len(lines) == 1 else 0)
        return Position(start.line + len(lines) - 1, column)


@dataclass(frozen=True, slots=True)
class DocumentChange:
    """One didChange: the text before and after, and its edits in the order they were applied."""

    before: Snapshot
    after: Snapshot
    edits: tuple[AppliedEdit, ...]

    def seen_in(self, view: View) -> DocumentChange:
        """Return the change of a notebook's cell in the places of the joined text."""
        edits = tuple([replace(edit, extent=_moved(edit.extent, view.first_line)) for edit in self.edits])
        return DocumentChange(self.before, view.snapshot, edits)

    @property
    def only_deletes(self) -> bool:
        """Whether text went away and none came."""
        return any(edit.removed for edit in self.edits) and not any(edit.text for edit in self.edits)


@dataclass(frozen=True, slots=True)
class View:
    """One document as features see it: a snapshot, and which of its lines are the document's own.

    For a notebook cell the snapshot holds the code cells of its language joined in order, so positions shift by
    `first_line`; for a file `first_line` is 0.
    """

    uri: str
    version: int
    snapshot: Snapshot
    encoding: PositionEncoding
    first_line: int = 0
    end_line: int = 0
    after_deletion: bool = False
    recent_deletions: tuple[str, ...] = ()

    def position(self, line: int, character: int) -> Position:
        """Return the place in the snapshot of a client's position; one past the end is moved to the end."""
        here = min(max(line, 0) + self.first_line, max(self.first_line, self.end_line - 1))
        if line + self.first_line > here:
            return Position(here, len(line_content(self.snapshot.lines[here])))
        column = column_from_units(self.snapshot.lines[here], character, self.encoding)
        return self.snapshot.clamp(Position(here, column))

    def to_client(self, position: Position) -> UnitPosition:
        """Return a place of the snapshot in the client's units."""
        position = self.snapshot.clamp(position)
        line = self.snapshot.lines[position.line]
        return position.line - self.first_line, units_from_column(line, position.column, self.encoding)


def _moved(extent: Range, lines: int) -> Range:
    start, end = extent.start, extent.end
    return Range(Position(start.line + lines, start.column), Position(end.line + lines, end.column))


@dataclass(slots=True)
class _OpenDocument:
    document: Document
    last_change_deleted: bool = False
    deletions: deque[str] = field(default_factory=lambda: deque(maxlen=8))


@dataclass(slots=True)
class _Notebook:
    uri: str
    cells: list[str]
    code: set[str]


class DocumentStore:
    """Every open document and notebook, by URI."""

    def __init__(self, encoding: PositionEncoding = PositionEncoding.UTF16) -> None:
        self.encoding = encoding
        self.listeners: list[Callable[[DocumentChange], None]] = []
        self.focused_uri = ""
        self._early: deque[DocumentChange] = deque(maxlen=_EARLY_CHANGES)
        self._documents: dict[str, _OpenDocument] = {}
        self._notebooks: dict[str, _Notebook] = {}
        self._notebook_of: dict[str, str] = {}

    def __contains__(self, uri: str) -> bool:
        return unquote(uri) in self._documents

    @property
    def uris(self) -> list[str]:
        """The URIs of the open documents, cells included, oldest first."""
        return [entry.document.uri for entry in self._documents.values()]

    def listen(self, listener: Callable[[DocumentChange], None]) -> list[DocumentChange]:
        """Tell `listener` of every change from now on, and return those that nobody was told of, oldest first."""
        early = list(self._early)
        self._early.clear()
        self.listeners.append(listener)
        return early

    def open(self, uri: str, language_id: str, version: int, text: str) -> Snapshot:
        """Take a document in; opening one that is open replaces its text."""
        document = Document(uri, language_id, version, text)
        self._documents[unquote(uri)] = _OpenDocument(document)
        self.focused_uri = uri
        return document.snapshot()

    def close(self, uri: str) -> Snapshot | None:
        """Forget a document and return its last text, None when it was not open."""
        entry = self._documents.pop(unquote(uri), None)
        self._notebook_of.pop(unquote(uri), None)
        return entry.document.snapshot() if entry else None

    def change(self, uri: str, version: int, changes: Iterable[IncomingChange]) -> DocumentChange | None:
        """Apply one didChange in order and tell the listeners.

        A document that is not open is an editor's mistake: a change of the whole text opens it, any other is
        logged and ignored, and None is returned.
        """
        changes = list(changes)
        entry = self._documents.get(unquote(uri))
        if entry is None:
            whole = next((change for change in reversed(changes) if change.start is None), None)
            if whole is None:
                logger.warning("A change of a document that is not open was ignored")
                return None
            self.open(uri, "", version, "")
            entry = self._documents[unquote(uri)]
        document = entry.document
        if version <= document.version and changes:
            logger.info("A document went from version %d to %d", document.version, version)
        before = document.snapshot()
        edits = tuple([self._apply(document, change) for change in changes])
        document.version = version
        change = DocumentChange(before, document.snapshot(), edits)
        if edits:
            entry.last_change_deleted = change.only_deletes
            entry.deletions.extend(
                edit.removed for edit in edits if change.only_deletes and edit.removed.strip()
            )
        if not self.listeners:
            self._early.append(change)
        for listener in self.listeners:
            listener(change)
        return change

    def view(self, uri: str) -> View | None:
        """Return the document as it is now, a notebook cell among its fellows; None when it is not open."""
        entry = self._documents.get(unquote(uri))
        if entry is None:
            return None
        snapshot = entry.document.snapshot()
        notebook = self._notebooks.get(self._notebook_of.get(unquote(uri), ""))
        first_line = 0
        end_line = len(snapshot.lines)
        if notebook is not None:
            first_line, snapshot = self._join(notebook, unquote(uri), snapshot)
            end_line += first_line
        return View(
            entry.document.uri,
            entry.document.version,
            snapshot,
            self.encoding,
            first_line,
            end_line,
            entry.last_change_deleted,
            tuple(entry.deletions),
        )

    def version(self, uri: str) -> int | None:
        """Return the current version of an open document, else None."""
        entry = self._documents.get(unquote(uri))
        return None if entry is None else entry.document.version

    def open_notebook(self, uri: str, cells: Sequence[str], code: Iterable[str]) -> None:
        """Take a notebook in: the URIs of its cells in order, and which of them are code."""
        self._notebooks[unquote(uri)] = _Notebook(
            uri, [unquote(cell) for cell in cells], {unquote(cell) for cell in code}
        )
        for cell in cells:
            self._notebook_of[unquote(cell)] = unquote(uri)

    def splice_notebook(
        self, uri: str, start: int, delete_count: int, cells: Sequence[str], code: Iterable[str]
    ) -> None:
        """Replace `delete_count` cells from `start` by `cells`; an unknown notebook is logged and ignored."""
        notebook = self._notebooks.get(unquote(uri))
        if notebook is None:
            logger.warning("A change of a notebook that is not open was ignored")
            return
        notebook.cells[start : start + delete_count] = [unquote(cell) for cell in cells]
        notebook.code.update(unquote(cell) for cell in code)
        for cell in cells:
            self._notebook_of[unquote(cell)] = unquote(uri)

    def close_notebook(self, uri: str, cells: Iterable[str]) -> None:
        """Forget a notebook and its cells."""
        notebook = self._notebooks.pop(unquote(uri), None)
        for cell in {*cells, *(notebook.cells if notebook else ())}:
            self.close(cell)

    def notebook_of(self, uri: str) -> str:
        """Return the URI of the notebook a cell belongs to, "" for anything else."""
        notebook = self._notebooks.get(self._notebook_of.get(unquote(uri), ""))
        return notebook.uri if notebook else ""

    def _apply(self, document: Document, change: IncomingChange) -> AppliedEdit:
        before = document.snapshot()
        if change.start is None or change.end is None:
            end = Position(len(before.lines) - 1, len(line_content(before.lines[-1])))
            document.replace_all(change.text)
            extent = Range(Position(0, 0), end)
            return AppliedEdit(before, document.snapshot(), extent, before.text, change.text)
        extent = document.replace(
            Range(self._position(before, change.start), self._position(before, change.end)), change.text
        )
        return AppliedEdit(before, document.snapshot(), extent, before.between(extent), change.text)

    def _position(self, snapshot: Snapshot, position: UnitPosition) -> Position:
        line, character = position
        if not 0 <= line < len(snapshot.lines):
            return Position(line, 0)
        return Position(line, column_from_units(snapshot.lines[line], character, self.encoding))

    def _join(self, notebook: _Notebook, uri: str, snapshot: Snapshot) -> tuple[int, Snapshot]:
        """Return where the cell's lines start among all code cells of its language, and the joined text."""
        if uri not in notebook.code:
            return 0, snapshot
        lines: list[str] = []
        first_line = 0
        version = 0
        for cell in notebook.cells:
            entry = self._documents.get(cell)
            if entry is None or cell not in notebook.code:
                continue
            if entry.document.language_id != snapshot.language_id:
                continue
            if lines:
                lines[-1] += "\n"
            if cell == uri:
                first_line = len(lines)
            lines.extend(entry.document.lines)
            version += entry.document.version
        if not lines:
            return 0, snapshot
        return first_line, Snapshot(snapshot.uri, version, snapshot.language_id, lines)
