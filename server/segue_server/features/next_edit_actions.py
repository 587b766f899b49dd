"""Code actions for next edits: the nearest ones, and all places of a change at once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from lsprotocol import types

from segue_server import messages
from segue_server.features.next_edit_asking import in_document, predict, uri_of_edit

if TYPE_CHECKING:
    from segue_next_edit import Series
    from segue_server.app import App
    from segue_server.next_edits import Offered

_MOST_CHANGES = 3
_MENTIONS = ", comments and texts too"
_WORTH_A_MENU = 0.03
"""The confidence from which an edit is worth an entry in a menu, which disturbs nobody."""


def register(app: App) -> None:
    """Add the provider of code actions."""

    async def code_actions(params: types.CodeActionParams) -> list[types.CodeAction]:
        session, view = await app.session(), app.documents.view(params.text_document.uri)
        if view is None or not session.settings.next_edit.enabled:
            return []
        cursor = messages.CursorParams(messages.DocumentReference(view.uri), params.range.start)
        prediction, offered = await predict(app, session, view, cursor)
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

    app.code_actions.append(code_actions)


def _action(app: App, offered: Offered) -> types.CodeAction:
    described = in_document(app, offered, uri_of_edit(app, offered))
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
        change = in_document(app, one, uri_of_edit(app, one))
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
