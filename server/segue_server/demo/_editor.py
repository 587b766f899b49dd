"""A small editor for the demo: it speaks LSP to a server process of its own, like any other client."""

from __future__ import annotations

import asyncio
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from lsprotocol import types
from pygls.lsp.client import LanguageClient

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Answer:
    """What the editor showed after a key: the text ("" for nothing), and how the server says it came about."""

    text: str
    accept: types.Command | None
    round_trip_ms: float
    why: dict[str, Any]


class DemoEditor:
    """One open workspace; use it as an async context manager. Columns are code points (UTF-32)."""

    def __init__(self, workspace: Path) -> None:
        self._root = workspace
        self._client = LanguageClient("segue-demo", "1")
        self._refreshed = asyncio.Event()
        self._version = 0

        def refresh(_: Any) -> None:
            self._refreshed.set()

        def status_changed(_: Any) -> None:
            """Ignore it: the demo asks when it wants to know."""

        self._client.feature("segue/refresh")(refresh)
        self._client.feature("didChangeStatus")(status_changed)

    async def __aenter__(self) -> Self:
        await self._client.start_io(sys.executable, "-P", "-m", "segue_server", "serve")
        await self._client.initialize_async(
            types.InitializeParams(
                capabilities=types.ClientCapabilities(
                    general=types.GeneralClientCapabilities(
                        position_encodings=[types.PositionEncodingKind.Utf32]
                    ),
                    text_document=types.TextDocumentClientCapabilities(
                        inline_completion=types.InlineCompletionClientCapabilities()
                    ),
                    experimental={"segue": {"refresh": True}},
                ),
                initialization_options={"activity": {"enabled": False}},
                workspace_folders=[types.WorkspaceFolder(uri=self._root.as_uri(), name=self._root.name)],
            )
        )
        self._client.initialized(types.InitializedParams())
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.shutdown_async(None)
        self._client.exit(None)
        await self._client.stop()  # type: ignore[no-untyped-call]

    async def status(self) -> dict[str, Any]:
        """Return the server's status object."""
        return dict(await self._command("segue.status") or {})

    def open(self, path: str, text: str) -> str:
        """Open a file of the workspace with unsaved `text` and return its URI."""
        uri = (self._root / path).as_uri()
        item = types.TextDocumentItem(uri=uri, language_id="python", version=0, text=text)
        self._version = 0
        self._client.text_document_did_open(types.DidOpenTextDocumentParams(text_document=item))
        return uri

    def close(self, uri: str) -> None:
        """Close the document."""
        self._client.text_document_did_close(
            types.DidCloseTextDocumentParams(text_document=types.TextDocumentIdentifier(uri=uri))
        )

    def type(self, uri: str, line: int, column: int, text: str) -> None:
        """Insert `text` at a place."""
        self._version += 1
        self._refreshed.clear()
        place = types.Position(line=line, character=column)
        change = types.TextDocumentContentChangePartial(range=types.Range(start=place, end=place), text=text)
        self._client.text_document_did_change(
            types.DidChangeTextDocumentParams(
                text_document=types.VersionedTextDocumentIdentifier(uri=uri, version=self._version),
                content_changes=[change],
            )
        )

    async def ghost_text(self, uri: str, line: int, column: int) -> Answer:
        """Ask for a completion, as an editor does on its own after a key."""
        started = time.perf_counter()
        result = await self._client.text_document_inline_completion_async(
            types.InlineCompletionParams(
                text_document=types.TextDocumentIdentifier(uri=uri),
                position=types.Position(line=line, character=column),
                context=types.InlineCompletionContext(
                    trigger_kind=types.InlineCompletionTriggerKind.Automatic
                ),
            )
        )
        round_trip_ms = 1000 * (time.perf_counter() - started)
        items = result.items if isinstance(result, types.InlineCompletionList) else result or []
        why = dict(await self._command("segue.lastCompletion") or {})
        if not items:
            return Answer("", None, round_trip_ms, why)
        return Answer(str(items[0].insert_text), items[0].command, round_trip_ms, why)

    async def refreshed(self, timeout_s: float) -> bool:
        """Wait until the server says that a better answer is there; False when it does not in time."""
        try:
            await asyncio.wait_for(self._refreshed.wait(), timeout_s)
        except TimeoutError:
            return False
        self._refreshed.clear()
        return True

    async def accept(self, command: types.Command) -> None:
        """Tell the server that a suggestion was accepted."""
        await self._command(command.command, *(command.arguments or []))

    async def _command(self, name: str, *arguments: Any) -> Any:
        return await self._client.workspace_execute_command_async(
            types.ExecuteCommandParams(command=name, arguments=list(arguments))
        )
