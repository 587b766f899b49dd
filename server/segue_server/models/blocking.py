"""A server asked from threads: one request at a time, over connections that are kept."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import Any


class Closable(Protocol):
    """What holds connections."""

    async def aclose(self) -> None:
        """Release them."""


C = TypeVar("C", bound=Closable)
T = TypeVar("T")


class Blocking(Generic[C]):
    """Runs what is asked of a client of a server in an event loop of its own; the client is made by `opened` at first use."""

    def __init__(self, opened: Callable[[], C]) -> None:
        self._opened = opened
        self._lock = threading.Lock()
        self._runner = asyncio.Runner(loop_factory=asyncio.new_event_loop)
        self._client: C | None = None
        self._closed = False

    def ask(self, question: Callable[[C], Coroutine[Any, Any, T]]) -> T | None:
        """Return the answer, None after `close`; raises what the client raises. Never for an event loop's thread."""
        with self._lock:
            if self._closed:
                return None
            if self._client is None:
                self._client = self._opened()
            return self._runner.run(question(self._client))

    def close(self) -> None:
        """Release the client, once it has answered what it was asked last."""
        with self._lock:
            if not self._closed and self._client is not None:
                self._runner.run(self._client.aclose())
            self._closed = True
            self._runner.close()
