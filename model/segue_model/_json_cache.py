"""A diskcache that holds JSON only and never unpickles.

`diskcache` stores what its disk cannot as pickles and reads any pickled row it finds, so whoever can write one row can
run code (CVE-2025-69872). `JSONDisk` writes none but still reads them. This disk refuses, in a directory that nobody
but the user can enter.
"""

from __future__ import annotations

import sqlite3
import zlib
from typing import TYPE_CHECKING, Any, Self

import diskcache
from diskcache.core import MODE_PICKLE

from segue_syntax.storage import guarded_folder

if TYPE_CHECKING:
    from pathlib import Path

MAX_BYTES = 64 << 20


class RefusedRow(ValueError):
    """A row of the cache is a pickle, which this program never wrote."""


class SafeJSONDisk(diskcache.JSONDisk):  # type: ignore[misc]
    """JSON in, JSON out; a pickled key or value is refused."""

    def get(self, key: Any, raw: bool) -> Any:  # noqa: FBT001 - the signature is diskcache's
        """Return the key of a row."""
        if not raw:
            raise RefusedRow("a pickled key")
        return super().get(key, raw)

    def fetch(self, mode: int, filename: str | None, value: Any, read: bool) -> Any:  # noqa: FBT001
        """Return the value of a row."""
        if mode == MODE_PICKLE:
            raise RefusedRow("a pickled value")
        return super().fetch(mode, filename, value, read)


class JsonCache:
    """A small persistent cache of JSON values; whatever is damaged or refused counts as absent."""

    def __init__(self, directory: Path) -> None:
        guarded_folder(directory)
        self._cache = diskcache.Cache(
            str(directory), disk=SafeJSONDisk, size_limit=MAX_BYTES, eviction_policy="least-recently-used"
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def get(self, key: str) -> Any:
        """Return the value of `key`, or None."""
        try:
            return self._cache.get(key, retry=True)
        except (ValueError, OSError, zlib.error, sqlite3.DatabaseError, diskcache.Timeout):
            return None

    def set(self, key: str, value: Any, *, expire: float | None = None) -> None:
        """Store a JSON value for at most `expire` seconds."""
        self._cache.set(key, value, expire=expire, retry=True)

    def delete(self, key: str) -> None:
        """Forget `key`."""
        self._cache.delete(key, retry=True)

    def clear(self) -> None:
        """Forget everything."""
        self._cache.clear(retry=True)

    def close(self) -> None:
        """Close the database."""
        self._cache.close()


def open_cache(directory: Path) -> JsonCache:
    """Open the JSON cache in `directory`, which is made private to the user."""
    return JsonCache(directory)
