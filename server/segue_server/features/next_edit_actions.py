"""Code actions for next edits: the nearest ones, and all places of a change at once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from lsprotocol import types

from segue_server.lsp import messages
from segue_server.next_edits.requests import (
    Known,
    as_text_edit,
    known_to_client,
    predict,
    uri_of_edit,
)
from segue_syntax import line_content

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue_next_edit import NextEdit, Series
    from segue_server.connection import Connection
    from segue_server.next_edits.offered import Offered

_MOST_CHANGES = 3
_MOST_SINGLE = 3
"""Entries of one place each, one a change: more of them crowd the other entries out of the menu."""
_MEANT_ELSEWHERE = 0.2
_ONE_BY_ONE = 200
"""More places of one file than this become one edit of the stretch that they are in."""
_MENTIONS = ", comments and texts too"
_WORTH_A_MENU = 0.03
"""The confidence from which an edit is worth an entry in a menu, which disturbs nobody."""


def register(connection: Connection) -> None:
    """Add the provider of code actions."""

    async def code_actions(params: types.CodeActionParams) -> list[types.CodeAction]:
        session, view = await connection.session(), connection.documents.view(params.text_document.uri)
        if view is None or not session.settings.next_edit.enabled:
            return []
        cursor = messages.CursorParams(messages.DocumentReference(view.uri), params.range.start)
        prediction, offered = await predict(connection, session, view, cursor)
        written = [one for one in offered if one.edit.new is not None]
        likely = [one for one in written if prediction.shown or one.edit.confidence >= _WORTH_A_MENU]
        nearest = {one.edit.group or one.id: one for one in reversed(likely)}
        actions = [_action(connection, one) for one in list(nearest.values())[: -_MOST_SINGLE - 1 : -1]]
        line = view.position(params.range.start.line, params.range.start.character).line
        changes = {one.edit.group: one for one in reversed(likely) if _may_be_done_everywhere(one.edit)}
        for first in list(changes.values())[-_MOST_CHANGES:]:
            where = session.workspaces.locate(view.uri)
            series, left = await session.next_edits.series(where, line, first)
            if len(series.edits) > 1:
                actions.insert(0, await _everywhere(connection, first, series, left))
            if series.mentions and len(series.edits) + series.mentions > 1:
                wider, left = await session.next_edits.series(where, line, first, mentions=True)
                actions.insert(
                    int(len(series.edits) > 1), await _everywhere(connection, first, wider, left, _MENTIONS)
                )
        return actions if view.version == connection.documents.version(view.uri) else []

    connection.code_actions.append(code_actions)


def _may_be_done_everywhere(edit: NextEdit) -> bool:
    """Whether one action may do all places: a replacement that is hardly meant elsewhere would hit hundreds of them."""
    return bool(edit.group) and (edit.kind != "substitution" or edit.confidence >= _MEANT_ELSEWHERE)


def _action(connection: Connection, offered: Offered) -> types.CodeAction:
    known = known_to_client(connection, offered, uri_of_edit(connection, offered))
    edit = as_text_edit(offered.edit, known, connection.documents.encoding)
    place = f"{offered.edit.path}:{offered.edit.start_line + 1}"
    title = f"Segue: {offered.edit.reason or offered.edit.kind} in {place}"
    return _code_action(title, offered, [_document_edit(known, [edit])])


async def _everywhere(
    connection: Connection, first: Offered, series: Series, left: int, which: str = ""
) -> types.CodeAction:
    """Return one action for all places of a change; the title says when there are more than it takes.

    What it did, and how many places in read-only files are `left`, is said once it is done.
    """
    by_path: dict[str, list[NextEdit]] = {}
    for edit in series.edits:
        by_path.setdefault(edit.path, []).append(edit)
    files = [(replace(first, edit=edits[0]), edits) for edits in by_path.values()]
    uris = [uri_of_edit(connection, one) for one, _ in files]
    versions = {uri: connection.documents.version(uri) for uri in uris}

    def changes() -> list[types.TextDocumentEdit]:
        found = []
        for (one, edits), uri in zip(files, uris, strict=True):
            known = known_to_client(connection, one, uri)
            together = edits if len(edits) <= _ONE_BY_ONE else [_joined(edits, known)]
            made = [as_text_edit(edit, known, connection.documents.encoding) for edit in together]
            found.append(_document_edit(replace(known, version=versions[uri]), made))
        return found

    documents = await connection.server.tasks.in_thread(changes)
    where = f" in {len(documents)} files" if len(documents) > 1 else ""
    more = f" (the first of {series.total})" if series.capped else ""
    title = f"Segue: apply the same change to {len(series.edits)} places{where}{which}{more}"
    count = len(series.edits)
    done = f"{count} {'place' if count == 1 else 'places'} changed{where or ' in 1 file'}"
    return _code_action(
        title, first, documents, f"Segue: {done}{f'; {left} left: read-only' if left else ''}."
    )


def _joined(edits: Sequence[NextEdit], known: Known) -> NextEdit:
    """Return the many edits of a file as one: thousands of edits would keep the client and the wire busy for seconds."""
    start = edits[0].start_line
    last = max(edit.end_line for edit in edits)
    lines = [line_content(line) for line in known.snapshot.lines[start:last]]
    for edit in reversed(edits):
        lines[edit.start_line - start : edit.end_line - start] = edit.new or ()
    return replace(edits[0], end_line=last, new=tuple(lines))


def _document_edit(known: Known, edits: list[types.TextEdit]) -> types.TextDocumentEdit:
    identity = types.OptionalVersionedTextDocumentIdentifier(known.uri, known.version)
    return types.TextDocumentEdit(identity, [*edits])


def _code_action(
    title: str, offered: Offered, documents: list[types.TextDocumentEdit], done: str = ""
) -> types.CodeAction:
    accepted = types.Command(
        title="Accepted",
        command=messages.ACCEPT_NEXT_EDIT_COMMAND,
        arguments=[offered.id, *([done] if done else [])],
    )
    return types.CodeAction(
        title=title,
        kind="refactor.rewrite.segue",
        edit=types.WorkspaceEdit(document_changes=[*documents]),
        command=accepted,
    )
