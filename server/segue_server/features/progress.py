"""Work-done progress of the index, for clients that show it."""

from __future__ import annotations

import itertools
import logging
from typing import TYPE_CHECKING

from lsprotocol import types

if TYPE_CHECKING:
    from segue_context import IndexStatus
    from segue_server.connection import Connection

logger = logging.getLogger(__name__)

_WORTH_SHOWING_FILES = 200
_numbers = itertools.count(1)


def register(connection: Connection) -> None:
    """Follow the index once the session is there."""
    connection.index_listeners.append(IndexProgress(connection).changed)


class IndexProgress:
    """Begins when indexing starts, reports whole percents, ends with it; small workspaces show nothing."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._token: str | None = None
        self._ready = False
        self._percent = -1

    def changed(self, status: IndexStatus) -> None:
        """Take the index's news; called on the event loop."""
        if status.state == "indexing" and self._token is None and status.total >= _WORTH_SHOWING_FILES:
            window = self._connection.server.client_capabilities.window
            if window is not None and window.work_done_progress:
                self._token = f"segue-index-{next(_numbers)}"
                self._connection.server.tasks.spawn(self._begin(self._token), name="show progress")
        elif status.state == "indexing":
            self._report(status)
        elif status.state not in ("starting", "indexing"):
            self._end()

    async def _begin(self, token: str) -> None:
        try:
            await self._connection.server.work_done_progress.create_async(token)
        except Exception as error:  # noqa: BLE001 - a client that refuses a progress bar goes without
            logger.info("The client refused a progress bar: %s", type(error).__name__)
            return
        if self._token == token:
            self._ready = True
            self._notify(types.WorkDoneProgressBegin(title="Segue: indexing", percentage=0))

    def _report(self, status: IndexStatus) -> None:
        percent = 100 * status.done // max(1, status.total)
        if self._ready and percent != self._percent:
            self._percent = percent
            self._notify(types.WorkDoneProgressReport(message=status.phase, percentage=percent))

    def _end(self) -> None:
        if self._token is None:
            return
        if self._ready:
            self._notify(types.WorkDoneProgressEnd())
        self._connection.server.work_done_progress.tokens.pop(self._token, None)
        self._token, self._ready, self._percent = None, False, -1

    def _notify(
        self, value: types.WorkDoneProgressBegin | types.WorkDoneProgressReport | types.WorkDoneProgressEnd
    ) -> None:
        assert self._token is not None
        self._connection.server.protocol.notify(types.PROGRESS, types.ProgressParams(self._token, value))
