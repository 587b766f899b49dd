"""Embeds the code of the workspaces while nobody types, so that questions need not wait for it."""

from __future__ import annotations

import asyncio
import logging
from time import monotonic
from typing import TYPE_CHECKING

from segue_context.search import EmbeddingFailed, VectorFiller

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from segue_server.models.searches import Searches
    from segue_server.runtime.tasks import TaskRegistry
    from segue_server.workspace.workspaces import Scope

logger = logging.getLogger(__name__)

_IDLE_S = 20.0
_PAUSE_S = 0.2
_LOOK_S = 5.0
_AGAIN_S = 600.0
_LATEST = 50
"""So many of the files changed last are looked at again once all have been embedded."""


class IdleEmbedding:
    """One background task of a session; without an embedding model it only looks for one now and then."""

    def __init__(
        self,
        tasks: TaskRegistry,
        searches: Searches,
        scopes: Callable[[], Sequence[Scope]],
        *,
        idle_s: float = _IDLE_S,
        look_s: float = _LOOK_S,
    ) -> None:
        self._tasks = tasks
        self._searches = searches
        self._scopes = scopes
        self._idle_s = idle_s
        self._look_s = look_s
        self._busy_at = monotonic()
        self._changed = True
        self._whole: set[object] = set()

    def note_typing(self) -> None:
        """Tell that the user is typing. Cheap enough for every keystroke."""
        self._busy_at = monotonic()
        self._changed = True

    async def run(self) -> None:
        """Embed whatever is new, for as long as the session lives."""
        while True:
            await asyncio.sleep(self._look_s)
            if not self._changed:
                continue
            try:
                self._changed = False
                for scope in self._scopes():
                    await self._embed(scope)
            except EmbeddingFailed as failure:
                logger.warning("%s", failure)
                self._changed = True
                await asyncio.sleep(_AGAIN_S)

    async def _embed(self, scope: Scope) -> None:
        index = scope.index
        if index is None or not index.is_complete():
            self._changed = True
            return
        meaning = await self._tasks.in_queue(self._searches.meaning, index, scope.rules)
        if meaning is None:
            return
        filler = VectorFiller(index, meaning, most=_LATEST if index in self._whole else None)
        while True:
            await self._idle()
            if not await self._tasks.in_queue(filler.step):
                break
            await asyncio.sleep(_PAUSE_S)
        self._whole.add(index)

    async def _idle(self) -> None:
        """Wait until nobody has typed for a while."""
        while (left := self._busy_at + self._idle_s - monotonic()) > 0:  # noqa: ASYNC110 - nothing tells that nothing happened
            await asyncio.sleep(left)
