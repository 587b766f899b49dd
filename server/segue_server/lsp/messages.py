"""Messages beyond the LSP specification: their parameter types, and the message types made of them.

Without a registered type the framework turns parameters into named tuples, which re-serialise as arrays. Results
are plain dictionaries in the protocol's spelling.
"""

from __future__ import annotations

from typing import Any, Final, cast

import attrs
from lsprotocol import types  # noqa: TC002 - the converter resolves the annotations below

COPILOT_INLINE_EDIT: Final = "textDocument/copilotInlineEdit"
DID_FOCUS: Final = "textDocument/didFocus"
DID_SHOW_COMPLETION: Final = "textDocument/didShowCompletion"
DID_SHOW_INLINE_EDIT: Final = "textDocument/didShowInlineEdit"
DID_PARTIALLY_ACCEPT: Final = "textDocument/didPartiallyAcceptCompletion"
DID_REJECT: Final = "segue/didReject"
DID_CHANGE_CURSOR: Final = "segue/didChangeCursor"
DID_CHANGE_DIAGNOSTICS: Final = "segue/didChangeDiagnostics"
NEXT_EDITS: Final = "segue/nextEdits"
RESOLVE_NEXT_EDIT: Final = "segue/resolveNextEdit"
STATUS: Final = "segue/status"
FIND_SERVERS: Final = "segue/findServers"
CONNECT: Final = "segue/connect"
REFRESH: Final = "segue/refresh"
DID_CHANGE_STATUS: Final = "didChangeStatus"

ACCEPT_COMMAND: Final = "segue.accept"
ACCEPT_NEXT_EDIT_COMMAND: Final = "segue.acceptNextEdit"


@attrs.define
class DocumentReference:
    """A document, and the version the client means where it says so."""

    uri: str = attrs.field(validator=attrs.validators.instance_of(str))
    version: int | None = None


@attrs.define
class FocusParams:
    """The editor shows this document now; clients also send it without one."""

    text_document: DocumentReference | None = None


@attrs.define
class FeedbackParams:
    """Feedback on a suggestion, named by `id` or by the item that carried it."""

    id: str | None = None
    item: Any = None
    accepted_length: int | None = None
    reason: str | None = None

    @property
    def suggestion_id(self) -> str:
        """The id of the suggestion, "" when the message names none."""
        if self.id:
            return self.id
        command = self.item.get("command") if isinstance(self.item, dict) else None
        arguments = command.get("arguments") if isinstance(command, dict) else None
        return str(arguments[0]) if isinstance(arguments, list) and arguments else ""


@attrs.define
class CursorParams:
    """A cursor in a document; the parameters of every next-edit request and of cursor movements."""

    text_document: DocumentReference
    position: types.Position
    context: Any = None
    visible: types.Range | None = None
    limit: int | None = None


@attrs.define
class DiagnosticsParams:
    """All that other servers report of a document now."""

    text_document: DocumentReference
    diagnostics: list[types.Diagnostic]


@attrs.define
class ServerParams:
    """A model server at an address in any form ("" for those of this machine), and what to use of it."""

    endpoint: str = ""
    model: str = ""
    key: str = attrs.field(default="", repr=False)
    chat_only: bool = False
    keep_key: bool = True
    """Keep the key of a model that works; a client that has a storage of secrets keeps it itself."""


@attrs.define
class EmptyParams:
    """No parameters; what a client sends anyway is ignored."""


def _message_type(method: str, params: type, *, answered: bool) -> type:
    fields = {
        "params": attrs.field(type=params),
        "method": attrs.field(type=str, default=method),
        "jsonrpc": attrs.field(type=str, default="2.0"),
    }
    if answered:
        fields = {"id": attrs.field(type=cast("type", int | str)), **fields}
    return attrs.make_class(method.replace("/", "_"), fields)


class MessageTypes:
    """The message types of custom methods, made when first needed; features of other rooms add theirs."""

    def __init__(self) -> None:
        self._params: dict[str, tuple[type, bool]] = {}
        self._types: dict[str, type] = {}
        self.request(COPILOT_INLINE_EDIT, CursorParams)
        self.request(NEXT_EDITS, CursorParams)
        self.request(RESOLVE_NEXT_EDIT, FeedbackParams)
        self.request(STATUS, EmptyParams)
        self.request(FIND_SERVERS, ServerParams)
        self.request(CONNECT, ServerParams)
        self.notification(DID_FOCUS, FocusParams)
        self.notification(DID_CHANGE_CURSOR, CursorParams)
        self.notification(DID_CHANGE_DIAGNOSTICS, DiagnosticsParams)
        for method in (DID_SHOW_COMPLETION, DID_SHOW_INLINE_EDIT, DID_PARTIALLY_ACCEPT, DID_REJECT):
            self.notification(method, FeedbackParams)

    def request(self, method: str, params: type) -> None:
        """Declare the parameters of a custom request; `params` is an attrs class."""
        self._params[method] = params, True

    def notification(self, method: str, params: type) -> None:
        """Declare the parameters of a custom notification."""
        self._params[method] = params, False

    def get(self, method: str) -> type | None:
        """Return the type of a custom method's messages."""
        if method not in self._types and method in self._params:
            params, answered = self._params[method]
            self._types[method] = _message_type(method, params, answered=answered)
        return self._types.get(method)
