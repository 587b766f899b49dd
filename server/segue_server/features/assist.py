"""Explaining, commenting, changing code and commit messages: requests, and commands for editors that do not know them."""

from __future__ import annotations

import asyncio
import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from lsprotocol import types
from pygls.exceptions import JsonRpcException, JsonRpcInvalidParams

from segue_server.assist.requests import AssistRequests, Show, answered
from segue_server.lsp.assist_messages import (
    ASK,
    COMMENT,
    COMMENT_COMMAND,
    COMMIT_MESSAGE,
    COMMIT_MESSAGE_COMMAND,
    EDIT,
    EDIT_COMMAND,
    EXPLAIN,
    EXPLAIN_COMMAND,
    TESTS,
    TESTS_COMMAND,
    AskParams,
    CommentParams,
    CommitMessageParams,
    EditParams,
    ExplainParams,
    TestsParams,
)
from segue_server.lsp.work_progress import Work

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine

    from segue_server.connection import Connection
    from segue_server.session import Session

_Params = TypeVar("_Params")

_MOST_LINES, _MOST_LINES_UNASKED = 60_000, 8_000  # an editor asks unasked whenever the cursor moves
_MOST_TOLD = 600
_PREPARE_AFTER_S = 2.0


@dataclass(frozen=True, slots=True)
class _Action:
    """One action: how it is asked for, and what the progress of it is called.

    `command` runs it in the background for editors that do not know the request; its edit is applied, or its Markdown
    shown.
    """

    method: str
    params: type[Any]
    ask: Callable[[AssistRequests, Any, Show], Awaitable[dict[str, Any]]]
    title: str
    command: str = ""
    command_title: str = ""


_ACTIONS = (
    _Action(EXPLAIN, ExplainParams, AssistRequests.explain, "Explaining", EXPLAIN_COMMAND, "Segue explains"),
    _Action(EDIT, EditParams, AssistRequests.edit, "Changing code", EDIT_COMMAND, "Segue changes code"),
    _Action(TESTS, TestsParams, AssistRequests.tests, "Writing tests", TESTS_COMMAND, "Segue writes tests"),
    _Action(
        *(COMMENT, CommentParams, AssistRequests.comment, "Writing a comment"),
        *(COMMENT_COMMAND, "Segue writes a comment"),
    ),
    _Action(COMMIT_MESSAGE, CommitMessageParams, AssistRequests.commit_message, "Writing a commit message"),
    _Action(ASK, AskParams, AssistRequests.ask, "Searching the repository"),
)


def register(connection: Connection) -> None:
    """Register the requests, the commands, and the provider of code actions."""
    feature = AssistFeature(connection)
    for action in _ACTIONS:
        connection.server.protocol.message_types.request(action.method, action.params)
        connection.server.feature(action.method)(feature.request(action))
        if action.command:
            connection.server.command(action.command)(feature.command(action))
    connection.server.command(COMMIT_MESSAGE_COMMAND)(feature.commit_message_command)
    connection.code_actions.append(feature.code_actions)
    connection.code_action_resolvers["comment"] = feature.resolve
    connection.on_session.append(feature.prepare)


