"""Next edits: the de-facto requests of existing clients, the richer one, and a code action."""

from __future__ import annotations

import importlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from lsprotocol import types

from segue_server import messages
from segue_server.next_edits import replacement
from segue_server.uris import path_of, uri_of
from segue_syntax import Position, Snapshot, units_from_column

if TYPE_CHECKING:
    from segue_next_edit import Prediction, Series
    from segue_server.app import App
    from segue_server.documents import View
    from segue_server.next_edit_writer import Writer
    from segue_server.next_edits import Offered
    from segue_server.session import Session

_MOST = 10
_MOST_CHANGES = 3
_MENTIONS = ", comments and texts too"
_WORTH_A_MENU = 0.03
"""The confidence from which an edit is worth an entry in a menu, which disturbs nobody."""


def register(app: App) -> None:
    """Register requests, feedback, and the provider of code actions."""
    server = app.server
    writers: list[Writer] = []

    async def writer_of(session: Session) -> Writer:
        """Return the one that asks the model; it is loaded with the first request, the model's room with it."""
        module = await session.tasks.in_thread(importlib.import_module, "segue_server.next_edit_writer")
        if not writers:
            writers.append(module.Writer(app, session))
        return writers[0]

    async def copilot_inline_edit(params: messages.CursorParams) -> dict[str, Any]:
        session, view = await app.session(), app.documents.view(params.text_document.uri)
        if view is None or not _is_current(view, params.text_document.version):
            return {"edits": []}
        prediction, offered = await _predict(app, session, view, params, await writer_of(session))
        if view.version != app.documents.version(view.uri) or not prediction.shown:
            return {"edits": []}
        here = [one for one in offered if one.edit.new is not None and _uri(app, one) == view.uri]
        return {
            "edits": [_in_document(app, one, view.uri) for one in here[:1] if _is_shown_with(offered[0], one)]
        }

    async def next_edits(params: messages.CursorParams) -> dict[str, Any]:
        session, view = await app.session(), app.documents.view(params.text_document.uri)
        if view is None or not _is_current(view, params.text_document.version):
            return {"edits": [], "shown": False, "silence": "The document has another version."}
        prediction, offered = await _predict(app, session, view, params, await writer_of(session))
        if view.version != app.documents.version(view.uri):
            return {"edits": [], "shown": False, "silence": "The document changed meanwhile."}
        edits = [_described(app, one) for one in offered]
        return {"edits": edits, "shown": prediction.shown and bool(edits), "silence": prediction.silence}

    async def code_actions(params: types.CodeActionParams) -> list[types.CodeAction]:
        session, view = await app.session(), app.documents.view(params.text_document.uri)
        if view is None or not session.settings.next_edit.enabled:
            return []
        cursor = messages.CursorParams(messages.DocumentReference(view.uri), params.range.start)
        prediction, offered = await _predict(app, session, view, cursor)
        written = [one for one in offered if one.edit.new is not None]
        likely = [one for one in written if prediction.shown or one.edit.confidence >= _WORTH_A_MENU]
        actions = [_action(app, one) for one in likely]
        line = view.position(params.range.start.line, params.range.start.character).line
        changes = {one.edit.group: one for one in reversed(likely) if one.edit.group}
        for first in list(changes.values())[-_MOST_CHANGES:]:
            where = session.workspaces.locate(view.uri)
            series = await session.next_edits.series(where, line, first)
            if len(series.edits) > 1:
                actions.insert(0, _everywhere(app, first, series))
            if series.mentions and len(series.edits) + series.mentions > 1:
                wider = await session.next_edits.series(where, line, first, mentions=True)
                actions.insert(int(len(series.edits) > 1), _everywhere(app, first, wider, _MENTIONS))
        return actions if view.version == app.documents.version(view.uri) else []

    def cursor_moved(params: messages.CursorParams) -> None:
        session, view = app.started_session, app.documents.view(params.text_document.uri)
        if session is not None and view is not None:
            place = view.position(params.position.line, params.position.character)
            session.cursor_moved(view.uri, place.line)

    def shown(params: messages.FeedbackParams) -> None:
        if (session := app.started_session) is not None:
            session.next_edits.shown(params.suggestion_id)

    def accepted(arguments: list[Any]) -> None:
        if (session := app.started_session) is not None and arguments:
            session.next_edits.accepted(str(arguments[0]))

    server.feature(messages.COPILOT_INLINE_EDIT)(copilot_inline_edit)
    server.feature(messages.NEXT_EDITS)(next_edits)
    server.feature(messages.DID_CHANGE_CURSOR)(cursor_moved)
    server.feature(messages.DID_SHOW_INLINE_EDIT)(shown)
    server.command(messages.ACCEPT_NEXT_EDIT_COMMAND)(accepted)
    app.code_actions.append(code_actions)


def _is_current(view: View, version: int | None) -> bool:
    return version is None or version == view.version


