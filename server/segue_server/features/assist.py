"""Explaining, commenting, changing code and commit messages: requests, and commands for editors that do not know them."""

from __future__ import annotations

import asyncio
import itertools
from typing import TYPE_CHECKING, Any, TypeVar

from lsprotocol import types
from pygls.exceptions import JsonRpcException, JsonRpcInvalidParams

from segue_server.assist.requests import AssistRequests, answered
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
    from collections.abc import Callable, Coroutine

    from segue_server.connection import Connection
    from segue_server.session import Session

_Params = TypeVar("_Params")

_MOST_LINES, _MOST_LINES_UNASKED = 60_000, 8_000  # an editor asks unasked whenever the cursor moves
_MOST_TOLD = 600
_PREPARE_AFTER_S = 2.0


def register(connection: Connection) -> None:
    """Register the requests, the commands, and the provider of code actions."""
    feature = AssistFeature(connection)
    declare = connection.server.protocol.message_types.request
    declare(EXPLAIN, ExplainParams)
    declare(COMMENT, CommentParams)
    declare(COMMIT_MESSAGE, CommitMessageParams)
    declare(ASK, AskParams)
    declare(EDIT, EditParams)
    declare(TESTS, TestsParams)
    connection.server.feature(EXPLAIN)(feature.explain)
    connection.server.feature(EDIT)(feature.edit)
    connection.server.feature(TESTS)(feature.tests)
    connection.server.feature(COMMENT)(feature.comment)
    connection.server.feature(COMMIT_MESSAGE)(feature.commit_message)
    connection.server.feature(ASK)(feature.ask)
    connection.server.command(EXPLAIN_COMMAND)(feature.explain_command)
    connection.server.command(COMMENT_COMMAND)(feature.comment_command)
    connection.server.command(EDIT_COMMAND)(feature.edit_command)
    connection.server.command(TESTS_COMMAND)(feature.tests_command)
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

    # -- requests ----------------------------------------------------------------------------------------------

    async def explain(self, params: ExplainParams) -> dict[str, Any]:
        """Answer `segue/explain`: Markdown, streamed as partial results to a client that asks for them."""
        with Work(self._server, params.work_done_token, "Explaining") as work:
            show = self._shown(work, params.partial_result_token, "markdown")
            return await answered(self._requests.explain(params, show))

    async def edit(self, params: EditParams) -> dict[str, Any]:
        """Answer `segue/edit`: hunks for one version; the new code is streamed to a client that asks for it."""
        with Work(self._server, params.work_done_token, "Changing code") as work:
            show = self._shown(work, params.partial_result_token, "text")
            return await answered(self._requests.edit(params, show))

    def _shown(self, work: Work, token: Any, field: str) -> Callable[[str], None]:
        """Return what reports a piece of an answer: as progress, and as a partial result where a client wants those."""

        def show(piece: str) -> None:
            work.received(piece)
            if token is not None:
                value = types.ProgressParams(token=token, value={field: piece})
                self._server.protocol.notify(types.PROGRESS, value)

        return show

    async def comment(self, params: CommentParams) -> dict[str, Any]:
        """Answer `segue/comment`: an edit that adds comments and nothing else."""
        with Work(self._server, params.work_done_token, "Writing a comment"):
            return await answered(self._requests.comment(params))

    async def commit_message(self, params: CommitMessageParams) -> dict[str, Any]:
        """Answer `segue/commitMessage`: a message for what is staged."""
        with Work(self._server, params.work_done_token, "Writing a commit message"):
            return await answered(self._requests.commit_message(params))

    async def ask(self, params: AskParams) -> dict[str, Any]:
        """Answer `segue/ask`: the places, then the model's sentences, as partial results; both whole at the end."""
        token = params.partial_result_token
        with Work(self._server, params.work_done_token, "Searching the repository") as work:

            def show(value: dict[str, Any]) -> None:
                work.received(value.get("markdown", ""))
                if token is not None:
                    progress = types.ProgressParams(token=token, value=value)
                    self._server.protocol.notify(types.PROGRESS, progress)

            return await answered(self._requests.ask(params, show))

    # -- commands ----------------------------------------------------------------------------------------------

    async def explain_command(self, arguments: list[Any]) -> None:
        """Explain in the background and show the Markdown; the editor is not kept waiting."""
        self._in_background(self._explain_and_show(self._read(arguments, ExplainParams)), "explain")

    async def comment_command(self, arguments: list[Any]) -> None:
        """Comment in the background and apply the edit."""
        self._in_background(self._comment_and_apply(self._read(arguments, CommentParams)), "comment")

    async def edit_command(self, arguments: list[Any]) -> None:
        """Change code in the background and apply the change."""
        self._in_background(self._edit_and_apply(self._read(arguments, EditParams)), "edit")

    async def commit_message_command(self, arguments: list[Any]) -> dict[str, Any]:
        """Return a commit message; this command waits for the model and can be cancelled."""
        params = self._read(arguments, CommitMessageParams)
        return await answered(self._requests.commit_message(params))

    async def _explain_and_show(self, params: ExplainParams) -> None:
        async with Work.begun_by_us(self._server, self._token(), "Segue explains") as work:
            result = await self._requests.explain(params, work.received)
            work.finish()
            await self._show(result["markdown"])

    async def _comment_and_apply(self, params: CommentParams) -> None:
        async with Work.begun_by_us(self._server, self._token(), "Segue writes a comment"):
            result = await self._requests.comment(params)
        await self._apply(result)

    async def tests(self, params: TestsParams) -> dict[str, Any]:
        """Answer `segue/tests`: an edit that adds tests and changes no other code."""
        with Work(self._server, params.work_done_token, "Writing tests"):
            return await answered(self._requests.tests(params))

    async def tests_command(self, arguments: list[Any]) -> None:
        """Write tests in the background and apply the edit."""
        self._in_background(self._tests_and_apply(self._read(arguments, TestsParams)), "tests")

    async def _tests_and_apply(self, params: TestsParams) -> None:
        async with Work.begun_by_us(self._server, self._token(), "Segue writes tests"):
            result = await self._requests.tests(params)
        await self._apply(result)

    async def _edit_and_apply(self, params: EditParams) -> None:
        async with Work.begun_by_us(self._server, self._token(), "Segue changes code") as work:
            result = await self._requests.edit(params, work.received)
        await self._apply(result)

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

    def _token(self) -> str:
        return f"segue-assist-{next(self._counter)}"

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
