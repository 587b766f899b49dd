"""One client's connection: what its features share, and the session that starts once `initialize` is answered."""

from __future__ import annotations

import asyncio
import gc
import logging
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from segue_server.lsp.messages import DID_CHANGE_STATUS, REFRESH
from segue_server.lsp.uris import path_of
from segue_server.runtime.lifetime import wait_for_death

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine

    from lsprotocol import types

    from segue_context import IndexStatus
    from segue_server.completion.types import CompletionRequest
    from segue_server.lsp.documents import DocumentStore
    from segue_server.lsp.server import SegueServer
    from segue_server.session import Session

    CodeActionProvider = Callable[[types.CodeActionParams], Awaitable[list[types.CodeAction]]]
    CodeActionResolver = Callable[[types.CodeAction], Awaitable[types.CodeAction]]

logger = logging.getLogger(__name__)


class Connection:
    """One client's connection: what its features share, and the session once it has started.

    `code_actions`, `code_action_resolvers`, `index_listeners` and `on_session` are lists that features add to.
    """

    def __init__(self, server: SegueServer) -> None:
        self.server = server
        self.code_actions: list[CodeActionProvider] = []
        self.code_action_resolvers: dict[str, CodeActionResolver] = {}
        self.index_listeners: list[Callable[[IndexStatus], None]] = []
        self.asks_inline = False
        self.asks_next_edits = False
        self.on_session: list[Callable[[Session], Coroutine[Any, Any, None]]] = []
        self.started_session: Session | None = None
        """The session as soon as it follows the documents; requests wait a little longer, in `session`."""
        self._session: asyncio.Future[Session] | None = None
        self._speaks_status = True

    @property
    def documents(self) -> DocumentStore:
        """The open documents."""
        return self.server.documents

    async def session(self) -> Session:
        """Return the session, waiting until it has started."""
        if self._session is None:
            raise RuntimeError("the client has not sent initialize")
        return await asyncio.shield(self._session)

    def begin(self, params: types.InitializeParams) -> None:
        """Start everything that may follow the answer to `initialize`."""
        name = params.client_info.name if params.client_info else ""
        declared = self.server.segue_capabilities
        self._speaks_status = bool(declared.get("status", name.lower() != "emacs"))
        self._session = asyncio.get_running_loop().create_future()
        self.server.tasks.spawn(self._start(params, name, declared), name="start the session")
        if params.process_id is not None:
            self.server.tasks.spawn(self._watch(params.process_id), name="watch the parent process")

    async def _start(self, params: types.InitializeParams, name: str, declared: dict[str, Any]) -> None:
        assert self._session is not None
        try:
            session = await self._make_session(params, name, declared)
        except Exception as error:
            self._session.set_exception(error)
            raise
        finally:
            _collect_garbage_again()
        self._session.set_result(session)
        for started in self.on_session:
            self.server.tasks.spawn(started(session), name="prepare what may be asked for later")

    async def _make_session(
        self, params: types.InitializeParams, name: str, declared: dict[str, Any]
    ) -> Session:
        build = partial(self._build_session, params, name, declared, asyncio.get_running_loop())
        session: Session = await self.server.tasks.in_thread(build)
        self.server.on_close.append(session.close)
        self.server.log_to_client()
        session.attach()
        self.started_session = session
        await session.start()
        return session

    def _build_session(
        self,
        params: types.InitializeParams,
        name: str,
        declared: dict[str, Any],
        loop: asyncio.AbstractEventLoop,
    ) -> Session:
        """Import the rooms and wire them together: longer than the event loop may be held up."""
        from segue_server.session import ClientFacts, Session, ToClient

        client = ClientFacts(
            roots=tuple(roots_of(params)),
            options=params.initialization_options,
            can_refresh=bool(declared.get("refresh")),
            watches_files=self.server.client_watches_files,
            fills_placeholders=bool(declared.get("placeholders")),
            compares_problems=bool(declared.get("problems")),
            name=name,
        )
        to_client = ToClient(self._refresh, self._status, self._index)
        return Session(self.documents, self.server.tasks, client, to_client, loop)

    async def _watch(self, pid: int) -> None:
        await wait_for_death(pid)
        logger.warning("The editor is gone; Segue ends")
        self.server.stop()

    def _refresh(self, request: CompletionRequest) -> None:
        view = self.documents.view(request.snapshot.uri)
        if view is None:
            return
        line, character = view.to_client(request.position)
        self.server.protocol.notify(
            REFRESH,
            {
                "textDocument": {"uri": view.uri, "version": view.version},
                "position": {"line": line, "character": character},
            },
        )

    def _index(self, status: IndexStatus) -> None:
        for listener in self.index_listeners:
            listener(status)

    def _status(self, report: dict[str, Any]) -> None:
        if self._speaks_status:
            self.server.protocol.notify(DID_CHANGE_STATUS, report)


def _collect_garbage_again() -> None:
    """Turn the collector on, sparing what was imported: walking it would hold up a keystroke."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    gc.enable()


def roots_of(params: types.InitializeParams) -> list[Path]:
    """Return the workspace folders of a client, in its order, from whichever field it uses."""
    uris = [folder.uri for folder in params.workspace_folders or ()]
    if not uris and params.root_uri:
        uris = [params.root_uri]
    paths = [path for uri in uris if (path := path_of(uri)) is not None]
    if not paths and params.root_path:
        paths = [Path(params.root_path)]
    return list(dict.fromkeys(paths))
