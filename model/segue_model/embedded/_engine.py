"""A connection to the user's shared engine: started on first use, found again after a crash."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import TYPE_CHECKING, TypeVar

from segue_model._breaker import CircuitBreaker
from segue_model._errors import ConnectionFailed, Disconnected, EngineError, HttpFailure
from segue_model._http import Endpoint, HttpClient

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable

    from segue_model._settings import Timeouts
    from segue_model._status import StatusTracker
    from segue_model.embedded._supervisor import EngineAddress, Supervisor

T = TypeVar("T")
EngineLost = (ConnectionFailed, Disconnected, HttpFailure)


class Engine:
    """Hands out an `HttpClient` of the running engine, starting the engine where it does not run."""

    def __init__(self, supervisor: Supervisor, *, timeouts: Timeouts, board: StatusTracker) -> None:
        self._supervisor = supervisor
        self._timeouts = timeouts
        self._breaker = CircuitBreaker()
        self._starting = asyncio.Lock()
        self._http: HttpClient | None = None
        self.board = board
        self.address: EngineAddress | None = None
        self._lost: EngineAddress | None = None

    async def connect(self) -> HttpClient:
        """Return a client of the running engine; ModelError when it cannot be started.

        Looking whether the engine still is where it was costs less than 0.1 ms, and spares the request that would
        have found out that it crashed, or moved to change its threads.
        """
        if self._http is not None and self._supervisor.running() == self.address:
            return self._http
        async with self._starting:
            running = self._supervisor.running()
            if self._http is None or running != self.address:
                if running is None:
                    self.board.show("starting", "The embedded model is starting.")
                with self._breaker.request(), self.board.busy():
                    self.address = await asyncio.to_thread(self._supervisor.ensure, self._lost)
                self._lost = None
                headers = (("Authorization", f"Bearer {self.address.key}"),)
                self._http = HttpClient(Endpoint(self.address.url, headers=headers, timeouts=self._timeouts))
        return self._http

    def raise_unless_gone(self, error: ConnectionFailed | Disconnected | HttpFailure, *, last: bool) -> None:
        """Return when the engine was gone before it had the request: the next `connect` finds or starts another.

        EngineError at once when it ended while it had the request, which may be what ended it, and when this was the
        `last` try; the error itself when the engine answers.
        """
        if isinstance(error, HttpFailure) and error.reason != "unauthorized":
            raise error  # another engine on the same port would not know our key
        self._http = None
        self._lost = None if isinstance(error, HttpFailure) else self.address
        if last or isinstance(error, Disconnected):
            with self.board.busy():
                raise EngineError(
                    "The embedded engine ended in the middle of a request: the next one starts it again."
                ) from error

    async def restarted(self, ask: Callable[[HttpClient], AsyncGenerator[T]]) -> AsyncGenerator[T]:
        """Yield what `ask` yields of the running engine, asked once more where the engine was gone before it began."""
        for last in (False, True):
            client = await self.connect()
            try:
                async with aclosing(ask(client)) as pieces:
                    async for piece in pieces:
                        yield piece
            except EngineLost as error:
                self.raise_unless_gone(error, last=last)
            else:
                return

    async def answered(self, ask: Callable[[HttpClient], Awaitable[T]]) -> T:
        """Return what `ask` gets from the running engine, asked once more where the engine was gone before it began."""
        for last in (False, True):
            client = await self.connect()
            try:
                return await ask(client)
            except EngineLost as error:
                self.raise_unless_gone(error, last=last)
        raise AssertionError

    def reset(self) -> None:
        """Forget past failures, so that the next request is made at once."""
        self._breaker.reset()

    async def aclose(self) -> None:
        """Close connections and give the lease up."""
        if self._http is not None:
            await self._http.aclose()
        await asyncio.to_thread(self._supervisor.release)
