"""Explaining and commenting: custom requests, code actions, and commands for editors that know neither."""

from __future__ import annotations

import asyncio
import importlib
import itertools
from contextlib import aclosing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from lsprotocol import types
from pygls.exceptions import JsonRpcException, JsonRpcInvalidParams

from segue_server.lsp.assist_messages import (
    COMMENT,
    COMMENT_COMMAND,
    COMMIT_MESSAGE,
    COMMIT_MESSAGE_COMMAND,
    EXPLAIN,
    EXPLAIN_COMMAND,
    CommentParams,
    CommitMessageParams,
    ExplainParams,
)
from segue_server.lsp.uris import path_of
from segue_server.lsp.work_progress import Work

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator

    from segue_assist import CommentEdit, Target, Usage
    from segue_server.assist.service import AssistService
    from segue_server.connection import Connection
    from segue_server.lsp.documents import View
    from segue_server.session import Session
    from segue_server.workspace.workspaces import Scope

T = TypeVar("T")

_REQUEST_FAILED, _CONTENT_MODIFIED = -32803, -32801
_CHANGED = "The file changed while the model was answering; nothing was inserted."


def register(connection: Connection) -> None:
    """Register the requests, the commands, and the provider of code actions."""
    feature = AssistFeature(connection)
    declare = connection.server.protocol.message_types.request
    declare(EXPLAIN, ExplainParams)
    declare(COMMENT, CommentParams)
    declare(COMMIT_MESSAGE, CommitMessageParams)
    connection.server.feature(EXPLAIN)(feature.explain)
    connection.server.feature(COMMENT)(feature.comment)
    connection.server.feature(COMMIT_MESSAGE)(feature.commit_message)
    connection.server.command(EXPLAIN_COMMAND)(feature.explain_command)
    connection.server.command(COMMENT_COMMAND)(feature.comment_command)
    connection.server.command(COMMIT_MESSAGE_COMMAND)(feature.commit_message_command)
    connection.code_actions.append(feature.code_actions)
    connection.code_action_resolvers["comment"] = feature.resolve
    connection.on_session.append(feature.prepare)


@dataclass(frozen=True, slots=True)
class _Place:
    """A document with what an action is about in it."""

    view: View
    scope: Scope
    target: Target


