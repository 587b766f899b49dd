"""A next edit at the cursor as an inline completion, for clients that ask for no next edits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from segue_server.features.completion_requests import range_at
from segue_server.lsp import messages
from segue_server.next_edits.offered import replacement
from segue_server.next_edits.requests import predict, uri_of_edit
from segue_syntax import Position, line_content

if TYPE_CHECKING:
    from segue_server.connection import Connection
    from segue_server.lsp.documents import View
    from segue_server.next_edits.offered import Replacement
    from segue_server.session import Session


async def item_at_cursor(
    connection: Connection, session: Session, view: View, position: types.Position
) -> types.InlineCompletionItem | None:
    """Return the edit that would be shown, if it goes on from the cursor."""
    asked = messages.CursorParams(messages.DocumentReference(view.uri), position, limit=1)
    prediction, offered = await predict(connection, session, view, asked)
    if not prediction.shown or connection.documents.version(view.uri) != view.version:
        return None
    first = offered[0]
    if first.edit.new is None or uri_of_edit(connection, first) != view.uri:
        return None
    place = view.position(position.line, position.character)
    found = from_cursor(view.snapshot.lines[place.line], place, replacement(first.edit, view.snapshot.lines))
    if found is None:
        return None
    text, end = found
    command = types.Command(title="Accepted", command=messages.ACCEPT_NEXT_EDIT_COMMAND, arguments=[first.id])
    return types.InlineCompletionItem(
        insert_text=text, range=range_at(view, place, Position(place.line, end)), command=command
    )


def from_cursor(line: str, cursor: Position, change: Replacement) -> tuple[str, int] | None:
    """Return a change as text to insert at the cursor and the column up to which it replaces its line, or None.

    That is possible where it changes nothing before the cursor, and its text holds what it removes after the cursor.
    """
    content = line_content(line)
    ending = line[len(content) :]
    if change.start == change.end == (cursor.line + 1, 0) and cursor.column == len(content) and ending:
        return ending + change.text.removesuffix(ending), cursor.column
    if change.start[0] != cursor.line or change.end[0] != cursor.line:
        return None
    before = content[change.start[1] : cursor.column]
    if change.start[1] > cursor.column or change.end[1] < cursor.column or not change.text.startswith(before):
        return None
    rest, taken = change.text[len(before) :], content[cursor.column : change.end[1]]
    if taken and rest.endswith(taken):
        rest, taken = rest[: -len(taken)], ""
    characters = iter(rest)
    if not rest.strip() or not all(character in characters for character in taken):
        return None
    return rest, cursor.column + len(taken)
