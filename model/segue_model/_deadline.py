"""When a request is given up: one end for all of it, however many probes, headers and pieces it consists of."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from segue_model._settings import Timeouts


class Deadline:
    """The end of one request of a user, in the running loop's time.

    `end` is when all is over, `at` when to stop waiting for the next piece: `read_s` after the last one, and never
    after `end`. Bytes that make up no piece do not count, however many trickle in.
    """

    def __init__(self, limits: Timeouts) -> None:
        self._loop = asyncio.get_running_loop()
        self._limits = limits
        self.restart()

    def restart(self) -> None:
        """Count from now: the time that a model took to load is not the request's."""
        self.end = self._loop.time() + self._limits.total_s
        self.heard()

    def heard(self) -> None:
        """Count the silence from now."""
        self.at = min(self.end, self._loop.time() + self._limits.read_s)
