"""The protocol below the features: what pygls does, with its traps closed.

- Messages are structured as a whole. (pygls does it for every nested object, so that a nested key named ``jsonrpc``
  swallows the request.) Parameters that do not fit are answered with -32602, never dropped.
- Documents live in our `DocumentStore`; the workspace of pygls holds none.
- Requests before `initialize` and after `shutdown` are answered with the errors the specification names.
- `workspace/executeCommand` handlers can be cancelled, and get their arguments as one list of plain JSON.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, TypeVar

import attrs
from cattrs.gen import make_dict_structure_fn, override
from lsprotocol import types
from pygls.exceptions import (
    JsonRpcException,
    JsonRpcInvalidParams,
    JsonRpcInvalidRequest,
    JsonRpcServerNotInitialized,
)
from pygls.protocol import LanguageServerProtocol, default_converter, lsp_method
from pygls.protocol.json_rpc import JsonRPCNotification, JsonRPCRequestMessage

from segue_server.lsp.documents import DocumentStore, IncomingChange
from segue_server.lsp.large_messages import LEFT_OUT
from segue_server.lsp.messages import MessageTypes
from segue_syntax import PositionEncoding

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable

    from cattrs import Converter
    from pygls.server import JsonRPCServer

logger = logging.getLogger(__name__)

_T = TypeVar("_T")

INVOKED, AUTOMATIC = 1, 2


def make_converter() -> Converter:
    """Return the protocol's converter, which also reads our own camel-case parameter types."""
    converter: Converter = default_converter()  # type: ignore[no-untyped-call]
    # The full account of what does not fit holds the message in a circle of references: megabytes wait for the collector.
    converter.detailed_validation = False

    def is_ours(cls: Any) -> bool:
        return attrs.has(cls) and getattr(cls, "__module__", "").startswith("segue_")

    def structure(cls: Any) -> Callable[[Any, Any], Any]:
        names = {field.name: override(rename=_camel(field.name)) for field in attrs.fields(cls)}
        return make_dict_structure_fn(cls, converter, **names)  # type: ignore[arg-type]

    converter.register_structure_hook_factory(is_ours, structure)
    return converter


