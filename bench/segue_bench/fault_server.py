"""A model server on the loopback address that misbehaves to order."""

from __future__ import annotations

import contextlib
import json
import os
import re
import socket
import struct
import sys
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    import io
    import ssl
    from collections.abc import Callable

_SSE = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
_LONG_LINE = 10 << 20


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, object]:
        """The body as a JSON object."""
        document = json.loads(self.body)
        assert isinstance(document, dict)
        return document


class Connection:
    """The server's side of one connection."""

    def __init__(self, sock: socket.socket, stopping: threading.Event) -> None:
        self._socket = sock
        self.stopping = stopping

    def send(self, data: bytes) -> None:
        """Send raw bytes."""
        self._socket.sendall(data)

    def chunk(self, data: bytes) -> None:
        """Send one chunk of a chunked body."""
        self.send(b"%x\r\n%s\r\n" % (len(data), data))

    def event(self, payload: object) -> None:
        """Send one server-sent event."""
        self.chunk(b"data: " + json.dumps(payload).encode() + b"\n\n")

    def answer(self, status: int, payload: object, **headers: str) -> None:
        """Send a whole JSON answer."""
        body = json.dumps(payload).encode()
        lines = {"Content-Type": "application/json", "Content-Length": str(len(body)), **headers}
        head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in lines.items())
        self.send(f"HTTP/1.1 {status} Status\r\n{head}\r\n".encode() + body)

    def hang_up(self) -> None:
        """Close in good order, whatever was promised."""
        self._socket.shutdown(socket.SHUT_RDWR)

    def reset(self) -> None:
        """Close with a TCP reset instead of a goodbye."""
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        os.close(self._socket.detach())  # close() would wait for the reader's reference


def text_event(text: str, finish: str | None = None) -> dict[str, object]:
    """Return a piece of an OpenAI-compatible completion."""
    return {"choices": [{"index": 0, "text": text, "finish_reason": finish}]}


def good(connection: Connection, _: Request) -> None:
    """Answer ``pass`` as a well-behaved server does."""
    connection.send(_SSE)
    connection.event(text_event("pa"))
    connection.event(text_event("ss", "stop"))
    connection.chunk(b"data: [DONE]\n\n")
    connection.send(b"0\r\n\r\n")


def reset_mid_stream(connection: Connection, _: Request) -> None:
    """Reset the connection after the first piece."""
    connection.send(_SSE)
    connection.event(text_event("pa"))
    connection.reset()


def hangs_up_mid_stream(connection: Connection, _: Request) -> None:
    """Close the connection after the first piece, in the middle of the answer."""
    connection.send(_SSE)
    connection.event(text_event("pa"))
    connection.hang_up()


def streaming(*pieces: bytes) -> Callable[[Connection, Request], None]:
    """Return a behaviour that streams these bytes and ends in good order."""

    def behave(connection: Connection, _: Request) -> None:
        connection.send(_SSE)
        for piece in pieces:
            connection.chunk(piece)
        connection.send(b"0\r\n\r\n")

    return behave


def refusing(*parameters: str) -> Callable[[Connection, Request], None]:
    """Return a behaviour that refuses requests with these parameters, one at a time, and answers the others."""

    def behave(connection: Connection, request: Request) -> None:
        named = next((name for name in parameters if name in request.json), "")
        if named:
            connection.answer(400, {"error": {"message": f"Unsupported parameter: '{named}'"}})
        else:
            good(connection, request)

    return behave


def garbage(connection: Connection, _: Request) -> None:
    """Answer with bytes that are no HTTP."""
    connection.send(bytes(range(256)) * 8)
    connection.reset()


def garbage_stream(connection: Connection, _: Request) -> None:
    """Answer properly and stream what is no event."""
    connection.send(_SSE)
    connection.chunk(b"\x00\xff\xfe not an event\n" * 4)
    connection.send(b"0\r\n\r\n")


def truncated_json(connection: Connection, _: Request) -> None:
    """Cut an event in the middle of its JSON."""
    connection.send(_SSE)
    connection.chunk(b'data: {"choices": [{"te\n\n')
    connection.send(b"0\r\n\r\n")


def endless_stream(connection: Connection, _: Request) -> None:
    """Stream the same piece for as long as somebody listens."""
    connection.send(_SSE)
    while not connection.stopping.is_set():
        connection.event(text_event("again and again "))


