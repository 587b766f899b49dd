"""From an editor's assist request to the service, and the answer back in the protocol's terms."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from pygls.exceptions import JsonRpcException

from segue_server.assist.tests_edit import tests_edit
from segue_server.lsp.uris import path_of, uri_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Iterator

    from segue_assist import Target, Usage
    from segue_assist.ask import Citation
    from segue_server.assist.service import AssistService
    from segue_server.connection import Connection
    from segue_server.lsp.assist_messages import (
        AskParams,
        CommentParams,
        CommitMessageParams,
        EditParams,
        ExplainParams,
        TestsParams,
    )
    from segue_server.lsp.documents import View
    from segue_server.session import Session
    from segue_server.workspace.workspaces import Scope
    from segue_syntax import Range

T = TypeVar("T")
Show = Callable[[dict[str, Any]], None]
"""Gets the parts of an answer while it is written."""

_REQUEST_FAILED, _CONTENT_MODIFIED = -32803, -32801
_PLACES, _MOST_PLACES = 10, 50
_SETTINGS = {
    "no_model": "chat.provider",
    "unfit_model": "chat.name",
    "denied": "privacy.allow",
    "unknown_action": "assist.trusted_folders",
}
"""By reason of a refusal, the setting that decides it."""
_CHANGED = "The file changed while the model was answering; nothing was inserted."


def _hidden(_part: dict[str, Any]) -> None:
    """Show nothing: the answer is given whole."""


@dataclass(frozen=True, slots=True)
class _Place:
    """A document with what an action is about in it."""

    view: View
    scope: Scope
    target: Target


class AssistRequests:
    """Answers one client's requests; the service is imported and made when first needed."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._service: AssistService | None = None

    async def service(self) -> AssistService:
        """Return the service of this client."""
        session = await self._connection.session()
        if self._service is None:
            service_class = await session.tasks.in_thread(_service_class)
            if self._service is None:
                self._service = service_class(
                    lambda: session.settings, session.directories, session.tasks, file_link, session.searches
                )
                self._connection.server.on_close.append(self._service.aclose)
        return self._service

    async def explain(self, params: ExplainParams, show: Show) -> dict[str, Any]:
        """Explain; `show` gets the Markdown piece by piece."""

        def piece(markdown: str) -> None:
            show({"markdown": markdown})

        session, service = await self._connection.session(), await self.service()
        action = params.action or ""
        with _busy(session):
            if params.diff:
                where = _scope_of(session, params.text_document.uri if params.text_document else "")
                change = "staged" if params.diff == "staged" else "working"
                request, answer = await service.explain(where, change, action=action, show=piece)  # type: ignore[arg-type]
            else:
                place = self._place(session, params)
                request, answer = await service.explain(place.scope, place.target, action=action, show=piece)
        return {
            "markdown": answer.text,
            "title": request.prompt.title,
            "refused": answer.refused,
            **_costs(session, answer.usage),
        }

    async def comment(self, params: CommentParams, _show: Show = _hidden) -> dict[str, Any]:
        """Return an edit that adds comments and nothing else."""
        session, service = await self._connection.session(), await self.service()
        place = self._place(session, params)
        self._check_writable(place)
        with _busy(session):
            edit = await service.comment(place.scope, place.target, action=params.action or "")
        costs = _costs(session, edit.usage)
        self._check_unchanged(place.view)
        return {
            "edit": self._workspace_edit(place.view, [_text_edit(place.view, edit.extent, edit.text)]),
            "title": edit.title,
            "notes": list(edit.notes),
            **costs,
        }

    async def edit(self, params: EditParams, show: Show) -> dict[str, Any]:
        """Return the change that an instruction asks for, in hunks; `show` gets the new code while it is written."""
        session, service = await self._connection.session(), await self.service()
        place = self._place(session, params)
        view = place.view
        self._check_writable(place)
        with _busy(session):
            request, change = await service.edit(
                place.scope,
                place.target,
                params.instruction,
                action=params.action or "",
                show=lambda piece: show({"text": piece}),
            )
        costs = _costs(session, change.usage)
        self._check_unchanged(view)
        edits = [_text_edit(view, one.extent, one.text) for one in change.edits]
        asked = request.asked
        return {
            "textDocument": {"uri": view.uri, "version": view.version},
            "edits": edits,
            "edit": self._workspace_edit(view, edits),
            "range": _range(view, asked) if asked is not None else None,
            "title": change.title,
            "notes": list(change.notes),
            "unknownNames": [{"name": one.name, "definedIn": one.defined_in} for one in change.unknown],
            **costs,
        }

    async def tests(self, params: TestsParams, _show: Show = _hidden) -> dict[str, Any]:
        """Return an edit that adds tests to the file of the tests, which may be a new one."""
        session, service = await self._connection.session(), await self.service()
        place = self._place(session, params)
        with _busy(session):
            asked, found = await service.tests(place.scope, place.target, action=params.action or "")
        costs = _costs(session, found.change.usage)
        documents, root = self._connection.documents, place.scope.root
        self._check_unchanged(place.view)
        uri = uri_of(root / found.path) if root is not None else place.view.uri
        edit = tests_edit(found, uri, documents.version(uri), documents.encoding, self._operations())
        return {
            "edit": edit,
            "title": found.change.title,
            "uri": uri,
            "created": found.text is None,
            "framework": asked.place.framework.name,
            "tests": list(found.names),
            "notes": list(found.change.notes),
            **costs,
        }

    def _operations(self) -> bool:
        """Whether the client creates files that an edit names."""
        workspace = self._connection.server.client_capabilities.workspace
        declared = workspace.workspace_edit if workspace is not None else None
        known = [] if declared is None else declared.resource_operations or []
        return (
            declared is not None
            and bool(declared.document_changes)
            and "create" in [str(getattr(one, "value", one)) for one in known]
        )

    async def commit_message(self, params: CommitMessageParams, _show: Show = _hidden) -> dict[str, Any]:
        """Return a message for what is staged."""
        session, service = await self._connection.session(), await self.service()
        with _busy(session):
            message = await service.commit_message(
                _scope_of(session, params.uri or ""), action=params.action or ""
            )
        return {
            "message": message.text,
            "leftOut": list(message.left_out),
            **_costs(session, message.usage),
        }

    async def ask(self, params: AskParams, show: Show) -> dict[str, Any]:
        """Answer a question; `show` gets what the index found, then the model's Markdown by sentences."""
        session, service = await self._connection.session(), await self.service()
        from segue_server.assist.answers import ask_message, found_message
        from segue_server.assist.service import Question

        where = _scope_of(session, params.uri or "")
        root = where.root

        def uri(path: str) -> str:
            return uri_of(root / path) if root is not None else ""

        question = Question(
            params.question,
            limit=min(max(params.limit or _PLACES, 1), _MOST_PLACES),
            selection=self._selection(session, params),
            thread=tuple((turn.question, turn.answer) for turn in params.thread or ()),
            use_model=params.model is not False,
        )
        with _busy(session):
            answer = await service.ask(
                where,
                question,
                found=lambda result: show(found_message(result, uri)),
                show=lambda piece: show({"markdown": piece}),
            )
        return {**ask_message(answer, uri), **_costs(session, answer.usage)}

    def _selection(self, session: Session, params: AskParams) -> Citation | None:
        """Return the lines that a question is about, None for none or in a document that may not be sent."""
        from segue_assist.ask import Citation

        view = self._connection.documents.view(params.uri or "") if params.range is not None else None
        if view is None or params.range is None:
            return None
        where = session.workspaces.locate(view.uri, notebook=session.documents.notebook_of(view.uri))
        if not where.path or session.refusal(where, view):
            return None
        end = params.range.end.line + (params.range.end.character > 0)
        return Citation(where.path, params.range.start.line, max(end, params.range.start.line + 1))

    def _place(
        self, session: Session, params: ExplainParams | CommentParams | EditParams | TestsParams
    ) -> _Place:
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

    def _check_unchanged(self, view: View) -> None:
        if self._connection.documents.version(view.uri) != view.version:
            raise JsonRpcException(_CHANGED, _CONTENT_MODIFIED, {"reason": "changed"})

    def _check_writable(self, place: _Place) -> None:
        from segue_server.assist.resources import check_writable

        path = path_of(place.view.uri)
        if path is not None:
            check_writable(path, place.target.path)

    def _workspace_edit(self, view: View, edits: list[dict[str, Any]]) -> dict[str, Any]:
        """Return edits as the client can read them, with the version they were made for where that can be said."""
        workspace = self._connection.server.client_capabilities.workspace
        declared = workspace.workspace_edit if workspace is not None else None
        if declared is not None and declared.document_changes:
            document = {"uri": view.uri, "version": view.version}
            return {"documentChanges": [{"textDocument": document, "edits": edits}]}
        return {"changes": {view.uri: edits}}


