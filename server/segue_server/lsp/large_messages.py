"""Reads messages so that a huge document does not hold the event loop.

Decoding a message and splitting its text into lines cannot be interrupted, and takes about 10 ms a megabyte. So a text
that is too long to be worked with is left out of its message, piece by piece, before the message is decoded.
"""

from __future__ import annotations

import asyncio
import re
import time
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

LEFT_OUT = "\ufdd0 a text that was too long \ufdd0"
"""Stands for a text that was left out; it holds characters that no text may hold."""

MAX_TEXT_BYTES = 4 * 1024 * 1024
MAX_TEXT_LINES = 150_000
_MOST_WITHOUT_TURN_S = 0.004
_WAITED_S = 0.001
_WHOLE = 512 * 1024  # messages up to this size are read as they are
_PIECE = 256 * 1024
_MAX_MESSAGE = 32 * 1024 * 1024  # of what is left
_STRING_END = re.compile(rb'[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_LINE_END = rb"\n"  # as it is written in JSON
_MARK = b'"' + LEFT_OUT.encode() + b'"'


class AsyncReader(Protocol):
    """What messages are read from."""

    async def readline(self) -> bytes:
        """Return a line."""

    async def readexactly(self, n: int) -> bytes:
        """Return `n` bytes."""


class MessageReader:
    """A reader whose long messages come without their longest texts.

    Reading what has arrived already does not give the event loop a turn. So a client that sends many messages at once
    would hold it until the last of them is handled: the reader gives it one every few milliseconds.
    """

    def __init__(self, reader: AsyncReader, clock: Callable[[], float] = time.monotonic) -> None:
        self._reader = reader
        self._clock = clock
        self._turn_s = clock()

    async def readline(self) -> bytes:
        """Return a line of a message's head."""
        asked_s = self._clock()
        if asked_s - self._turn_s > _MOST_WITHOUT_TURN_S:
            await asyncio.sleep(0)
            self._turn_s = asked_s
        line = await self._reader.readline()
        if self._clock() - asked_s > _WAITED_S:  # for the client: the loop had its turns
            self._turn_s = self._clock()
        return line

    async def readexactly(self, n: int) -> bytes:
        """Return a message of `n` bytes, or a shorter one that means the same but for `LEFT_OUT` texts."""
        if n <= _WHOLE:
            return await self._reader.readexactly(n)
        shortener = Shortener()
        while n > 0:
            piece = await self._reader.readexactly(min(n, _PIECE))
            if not piece:
                return b""
            n -= len(piece)
            shortener.feed(piece)
            await asyncio.sleep(0)
        return shortener.result()


class Shortener:
    """Takes a JSON text in pieces and replaces the strings that are too long."""

    def __init__(self) -> None:
        self._kept: list[bytes] = []
        self._size = 0
        self._rest = b""  # the backslash whose character is still to come
        self._string: list[bytes] | None = None
        self._string_bytes = self._string_lines = 0

    def feed(self, piece: bytes) -> None:
        """Take the next piece."""
        piece = self._rest + piece
        slashes = len(piece) - len(piece.rstrip(b"\\"))
        self._rest = piece[len(piece) - slashes % 2 :]
        piece = piece[: len(piece) - slashes % 2]
        at = 0
        while at < len(piece):
            at = self._outside(piece, at) if self._string is None else self._inside(piece, at)

    def result(self) -> bytes:
        """Return what is left."""
        if self._string is not None:
            self._kept.extend(self._string)
        self._kept.append(self._rest)
        return b"".join(self._kept) if self._size <= _MAX_MESSAGE else b"null"

    def _outside(self, piece: bytes, at: int) -> int:
        quote = piece.find(b'"', at)
        if quote < 0:
            self._keep(piece[at:])
            return len(piece)
        self._keep(piece[at:quote])
        end = _STRING_END.match(piece, quote + 1)
        if end is not None:  # most strings begin and end in one piece
            self._keep(piece[quote : end.end()])
            return end.end()
        self._string, self._string_bytes, self._string_lines = [b'"'], 0, 0
        return quote + 1

    def _inside(self, piece: bytes, at: int) -> int:
        assert self._string is not None
        end = _STRING_END.match(piece, at)
        stop = len(piece) if end is None else end.end()
        part = piece[at:stop]
        self._string_bytes += len(part)
        self._string_lines += part.count(_LINE_END)
        too_long = self._string_bytes > MAX_TEXT_BYTES or self._string_lines > MAX_TEXT_LINES
        if too_long:
            self._string = []
        else:
            self._string.append(part)
        if end is not None:
            for kept in [_MARK] if too_long else self._string:
                self._keep(kept)
            self._string = None
        return stop

    def _keep(self, part: bytes) -> None:
        self._size += len(part)
        if self._size <= _MAX_MESSAGE:
            self._kept.append(part)
