"""Background tasks: each is referenced, named, logged when it fails, and cancelled at shutdown."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any, TypeVar

from segue_server.runtime.logs import describe_failure

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from concurrent.futures import ThreadPoolExecutor

logger = logging.getLogger(__name__)

T = TypeVar("T")


class TaskRegistry:
    """The one place that starts background work.

    Work in threads runs in a small pool of its own, never in the pool that reads the client's messages, so that it
    cannot delay them. The pool's threads are daemons in effect: `close` does not wait for them.
    """

    def __init__(self, *, workers: int = 3) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()
        self._workers = workers
        self._executor: ThreadPoolExecutor | None = None
        self._queue: ThreadPoolExecutor | None = None
        self._closed = False

    def spawn(self, coroutine: Coroutine[Any, Any, T], *, name: str) -> asyncio.Task[T]:
        """Start a task in the background; its failure is logged under its name."""
        task = asyncio.get_running_loop().create_task(coroutine, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._finished)
        if self._closed:
            task.cancel()
        return task

    async def in_thread(self, function: Callable[..., T], *arguments: Any) -> T:
        """Run a blocking function in the pool and return its result."""
        if self._executor is None:
            from concurrent.futures import ThreadPoolExecutor

            self._executor = ThreadPoolExecutor(self._workers, thread_name_prefix="segue")
        return await asyncio.get_running_loop().run_in_executor(self._executor, function, *arguments)

    async def in_queue(self, function: Callable[..., T], *arguments: Any) -> T:
        """Run a blocking function after the others in the queue, in its one thread, and return its result.

        It is for what nobody types against: however much is asked, the pool stays free for completions. What is
        cancelled before its turn is never run.
        """
        if self._queue is None:
            from concurrent.futures import ThreadPoolExecutor

            self._queue = ThreadPoolExecutor(1, thread_name_prefix="segue-queue")
        return await asyncio.get_running_loop().run_in_executor(self._queue, function, *arguments)

    async def close(self) -> None:
        """Cancel every task and wait until all have ended; queued thread work is dropped."""
        self._closed = True
        tasks = [task for task in self._tasks if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for executor in (self._executor, self._queue):
            if executor is not None:
                executor.shutdown(wait=False, cancel_futures=True)

    def _finished(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.error("The background task %s failed: %s", task.get_name(), describe_failure(error))
