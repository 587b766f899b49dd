"""What stands at a place of a text, cheaply enough for every movement of a cursor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from segue_assist._docstyle import style_of
from segue_assist._documented_file import DocumentedFile
from segue_assist._targets import MAX_TEXT_CHARS
from segue_syntax import language_of

if TYPE_CHECKING:
    from segue_syntax import Snapshot


@dataclass(frozen=True, slots=True)
class SymbolPlace:
    """The symbol around a line; lines are 0-based, `end_line` is exclusive.

    `first_line` is where its doc comment starts, `head_end_line` the last line of its signature. `documentable`
    says that a doc comment can be added.
    """

    name: str
    kind: str
    line: int
    end_line: int
    first_line: int
    head_end_line: int
    documentable: bool


class Places:
    """Answers for texts that change with each keystroke; the last one is kept parsed."""

    def __init__(self) -> None:
        self._last: tuple[Snapshot, DocumentedFile] | None = None

    def at(self, snapshot: Snapshot, path: str, line: int) -> SymbolPlace | None:
        """Return the innermost symbol around the 0-based `line`, or None."""
        last = self._last
        if last is None or last[0] is not snapshot:
            if len(snapshot.text) > MAX_TEXT_CHARS:
                return None
            last = self._last = (
                snapshot,
                DocumentedFile(snapshot.text, language_of(snapshot.language_id, path).id),
            )
        source = last[1]
        found = source.at(line) if source.parsed else None
        if found is None:
            return None
        rules = language_of(source.language_id).documentation
        documentable = (
            found.slot is not None and not found.broken and style_of(source.language_id, ()) is not None
        )
        doc_lines = found.doc.count("\n") + 1 if found.doc and not rules.docstring else 0
        return SymbolPlace(
            found.name,
            found.kind,
            found.line,
            found.end_line,
            max(0, found.line - doc_lines),
            max(found.head_end_line, found.line),
            documentable,
        )
