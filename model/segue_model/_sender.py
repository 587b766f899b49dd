"""Sends requests until a server takes them: waits while its model loads, and learns what it refuses."""

from __future__ import annotations

import asyncio
from itertools import count
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeVar

from segue_model._capabilities import Capabilities, CapabilityStore
from segue_model._errors import Disconnected, HttpFailure, ModelLoading, TimedOut
from segue_model._http_errors import raise_if_error, translated
from segue_model._refusals import is_too_long, refused_parameter, without_refused

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Collection

    from segue_model._deadline import Deadline
    from segue_model._http import HttpClient
    from segue_model._status import StatusTracker

_LOADING_POLL_S = (0.1, 0.2, 0.4, 0.8, 1.0)
_MOST_REFUSALS = 8

T = TypeVar("T")


class Sender:
    """One server and model. `name` is what they are remembered by."""

    def __init__(
        self,
        http: HttpClient,
        *,
        name: str,
        board: StatusTracker,
        store: CapabilityStore | None = None,
        loading_s: float = 180.0,
    ) -> None:
        self._http = http
        self._key = f"refusals {name}"
        self._board = board
        self._store = store or CapabilityStore(None)
        self._loading_s = loading_s
        self._refused: tuple[str, ...] | None = None

    async def opened(
        self, path: str, body: dict[str, Any], deadline: Deadline, *, essential: Collection[str] = ()
    ) -> tuple[dict[str, Any], AsyncGenerator[dict[str, Any]]]:
        """Return the first object of the answer and the others.

        A parameter that the server refuses by name is left out and remembered, unless the caller calls it `essential`.
        """
        if self._refused is None:
            known = await asyncio.to_thread(self._store.load, self._key)
            self._refused = known.refused if known is not None else ()
        for attempt in count():
            sent = without_refused(body, self._refused)
            try:
                answer = await self.patiently(lambda: self._open(path, sent, deadline), deadline)  # noqa: B023 - awaited
            except HttpFailure as error:
                name = "" if is_too_long(error) else refused_parameter(error, sent)
                if not name or name in essential or attempt == _MOST_REFUSALS:
                    raise
                self._refused = (*self._refused, name)
            else:
                if attempt:
                    learned = Capabilities(refused=self._refused)
                    await asyncio.to_thread(self._store.save, self._key, learned)
                return answer
        raise AssertionError

    async def patiently(self, ask: Callable[[], Awaitable[T]], deadline: Deadline) -> T:
        """Return what `ask` returns before the deadline; a server that says that its model is loading is waited for."""
        loaded_by = monotonic() + self._loading_s
        for attempt in count():
            try:
                async with asyncio.timeout_at(deadline.end):
                    return await ask()
            except TimeoutError as error:
                raise translated(self._http.base_url, error) from error
            except ModelLoading as error:
                if monotonic() > loaded_by:
                    raise TimedOut(f"{self._http.base_url} did not finish loading its model.") from error
                self._board.show("loading", error.message)
                await asyncio.sleep(_LOADING_POLL_S[min(attempt, len(_LOADING_POLL_S) - 1)])
                deadline.restart()
        raise AssertionError

    async def _open(
        self, path: str, body: dict[str, Any], deadline: Deadline
    ) -> tuple[dict[str, Any], AsyncGenerator[dict[str, Any]]]:
        events = self._http.events(path, body, deadline)
        first = await anext(events, None)
        if first is None:
            raise Disconnected(f"{self._http.base_url} answered nothing.")
        raise_if_error(self._http.base_url, first)
        return first, events
