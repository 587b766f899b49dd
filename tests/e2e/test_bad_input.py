"""Clients that break the rules, settings that make no sense, files that are not text: the server stays up."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Self

import pytest

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path


class Wire:
    """A client that sends whatever it is told to, and keeps every answer."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.answers: dict[Any, dict[str, Any]] = {}
        self.notes: list[dict[str, Any]] = []
        self._reader = asyncio.ensure_future(self._read())
        self._news = asyncio.Condition()

    @classmethod
    async def start(cls, *, environment: dict[str, str] | None = None) -> Self:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "segue_server",
            "serve",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={**os.environ, "SEGUE_PROVIDER": "none", **(environment or {})},
        )
        return cls(process)

    def send(self, message: Any) -> None:
        self.send_bytes(json.dumps(message).encode())

    def send_bytes(self, body: bytes) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)

    def note(self, method: str, params: Any) -> None:
        self.send({"jsonrpc": "2.0", "method": method, "params": params})

    async def ask(self, method: str, params: Any, number: Any = None) -> dict[str, Any]:
        number = number if number is not None else f"n{len(self.answers)}-{method}"
        self.send({"jsonrpc": "2.0", "id": number, "method": method, "params": params})
        return await self.answer(number)

    async def answer(self, number: Any) -> dict[str, Any]:
        async with self._news:
            await asyncio.wait_for(self._news.wait_for(lambda: number in self.answers), 30)
        return self.answers[number]

    async def initialize(self, **params: Any) -> dict[str, Any]:
        answer = await self.ask(
            "initialize", {"capabilities": {}, "processId": None, "rootUri": None, **params}
        )
        self.note("initialized", {})
        return answer

    async def alive(self) -> dict[str, Any]:
        """Return the status: the proof that the server still answers."""
        result = (await self.ask("segue/status", None))["result"]
        assert isinstance(result, dict)
        return result

    @property
    def popups(self) -> list[str]:
        return [note["params"]["message"] for note in self.notes if note["method"].startswith("window/show")]

    @property
    def logged(self) -> str:
        return "\n".join(
            note["params"]["message"] for note in self.notes if note["method"] == "window/logMessage"
        )

    async def close(self) -> tuple[int, str]:
        """Shut down in order and return the exit status and what the process printed."""
        await self.ask("shutdown", None)
        self.note("exit", None)
        return await self.ended()

    async def ended(self) -> tuple[int, str]:
        assert self.process.stderr is not None
        printed = await asyncio.wait_for(self.process.stderr.read(), 30)
        status = await asyncio.wait_for(self.process.wait(), 30)
        self._reader.cancel()
        self._close_pipes()
        return status, printed.decode()

    def _close_pipes(self) -> None:
        transport = self.process._transport
        transport.close()

    async def _read(self) -> None:
        assert self.process.stdout is not None
        while header := await self.process.stdout.readline():
            length = int(header.split(b":")[1]) if header.startswith(b"Content-Length") else 0
            while (await self.process.stdout.readline()).strip():
                pass
            message = json.loads(await self.process.stdout.readexactly(length))
            async with self._news:
                if "method" in message:
                    self.notes.append(message)
                    if "id" in message:
                        self.send({"jsonrpc": "2.0", "id": message["id"], "result": None})
                else:
                    self.answers[message["id"]] = message
                self._news.notify_all()


@asynccontextmanager
async def wire(**options: Any) -> AsyncIterator[Wire]:
    client = await Wire.start(environment=options.pop("environment", None))
    await client.initialize(**options)
    yield client
    status, _ = await client.close()
    assert status == 0


def item(uri: str, text: str, *, version: int = 1, language: str = "python") -> dict[str, Any]:
    return {"textDocument": {"uri": uri, "languageId": language, "version": version, "text": text}}


def ghost(uri: str, line: int, character: int, **context: Any) -> dict[str, Any]:
    return {
        "textDocument": {"uri": uri},
        "position": {"line": line, "character": character},
        "context": {"triggerKind": 1, **context},
    }


