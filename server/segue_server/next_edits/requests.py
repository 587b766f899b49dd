"""What all features of next edits share: asking for them, and converting them to the protocol."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from lsprotocol import types

from segue_server.lsp import messages
from segue_server.lsp.uris import path_of, uri_of
from segue_server.next_edits.offered import replacement
from segue_syntax import Position, Snapshot, units_from_column

if TYPE_CHECKING:
    from segue_next_edit import NextEdit, Prediction
    from segue_server.connection import Connection
    from segue_server.lsp.documents import View
    from segue_server.next_edits.offered import Offered
    from segue_server.next_edits.writer import Writer
    from segue_server.session import Session
    from segue_syntax import PositionEncoding

_MOST = 10


async def predict(
    connection: Connection,
    session: Session,
    view: View,
    params: messages.CursorParams,
    writer: Writer | None = None,
    *,
    placeholders: bool = False,
) -> tuple[Prediction, list[Offered]]:
    """Return the prediction for a cursor with its edits under ids; the status remembers why nothing is shown.

    Without `placeholders` an edit in which something is still to be filled in comes as a place without content.
    """
    from segue_next_edit import Prediction

    where = session.workspaces.locate(view.uri)
    silence = ""
    if session.status.paused or not session.settings.next_edit.enabled:
        silence = "next edits are switched off"
    elif not where.path or connection.documents.notebook_of(view.uri) or session.refusal(where, view):
        silence = "next edits are for files of the workspace"
    if silence:
        session.status.next_edit_silence = silence
        return Prediction(silence=silence), []
    place = view.position(params.position.line, params.position.character)
    top = min(max(params.limit or 5, 1), _MOST)

    async def written(known: Prediction) -> Prediction:
        assert writer is not None
        return await writer.completed(session, where, view, place, known, wait=True)

    prediction, offered = await session.next_edits.predict(
        where,
        place.line,
        session.settings,
        top=top,
        wanted=lambda: connection.documents.version(view.uri) == view.version,
        written=written if writer else None,
    )
    session.status.next_edit_silence = "" if prediction.shown else prediction.silence
    if not placeholders:
        offered = [replace(one, edit=one.edit.place) for one in offered]
    return prediction, offered


def uri_of_edit(connection: Connection, offered: Offered) -> str:
    """Return the URI under which the client knows the edit's file: as it was opened, or else as a file URI."""
    root, path = offered.scope.root, offered.edit.path
    absolute = path_of(uri_of(root / path)) if root is not None else None
    for uri in connection.documents.uris:
        if path_of(uri) == absolute if absolute is not None else uri.endswith(path):
            return uri
    return uri_of(absolute) if absolute is not None else path


@dataclass(frozen=True, slots=True)
class Known:
    """A file as the client knows it: under its URI, open in a version or not."""

    uri: str
    version: int | None
    snapshot: Snapshot


def known_to_client(connection: Connection, offered: Offered, uri: str) -> Known:
    """Return the file of an edit; the disk's text where it is not open."""
    view = connection.documents.view(uri)
    if view is not None:
        return Known(uri, view.version, view.snapshot)
    return Known(uri, None, Snapshot.of(offered.scope.reader.read_text(offered.edit.path) or ""))


def as_text_edit(edit: NextEdit, known: Known, encoding: PositionEncoding) -> types.TextEdit:
    """Return an edit in the client's units."""
    change = replacement(edit, known.snapshot.lines)
    start, end = (_units(known.snapshot, place, encoding) for place in (change.start, change.end))
    return types.TextEdit(types.Range(start, end), change.text)


def in_document(connection: Connection, offered: Offered, uri: str) -> dict[str, Any]:
    """Return an edit as `textDocument/copilotInlineEdit` has it."""
    known = known_to_client(connection, offered, uri)
    change = as_text_edit(offered.edit, known, connection.documents.encoding)
    return {
        "text": change.new_text,
        "range": {
            side: {"line": place.line, "character": place.character}
            for side, place in (("start", change.range.start), ("end", change.range.end))
        },
        "textDocument": {"uri": uri, "version": known.version},
        "command": {
            "title": "Accepted",
            "command": messages.ACCEPT_NEXT_EDIT_COMMAND,
            "arguments": [offered.id],
        },
    }


def placeholder_in(edit: NextEdit, encoding: PositionEncoding) -> dict[str, Any] | None:
    """Return the range that is to be filled in once an edit is applied, in the client's units."""
    if edit.placeholder is None or edit.new is None:
        return None
    row, first, last = edit.placeholder
    return {
        side: {"line": edit.start_line + row, "character": units_from_column(edit.new[row], column, encoding)}
        for side, column in (("start", first), ("end", last))
    }


def _units(snapshot: Snapshot, place: tuple[int, int], encoding: PositionEncoding) -> types.Position:
    position = snapshot.clamp(Position(*place))
    line = snapshot.lines[position.line]
    return types.Position(position.line, units_from_column(line, position.column, encoding))
