"""A client on a TCP port: nothing but an LSP client that knows the token gets in.

Any program and any web page of this machine can connect to a port of loopback. So the first message is read here: it must
be `initialize` with the token in its `initializationOptions`; whoever sends something else is turned away, and the port
goes on waiting.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import os
import re
import secrets
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any

TOKEN_VARIABLE = "SEGUE_TCP_TOKEN"  # noqa: S105 - its name
_LEAST_TOKEN_CHARS = 16
_MAX_HEAD_BYTES = 4_096
_MAX_BODY_BYTES = 4 * 1024 * 1024
_PATIENCE_S = 10.0
_LENGTH = re.compile(rb"^Content-Length: (\d{1,9})\r\n", re.MULTILINE)
_HTTP = re.compile(rb"(?:GET|POST|HEAD|PUT|DELETE|OPTIONS|PATCH|CONNECT|TRACE|PRI) ")


class NotAdmitted(Exception):
    """Whoever connected is no client of ours; `answer` is what it is told before the connection is closed."""

    def __init__(self, why: str, answer: bytes = b"") -> None:
        super().__init__(why)
        self.answer = answer


def token_for(host: str, environment: dict[str, str] | os._Environ[str] = os.environ) -> str:
    """Return the token that the client must send: the user's, or a fresh one for a port of this machine alone.

    Raises `ValueError`, with what to do as a sentence, where other machines could connect without a token of the user's.
    """
    chosen = environment.get(TOKEN_VARIABLE, "")
    if chosen and len(chosen) < _LEAST_TOKEN_CHARS:
        raise ValueError(f"{TOKEN_VARIABLE} must have at least {_LEAST_TOKEN_CHARS} characters")
    if not chosen and not _is_this_machine(host):
        raise ValueError(
            f"{host} can be reached from other machines: set {TOKEN_VARIABLE} to a token that the client sends, or listen on 127.0.0.1"
        )
    return chosen or secrets.token_urlsafe(24)


def warning_for(host: str) -> str:
    """Return what to tell the user about an address that other machines can reach, "" for one of this machine."""
    if _is_this_machine(host):
        return ""
    return (
        f"Warning: {host} can be reached from other machines, and what is sent there is not encrypted;"
        " a tunnel (ssh -L) to 127.0.0.1 is safer."
    )


def _is_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


@dataclass(slots=True)
class ReadAhead:
    """A reader that begins with bytes that were read before."""

    first: bytes
    reader: asyncio.StreamReader

    async def readline(self) -> bytes:
        """Return a line."""
        if not self.first:
            return await self.reader.readline()
        end = self.first.find(b"\n") + 1 or len(self.first)
        line, self.first = self.first[:end], self.first[end:]
        return line

    async def readexactly(self, n: int) -> bytes:
        """Return `n` bytes."""
        known, self.first = self.first[:n], self.first[n:]
        return known if len(known) == n else known + await self.reader.readexactly(n - len(known))


async def admitted(reader: asyncio.StreamReader, token: str) -> ReadAhead:
    """Return the reader of a client whose first message is `initialize` with the token, which is taken out of it.

    Raises `NotAdmitted`.
    """
    try:
        async with asyncio.timeout(_PATIENCE_S):
            message = await _first_message(reader)
    except (
        asyncio.IncompleteReadError,
        asyncio.LimitOverrunError,
        OSError,
        RecursionError,
        TimeoutError,
        ValueError,
    ) as error:
        raise NotAdmitted("it sent no message of the protocol") from error
    params = message.get("params")
    options = params.get("initializationOptions") if isinstance(params, dict) else None
    sent = options.pop("token", "") if isinstance(options, dict) else ""
    known = isinstance(sent, str) and hmac.compare_digest(sent.encode("utf-8", "replace"), token.encode())
    if message.get("method") != "initialize" or not known:
        why = "The first message must be initialize with the token that was printed in initializationOptions.token"
        error_message = {"jsonrpc": "2.0", "id": message.get("id"), "error": {"code": -32600, "message": why}}
        raise NotAdmitted("it did not send the token", _framed(error_message))
    return ReadAhead(_framed(message), reader)


async def _first_message(reader: asyncio.StreamReader) -> dict[str, Any]:
    head = await reader.readexactly(8)
    if _HTTP.match(head):
        raise NotAdmitted(
            "it speaks HTTP", b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        )
    if not head.startswith(b"Content-"):
        raise ValueError("no header of the protocol")
    while not head.endswith(b"\r\n\r\n"):
        head += await reader.readline()
        if len(head) > _MAX_HEAD_BYTES or not head.endswith(b"\n"):
            raise ValueError("the header is too long")
    length = _LENGTH.search(head)
    if length is None or int(length[1]) > _MAX_BODY_BYTES:
        raise ValueError("no length, or too long")
    message = json.loads(await reader.readexactly(int(length[1])))
    if not isinstance(message, dict):
        raise ValueError("no message")  # noqa: TRY004 - of what was sent, not of a type here
    return message


def _framed(message: dict[str, Any]) -> bytes:
    body = json.dumps(message).encode()
    return b"Content-Length: %d\r\n\r\n%s" % (len(body), body)
