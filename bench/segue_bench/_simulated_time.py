"""An event loop whose clock jumps: measurements that neither wait nor depend on how busy the machine is.

Waiting costs no time. Work in threads is done at once and costs the processor time that it took; whatever else should
cost time sleeps for it.
"""

from __future__ import annotations

import asyncio
import selectors
from time import thread_time
from typing import TYPE_CHECKING, Any, TypeVar

from segue_server.runtime.tasks import TaskRegistry

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

T = TypeVar("T")


class _JumpingSelector(selectors.DefaultSelector):
    """Waits for real input only while somebody works outside the simulation; otherwise the clock jumps."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.outside = 0

    def select(self, timeout: float | None = None) -> Any:
        if self.outside:
            return super().select(min(timeout, 0.05) if timeout else 0.05)
        if timeout is None:
            return super().select(0.05)
        self.now += max(timeout, 0.0)
        return super().select(0)


class SimulatedLoop(asyncio.SelectorEventLoop):
    """The loop; `time` is simulated."""

    def __init__(self) -> None:
        self._jumping = _JumpingSelector()
        super().__init__(self._jumping)

    def time(self) -> float:
        """Return the simulated seconds since the loop was made."""
        return self._jumping.now

    async def outside(self, work: Awaitable[T]) -> T:
        """Await `work` that takes real time, while the simulated clock stands still."""
        self._jumping.outside += 1
        try:
            return await work
        finally:
            self._jumping.outside -= 1


class SimulatedTasks(TaskRegistry):
    """Runs thread work in the loop's own thread, and lets it cost the processor time it took."""

    def __init__(self, scale: float = 1.0) -> None:
        super().__init__()
        self._scale = scale

    async def in_thread(self, function: Callable[..., T], *arguments: Any) -> T:
        """Run a function, sleep for what it cost, and return its result."""
        started = thread_time()
        result = function(*arguments)
        await asyncio.sleep((thread_time() - started) * self._scale)
        return result