class AssistFeature:
    """The methods of this feature, for one client."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._server = connection.server
        self._requests = AssistRequests(connection)
        self._counter = itertools.count(1)

    async def prepare(self, _: Session) -> None:
        """Load, some time after the start, what the first request would otherwise wait for."""
        await asyncio.sleep(_PREPARE_AFTER_S)
        service = await self._requests.service()
        await service.warm()

    # -- requests and commands ---------------------------------------------------------------------------------

    def request(self, action: _Action) -> Callable[[Any], Awaitable[dict[str, Any]]]:
        """Return what answers the request: its parts are streamed to a client that asks for partial results."""

        async def answer(params: Any) -> dict[str, Any]:
            token = getattr(params, "partial_result_token", None)
            with Work(self._server, params.work_done_token, action.title) as work:

                def show(part: dict[str, Any]) -> None:
                    work.received(_text_of(part))
                    if token is not None:
                        progress = types.ProgressParams(token=token, value=part)
                        self._server.protocol.notify(types.PROGRESS, progress)

                return await answered(action.ask(self._requests, params, show))

        return answer

    def command(self, action: _Action) -> Callable[[list[Any]], Awaitable[None]]:
        """Return what runs the command in the background; the editor is not kept waiting."""

        async def run(arguments: list[Any]) -> None:
            self._in_background(self._done(action, self._read(arguments, action.params)), action.command)

        return run

    async def commit_message_command(self, arguments: list[Any]) -> dict[str, Any]:
        """Return a commit message; this command waits for the model and can be cancelled."""
        params = self._read(arguments, CommitMessageParams)
        return await answered(self._requests.commit_message(params))

    async def _done(self, action: _Action, params: Any) -> None:
        token = f"segue-assist-{next(self._counter)}"
        async with Work.begun_by_us(self._server, token, action.command_title) as work:
            result = await action.ask(self._requests, params, lambda part: work.received(_text_of(part)))
        await (self._apply(result) if "edit" in result else self._show(result["markdown"]))

    async def _apply(self, result: dict[str, Any]) -> None:
        edit = types.ApplyWorkspaceEditParams(
            edit=self._server.protocol.structure(result["edit"], types.WorkspaceEdit), label=result["title"]
        )
        answer = await self._server.workspace_apply_edit_async(edit)
        if not answer.applied:
            self._say(f"The editor did not apply the change: {answer.failure_reason or 'it gave no reason'}.")
        elif result["notes"]:
            self._say(" ".join(result["notes"]))

    async def _show(self, markdown: str) -> None:
        """Open the explanation as a Markdown file; an editor that opens none is told where it is, and its beginning."""
        from segue_server.assist.explanations import write_explanation

        session = await self._connection.session()
        path = await session.tasks.in_thread(write_explanation, session.directories.cache, markdown)
        window = self._server.client_capabilities.window
        if window is not None and window.show_document is not None and window.show_document.support:
            params = types.ShowDocumentParams(uri=path.as_uri(), take_focus=False, external=False)
            shown = await self._server.window_show_document_async(params)
            if shown is not None and shown.success:
                return
        self._say(f"The explanation is in {path}.\n\n{markdown[:_MOST_TOLD]}")

    def _in_background(self, work: Coroutine[Any, Any, None], name: str) -> None:
        async def guarded() -> None:
            try:
                await answered(work)
            except JsonRpcException as refusal:
                await self._refuse(refusal)

        self._server.tasks.spawn(guarded(), name=name)

    async def _refuse(self, refusal: JsonRpcException) -> None:
        """Say why there is no answer; where a setting decides that, name it and offer to open the settings."""
        setting = refusal.data.get("setting", "") if isinstance(refusal.data, dict) else ""
        window = self._server.client_capabilities.window
        opens = window is not None and window.show_document is not None and window.show_document.support
        session = await self._connection.session()
        settings = session.directories.user_file
        if not setting or not opens or not settings.exists():
            self._say(f"{refusal.message} (setting {setting})" if setting else refusal.message)
            return
        button = types.MessageActionItem(f"Open Settings ({setting})")
        asked = types.ShowMessageRequestParams(types.MessageType.Warning, refusal.message, [button])
        if await self._server.window_show_message_request_async(asked) is not None:
            await self._server.window_show_document_async(
                types.ShowDocumentParams(uri=settings.as_uri(), take_focus=True)
            )

    def _say(self, message: str) -> None:
        self._server.window_show_message(types.ShowMessageParams(types.MessageType.Info, message))

    def _read(self, arguments: list[Any], params_class: type[_Params]) -> _Params:
        given = arguments[0] if arguments else {}
        if not isinstance(given, dict):
            raise JsonRpcInvalidParams("The first argument must be an object with textDocument and range")
        try:
            return self._server.protocol.structure(given, params_class)
        except Exception as error:
            raise JsonRpcInvalidParams("The arguments do not fit this command") from error

    # -- code actions ------------------------------------------------------------------------------------------

    async def code_actions(self, params: types.CodeActionParams) -> list[types.CodeAction]:
        """Offer what can be explained or commented at a place; nothing is asked of a model for that."""
        session = await self._connection.session()
        view = self._connection.documents.view(params.text_document.uri)
        automatic = params.context.trigger_kind == types.CodeActionTriggerKind.Automatic
        most = _MOST_LINES_UNASKED if automatic else _MOST_LINES
        if view is None or not session.settings.assist.code_actions or len(view.snapshot.lines) > most:
            return []
        where = session.workspaces.locate(view.uri, notebook=session.documents.notebook_of(view.uri))
        if session.refusal(where, view):
            return []
        from segue_server.assist.code_actions import offers

        service = await self._requests.service()
        prompts = await session.tasks.in_thread(service.prompts(where.scope).all)
        start = view.position(params.range.start.line, params.range.start.character)
        end = view.position(params.range.end.line, params.range.end.character)
        found = await session.tasks.in_thread(offers, service.places, view.snapshot, where.path, start, end)
        return found.actions(params, view, prompts, can_resolve=self._can_resolve())

    async def resolve(self, action: types.CodeAction) -> types.CodeAction:
        """Fill in the edit of a comment action; a refusal is said in one sentence and leaves the action empty."""
        params = self._read([action.data], CommentParams)
        try:
            result = await answered(self._requests.comment(params))
        except JsonRpcException as refusal:
            await self._refuse(refusal)
            return action
        action.edit = self._server.protocol.structure(result["edit"], types.WorkspaceEdit)
        return action

    def _can_resolve(self) -> bool:
        document = self._server.client_capabilities.text_document
        declared = document.code_action if document is not None else None
        support = declared.resolve_support if declared is not None else None
        return support is not None and "edit" in support.properties


def _text_of(part: dict[str, Any]) -> str:
    """Return the text of a part of an answer, "" for one that is none."""
    return str(part.get("markdown") or part.get("text") or "")