class SegueProtocol(LanguageServerProtocol):
    """One client's connection."""

    def __init__(self, server: JsonRPCServer, converter: Converter) -> None:
        self.documents = DocumentStore()
        self.message_types = MessageTypes()
        self.experimental: dict[str, Any] = {}
        self.initialized = False
        self._zero_based_triggers = False
        super().__init__(server, converter)  # type: ignore[arg-type]

    @property
    def shut_down(self) -> bool:
        """Whether the client has asked for shutdown."""
        return self._shutdown

    def get_message_type(self, method: str) -> type[Any] | None:  # type: ignore[override]
        """Return the type of a method's messages, ours first."""
        return self.message_types.get(method) or super().get_message_type(method)

    def structure(self, value: Any, params_class: type[_T]) -> _T:
        """Return plain JSON as an object of the protocol; raises what the converter raises when it does not fit."""
        structured: _T = self._converter.structure(value, params_class)
        return structured

    def structure_message(self, data: dict[str, Any]) -> Any:
        """Leave every nested object as it is: `handle_message` structures the whole message."""
        return data

    def handle_message(self, message: Any) -> None:
        """Structure and dispatch one message; whatever is wrong with it, a request gets an answer."""
        if not isinstance(message, dict):
            logger.warning("A message that is no JSON object was ignored")
            return
        method = message.get("method")
        answerable = "id" in message and isinstance(method, str)
        refusal = self._refusal(message)
        if refusal is not None:
            if answerable:
                self._send_response(message["id"], error=refusal.to_response_error())
            return
        if method == types.TEXT_DOCUMENT_INLINE_COMPLETION:
            self._normalise_trigger(message.get("params"))
        if method is not None and message.get("params") is None and self.message_types.get(str(method)):
            message["params"] = {}
        try:
            structured = self._structured(message)
        except Exception:  # noqa: BLE001 - whatever keeps a client's message from being one
            self._answer_malformed(message, str(method or ""))
            return
        super().handle_message(structured)

    def _structured(self, message: dict[str, Any]) -> Any:
        """Return a message as an object of the protocol.

        The framework does the same, but writes a traceback of the user's text to the log when a message does not fit,
        which takes longer than to handle one.
        """
        method = message.get("method")
        if method is None or ("id" in message and "error" in message):
            return super().structure_message(message)
        unknown = JsonRPCRequestMessage if "id" in message else JsonRPCNotification
        return self._converter.structure(message, self.get_message_type(str(method)) or unknown)

    def _refusal(self, message: dict[str, Any]) -> JsonRpcException | None:
        method = message.get("method")
        if message.get("jsonrpc") != self.VERSION:
            return JsonRpcInvalidRequest('The message has no "jsonrpc": "2.0"')
        if method is None or method == types.EXIT:
            return None
        if self._shutdown:
            return JsonRpcInvalidRequest("The server is shutting down")
        if method == types.INITIALIZE:
            return JsonRpcInvalidRequest("The server is initialized already") if self.initialized else None
        if not self.initialized:
            return JsonRpcServerNotInitialized("The first request must be initialize")
        return None

    def _answer_malformed(self, message: dict[str, Any], method: str) -> None:
        if not method:  # an answer of the client that makes no sense: whoever waits for it must not wait on
            future = self._request_futures.pop(message.get("id", ""), None)
            if future is not None and not future.done():
                future.set_exception(JsonRpcInvalidParams("The client's answer does not fit its request"))
            return
        logger.warning("The parameters of %s do not fit the method", method)
        if "id" in message:
            error = JsonRpcInvalidParams(f"The parameters do not fit {method}")
            self._send_response(message["id"], error=error.to_response_error())

    def _normalise_trigger(self, params: Any) -> None:
        """Map trigger kinds of clients that count from zero, and default a missing context to automatic."""
        if not isinstance(params, dict):
            return
        context = params.setdefault("context", {"triggerKind": AUTOMATIC})
        if not isinstance(context, dict):
            return
        kind = context.setdefault("triggerKind", AUTOMATIC)
        if kind == 0:
            self._zero_based_triggers = True
        if self._zero_based_triggers and kind in (0, 1):
            context["triggerKind"] = INVOKED if kind == 0 else AUTOMATIC

    @lsp_method(types.INITIALIZE)
    def lsp_initialize(self, params: types.InitializeParams) -> Generator[Any, Any, types.InitializeResult]:
        """Answer with the capabilities, ours included."""
        from pygls.capabilities import ServerCapabilitiesBuilder

        encoding = ServerCapabilitiesBuilder.choose_position_encoding(params.capabilities)
        self.documents.encoding = PositionEncoding(getattr(encoding, "value", encoding))
        self.initialized = True
        result = yield from super().lsp_initialize(params)
        result.capabilities.experimental = self.experimental
        return result

    @lsp_method(types.EXIT)
    def lsp_exit(self, *_: Any) -> None:  # type: ignore[override]
        """End the reading loop; the process then closes in order."""
        self._server.stop()  # type: ignore[attr-defined]

    @lsp_method(types.SHUTDOWN)
    def lsp_shutdown(self, *_: Any) -> None:  # type: ignore[override]
        """Cancel what is in flight; only `exit` may follow."""
        current = self.msg_id
        for msg_id, future in list(self._request_futures.items()):
            if msg_id != current and not future.done():
                future.cancel()
        self._shutdown = True

    @lsp_method(types.TEXT_DOCUMENT_DID_OPEN)
    def lsp_text_document__did_open(self, params: types.DidOpenTextDocumentParams) -> Any:
        """Take the document in."""
        self._open(params.text_document)
        return self._then(types.TEXT_DOCUMENT_DID_OPEN, params)

    @lsp_method(types.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(self, params: types.DidChangeTextDocumentParams) -> Any:
        """Apply the changes in order."""
        document, changes = params.text_document, _incoming(params.content_changes)
        if any(change.text == LEFT_OUT for change in changes):
            logger.warning("A document grew beyond 4 MB or 150,000 lines; Segue leaves it alone from now on")
            self.documents.close(document.uri)
            return None
        self.documents.change(document.uri, document.version, changes)
        return self._then(types.TEXT_DOCUMENT_DID_CHANGE, params)

    @lsp_method(types.TEXT_DOCUMENT_DID_CLOSE)
    def lsp_text_document__did_close(self, params: types.DidCloseTextDocumentParams) -> Any:
        """Forget the document."""
        self.documents.close(params.text_document.uri)
        return self._then(types.TEXT_DOCUMENT_DID_CLOSE, params)

    @lsp_method(types.NOTEBOOK_DOCUMENT_DID_OPEN)
    def lsp_notebook_document__did_open(self, params: types.DidOpenNotebookDocumentParams) -> Any:
        """Take the notebook and its cells in."""
        notebook = params.notebook_document
        for cell in params.cell_text_documents:
            self._open(cell)
        self.documents.open_notebook(
            notebook.uri, [cell.document for cell in notebook.cells], _code_cells(notebook.cells)
        )
        return self._then(types.NOTEBOOK_DOCUMENT_DID_OPEN, params)

    @lsp_method(types.NOTEBOOK_DOCUMENT_DID_CHANGE)
    def lsp_notebook_document__did_change(self, params: types.DidChangeNotebookDocumentParams) -> Any:
        """Apply the new order of cells and the changes of their texts."""
        uri, cells = params.notebook_document.uri, params.change.cells
        if cells is not None and cells.structure is not None:
            array = cells.structure.array
            for opened in cells.structure.did_open or ():
                self._open(opened)
            fresh = array.cells or ()
            self.documents.splice_notebook(
                uri, array.start, array.delete_count, [cell.document for cell in fresh], _code_cells(fresh)
            )
            for closed in cells.structure.did_close or ():
                self.documents.close(closed.uri)
        for text in (cells.text_content or ()) if cells is not None else ():
            self.documents.change(text.document.uri, text.document.version, _incoming(text.changes))
        return self._then(types.NOTEBOOK_DOCUMENT_DID_CHANGE, params)

    @lsp_method(types.NOTEBOOK_DOCUMENT_DID_CLOSE)
    def lsp_notebook_document__did_close(self, params: types.DidCloseNotebookDocumentParams) -> Any:
        """Forget the notebook and its cells."""
        self.documents.close_notebook(
            params.notebook_document.uri, [cell.uri for cell in params.cell_text_documents]
        )
        return self._then(types.NOTEBOOK_DOCUMENT_DID_CLOSE, params)

    @lsp_method(types.WORKSPACE_EXECUTE_COMMAND)
    async def lsp_workspace__execute_command(  # type: ignore[override]
        self, params: types.ExecuteCommandParams
    ) -> Any:
        """Run a command: its handler is awaited here, so that cancelling the request cancels it."""
        handler = self.fm.commands.get(params.command)
        if handler is None:
            raise JsonRpcInvalidParams(f"There is no command {params.command!r}")
        result = handler(list(params.arguments or ()))
        return await result if hasattr(result, "__await__") else result

    def _open(self, item: types.TextDocumentItem) -> None:
        language = getattr(item.language_id, "value", item.language_id)
        if item.text == LEFT_OUT:
            logger.warning("A document of more than 4 MB or 150,000 lines was opened; Segue leaves it alone")
            self.documents.close(item.uri)
            return
        self.documents.open(item.uri, str(language), item.version, item.text)

    def _then(self, method: str, params: Any) -> None:
        """Call our own handler of a notification; it must be a plain function."""
        handler = self.fm.features.get(method)
        if handler is not None:
            handler(params)


def _incoming(changes: Iterable[types.TextDocumentContentChangeEvent]) -> list[IncomingChange]:
    incoming = []
    for change in changes:
        if isinstance(change, types.TextDocumentContentChangePartial):
            start, end = change.range.start, change.range.end
            incoming.append(
                IncomingChange(change.text, (start.line, start.character), (end.line, end.character))
            )
        else:
            incoming.append(IncomingChange(change.text))
    return incoming


def _code_cells(cells: Iterable[types.NotebookCell]) -> list[str]:
    return [cell.document for cell in cells if cell.kind == types.NotebookCellKind.Code]


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)
