"""The language server object: a connection, its documents, its background tasks, and no popups."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.io_ import StdinAsyncReader, StdoutWriter, run_async
from pygls.lsp.server import LanguageServer

from segue_server import __version__
from segue_server.lsp import stdio
from segue_server.lsp.large_messages import MessageReader
from segue_server.lsp.protocol import SegueProtocol, make_converter
from segue_server.runtime.logs import ClientLogHandler, describe_failure
from segue_server.runtime.tasks import TaskRegistry

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from segue_server.lsp.documents import DocumentStore

    Handler = Callable[..., Any]

logger = logging.getLogger(__name__)

_NOTEBOOKS = types.NotebookDocumentSyncOptions(
    notebook_selector=[types.NotebookDocumentFilterWithNotebook(notebook="*")]
)
_MESSAGE_TYPES = (
    (logging.ERROR, types.MessageType.Error),
    (logging.WARNING, types.MessageType.Warning),
    (logging.INFO, types.MessageType.Info),
)


class SegueServer(LanguageServer):
    """The server as features see it."""

    protocol: SegueProtocol

    def __init__(self) -> None:
        super().__init__(
            "segue",
            __version__,
            notebook_document_sync=_NOTEBOOKS,
            protocol_cls=SegueProtocol,
            converter_factory=make_converter,
        )
        self.tasks = TaskRegistry()
        self.on_close: list[Callable[[], Awaitable[None]]] = []
        self._ended: asyncio.Event | None = None

    def feature(  # type: ignore[override]
        self, feature_name: str, options: Any | None = None
    ) -> Callable[[Handler], Handler]:
        """Register a handler of any kind under a method.

        The framework's own registration inspects signatures, sets attributes on handlers and structures the options
        to check them; ours are checked by the type checker, and `initialize` is answered sooner.
        """

        def register(handler: Handler) -> Handler:
            manager = self.protocol.fm
            if feature_name in manager.features:
                raise ValueError(f"{feature_name} is registered already")
            manager.features[feature_name] = handler
            if options is not None:
                manager.feature_options[feature_name] = options
            return handler

        return register

    def command(  # type: ignore[override]
        self, command_name: str
    ) -> Callable[[Handler], Handler]:
        """Register a command; its handler gets the arguments as one list of plain JSON."""

        def register(handler: Handler) -> Handler:
            if command_name in self.protocol.fm.commands:
                raise ValueError(f"{command_name} is registered already")
            self.protocol.fm.commands[command_name] = handler
            return handler

        return register

    @property
    def documents(self) -> DocumentStore:
        """The open documents."""
        return self.protocol.documents

    @property
    def segue_capabilities(self) -> dict[str, Any]:
        """What the client declares under `experimental.segue`."""
        experimental = getattr(self.protocol, "client_capabilities", types.ClientCapabilities()).experimental
        declared = experimental.get("segue") if isinstance(experimental, dict) else None
        return declared if isinstance(declared, dict) else {}

    @property
    def client_watches_files(self) -> bool:
        """Whether the client watches files for us."""
        workspace = self.client_capabilities.workspace
        watched = workspace.did_change_watched_files if workspace else None
        return bool(watched and watched.dynamic_registration)

    def report_server_error(self, error: Exception, source: Any) -> None:
        """Log a failure; a popup for each would bury the user."""
        logger.error("%s: %s", getattr(source, "__name__", source), describe_failure(error))

    def log_to_client(self) -> None:
        """Send Segue's log to the client too, from now on and from any thread."""
        loop = asyncio.get_running_loop()

        def send(level: int, message: str) -> None:
            kind = next((kind for least, kind in _MESSAGE_TYPES if level >= least), types.MessageType.Log)
            params = types.LogMessageParams(type=kind, message=message)
            loop.call_soon_threadsafe(self.window_log_message, params)

        logging.getLogger().addHandler(ClientLogHandler(send))

    def stop(self) -> None:
        """End the connection after the message being handled."""
        if self._stop_event is not None:
            self._stop_event.set()
        if self._ended is not None:
            self._ended.set()

    async def serve_stdio(self) -> None:
        """Serve one client on stdin and stdout until it exits or goes away.

        Whatever prints to stdout from here on prints to stderr: one stray line would break the connection.
        """
        output = sys.stdout.buffer
        sys.stdout = sys.stderr
        self.protocol.set_writer(StdoutWriter(output))
        reader: Any = await stdio.pipe_reader(sys.stdin.buffer, output)
        if reader is None:
            reader = StdinAsyncReader(sys.stdin.buffer, ThreadPoolExecutor(1))
        await self._serve(reader)

    async def serve_tcp(self, host: str, port: int, token: str) -> None:
        """Serve the first client that sends the token; raises OSError when the port cannot be used."""
        from segue_server.lsp.tcp import NotAdmitted, ReadAhead, admitted, warning_for

        connected: asyncio.Future[tuple[ReadAhead, asyncio.StreamWriter]]
        connected = asyncio.get_running_loop().create_future()

        async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                known = await admitted(reader, token)
            except NotAdmitted as error:
                logger.warning("A connection was refused: %s", error)
                writer.write(error.answer)
                writer.close()
                return
            if connected.done():
                writer.close()
            else:
                connected.set_result((known, writer))

        listener = await asyncio.start_server(accept, host, port)
        bound = listener.sockets[0].getsockname()
        if warning := warning_for(host):
            print(warning, file=sys.stderr)
        print(f"Listening on {bound[0]}:{bound[1]}", file=sys.stderr)
        print(f'The client sends initializationOptions {{"token": "{token}"}}', file=sys.stderr, flush=True)
        reader, writer = await connected
        listener.close()
        self.protocol.set_writer(writer)
        await self._serve(reader)
        writer.close()

    async def _serve(self, reader: Any) -> None:
        self._stop_event = threading.Event()
        self._ended = asyncio.Event()
        framework_log = logging.getLogger("pygls")
        reading = asyncio.ensure_future(
            run_async(
                self._stop_event,
                MessageReader(reader),
                self.protocol,
                framework_log,
                self.report_server_error,
            )
        )
        ended = asyncio.ensure_future(self._ended.wait())
        await asyncio.wait({reading, ended}, return_when=asyncio.FIRST_COMPLETED)
        if reading.done() and not reading.cancelled() and (error := reading.exception()) is not None:
            logger.warning("The connection ended: %s", type(error).__name__)
        for task in (reading, ended):
            task.cancel()
        await self._close()

    async def _close(self) -> None:
        await self.tasks.close()
        for close in reversed(self.on_close):
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(close(), timeout=5)