def endless_comments(connection: Connection, _: Request) -> None:
    """Stream keep-alive comments for ever and never a piece of answer."""
    connection.send(_SSE)
    while not connection.stopping.wait(0.001):
        connection.chunk(b": keep-alive\n\n")


def long_line(connection: Connection, _: Request) -> None:
    """Send a line of ten megabytes."""
    connection.send(_SSE)
    piece = b"x" * (1 << 16)
    for _piece in range(_LONG_LINE // len(piece)):
        connection.chunk(piece)
    connection.chunk(b"\n")
    connection.send(b"0\r\n\r\n")


def wrong_content_type(connection: Connection, _: Request) -> None:
    """Answer with a web page."""
    page = b"<html><body>Welcome to the router</body></html>"
    connection.send(
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(page) + page
    )


def slow_loris(connection: Connection, _: Request) -> None:
    """Send one byte at a time, so that no silence is ever long."""
    connection.send(_SSE)
    body = b"data: " + b" " * 100_000
    for at in range(len(body)):
        connection.chunk(body[at : at + 1])
        if connection.stopping.wait(0.02):
            return


def endless_informational(connection: Connection, _: Request) -> None:
    """Send informational responses for ever and never the answer."""
    while not connection.stopping.is_set():
        connection.send(b"HTTP/1.1 102 Processing\r\n\r\n")


def dripped_headers(connection: Connection, _: Request) -> None:
    """Send headers one byte at a time, for ever."""
    connection.send(b"HTTP/1.1 200 OK\r\n")
    while not connection.stopping.is_set():
        for byte in b"X-Padding: x\r\n":
            connection.send(bytes((byte,)))
            if connection.stopping.wait(0.01):
                return


def dripped_document(connection: Connection, _: Request) -> None:
    """Send one JSON document whose white space never ends."""
    connection.send(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n{")
    while not connection.stopping.wait(0.01):
        connection.send(b" ")


def slow_words(connection: Connection, _: Request) -> None:
    """Stream pieces of answer for ever, with pauses in which a patient client would wait."""
    connection.send(_SSE)
    while not connection.stopping.wait(0.05):
        connection.event({"choices": [{"index": 0, "text": "word ", "delta": {"content": "word "}}]})


def slowly(
    seconds: float, behaviour: Callable[[Connection, Request], None]
) -> Callable[[Connection, Request], None]:
    """Return a behaviour that thinks before each request."""

    def behave(connection: Connection, request: Request) -> None:
        if not connection.stopping.wait(seconds):
            behaviour(connection, request)

    return behave


def silent(connection: Connection, _: Request) -> None:
    """Never answer."""
    connection.stopping.wait(60)


def loading_then_good(times: int) -> Callable[[Connection, Request], None]:
    """Return a behaviour that says ``Loading model`` `times` times and answers then."""
    left = [times]

    def behave(connection: Connection, request: Request) -> None:
        if left[0] > 0:
            left[0] -= 1
            connection.answer(503, {"error": {"code": 503, "message": "Loading model"}})
        else:
            good(connection, request)

    return behave


def redirect_to(location: str, status: int = 307) -> Callable[[Connection, Request], None]:
    """Return a behaviour that redirects to `location`."""

    def behave(connection: Connection, _: Request) -> None:
        connection.answer(status, {}, Location=location)

    return behave


def refusal(status: int, message: str, **headers: str) -> Callable[[Connection, Request], None]:
    """Return a behaviour that answers with an error status."""

    def behave(connection: Connection, _: Request) -> None:
        connection.answer(status, {"error": {"message": message}}, **headers)

    return behave


def echoing(behaviour: Callable[[Connection, Request], None]) -> Callable[[Connection, Request], None]:
    """Return a behaviour that answers prompts that end in ``request_N_echo`` with N, and misbehaves otherwise."""

    def behave(connection: Connection, request: Request) -> None:
        if not request.path.endswith("/completions"):
            connection.answer(404, {})
            return
        asked = re.findall(r"request_(\d+)(_echo)?", str(request.json["prompt"]))
        if asked and asked[-1][1]:
            connection.answer(200, text_event(f" echo_{asked[-1][0]}", "stop"))
        else:
            behaviour(connection, request)

    return behave


_PASS = b"data: " + json.dumps(text_event("pass")).encode()

FAULTS: dict[str, Callable[[Connection, Request], None]] = {
    "good": good,
    "no finish reason": streaming(_PASS + b"\n\ndata: [DONE]\n\n"),
    "no end at all": streaming(_PASS),
    "byte order mark, CR": streaming(b"\xef\xbb\xbf" + _PASS + b"\r", b"\rdata: [DO", b"NE]\r\r"),
    "unknown fields": streaming(b"x-edge: 1\nretry: 9\n: hm\n\n" + _PASS + b"\n\ndata: : keep\n\n"),
    "error field": streaming(b'error: {"code": 400, "message": "exceeds the available context size"}\n\n'),
    "error event": streaming(b'event: error\ndata: {"message": "it broke"}\n\n'),
    "refuses parameters": refusing("temperature", "logprobs", "stop"),
    "reset mid-stream": reset_mid_stream,
    "hangs up mid-stream": hangs_up_mid_stream,
    "garbage": garbage,
    "garbage stream": garbage_stream,
    "truncated JSON": truncated_json,
    "endless stream": endless_stream,
    "endless comments": endless_comments,
    "10 MB line": long_line,
    "wrong content type": wrong_content_type,
    "slow loris": slow_loris,
    "endless 1xx": endless_informational,
    "dripped headers": dripped_headers,
    "dripped document": dripped_document,
    "slow words": slow_words,
    "HTTP 500": refusal(500, "oops"),
}


class FaultServer:
    """Answers every request with `behaviour`, which may be changed while it runs.

    Requests are kept in `requests` (the last thousand), and `closed_early` counts connections whose client went
    away during an answer.
    """

    def __init__(
        self, behaviour: Callable[[Connection, Request], None] = good, *, tls: ssl.SSLContext | None = None
    ) -> None:
        self.behaviour = behaviour
        self._tls = tls
        self.requests: list[Request] = []
        self.closed_early = 0
        self.changed = threading.Condition()
        self._stopping = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self._thread = threading.Thread(target=self._accept, name="fault-server", daemon=True)

    @property
    def url(self) -> str:
        """The server's base URL."""
        scheme = "https" if self._tls else "http"
        return f"{scheme}://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        # Closing a listener does not wake a thread in accept(); a connection does.
        with contextlib.suppress(OSError), socket.create_connection(self._listener.getsockname(), timeout=1):
            pass
        self._thread.join(5)
        self._listener.close()

    def wait_for_early_close(self, count: int, timeout_s: float = 10.0) -> bool:
        """Wait until `count` clients went away during an answer."""
        with self.changed:
            return self.changed.wait_for(lambda: self.closed_early >= count, timeout_s)

    def _accept(self) -> None:
        while not self._stopping.is_set():
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(sock,), daemon=True).start()

    def _serve(self, sock: socket.socket) -> None:
        if self._tls is not None:
            try:
                sock = self._tls.wrap_socket(sock, server_side=True)
            except OSError:
                return
        with sock:
            reader = sock.makefile("rb")
            connection = Connection(sock, self._stopping)
            try:
                while (request := _read_request(reader)) is not None:
                    self.requests.append(request)
                    del self.requests[:-1000]
                    self.behaviour(connection, request)
            except (OSError, ValueError):
                with self.changed:
                    self.closed_early += 1
                    self.changed.notify_all()
            finally:
                with contextlib.suppress(OSError):
                    reader.close()


def _read_request(reader: io.BufferedReader) -> Request | None:
    line = reader.readline(65536)
    if not line.strip():
        return None
    method, path, _ = line.decode("latin-1").split(" ", 2)
    headers: dict[str, str] = {}
    while (line := reader.readline(65536)).strip():
        name, _, value = line.decode("latin-1").partition(":")
        headers[name.strip().lower()] = value.strip()
    body = reader.read(int(headers.get("content-length", 0)))
    return Request(method, path, headers, body)


def main(fault: str, redirect: str = "") -> None:
    """Serve one fault in a process of its own: prints the URL, ends when its standard input does."""
    behaviour = redirect_to(redirect) if redirect else FAULTS[fault]
    with FaultServer(echoing(behaviour)) as server:
        print(server.url, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main(*sys.argv[1:])
