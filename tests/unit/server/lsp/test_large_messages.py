"""A text that is too long is left out of its message, and nothing else is."""

from __future__ import annotations

import asyncio
import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segue_server.lsp.large_messages import LEFT_OUT, MessageReader, Shortener

_json = st.recursive(
    st.none() | st.integers() | st.text(st.characters(codec="utf-8"), max_size=40) | st.just('\\"\\\\"'),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def shortened(body: bytes, size: int) -> bytes:
    shortener = Shortener()
    for start in range(0, len(body), size):
        shortener.feed(body[start : start + size])
    return shortener.result()


@settings(max_examples=150, deadline=None)
@given(_json, st.integers(1, 30), st.booleans())
def test_a_message_in_pieces_is_the_same_message(message: Any, size: int, ascii_only: bool) -> None:
    body = json.dumps(message, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")
    assert shortened(body, size) == body


@pytest.mark.parametrize("text", ["x" * 5_000_000, '"a" ' * 1_500_000, "a\n" * 200_000, "\\" * 4_200_001])
def test_a_long_text_is_left_out(text: str) -> None:
    message = {
        "method": "textDocument/didOpen",
        "params": {"textDocument": {"text": text, "uri": "file:///a\\b"}},
    }
    for size in (100_000, 262_144):
        document = json.loads(shortened(json.dumps(message).encode(), size))["params"]["textDocument"]
        assert document == {"text": LEFT_OUT, "uri": "file:///a\\b"}


class Body:
    def __init__(self, data: bytes) -> None:
        self.data = data

    async def readline(self) -> bytes:
        return b""

    async def readexactly(self, n: int) -> bytes:
        piece, self.data = self.data[:n], self.data[n:]
        return piece


async def test_a_message_that_would_be_huge_in_small_pieces_is_dropped() -> None:
    body = json.dumps(["some text"] * 4_000_000).encode()
    assert await MessageReader(Body(body)).readexactly(len(body)) == b"null"


async def test_a_long_message_is_read_whole() -> None:
    body = json.dumps({"text": "line\n" * 120_000}).encode()
    assert len(body) > 600_000
    assert await MessageReader(Body(body)).readexactly(len(body)) == body


async def test_many_messages_at_once_leave_the_loop_its_turns() -> None:
    """Each line that has arrived already takes 1 ms to handle here; the loop may wait for a few of them."""
    now = 0.0
    turns: list[float] = []
    loop = asyncio.get_running_loop()

    def turn() -> None:
        turns.append(now)
        loop.call_soon(turn)

    loop.call_soon(turn)
    reader = MessageReader(Body(b""), clock=lambda: now)
    for _ in range(100):
        await reader.readline()
        now += 0.001
    assert len(turns) >= 15
    assert max(later - earlier for earlier, later in pairwise(turns)) <= 0.006
