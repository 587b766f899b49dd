"""What became of suggestions: shown, accepted in whole or part, dismissed; and where the editor looks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segue_server.lsp import messages

if TYPE_CHECKING:
    from segue_server.connection import Connection


def register(connection: Connection) -> None:
    """Register the notifications and the command that items carry; wrong or late feedback is ignored."""
    server = connection.server

    def shown(params: messages.FeedbackParams) -> None:
        if (session := connection.started_session) is not None:
            session.feedback.shown(params.suggestion_id)

    def partly_accepted(params: messages.FeedbackParams) -> None:
        if (session := connection.started_session) is not None:
            session.feedback.partly_accepted(params.suggestion_id, params.accepted_length or 0)

    def rejected(params: messages.FeedbackParams) -> None:
        if (session := connection.started_session) is not None:
            reason = params.reason or "dismissed"
            if not session.next_edits.rejected(params.suggestion_id, reason):
                session.feedback.rejected(params.suggestion_id, reason)

    def accepted(arguments: list[Any]) -> None:
        if (session := connection.started_session) is not None and arguments:
            session.feedback.accepted(str(arguments[0]))

    def focused(params: messages.FocusParams) -> None:
        session = connection.started_session
        if session is not None and params.text_document is not None:
            connection.documents.focused_uri = params.text_document.uri
            session.looked_at(params.text_document.uri, 0)

    server.feature(messages.DID_SHOW_COMPLETION)(shown)
    server.feature(messages.DID_PARTIALLY_ACCEPT)(partly_accepted)
    server.feature(messages.DID_REJECT)(rejected)
    server.feature(messages.DID_FOCUS)(focused)
    server.command(messages.ACCEPT_COMMAND)(accepted)
