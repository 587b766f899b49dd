"""`textDocument/completion`: the fallback for editors without inline completion."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from segue_server.features.completion_requests import accept_command, answer_at, replaced_range, request_at

if TYPE_CHECKING:
    from segue_server.completion.types import Suggestion
    from segue_server.connection import Connection
    from segue_server.lsp.documents import View
    from segue_syntax import Position

_LABEL_CHARS = 60


def register(connection: Connection) -> None:
    """Register the feature; whether it answers depends on the client and on `completion.popup`."""

    async def completion(params: types.CompletionParams) -> types.CompletionList:
        session = await connection.session()
        view = connection.documents.view(params.text_document.uri)
        nothing = types.CompletionList(is_incomplete=True, items=[])
        if view is None or not _wanted(connection, session.settings.completion.popup):
            return nothing
        trigger = params.context.trigger_kind if params.context else types.CompletionTriggerKind.Invoked
        request = request_at(session, view, params.position)
        if trigger != types.CompletionTriggerKind.Invoked and request.after_deletion:
            return nothing
        answer = await answer_at(session, view, request)
        items = [_item(view, request.position, suggestion) for suggestion in answer.suggestions]
        return types.CompletionList(is_incomplete=True, items=items)

    connection.server.feature(types.TEXT_DOCUMENT_COMPLETION, types.CompletionOptions())(completion)


def _wanted(connection: Connection, chosen: str) -> bool:
    """Return whether the popup is used: by setting, or where the client shows no inline completions.

    Neovim and lsp-mode declare nothing even when they show them, so a client that has asked for one counts.
    """
    if chosen != "auto":
        return chosen == "on"
    text_document = connection.server.client_capabilities.text_document
    declared = text_document is not None and text_document.inline_completion is not None
    return not declared and not connection.asks_inline


def _item(view: View, position: Position, suggestion: Suggestion) -> types.CompletionItem:
    """Return an item whose range starts at the word before the cursor, so that editors keep filtering it."""
    line = view.snapshot.lines[position.line][: position.column]
    word = line[len(line.rstrip("_0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")) :]
    extent = replaced_range(view, position, suggestion)
    extent.start.character -= len(word)  # the word is ASCII: one unit each in every encoding
    text = word + suggestion.text
    first, _, more = text.partition("\n")
    label = first.strip()[:_LABEL_CHARS] + (" …" if more or len(first) > _LABEL_CHARS else "")
    return types.CompletionItem(
        label=label,
        kind=types.CompletionItemKind.Text,
        detail="Segue",
        sort_text="\0",
        filter_text=word or first.strip(),
        insert_text_mode=types.InsertTextMode.AsIs,
        text_edit=types.TextEdit(extent, text),
        command=accept_command(suggestion),
    )
