"""What stands behind the editor in a test: a scripted language server, or the real one with a scripted model."""

from __future__ import annotations

import json
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from segue_editors import scripted_server


@dataclass
class Scripted:
    """A scripted language server: `program` starts it, `say` changes its answers, `heard` is what it was told."""

    folder: Path

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.program = self.folder / "segue"
        self.record = self.folder / "record.jsonl"
        self.script = self.folder / "script.json"
        self.record.touch()
        self.say()
        self.program.write_text(
            f'#!/bin/sh\nexport SCRIPT="{self.script}" RECORD="{self.record}"\n'
            f'exec "{sys.executable}" "{scripted_server.__file__}" "$@"\n'
        )
        self.program.chmod(0o755)

    def say(self, **answers: Any) -> None:
        """Answer like this from now on."""
        self.script.write_text(json.dumps(answers))

    def processes(self) -> list[int]:
        """Return the servers that run."""
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                if f"RECORD={self.record}".encode() in (folder / "environ").read_bytes():
                    found.append(int(folder.name))
            except OSError:
                continue
        return found

    def answered(self, method: str) -> float:
        """Return the time of the last answer to this method, in seconds since the epoch."""
        entries = [json.loads(line) for line in self.record.read_text().splitlines()]
        return max((entry["at"] for entry in entries if entry.get("answered") == method), default=0.0)

    def heard(self, method: str) -> list[dict[str, Any]]:
        """Return the parameters of every message of this method, oldest first."""
        messages = [json.loads(line) for line in self.record.read_text().splitlines()]
        return [message.get("params") or {} for message in messages if message.get("method") == method]


@dataclass
class FakeModel:
    """A `/v1/completions` server on the loopback: after this text, that completion."""

    answers: dict[str, str] = field(default_factory=dict)
    prompts: list[str] = field(default_factory=list)
    closed: bool = False
    ports: tuple[int, ...] = (0,)
    """Where it listens: the first that is free."""

    def __post_init__(self) -> None:
        self._server = self._listening()
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def _listening(self) -> ThreadingHTTPServer:
        for port in self.ports:
            with suppress(OSError):
                return ThreadingHTTPServer(("127.0.0.1", port), self._handler())
        raise OSError(f"none of the ports {self.ports} is free")

    @property
    def environment(self) -> dict[str, str]:
        """What points `segue serve` at this model."""
        address = f"http://127.0.0.1:{self._server.server_address[1]}"
        return {"SEGUE_PROVIDER": "openai", "SEGUE_ENDPOINT": address, "SEGUE_MODEL": "qwen2.5-coder-fake"}

    def close(self) -> None:
        """Stop listening, and answer nothing on connections that are open."""
        self.closed = True
        self._server.shutdown()
        self._server.server_close()

    def complete(self, prompt: str) -> str:
        """Return the completion whose `after` stands last in the prompt."""
        self.prompts.append(prompt)
        found = [(prompt.rfind(after), text) for after, text in self.answers.items() if after in prompt]
        return max(found)[1] if found else ""

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        model = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_args: Any) -> None:
                pass

            def do_GET(self) -> None:
                if self.path != "/v1/models":
                    self.send_error(404)
                    return
                body = {"object": "list", "data": [{"id": "qwen2.5-coder-fake", "object": "model"}]}
                self._answer("application/json", json.dumps(body).encode())

            def do_POST(self) -> None:
                if model.closed:
                    self.close_connection = True
                    return
                asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                chat = "messages" in asked
                text = model.complete(json.dumps(asked["messages"]) if chat else str(asked["prompt"]))
                if not asked.get("stream"):
                    body = {"choices": [{"index": 0, **said(text, chat=chat), "finish_reason": "stop"}]}
                    self._answer("application/json", json.dumps(body).encode())
                    return
                chunks = [text[at : at + 4] for at in range(0, len(text), 4)]
                events = [
                    {"choices": [{"index": 0, **said(chunk, chat=chat), "finish_reason": None}]}
                    for chunk in chunks
                ]
                events.append({"choices": [{"index": 0, **said("", chat=chat), "finish_reason": "stop"}]})
                lines = [f"data: {json.dumps(event)}\n\n" for event in events]
                self._answer("text/event-stream", ("".join(lines) + "data: [DONE]\n\n").encode())

            def _answer(self, kind: str, body: bytes) -> None:
                self.send_response(200)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        return Handler


def said(text: str, *, chat: bool) -> dict[str, Any]:
    """Return a piece of an answer in the shape of the address that was asked."""
    if not chat:
        return {"text": text}
    message = {"role": "assistant", "content": text}
    return {"message": message, "delta": message}
