"""Next edits: the de-facto request of existing clients, the richer one, and what became of the edits."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from lsprotocol import types

from segue_server.lsp import messages
from segue_server.next_edits.requests import in_document, placeholder_in, predict, uri_of_edit

if TYPE_CHECKING:
    from segue_server.configuration import Settings
    from segue_server.connection import Connection
    from segue_server.lsp.documents import View
    from segue_server.next_edits.offered import Offered
    from segue_server.next_edits.writer import Writer
    from segue_server.session import Session


def register(connection: Connection) -> None:
    """Register requests, feedback, and the provider of code actions."""
    server = connection.server
    writers: list[Writer] = []

    async def writer_of(session: Session) -> Writer | None:
        """Return the one that asks the model, None where the settings name none; the model's room comes with it."""
        writer = await session.tasks.in_thread(_writer_class, session.settings)
        if writer is None:
            return None
        if not writers:
            writers.append(writer(connection, session))
        return writers[0]

    async def copilot_inline_edit(params: messages.CursorParams) -> dict[str, Any]:
        connection.asks_next_edits = True
        session, view = await connection.session(), connection.documents.view(params.text_document.uri)
        if view is None or not _is_current(view, params.text_document.version):
            return {"edits": []}
        prediction, offered = await predict(connection, session, view, params, await writer_of(session))
        if view.version != connection.documents.version(view.uri) or not prediction.shown:
            return {"edits": []}
        here = [
            one for one in offered if one.edit.new is not None and uri_of_edit(connection, one) == view.uri
        ]
        return {
            "edits": [
                in_document(connection, one, view.uri) for one in here[:1] if _is_shown_with(offered[0], one)
            ]
        }

    async def next_edits(params: messages.CursorParams) -> dict[str, Any]:
        connection.asks_next_edits = True
        session, view = await connection.session(), connection.documents.view(params.text_document.uri)
        if view is None or not _is_current(view, params.text_document.version):
            return {"edits": [], "shown": False, "silence": "The document has another version."}
        fills = session.client.fills_placeholders
        writer = await writer_of(session)
        prediction, offered = await predict(connection, session, view, params, writer, placeholders=fills)
        if view.version != connection.documents.version(view.uri):
            return {"edits": [], "shown": False, "silence": "The document changed meanwhile."}
        edits = [_described(connection, one) for one in offered]
        return {"edits": edits, "shown": prediction.shown and bool(edits), "silence": prediction.silence}

    async def resolved(params: messages.FeedbackParams) -> dict[str, Any]:
        session = await connection.session()
        offered = await session.next_edits.resolved(params.suggestion_id)
        if offered is not None and not session.client.fills_placeholders:
            offered = replace(offered, edit=offered.edit.place)
        return {"edit": None if offered is None else _described(connection, offered)}

    def cursor_moved(params: messages.CursorParams) -> None:
        session, view = connection.started_session, connection.documents.view(params.text_document.uri)
        if session is not None and view is not None:
            place = view.position(params.position.line, params.position.character)
            session.looked_at(view.uri, place.line)

    def shown(params: messages.FeedbackParams) -> None:
        if (session := connection.started_session) is not None:
            session.next_edits.shown(params.suggestion_id)

    def accepted(arguments: list[Any]) -> None:
        if (session := connection.started_session) is not None and arguments:
            session.next_edits.accepted(str(arguments[0]))
            for done in arguments[1:2]:
                server.window_show_message(types.ShowMessageParams(types.MessageType.Info, str(done)))

    server.feature(messages.COPILOT_INLINE_EDIT)(copilot_inline_edit)
    server.feature(messages.NEXT_EDITS)(next_edits)
    server.feature(messages.RESOLVE_NEXT_EDIT)(resolved)
    server.feature(messages.DID_CHANGE_CURSOR)(cursor_moved)
    _follow_diagnostics(connection)
    server.feature(messages.DID_SHOW_INLINE_EDIT)(shown)
    server.command(messages.ACCEPT_NEXT_EDIT_COMMAND)(accepted)


def _follow_diagnostics(connection: Connection) -> None:
    """Note what other servers report: places where a model may be asked."""

    def diagnostics_changed(params: messages.DiagnosticsParams) -> None:
        if (session := connection.started_session) is not None:
            session.problems.change(params.text_document.uri, params.diagnostics)

    connection.server.feature(messages.DID_CHANGE_DIAGNOSTICS)(diagnostics_changed)


def _writer_class(settings: Settings) -> type[Writer] | None:
    """Import what asks the model, if the settings name one."""
    from segue_server.next_edits.model_choice import way_of

    if not way_of(settings):
        return None
    from segue_server.next_edits.writer import Writer

    return Writer


def _is_current(view: View, version: int | None) -> bool:
    return version is None or version == view.version


def _is_shown_with(first: Offered, other: Offered) -> bool:
    """Whether the gate's decision on the first edit is one on the other too: they are the same change, or a model's."""
    return first.edit == other.edit or (first.edit.group, first.edit.kind) == (
        other.edit.group,
        other.edit.kind,
    )


def _described(connection: Connection, offered: Offered) -> dict[str, Any]:
    edit = offered.edit
    described = in_document(connection, offered, uri_of_edit(connection, offered))
    if edit.new is None:
        described["text"] = None
    return {
        **described,
        "id": offered.id,
        "kind": edit.kind,
        "confidence": round(edit.confidence, 3),
        "reason": edit.reason,
        "placeholder": placeholder_in(edit, connection.documents.encoding),
    }
