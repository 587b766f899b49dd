"""From a place in a client's document to a completion request, and back to the client's units."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from lsprotocol import types

from segue_server.lsp.messages import ACCEPT_COMMAND
from segue_syntax import Position

if TYPE_CHECKING:
    from segue_server.completion.types import CompletionAnswer, CompletionRequest, Suggestion
    from segue_server.lsp.documents import View
    from segue_server.session import Session


def request_at(
    session: Session, view: View, position: types.Position, *, explicit: bool = False
) -> CompletionRequest:
    """Return the request for a place in a document."""
    from segue_server.completion.types import CompletionRequest

    where = session.workspaces.locate(view.uri, notebook=session.documents.notebook_of(view.uri))
    return CompletionRequest(
        view.snapshot,
        view.position(position.line, position.character),
        path=where.path,
        repository=where.scope.name,
        context=where.scope.context,
        explicit=explicit,
        after_deletion=view.after_deletion,
        recent_deletions=view.recent_deletions,
        denied=session.refusal(where, view),
        may_leave=where.scope.rules.may_leave,
        team_rules=partial(session.team_rules(where).text_for, where.path),
        can_refresh=session.client.can_refresh,
    )


def range_at(view: View, start: Position, end: Position) -> types.Range:
    """Return a range in the client's units."""
    return types.Range(types.Position(*view.to_client(start)), types.Position(*view.to_client(end)))


def replaced_range(view: View, position: Position, suggestion: Suggestion) -> types.Range:
    """Return the range a suggestion at the cursor replaces."""
    end = Position(position.line, position.column + suggestion.replace_suffix_chars)
    return range_at(view, position, end)


def accept_command(suggestion: Suggestion) -> types.Command:
    """Return the command that an editor runs after acceptance."""
    return types.Command(title="Accepted", command=ACCEPT_COMMAND, arguments=[suggestion.id])


async def answer_at(session: Session, view: View, request: CompletionRequest) -> CompletionAnswer:
    """Return the pipeline's answer; one for a text that is gone is replaced by silence."""
    answer = await session.completer.complete(request)
    if session.documents.version(view.uri) != view.version:
        answer = replace(answer, suggestions=(), reason="stale")
    session.answered(request, answer)
    return answer
