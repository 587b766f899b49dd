"""A model server on loopback for measurements and tests: OpenAI-compatible, with a latency one can set.

Completions and chats alike: for a chat, the prompt is what its messages say. It answers what `reply` makes of the prompt after `latency_s`, streams it, and notes every call with whether the
client closed the socket before the end.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import math
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

MODEL = "qwen2.5-coder-fake"
"""A name by which the prompt format is recognised without questions to the server."""

_SURE = 0.999
"""How likely each piece of an answer is said to be."""


@dataclass(slots=True)
class Call:
    """One completion asked for; times are `time.perf_counter` seconds."""

    prompt: str
    started: float
    ended: float = 0.0
    closed_early: bool = False


@dataclass(slots=True)
class FakeModelServer:
    """Runs in a thread of its own; use it as a context manager.

    With `tokens`, it answers what that makes of the prompt, token by token, and tells the chance of each.
    """

    reply: Callable[[str], str]
    tokens: Callable[[str], Sequence[tuple[str, float]]] | None = None
    latency_s: float = 0.0
    chunk_chars: int = 8
    pause_s: float = 0.0
    finish: str = "stop"
    calls: list[Call] = field(default_factory=list)
    port: int = 0
    _loop: asyncio.AbstractEventLoop | None = None
    _thread: threading.Thread | None = None
    _ready: threading.Event = field(default_factory=threading.Event)

    @property
    def endpoint(self) -> str:
        """The base URL."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """The variables that make Segue use this server."""
        return {"SEGUE_PROVIDER": "openai", "SEGUE_ENDPOINT": self.endpoint, "SEGUE_MODEL": MODEL}

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._run, name="fake model", daemon=True)
        self._thread.start()
        self._ready.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        assert self._loop is not None
        assert self._thread is not None
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    def _run(self) -> None:
        self._loop = loop = asyncio.new_event_loop()
        server = loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", 0))
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        loop.run_forever()
        server.close()
        tasks = asyncio.all_tasks(loop)
        for task in tasks:
            task.cancel()
        if tasks:
            loop.run_until_complete(asyncio.wait(tasks))
        loop.run_until_complete(asyncio.sleep(0))  # connections close one turn after they were told to
        loop.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while (request := await _read_request(reader)) is not None:
                path, body = request
                if path.endswith("/v1/models"):
                    await _send_json(writer, {"data": [{"id": MODEL}]})
                elif path.endswith("/completions") and body.get("stream"):
                    if not await self._complete(_prompt_of(body), reader, writer, chat="messages" in body):
                        return
                else:
                    await _send_json(writer, {"error": "not here"}, status="404 Not Found")
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            return
        finally:
            writer.close()

    async def _complete(
        self, prompt: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, chat: bool
    ) -> bool:
        """Answer one call; False when the client hung up before the end."""
        call = Call(prompt, time.perf_counter())
        self.calls.append(call)
        hung_up = asyncio.ensure_future(reader.read(1))
        answering = asyncio.ensure_future(self._answer(prompt, writer, chat=chat))
        await asyncio.wait({hung_up, answering}, return_when=asyncio.FIRST_COMPLETED)
        call.ended = time.perf_counter()
        call.closed_early = not answering.done() or answering.exception() is not None
        hung_up.cancel()
        answering.cancel()
        with contextlib.suppress(asyncio.CancelledError, ConnectionError):
            await asyncio.gather(hung_up, answering)
        return not call.closed_early

    async def _answer(self, prompt: str, writer: asyncio.StreamWriter, *, chat: bool) -> None:
        await asyncio.sleep(self.latency_s)
        if self.tokens is not None and not chat:
            pieces, chances = (list(column) for column in zip(*self.tokens(prompt), strict=True))
        else:
            text = self.reply(prompt)
            pieces = [text[at : at + self.chunk_chars] for at in range(0, len(text), self.chunk_chars)]
            chances = []
        writer.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        for number, piece in enumerate([*pieces, ""]):
            finish = self.finish if number == len(pieces) else None
            if chat:
                choice: dict[str, Any] = {"index": 0, "delta": {"content": piece}, "finish_reason": finish}
            else:
                choice = {"index": 0, "text": piece, "finish_reason": finish}
                chance = [*chances, 1.0][number] if chances else _SURE
                choice["logprobs"] = {"tokens": [piece], "token_logprobs": [math.log(chance)]}
            if self.pause_s:
                await writer.drain()
                await asyncio.sleep(self.pause_s)
            _write_chunk(writer, b"data: " + json.dumps({"choices": [choice]}).encode() + b"\n\n")
        _write_chunk(writer, b"data: [DONE]\n\n")
        writer.write(b"0\r\n\r\n")
        await writer.drain()


def _prompt_of(body: dict[str, Any]) -> str:
    messages = body.get("messages")
    if isinstance(messages, list):
        return "\n\n".join(str(message.get("content", "")) for message in messages)
    return str(body.get("prompt", ""))


async def _read_request(reader: asyncio.StreamReader) -> tuple[str, dict[str, Any]] | None:
    first = await reader.readline()
    if not first:
        return None
    length = 0
    while (line := await reader.readline()) not in (b"\r\n", b""):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    body = json.loads(await reader.readexactly(length)) if length else {}
    return first.split()[1].decode(), body if isinstance(body, dict) else {}


async def _send_json(writer: asyncio.StreamWriter, answer: dict[str, Any], status: str = "200 OK") -> None:
    body = json.dumps(answer).encode()
    writer.write(
        f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        + body
    )
    await writer.drain()


def _write_chunk(writer: asyncio.StreamWriter, data: bytes) -> None:
    writer.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
