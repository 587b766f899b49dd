"""A table of bounded size that forgets what was used longest ago."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Hashable

K = TypeVar("K", bound="Hashable")
V = TypeVar("V")


class RecentlyUsed(Generic[K, V]):
    """Values by key, the one used last kept in any case; safe to use from several threads.

    `most` bounds the sum of the sizes that the values were put with: their number where no size is said.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._held: OrderedDict[K, tuple[V, int]] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()

    def __contains__(self, key: object) -> bool:
        return key in self._held

    def get(self, key: K) -> V | None:
        """Return the value of `key`, None for one that is not held."""
        with self._lock:
            found = self._held.get(key)
            if found is None:
                return None
            self._held.move_to_end(key)
            return found[0]

    def put(self, key: K, value: V, size: int = 1) -> None:
        """Hold a value in place of the one that `key` had."""
        with self._lock:
            self._remove(key)
            self._held[key] = value, size
            self._size += size
            while self._size > self._most and len(self._held) > 1:
                self._remove(next(iter(self._held)))

    def pop(self, key: K) -> V | None:
        """Forget a value and return it, None where there is none."""
        with self._lock:
            return self._remove(key)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._held.clear()
            self._size = 0

    def _remove(self, key: K) -> V | None:
        found = self._held.pop(key, None)
        if found is None:
            return None
        self._size -= found[1]
        return found[0]