def _range(view: View, extent: Range) -> dict[str, Any]:
    """Return an extent in the client's units."""
    start, end = view.to_client(extent.start), view.to_client(extent.end)
    return {
        "start": {"line": start[0], "character": start[1]},
        "end": {"line": end[0], "character": end[1]},
    }


def _text_edit(view: View, extent: Range, text: str) -> dict[str, Any]:
    return {"range": _range(view, extent), "newText": text}


async def answered(work: Awaitable[T]) -> T:
    """Return the result of `work`; a refusal becomes an error with one sentence and a reason code."""
    try:
        return await work
    except Exception as error:
        refusal = _refusal_of(error)
        if refusal is None:
            raise
        raise refusal from error


def _refusal_of(error: Exception) -> JsonRpcException | None:
    from segue_assist import AssistError
    from segue_model import ModelError

    if isinstance(error, AssistError):
        code = _CONTENT_MODIFIED if error.reason == "changed" else _REQUEST_FAILED
        setting = _SETTINGS.get(error.reason)
        data = {"reason": error.reason, **({"setting": setting} if setting else {})}
        return JsonRpcException(error.message, code, data)
    if isinstance(error, ModelError):
        return JsonRpcException(
            error.message, _REQUEST_FAILED, {"reason": error.reason, "setting": "chat.endpoint"}
        )
    return None


def file_link(root: Path | None, path: str, line: int) -> str:
    """Return a file URI that editors open at a 0-based line, "" for a document without a file."""
    whole = root / path if root is not None else Path(path)
    return f"{uri_of(whole)}#L{line + 1}" if whole.is_absolute() else ""


def _service_class() -> type[AssistService]:
    """Import all that answers need: on the event loop that would take some tenths of a second."""
    import segue_assist.ask  # noqa: F401
    import segue_server.assist.answers  # noqa: F401
    from segue_server.assist.service import AssistService

    return AssistService


def _scope_of(session: Session, uri: str) -> Scope:
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


def _costs(session: Session, usage: Usage) -> dict[str, Any]:
    """Return what an answer cost, and keep it in the status."""
    session.status.assist = {"model": usage.model, **usage.fields()}
    session.status.changed()
    return {"model": usage.model, "usage": usage.fields()}


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
