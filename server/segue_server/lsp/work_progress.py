"""Progress of one piece of assistance, shown by the editor; cancelling it there cancels the work."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Self

from lsprotocol import types

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from types import TracebackType

    from segue_server.lsp.server import SegueServer

_REPORT_EVERY_S = 0.25


class Work:
    """Reports begin, length so far and end under a token; without a token it does nothing."""

    def __init__(self, server: SegueServer, token: Any, title: str) -> None:
        self._server = server
        self._token = token
        self._title = title
        self._received = 0
        self._told_s = 0.0

    @classmethod
    @asynccontextmanager
    async def begun_by_us(cls, server: SegueServer, token: str, title: str) -> AsyncGenerator[Self]:
        """Show progress that the client did not ask for, where it can; the user may cancel it there."""
        window = server.client_capabilities.window
        shown = window is not None and bool(window.work_done_progress)
        progress = server.work_done_progress
        if shown:
            try:
                await progress.create_async(token)
            except Exception:  # noqa: BLE001 - a client that refuses progress still gets its answer
                shown = False
        work = cls(server, token if shown else None, title)
        if not shown:
            yield work
            return
        task = asyncio.current_task()
        loop = asyncio.get_running_loop()
        future = progress.tokens.get(token)
        if future is not None and task is not None:
            future.add_done_callback(
                lambda done: loop.call_soon_threadsafe(task.cancel) if done.cancelled() else None
            )
        with work:
            yield work

    def __enter__(self) -> Self:
        self._tell(types.WorkDoneProgressBegin(title=self._title, cancellable=True))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._tell(types.WorkDoneProgressEnd())
        self._server.work_done_progress.tokens.pop(self._token, None)  # pygls never drops tokens

    def received(self, piece: str) -> None:
        """Note a piece of the answer; the editor hears of it a few times a second."""
        self._received += len(piece)
        now = time.monotonic()
        if now - self._told_s >= _REPORT_EVERY_S:
            self._told_s = now
            self._tell(types.WorkDoneProgressReport(message=f"{self._received} characters"))

    def _tell(self, value: Any) -> None:
        if self._token is not None:
            params = types.ProgressParams(token=self._token, value=value)
            self._server.protocol.notify(types.PROGRESS, params)