async def test_requests_out_of_order_get_the_errors_of_the_specification() -> None:
    client = await Wire.start()
    assert (await client.ask("segue/status", {}))["error"]["code"] == -32002
    client.note("textDocument/didOpen", item("file:///early.py", "x = 1\n"))
    await client.initialize()
    assert (await client.ask("initialize", {"capabilities": {}}))["error"]["code"] == -32600
    assert (await client.ask("no/such/method", {}))["error"]["code"] == -32601
    await client.ask("shutdown", None)
    assert (await client.ask("segue/status", {}))["error"]["code"] == -32600
    client.note("exit", None)
    assert (await client.ended())[0] == 0


async def test_invalid_parameters_are_answered_and_never_pop_up() -> None:
    async with wire() as client:
        for method, params in (
            ("textDocument/inlineCompletion", {"textDocument": {}}),
            ("textDocument/inlineCompletion", None),
            ("textDocument/inlineCompletion", {"textDocument": {"uri": "a"}, "position": "here"}),
            ("textDocument/inlineCompletion", ghost("file:///a.py", 0, 0, triggerKind="often")),
            ("textDocument/copilotInlineEdit", {"position": {"line": 0, "character": 0}}),
            ("segue/nextEdits", [1, 2]),
            ("workspace/executeCommand", {"arguments": []}),
            ("workspace/executeCommand", {"command": "no.such.command"}),
            ("textDocument/completion", {"position": {"line": 0}}),
        ):
            answer = await client.ask(method, params)
            assert answer["error"]["code"] == -32602, (method, params, answer)
            assert answer["error"]["message"]
        assert not client.popups
        await client.alive()


async def test_every_trigger_kind_is_answered() -> None:
    async with wire() as client:
        client.note("textDocument/didOpen", item("file:///a.py", "x = 1\ny = "))
        for kind in (0, 1, 2):
            answer = await client.ask(
                "textDocument/inlineCompletion", ghost("file:///a.py", 1, 4, triggerKind=kind)
            )
            assert isinstance(answer["result"]["items"], list)
        without = {"textDocument": {"uri": "file:///a.py"}, "position": {"line": 1, "character": 4}}
        assert "items" in (await client.ask("textDocument/inlineCompletion", without))["result"]


async def test_a_nested_jsonrpc_key_is_only_a_key() -> None:
    trap = {"jsonrpc": "2.0", "id": 1, "method": "initialize"}
    async with wire(initializationOptions={"trap": trap}) as client:
        params = {"command": "segue.status", "arguments": [trap, {"jsonrpc": 5}]}
        assert "segue" in (await client.ask("workspace/executeCommand", params))["result"]
        client.note("workspace/didChangeConfiguration", {"settings": {"segue": trap}})
        await client.alive()


async def test_garbage_on_the_wire_is_survived() -> None:
    async with wire() as client:
        client.send_bytes(b"{not json")
        client.send_bytes(b"\xff\xfe\x00")
        client.send([1, 2, 3])
        client.send("text")
        client.send({"jsonrpc": "1.0", "id": 77, "method": "segue/status"})
        assert (await client.answer(77))["error"]["code"] == -32600
        client.send({"jsonrpc": "2.0", "id": 5, "result": {"answer": "to nothing"}})
        client.send({"jsonrpc": "2.0", "method": "no/such/notification", "params": {"a": 1}})
        client.note("$/cancelRequest", {"id": "never asked"})
        client.note("textDocument/didChange", {"textDocument": "wrong"})
        assert not client.popups
        await client.alive()


