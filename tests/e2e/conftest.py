"""A real server process and a client with an editor's own capabilities."""

from __future__ import annotations

import os
import sys
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio
from lsprotocol import types
from pytest_lsp import ClientServerConfig, LanguageClient, client_capabilities
from pytest_lsp.client import make_test_lsp_client

from segue_bench.fake_model import FakeModelServer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from pathlib import Path

EDITORS = {
    "vscode": "visual_studio_code",
    "neovim": "neovim",
    "emacs": "emacs",
}


def capabilities_of(editor: str) -> types.ClientCapabilities:
    """Return an editor's capabilities; the bundled sets are older than inline completion."""
    declared = client_capabilities(EDITORS[editor])
    assert declared.text_document is not None
    if editor == "vscode":
        declared.text_document.inline_completion = types.InlineCompletionClientCapabilities(
            dynamic_registration=True
        )
        declared.experimental = {"segue": {"refresh": True}}
    if editor == "neovim":
        declared.general = declared.general or types.GeneralClientCapabilities()
        declared.general.position_encodings = ["utf-8", "utf-16", "utf-32"]
    if editor == "emacs":
        declared.general = declared.general or types.GeneralClientCapabilities()
        declared.general.position_encodings = ["utf-32", "utf-16"]
    return declared


def readable(answer: Any) -> Any:
    """Return plain JSON with its fields as attributes."""
    if hasattr(answer, "_asdict"):
        answer = answer._asdict()
    if isinstance(answer, dict):
        return SimpleNamespace(**{name: readable(value) for name, value in answer.items()})
    return [readable(one) for one in answer] if isinstance(answer, list | tuple) else answer


class Editor:
    """One editor with one server, and what it was told unasked."""

    def __init__(self, client: LanguageClient, root: Path, result: types.InitializeResult) -> None:
        self.client = client
        self.root = root
        self.result = result
        self.statuses: list[Any] = []
        self.refreshes: list[Any] = []
        self.registered: list[types.Registration] = []

    def uri(self, name: str) -> str:
        return (self.root / name).as_uri()

    def open(self, name: str, text: str, *, language: str = "python", version: int = 1) -> str:
        uri = name if ":" in name else self.uri(name)
        item = types.TextDocumentItem(uri=uri, language_id=language, version=version, text=text)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(text_document=item))
        return uri

    def type(
        self, uri: str, version: int, line: int, character: int, text: str, *, end: int | None = None
    ) -> None:
        start, stop = types.Position(line, character), types.Position(line, character if end is None else end)
        change = types.TextDocumentContentChangePartial(range=types.Range(start, stop), text=text)
        self.client.text_document_did_change(
            types.DidChangeTextDocumentParams(
                text_document=types.VersionedTextDocumentIdentifier(uri=uri, version=version),
                content_changes=[change],
            )
        )

    async def complete(
        self, uri: str, line: int, character: int, *, invoked: bool = False
    ) -> list[types.InlineCompletionItem]:
        kind = types.InlineCompletionTriggerKind
        result = await self.client.text_document_inline_completion_async(
            types.InlineCompletionParams(
                context=types.InlineCompletionContext(kind.Invoked if invoked else kind.Automatic),
                text_document=types.TextDocumentIdentifier(uri),
                position=types.Position(line, character),
            )
        )
        assert isinstance(result, types.InlineCompletionList)
        return list(result.items)

    async def command(self, name: str, *arguments: Any) -> Any:
        return readable(
            await self.client.workspace_execute_command_async(
                types.ExecuteCommandParams(command=name, arguments=list(arguments))
            )
        )

    async def request(self, method: str, params: Any) -> Any:
        """Send a request with plain JSON parameters."""
        return readable(await self.client.protocol.send_request_async(method, params))


@asynccontextmanager
async def running(
    root: Path,
    *,
    editor: str = "vscode",
    environment: dict[str, str] | None = None,
    declares: dict[str, bool] | None = None,
    **fields: Any,
) -> AsyncIterator[Editor]:
    """Start a server process, initialize it like `editor` does, and shut it down in order.

    `declares` are capabilities beyond those of LSP.
    """
    root.mkdir(exist_ok=True)  # noqa: ASYNC240 - nothing else runs yet
    config = ClientServerConfig(
        server_command=[sys.executable, "-m", "segue_server", "serve"],
        client_factory=make_test_lsp_client,
        server_env={**os.environ, "SEGUE_PROVIDER": "none", **(environment or {})},
    )
    client = await config.start()
    assert isinstance(client, LanguageClient)
    told = Editor(client, root, types.InitializeResult(types.ServerCapabilities()))
    client.feature("didChangeStatus")(lambda report: told.statuses.append(report))  # noqa: PLW0108 - pygls sets attributes
    client.feature("segue/refresh")(lambda where: told.refreshes.append(where))  # noqa: PLW0108
    client.feature(types.CLIENT_REGISTER_CAPABILITY)(
        lambda params: told.registered.extend(params.registrations)
    )
    capabilities = capabilities_of(editor)
    if declares is not None:
        capabilities.experimental = {"segue": declares}
    params = types.InitializeParams(
        capabilities=capabilities,
        workspace_folders=fields.pop("folders", [types.WorkspaceFolder(uri=root.as_uri(), name=root.name)]),
        **fields,
    )
    try:
        told.result = await client.initialize_session(params)
        yield told
    finally:
        await client.shutdown_session()
        await client.stop()


@pytest.fixture
def run() -> Callable[..., Any]:
    """Return the context manager that runs a server."""
    return running


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=list(EDITORS))
async def editor(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Editor]:
    """An editor of each kind, without a language model, one process for all tests of a module.

    Tests that use it are marked with `loop_scope="module"` and open documents of their own.
    """
    home = tmp_path_factory.mktemp(request.param)
    kinds = ("CACHE", "CONFIG", "DATA", "STATE", "RUNTIME")
    environment = {f"XDG_{kind}_{'DIR' if kind == 'RUNTIME' else 'HOME'}": str(home / kind) for kind in kinds}
    options = {"completion": {"certainty": 0.0}}
    async with running(
        home / "project", editor=request.param, environment=environment, initialization_options=options
    ) as told:
        yield told


@pytest.fixture
def model() -> Iterator[FakeModelServer]:
    """A model server on loopback that continues with a fixed text."""
    with FakeModelServer(lambda _prompt: "value + 1") as server:
        yield server
