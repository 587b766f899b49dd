"""A language client that costs next to nothing, so that what is measured is the server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import IO, Any, Self

BARE_SERVER = """
from lsprotocol import types
from pygls.lsp.server import LanguageServer

server = LanguageServer("bare", "1")

@server.feature(types.TEXT_DOCUMENT_INLINE_COMPLETION, types.InlineCompletionOptions())
async def inline_completion(params: types.InlineCompletionParams):
    document = server.workspace.get_text_document(params.text_document.uri)
    document.lines[params.position.line]
    return types.InlineCompletionList(items=[])

server.start_io()
"""
"""The smallest useful pygls server, the peer of every figure."""

SEGUE = [sys.executable, "-m", "segue_server", "serve"]
BARE = [sys.executable, "-c", BARE_SERVER]


def environment_of(home: Path, **more: str) -> dict[str, str]:
    """Return the environment of a server without a model, in a home of its own."""
    folders = {f"XDG_{kind}_HOME": str(home / kind) for kind in ("CACHE", "CONFIG", "DATA", "STATE")}
    return {"HOME": str(home), "SEGUE_PROVIDER": "none", **folders, **more}


def processes_with(mark: str, containing: str = "") -> list[int]:
    """Return the processes that run with `mark` in their environment and `containing` in their command line (Linux)."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            ours = mark.encode() in (folder / "environ").read_bytes()
            if ours and containing.encode() in (folder / "cmdline").read_bytes():
                found.append(int(folder.name))
        except OSError:
            continue
    return found


class RawClient:
    """Speaks to one server process; answers are noted with the time at which they arrived."""

    def __init__(self, command: list[str], environment: dict[str, str] | None = None) -> None:
        self.spawned = time.perf_counter()
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **(environment or {})},
        )
        self.answers: dict[int, tuple[float, dict[str, Any]]] = {}
        self.notes: list[dict[str, Any]] = []
        self._news = threading.Condition()
        self._number = 0
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.wait(self.send("shutdown", None))
        self.notify("exit", None)
        self.process.wait(10)
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()

    def initialize(self, root: Path | None = None, options: Any = None) -> float:
        """Initialize, and return the seconds from the spawn to the answer."""
        params = {
            "processId": os.getpid(),
            "rootUri": root.as_uri() if root else None,
            "capabilities": {"general": {"positionEncodings": ["utf-16"]}},
            "initializationOptions": options,
        }
        arrived, _ = self.wait(self.send("initialize", params))
        self.notify("initialized", {})
        return arrived - self.spawned

    def send(self, method: str, params: Any) -> int:
        """Send a request and return its number."""
        self._number += 1
        self._write({"jsonrpc": "2.0", "id": self._number, "method": method, "params": params})
        return self._number

    def notify(self, method: str, params: Any) -> None:
        """Send a notification."""
        self._write({"jsonrpc": "2.0", "method": method, "params": params})

    def wait(self, number: int, timeout_s: float = 60) -> tuple[float, dict[str, Any]]:
        """Return when an answer arrived, and the answer."""
        with self._news:
            if not self._news.wait_for(lambda: number in self.answers, timeout_s):
                raise TimeoutError(f"no answer to request {number}")
        return self.answers[number]

    def ask(self, method: str, params: Any) -> Any:
        """Send a request and return its result."""
        _, answer = self.wait(self.send(method, params))
        return answer["result"]

    def open(self, uri: str, text: str, language_id: str = "python") -> None:
        """Open a document at version 1."""
        document = {"uri": uri, "languageId": language_id, "version": 1, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": document})

    def type(self, uri: str, version: int, line: int, character: int, text: str) -> None:
        """Insert text."""
        place = {"line": line, "character": character}
        change = {"range": {"start": place, "end": place}, "text": text}
        identity = {"uri": uri, "version": version}
        self.notify("textDocument/didChange", {"textDocument": identity, "contentChanges": [change]})

    def ghost(self, uri: str, line: int, character: int, *, kind: int = 2) -> int:
        """Ask for an inline completion and return the request's number."""
        return self.send(
            "textDocument/inlineCompletion",
            {
                "textDocument": {"uri": uri},
                "position": {"line": line, "character": character},
                "context": {"triggerKind": kind},
            },
        )

    def pause(self, seconds: float) -> None:
        """Wait for news from the server, this long at most."""
        with self._news:
            self._news.wait(seconds)

    def cpu_s(self) -> float:
        """Return the CPU seconds the process has used (Linux; 0 elsewhere)."""
        try:
            fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return 0.0
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory_mb(self) -> float:
        """Return the resident memory of the process in MB (Linux; 0 elsewhere)."""
        try:
            status = Path(f"/proc/{self.process.pid}/status").read_text()
        except OSError:
            return 0.0
        return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmRSS"))

    def _write(self, message: dict[str, Any]) -> None:
        body = json.dumps(message).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def _read(self) -> None:
        assert self.process.stdout is not None
        while (message := _message(self.process.stdout)) is not None:
            arrived = time.perf_counter()
            with self._news:
                if "method" in message:
                    self.notes.append(message)
                    if "id" in message:
                        self._write({"jsonrpc": "2.0", "id": message["id"], "result": None})
                else:
                    self.answers[message["id"]] = arrived, message
                self._news.notify_all()


def _message(stream: IO[bytes]) -> dict[str, Any] | None:
    length = 0
    while line := stream.readline():
        if line == b"\r\n":
            message: dict[str, Any] = json.loads(stream.read(length))
            return message
        if line.startswith(b"Content-Length"):
            length = int(line.split(b":")[1])
    return None