class AssistFeature:
    """The methods of this feature, for one client."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._service: AssistService | None = None
        self._counter = itertools.count(1)

    async def prepare(self, session: Session) -> None:
        """Load, some time after the start, what the first request would otherwise wait for."""
        await asyncio.sleep(_PREPARE_AFTER_S)
        service = await self._service_of(session)
        await service.warm()

    # -- requests ----------------------------------------------------------------------------------------------

    async def explain(self, params: ExplainParams) -> dict[str, Any]:
        """Answer `segue/explain`: Markdown, streamed as partial results to a client that asks for them."""
        token = params.partial_result_token

        def show(piece: str) -> None:
            if token is not None:
                value = types.ProgressParams(token=token, value={"markdown": piece})
                self._connection.server.protocol.notify(types.PROGRESS, value)

        with Work(self._connection, params.work_done_token, "Explaining") as work:
            return await _answered(self._explain(params, show, work))

    async def comment(self, params: CommentParams) -> dict[str, Any]:
        """Answer `segue/comment`: an edit that adds comments and nothing else."""
        with Work(self._connection, params.work_done_token, "Writing a comment"):
            return await _answered(self._comment(params))

    async def commit_message(self, params: CommitMessageParams) -> dict[str, Any]:
        """Answer `segue/commitMessage`: a message for what is staged."""
        with Work(self._connection, params.work_done_token, "Writing a commit message"):
            return await _answered(self._commit_message(params))

    # -- commands ----------------------------------------------------------------------------------------------

    async def explain_command(self, arguments: list[Any]) -> None:
        """Explain in the background and show the Markdown; the editor is not kept waiting."""
        params = self._read(arguments, ExplainParams)
        self._in_background(self._explain_and_show(params), "explain")

    async def comment_command(self, arguments: list[Any]) -> None:
        """Comment in the background and apply the edit."""
        params = self._read(arguments, CommentParams)
        self._in_background(self._comment_and_apply(params), "comment")

    async def commit_message_command(self, arguments: list[Any]) -> dict[str, Any]:
        """Return a commit message; this command waits for the model and can be cancelled."""
        params = self._read(arguments, CommitMessageParams)
        return await _answered(self._commit_message(params))

    async def _explain_and_show(self, params: ExplainParams) -> None:
        async with Work.begun_by_us(self._connection, self._token(), "Segue explains") as work:
            result = await self._explain(params, work.received, work)
            work.finish()
            await self._show(result["markdown"])

    async def _comment_and_apply(self, params: CommentParams) -> None:
        async with Work.begun_by_us(self._connection, self._token(), "Segue writes a comment"):
            result = await self._comment(params)
        await self._apply(result)

    async def _apply(self, result: dict[str, Any]) -> None:
        edit = types.ApplyWorkspaceEditParams(edit=self._converted(result["edit"]), label=result["title"])
        answer = await self._connection.server.workspace_apply_edit_async(edit)
        if not answer.applied:
            self._say(
                f"The editor did not insert the comment: {answer.failure_reason or 'it gave no reason'}."
            )
        elif result["notes"]:
            self._say(" ".join(result["notes"]))

    def _converted(self, edit: dict[str, Any]) -> types.WorkspaceEdit:
        converter = self._connection.server.protocol._converter  # noqa: SLF001 - the one place that knows the wire's spelling
        structured: types.WorkspaceEdit = converter.structure(edit, types.WorkspaceEdit)
        return structured

    async def _show(self, markdown: str) -> None:
        """Open the explanation as a Markdown file, or say where it lies."""
        from segue_server.assist.explanations import write_explanation

        session = await self._connection.session()
        path = await session.tasks.in_thread(write_explanation, session.directories.cache, markdown)
        window = self._connection.server.client_capabilities.window
        if window is not None and window.show_document is not None and window.show_document.support:
            params = types.ShowDocumentParams(uri=path.as_uri(), take_focus=False, external=False)
            shown = await self._connection.server.window_show_document_async(params)
            if shown is not None and shown.success:
                return
        self._say(f"The explanation is in {path}.")

    def _in_background(self, work: Coroutine[Any, Any, None], name: str) -> None:
        async def guarded() -> None:
            try:
                await _answered(work)
            except JsonRpcException as refusal:
                self._say(refusal.message)

        self._connection.server.tasks.spawn(guarded(), name=name)

    def _say(self, message: str) -> None:
        self._connection.server.window_show_message(types.ShowMessageParams(types.MessageType.Info, message))

    def _token(self) -> str:
        return f"segue-assist-{next(self._counter)}"

    def _read(self, arguments: list[Any], cls: type[Any]) -> Any:
        given = arguments[0] if arguments else {}
        if not isinstance(given, dict):
            raise JsonRpcInvalidParams("The first argument must be an object with textDocument and range")
        try:
            return self._connection.server.protocol._converter.structure(given, cls)  # noqa: SLF001 - as above
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
        from segue_server.assist.offers import offers

        service = await self._service_of(session)
        prompts = await service.prompts(where.scope)
        start = view.position(params.range.start.line, params.range.start.character)
        end = view.position(params.range.end.line, params.range.end.character)
        found = await session.tasks.in_thread(offers, service.places, view.snapshot, where.path, start, end)
        return found.actions(params, view, prompts, can_resolve=self._can_resolve())

    async def resolve(self, action: types.CodeAction) -> types.CodeAction:
        """Fill in the edit of a comment action; a refusal is said in one sentence and leaves the action empty."""
        params = self._read([action.data], CommentParams)
        try:
            result = await _answered(self._comment(params))
        except JsonRpcException as refusal:
            self._say(refusal.message)
            return action
        action.edit = self._converted(result["edit"])
        return action

    def _can_resolve(self) -> bool:
        document = self._connection.server.client_capabilities.text_document
        declared = document.code_action if document is not None else None
        support = declared.resolve_support if declared is not None else None
        return support is not None and "edit" in support.properties

    # -- work --------------------------------------------------------------------------------------------------

    async def _explain(
        self, params: ExplainParams, show: Callable[[str], None], work: Work
    ) -> dict[str, Any]:
        session = await self._connection.session()
        service = await self._service_of(session)
        if params.diff:
            from segue_assist import staged_diff, working_diff

            scope = self._scope_of(session, params.text_document.uri if params.text_document else "")
            assistant = await service.assistant(scope)
            read = staged_diff if params.diff == "staged" else working_diff
            diff = await session.tasks.in_thread(read, _root(scope))
            question = await session.tasks.in_thread(
                lambda: assistant.prepare_diff_explanation(diff, params.action or "explain")
            )
        else:
            place = self._place(session, params)
            assistant = await service.assistant(place.scope)
            question = await session.tasks.in_thread(
                assistant.prepare_explanation, place.target, params.action or ""
            )
        answer = assistant.explain(question)
        with _busy(session):
            async with aclosing(answer.pieces()) as pieces:
                async for piece in pieces:
                    show(piece)
                    work.received(piece)
        self._note_usage(session, answer.usage)
        return {
            "markdown": answer.text,
            "title": question.prompt.title,
            "refused": answer.refused,
            "model": answer.usage.model,
            "usage": answer.usage.fields(),
        }

    async def _comment(self, params: CommentParams) -> dict[str, Any]:
        session = await self._connection.session()
        place = self._place(session, params)
        assistant = await (await self._service_of(session)).assistant(place.scope)
        question = await session.tasks.in_thread(assistant.prepare_comment, place.target, params.action or "")
        with _busy(session):
            edit = await assistant.comment(question)
        self._note_usage(session, edit.usage)
        if self._connection.documents.version(place.view.uri) != place.view.version:
            raise JsonRpcException(_CHANGED, _CONTENT_MODIFIED, {"reason": "changed"})
        return {
            "edit": self._workspace_edit(place.view, edit),
            "title": edit.title,
            "notes": list(edit.notes),
            "model": edit.usage.model,
            "usage": edit.usage.fields(),
        }

    async def _commit_message(self, params: CommitMessageParams) -> dict[str, Any]:
        session = await self._connection.session()
        scope = self._scope_of(session, params.uri or "")
        assistant = await (await self._service_of(session)).assistant(scope)
        question = await session.tasks.in_thread(
            lambda: assistant.prepare_commit_message(_root(scope), params.action or "commit-message")
        )
        with _busy(session):
            message, usage = await assistant.commit_message(question)
        self._note_usage(session, usage)
        return {
            "message": message,
            "leftOut": list(question.left_out),
            "model": usage.model,
            "usage": usage.fields(),
        }

    def _place(self, session: Session, params: ExplainParams | CommentParams) -> _Place:
        """Return the place a request is about; raises `AssistError` when it cannot be used."""
        from segue_assist import AssistError, Target
        from segue_syntax import Range

        uri = params.text_document.uri if params.text_document is not None else ""
        view = self._connection.documents.view(uri)
        if view is None:
            raise AssistError("not_open", "The file is not open in the editor.")
        if params.text_document is not None and params.text_document.version not in {None, view.version}:
            raise AssistError("changed", "The file changed meanwhile; nothing was done.")
        where = session.workspaces.locate(view.uri, notebook=session.documents.notebook_of(view.uri))
        why = session.refusal(where, view)
        if why:
            raise AssistError("denied", f"{where.path or 'This document'} is not sent to a model: {why}")
        extent = None
        if params.range is not None:
            start = view.position(params.range.start.line, params.range.start.character)
            end = view.position(params.range.end.line, params.range.end.character)
            extent = Range(start, end)
        elif params.position is not None:
            here = view.position(params.position.line, params.position.character)
            extent = Range(here, here)
        diagnostic = getattr(params, "diagnostic", None) or ""
        return _Place(view, where.scope, Target(view.snapshot, where.path, extent, diagnostic))

    def _workspace_edit(self, view: View, edit: CommentEdit) -> dict[str, Any]:
        """Return the edit as the client can read it, with the version it was made for where that can be said."""
        start, end = view.to_client(edit.extent.start), view.to_client(edit.extent.end)
        change = {
            "range": {
                "start": {"line": start[0], "character": start[1]},
                "end": {"line": end[0], "character": end[1]},
            },
            "newText": edit.text,
        }
        workspace = self._connection.server.client_capabilities.workspace
        declared = workspace.workspace_edit if workspace is not None else None
        if declared is not None and declared.document_changes:
            document = {"uri": view.uri, "version": view.version}
            return {"documentChanges": [{"textDocument": document, "edits": [change]}]}
        return {"changes": {view.uri: [change]}}

    async def _service_of(self, session: Session) -> AssistService:
        if self._service is None:
            module = await session.tasks.in_thread(importlib.import_module, "segue_server.assist.service")
            if self._service is None:
                self._service = module.AssistService(session)
                self._connection.server.on_close.append(self._service.aclose)
        return self._service

    def _scope_of(self, session: Session, uri: str) -> Scope:
        """Return the workspace of a document or a folder; without one, the only one there is."""
        path = path_of(uri) if uri else None
        scopes = session.workspaces.scopes
        if path is not None:
            for scope in scopes:
                if scope.root is not None and path.is_relative_to(scope.root):
                    return scope
        if len(scopes) >= 1 and path is None:
            return scopes[0]
        return session.workspaces.locate(uri or "untitled:").scope

    def _note_usage(self, session: Session, usage: Usage) -> None:
        """Keep the tokens of the last answer in the status."""
        session.status.assist = {"model": usage.model, **usage.fields()}
        session.status.changed()


_MOST_LINES, _MOST_LINES_UNASKED = 60_000, 8_000  # an editor asks unasked whenever the cursor moves
_PREPARE_AFTER_S = 2.0


@contextmanager
def _busy(session: Session) -> Iterator[None]:
    """Show in the status that a model is at work."""
    session.status.calls += 1
    session.status.changed()
    try:
        yield
    finally:
        session.status.calls -= 1
        session.status.changed()


def _root(scope: Scope) -> Any:
    from segue_assist import AssistError

    if scope.root is None:
        raise AssistError(
            "not_a_repository", "There is no workspace folder, so there is no repository to ask."
        )
    return scope.root


async def _answered(work: Coroutine[Any, Any, T]) -> T:
    """Return the result of `work`; a refusal becomes an error with one sentence and a reason code."""
    from segue_assist import AssistError
    from segue_model import ModelError

    try:
        return await work
    except AssistError as refusal:
        code = _CONTENT_MODIFIED if refusal.reason == "changed" else _REQUEST_FAILED
        raise JsonRpcException(refusal.message, code, {"reason": refusal.reason}) from refusal
    except ModelError as error:
        raise JsonRpcException(error.message, _REQUEST_FAILED, {"reason": error.reason}) from error