async def test_notifications_about_unknown_documents_are_ignored() -> None:
    async with wire() as client:
        uri = "file:///unknown.py"
        span = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 0}}
        changes = {
            "textDocument": {"uri": uri, "version": 3},
            "contentChanges": [{"range": span, "text": "x"}],
        }
        client.note("textDocument/didChange", changes)
        client.note("textDocument/didClose", {"textDocument": {"uri": uri}})
        client.note("textDocument/didSave", {"textDocument": {"uri": uri}})
        client.note("textDocument/didFocus", {"textDocument": {"uri": uri}})
        client.note("textDocument/didFocus", {})
        client.note("textDocument/didShowCompletion", {"item": {"command": {"arguments": ["c-99"]}}})
        client.note("textDocument/didShowInlineEdit", {"item": {}})
        client.note("segue/didReject", {"id": "c-99"})
        client.note("segue/didChangeCursor", {"textDocument": {"uri": uri}, "position": span["start"]})
        assert (await client.ask("textDocument/inlineCompletion", ghost(uri, 0, 0)))["result"] == {
            "items": []
        }
        edits = await client.ask(
            "textDocument/copilotInlineEdit",
            {"textDocument": {"uri": uri, "version": 1}, "position": span["start"]},
        )
        assert edits["result"] == {"edits": []}
        assert not client.popups


async def test_odd_documents_are_served_or_refused_with_a_reason(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (root / "binary.py").write_bytes(b"\x00\x01")
    async with wire(rootUri=root.as_uri()) as client:
        for uri, text, line, character, reason in (
            ((root / "binary.py").as_uri(), "\0\1x = ", 0, 6, "binary"),
            ((root / ".env").as_uri(), "TOKEN=1\nKEY=", 1, 4, "denied"),
            ("untitled:Untitled-1", "x = 1\ny = ", 1, 4, None),
            ("file:///elsewhere/a.py", "x = 1\ny = ", 1, 4, None),
            ("weird:", "x = 1\ny = ", 1, 4, None),
            ((root / "a%20b c.py").as_uri(), "x = 1\ny = ", 1, 999, None),
        ):
            client.note("textDocument/didOpen", item(uri, text))
            answer = await client.ask("textDocument/inlineCompletion", ghost(uri, line, character))
            assert isinstance(answer["result"]["items"], list)
            status = await client.alive()
            if reason:
                assert not answer["result"]["items"]
                assert status["segue"]["lastSilence"] == reason
                assert status["segue"]["lastSilenceMessage"]
        assert not client.popups


async def test_missing_and_several_workspace_folders_are_served(tmp_path: Path) -> None:
    folders = []
    for name in ("one", "two", "missing"):
        if name != "missing":
            (tmp_path / name).mkdir()
            (tmp_path / name / "a.py").write_text("def helper(rows):\n    return sum(rows)\n")
        folders.append({"uri": (tmp_path / name).as_uri(), "name": name})
    async with wire(workspaceFolders=folders) as client:
        uri = (tmp_path / "two" / "b.py").as_uri()
        client.note("textDocument/didOpen", item(uri, "x = 1\ny = "))
        assert "items" in (await client.ask("textDocument/inlineCompletion", ghost(uri, 1, 4)))["result"]
        client.note(
            "workspace/didChangeWorkspaceFolders", {"event": {"added": [folders[2]], "removed": [folders[0]]}}
        )
        await client.alive()
        assert not client.popups


async def test_settings_that_make_no_sense_are_named_once(tmp_path: Path) -> None:
    (tmp_path / ".segue.toml").write_text('model.endpoint = "http://evil.example"\n[completion\n')
    options = {"completion": {"certainty": "high", "colour": "red"}, "log": {"level": 5}}
    async with wire(rootUri=tmp_path.as_uri(), initializationOptions=options) as client:
        await client.alive()
        client.note("workspace/didChangeConfiguration", {"settings": None})
        client.note(
            "workspace/didChangeConfiguration", {"settings": {"segue": {"completion": {"colour": 1}}}}
        )
        await client.alive()
        await client.alive()
        for name in ("completion.certainty", "log.level", ".segue.toml"):
            assert client.logged.count(name) == 1, client.logged
        assert not client.popups


async def test_no_line_of_code_reaches_the_log_at_the_default_level() -> None:
    client = await Wire.start()
    await client.initialize(processId=os.getpid())
    marker = "secret_marker_in_the_code"
    client.note("textDocument/didOpen", item("file:///a.py", f"{marker} = 1\nx = "))
    for params in (ghost("file:///a.py", 1, 4), {"textDocument": marker}, {marker: marker}):
        await client.ask("textDocument/inlineCompletion", params)
    client.note(
        "textDocument/didChange", {"textDocument": {"uri": marker, "version": 1}, "contentChanges": marker}
    )
    client.note("textDocument/didFocus", {"textDocument": {"uri": 5, marker: marker}})
    await client.alive()
    status, printed = await client.close()
    assert status == 0
    assert marker not in printed
    assert marker not in client.logged


async def test_the_server_ends_when_its_client_goes_away() -> None:
    client = await Wire.start()
    await client.initialize()
    assert client.process.stdin is not None
    client.process.stdin.close()
    assert (await client.ended())[0] == 1


async def test_the_server_ends_when_its_parent_dies() -> None:
    parent = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)  # noqa: ASYNC220
    client = await Wire.start()
    await client.initialize(processId=parent.pid)
    await client.alive()
    parent.communicate(b"\n")
    assert (await client.ended())[0] == 1


