"""Which request of a document is the newest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Coroutine

    from segue_server.runtime.tasks import TaskRegistry


class Turns:
    """Hands out tickets: a document's last one is current until something is typed or asked in it."""

    def __init__(self, tasks: TaskRegistry) -> None:
        self._tasks = tasks
        self._tickets: dict[str, int] = {}
        self._late: dict[str, asyncio.Task[None]] = {}

    def draw(self, uri: str) -> int:
        """Return the document's new current ticket."""
        ticket = self._tickets[uri] = self._tickets.get(uri, 0) + 1
        return ticket

    def is_current(self, uri: str, ticket: int) -> bool:
        """Return whether nothing was typed or asked in the document since the ticket was drawn."""
        return self._tickets.get(uri) == ticket

    def finish_late(self, uri: str, work: Coroutine[Any, Any, None]) -> None:
        """Go on with a request that was answered already; the next one of the document replaces it."""
        if (old := self._late.pop(uri, None)) is not None:
            old.cancel()
        task = self._late[uri] = self._tasks.spawn(work, name="late model answer")
        task.add_done_callback(lambda done: self._late.pop(uri) if self._late.get(uri) is done else None)
