"""`textDocument/inlineCompletion`: ghost text."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from lsprotocol import types

from segue_server.features.completion_requests import (
    accept_command,
    answer_at,
    range_at,
    replaced_range,
    request_at,
)
from segue_server.next_edits.inline import item_at_cursor
from segue_syntax import Position

if TYPE_CHECKING:
    from segue_server.completion.types import CompletionRequest, Suggestion
    from segue_server.connection import Connection
    from segue_server.lsp.documents import View


def register(connection: Connection) -> None:
    """Register the feature statically: neither Neovim nor lsp-mode declares the client capability."""

    async def inline_completion(params: types.InlineCompletionParams) -> types.InlineCompletionList:
        connection.asks_inline = True
        session = await connection.session()
        view = connection.documents.view(params.text_document.uri)
        if view is None:
            return types.InlineCompletionList(items=[])
        explicit = params.context.trigger_kind == types.InlineCompletionTriggerKind.Invoked
        request = _with_popup(view, request_at(session, view, params.position, explicit=explicit), params)
        answer = await answer_at(session, view, request)
        items = [_item(view, request, s) for s in answer.suggestions]
        if not items and request.popup is None and not connection.asks_next_edits:
            edit = await item_at_cursor(connection, session, view, params.position)
            items = [] if edit is None else [edit]
        return types.InlineCompletionList(items=items)

    connection.server.feature(types.TEXT_DOCUMENT_INLINE_COMPLETION, types.InlineCompletionOptions())(
        inline_completion
    )


def _with_popup(
    view: View, request: CompletionRequest, params: types.InlineCompletionParams
) -> CompletionRequest:
    selected = params.context.selected_completion_info
    if selected is None:
        return request
    from segue_server.completion.types import Popup

    start = view.position(selected.range.start.line, selected.range.start.character)
    end = view.position(selected.range.end.line, selected.range.end.character)
    return replace(request, popup=Popup(start, selected.text, end))


def _item(view: View, request: CompletionRequest, suggestion: Suggestion) -> types.InlineCompletionItem:
    """Return the protocol's item; with a popup it replaces what the popup's own entry does, and what follows that."""
    text, popup, cursor = suggestion.text, request.popup, request.position
    if popup is None:
        extent = replaced_range(view, cursor, suggestion)
    else:
        end = Position(cursor.line, popup.end_column(cursor) + suggestion.replace_suffix_chars)
        extent = range_at(view, popup.start, end)
        text = popup.text + text
    return types.InlineCompletionItem(insert_text=text, range=extent, command=accept_command(suggestion))