async def test_a_process_id_from_elsewhere_is_not_watched() -> None:
    async with wire(processId=2**22 - 3) as client:
        await client.alive()


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["--tcp", "nowhere"], 2, "HOST:PORT"),
        (["--colour"], 2, "no option --colour"),
        (["--tcp"], 2, "needs a value"),
        (["--tcp", "0.0.0.0:0"], 2, "SEGUE_TCP_TOKEN"),
        (["--help"], 0, "Usage"),
    ],
)
def test_a_wrong_command_line_is_explained(arguments: list[str], status: int, said: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "segue_server", "serve", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == status
    assert said in done.stderr + done.stdout
    assert "Traceback" not in done.stderr


async def test_a_port_in_use_is_named(unused_tcp_port_factory: Callable[[], int]) -> None:
    port = unused_tcp_port_factory()
    taken = await asyncio.start_server(lambda _r, _w: None, "127.0.0.1", port)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "segue_server", "serve", "--tcp", f"127.0.0.1:{port}",
        stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    _, printed = await asyncio.wait_for(process.communicate(), 30)
    taken.close()
    await taken.wait_closed()
    assert process.returncode == 1
    assert str(port) in printed.decode()
    assert "Traceback" not in printed.decode()


async def test_tcp_serves_one_client() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "segue_server", "serve", "--tcp=127.0.0.1:0",
        stderr=asyncio.subprocess.PIPE, env={**os.environ, "SEGUE_PROVIDER": "none"},
    )  # fmt: skip
    assert process.stderr is not None
    line = (await asyncio.wait_for(process.stderr.readline(), 30)).decode()
    port = int(line.rsplit(":", 1)[1])
    told = (await process.stderr.readline()).decode()
    options = json.loads(told[told.index("{") :])
    page, sender = await asyncio.open_connection("127.0.0.1", port)
    sender.write(b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    assert (await asyncio.wait_for(page.read(), 30)).startswith(b"HTTP/1.1 403")
    sender.close()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for number, method, params in (
        (
            1,
            "initialize",
            {"capabilities": {}, "processId": None, "rootUri": None, "initializationOptions": options},
        ),
        (2, "shutdown", None),
        (None, "exit", None),
    ):
        message = {"jsonrpc": "2.0", "method": method, "params": params}
        body = json.dumps(message if number is None else {**message, "id": number}).encode()
        writer.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
    received = await asyncio.wait_for(reader.read(), 30)
    writer.close()
    assert b"inlineCompletionProvider" in received
    await process.stderr.read()
    assert await asyncio.wait_for(process.wait(), 30) == 0


def test_a_folders_own_modules_are_not_run(tmp_path: Path) -> None:
    for name in ("json.py", "asyncio.py", "logging.py", "typing.py", "pygls.py"):
        (tmp_path / name).write_text("open('ran', 'w').close()\n")
    for options in ((), ("-P",)):
        if options:
            (tmp_path / "segue_server").mkdir()
            (tmp_path / "segue_server" / "__init__.py").write_text("open('ran', 'w').close()\n")
        done = subprocess.run(
            [sys.executable, *options, "-m", "segue_server", "serve", "--help"], cwd=tmp_path, capture_output=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0
        assert not (tmp_path / "ran").exists()
