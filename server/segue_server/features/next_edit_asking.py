"""What every way of showing next edits shares: asking for them, and putting them into the client's terms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segue_server import messages
from segue_server.next_edits import replacement
from segue_server.uris import path_of, uri_of
from segue_syntax import Position, Snapshot, units_from_column

if TYPE_CHECKING:
    from segue_next_edit import Prediction
    from segue_server.app import App
    from segue_server.documents import View
    from segue_server.next_edit_writer import Writer
    from segue_server.next_edits import Offered
    from segue_server.session import Session

_MOST = 10


async def predict(
    app: App, session: Session, view: View, params: messages.CursorParams, writer: Writer | None = None
) -> tuple[Prediction, list[Offered]]:
    """Return the prediction for a cursor with its edits under ids; the status remembers why nothing is shown."""
    from segue_next_edit import Prediction

    where = session.workspaces.locate(view.uri)
    silence = ""
    if session.status.paused or not session.settings.next_edit.enabled:
        silence = "next edits are switched off"
    elif not where.path or app.documents.notebook_of(view.uri) or session.refusal(where, view):
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
        wanted=lambda: app.documents.version(view.uri) == view.version,
        written=written if writer else None,
    )
    session.status.next_edit_silence = "" if prediction.shown else prediction.silence
    return prediction, offered


def uri_of_edit(app: App, offered: Offered) -> str:
    """Return the URI under which the client knows the edit's file: as it was opened, or else as a file URI."""
    root, path = offered.scope.root, offered.edit.path
    absolute = path_of(uri_of(root / path)) if root is not None else None
    for uri in app.documents.uris:
        if path_of(uri) == absolute if absolute is not None else uri.endswith(path):
            return uri
    return uri_of(absolute) if absolute is not None else path


def in_document(app: App, offered: Offered, uri: str) -> dict[str, Any]:
    view = app.documents.view(uri)
    snapshot = view.snapshot if view is not None else Snapshot.of(_text(offered))
    change = replacement(offered.edit, snapshot.lines)
    return {
        "text": change.text,
        "range": {
            "start": _units(app, snapshot, change.start),
            "end": _units(app, snapshot, change.end),
        },
        "textDocument": {"uri": uri, "version": view.version if view is not None else None},
        "command": {
            "title": "Accepted",
            "command": messages.ACCEPT_NEXT_EDIT_COMMAND,
            "arguments": [offered.id],
        },
    }


def _text(offered: Offered) -> str:
    return offered.scope.reader.read_text(offered.edit.path) or ""


def _units(app: App, snapshot: Snapshot, place: tuple[int, int]) -> dict[str, int]:
    position = snapshot.clamp(Position(*place))
    line = snapshot.lines[position.line]
    return {
        "line": position.line,
        "character": units_from_column(line, position.column, app.documents.encoding),
    }
