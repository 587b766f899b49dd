"""Who gets in on a TCP port: a client that sends the token in its first message."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from segue_server.lsp.tcp import NotAdmitted, admitted, token_for, warning_for

TOKEN = "a token of the test's"


def framed(message: Any) -> bytes:
    body = json.dumps(message).encode()
    return b"Content-Length: %d\r\n\r\n%s" % (len(body), body)


def initialize(**options: Any) -> bytes:
    return framed(
        {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"initializationOptions": options}}
    )


def reader_of(data: bytes) -> asyncio.StreamReader:
    reader = asyncio.StreamReader()
    reader.feed_data(data)
    reader.feed_eof()
    return reader


async def test_a_client_with_the_token_is_read_from_its_first_message_on() -> None:
    reader = await admitted(
        reader_of(initialize(token=TOKEN, log={}) + b"Content-Length: 2\r\n\r\n{}"), TOKEN
    )
    length = int((await reader.readline()).split(b":")[1])
    assert await reader.readline() == b"\r\n"
    message = json.loads(await reader.readexactly(length))
    assert message["params"]["initializationOptions"] == {"log": {}}  # the token is nobody else's business
    assert await reader.readline() == b"Content-Length: 2\r\n"
    assert await reader.readline() == b"\r\n"
    assert await reader.readexactly(2) == b"{}"


@pytest.mark.parametrize(
    ("data", "answer"),
    [
        (initialize(), b"initializationOptions.token"),
        (initialize(token="another"), b"initializationOptions.token"),
        (initialize(token=None), b"initializationOptions.token"),
        (
            framed({"id": 1, "method": "shutdown", "params": {"initializationOptions": {"token": TOKEN}}}),
            b"token",
        ),
        (b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", b"HTTP/1.1 403"),
        (b"POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}", b"HTTP/1.1 403"),
        (b"Content-Length: 99999999\r\n\r\n", b""),
        (b"Content-Length: 5\r\n\r\nxxxxx", b""),
        (b"Content-Length: 2\r\n\r\n[]", b""),
        (b"Content-Length: 200000\r\n\r\n" + b"[" * 200_000, b""),
        (b"Content-" + b"x" * 10_000, b""),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc", b""),
        (b"", b""),
    ],
)
async def test_others_are_turned_away(data: bytes, answer: bytes) -> None:
    with pytest.raises(NotAdmitted) as refused:
        await admitted(reader_of(data), TOKEN)
    assert answer in refused.value.answer
    assert bool(answer) == bool(refused.value.answer)


def test_an_open_address_needs_a_token_of_the_user() -> None:
    assert len(token_for("127.0.0.1", {})) >= 24
    assert token_for("::1", {}) != token_for("localhost", {})
    for host in ("0.0.0.0", "::", "192.0.2.1", "example.org"):
        with pytest.raises(ValueError, match="SEGUE_TCP_TOKEN"):
            token_for(host, {})
        assert token_for(host, {"SEGUE_TCP_TOKEN": "x" * 16}) == "x" * 16
        assert "other machines" in warning_for(host)
    with pytest.raises(ValueError, match="at least"):
        token_for("127.0.0.1", {"SEGUE_TCP_TOKEN": "short"})
    assert not warning_for("127.0.0.1")