def _is_shown_with(first: Offered, other: Offered) -> bool:
    """Whether the gate's decision on the first edit is one on the other too: they are the same change, or a model's."""
    return first.edit == other.edit or (first.edit.group, first.edit.kind) == (
        other.edit.group,
        other.edit.kind,
    )


async def _predict(
    app: App, session: Session, view: View, params: messages.CursorParams, writer: Writer | None = None
) -> tuple[Prediction, list[Offered]]:
    from segue_next_edit import Prediction

    if session.status.paused or not session.settings.next_edit.enabled:
        return Prediction(silence="Next edits are switched off."), []
    where = session.workspaces.locate(view.uri)
    if not where.path or app.documents.notebook_of(view.uri) or session.refusal(where, view):
        return Prediction(silence="Next edits are for files of the workspace."), []
    place = view.position(params.position.line, params.position.character)
    top = min(max(params.limit or 5, 1), _MOST)

    async def written(known: Prediction) -> Prediction:
        assert writer is not None
        return await writer.completed(session, where, view, place, known, wait=True)

    return await session.next_edits.predict(
        where,
        place.line,
        session.settings,
        top=top,
        wanted=lambda: app.documents.version(view.uri) == view.version,
        written=written if writer else None,
    )


def _uri(app: App, offered: Offered) -> str:
    """Return the URI under which the client knows the edit's file: as it was opened, or else as a file URI."""
    root, path = offered.scope.root, offered.edit.path
    absolute = path_of(uri_of(root / path)) if root is not None else None
    for uri in app.documents.uris:
        if path_of(uri) == absolute if absolute is not None else uri.endswith(path):
            return uri
    return uri_of(absolute) if absolute is not None else path


def _in_document(app: App, offered: Offered, uri: str) -> dict[str, Any]:
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


def _described(app: App, offered: Offered) -> dict[str, Any]:
    edit = offered.edit
    described = _in_document(app, offered, _uri(app, offered))
    if edit.new is None:
        described["text"] = None
    return {
        **described,
        "id": offered.id,
        "kind": edit.kind,
        "confidence": round(edit.confidence, 3),
        "reason": edit.reason,
    }


def _action(app: App, offered: Offered) -> types.CodeAction:
    described = _in_document(app, offered, _uri(app, offered))
    document, extent = described["textDocument"], described["range"]
    edit = types.TextEdit(
        types.Range(types.Position(**extent["start"]), types.Position(**extent["end"])), described["text"]
    )
    return types.CodeAction(
        title=f"Segue: {offered.edit.reason or offered.edit.kind} (line {offered.edit.start_line + 1})",
        kind="refactor.rewrite.segue",
        edit=types.WorkspaceEdit(
            document_changes=[
                types.TextDocumentEdit(
                    types.OptionalVersionedTextDocumentIdentifier(document["uri"], document["version"]),
                    [edit],
                )
            ]
        ),
        command=types.Command(
            title="Accepted", command=messages.ACCEPT_NEXT_EDIT_COMMAND, arguments=[offered.id]
        ),
    )


def _everywhere(app: App, first: Offered, series: Series, which: str = "") -> types.CodeAction:
    """Return one action for all places of a change; the title says when there are more than it takes."""
    edits: dict[
        tuple[str, int | None], list[types.TextEdit | types.AnnotatedTextEdit | types.SnippetTextEdit]
    ] = {}
    for edit in series.edits:
        one = replace(first, edit=edit)
        change = _in_document(app, one, _uri(app, one))
        extent, document = change["range"], change["textDocument"]
        where = types.Range(types.Position(**extent["start"]), types.Position(**extent["end"]))
        edits.setdefault((document["uri"], document["version"]), []).append(
            types.TextEdit(where, change["text"])
        )
    files = f" in {len(edits)} files" if len(edits) > 1 else ""
    more = f" (the first of {series.total})" if series.capped else ""
    return types.CodeAction(
        title=f"Segue: apply the same change to {len(series.edits)} places{files}{which}{more}",
        kind="refactor.rewrite.segue",
        edit=types.WorkspaceEdit(
            document_changes=[
                types.TextDocumentEdit(types.OptionalVersionedTextDocumentIdentifier(uri, version), changes)
                for (uri, version), changes in edits.items()
            ]
        ),
        command=types.Command(
            title="Accepted", command=messages.ACCEPT_NEXT_EDIT_COMMAND, arguments=[first.id]
        ),
    )


def _text(offered: Offered) -> str:
    return offered.scope.reader.read_text(offered.edit.path) or ""


def _units(app: App, snapshot: Snapshot, place: tuple[int, int]) -> dict[str, int]:
    position = snapshot.clamp(Position(*place))
    line = snapshot.lines[position.line]
    return {
        "line": position.line,
        "character": units_from_column(line, position.column, app.documents.encoding),
    }
