"""Vectors of texts, kept beside an index by the hash of the text: what has not changed is never embedded again."""

from __future__ import annotations

import sqlite3
import threading
from array import array
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

FILE = "vectors.sqlite"
_MOST = 200_000
_DROPPED = 50_000
_STEPS = 127
_BUSY_S = 2.0
_CHUNK = 500


class VectorCache:
    """Vectors of length 1 of one `model`, each value in a byte; those of another model are dropped.

    Safe to use from any thread and from several processes, and never raises: what cannot be read is embedded again.
    """

    def __init__(self, folder: Path, model: str) -> None:
        self._path = folder / FILE
        self._model = model
        self._lock = threading.Lock()
        self._database: sqlite3.Connection | None = None

    def get(self, texts: Iterable[str]) -> dict[str, array[int]]:
        """Return the vectors that are known, by text."""
        wanted = {_key(text): text for text in texts}
        found: dict[str, array[int]] = {}
        keys = list(wanted)
        with self._lock:
            try:
                for start in range(0, len(keys), _CHUNK):
                    part = keys[start : start + _CHUNK]
                    marks = ",".join("?" * len(part))
                    sql = f"SELECT key, vector FROM vectors WHERE key IN ({marks})"  # noqa: S608 - marks only
                    for key, vector in self._open().execute(sql, part):
                        found[wanted[key]] = array("b", vector)
            except (sqlite3.Error, OSError):
                self._drop()
        return found

    def put(self, vectors: Mapping[str, Sequence[float]]) -> None:
        """Keep the vectors of some texts; beyond 200,000 the oldest go."""
        rows = [(_key(text), in_bytes(vector).tobytes()) for text, vector in vectors.items()]
        with self._lock:
            try:
                database = self._open()
                with database:
                    database.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?)", rows)
                    ((count,),) = database.execute("SELECT count(*) FROM vectors").fetchall()
                    if count > _MOST:
                        oldest = "SELECT rowid FROM vectors ORDER BY rowid LIMIT ?"
                        database.execute(f"DELETE FROM vectors WHERE rowid IN ({oldest})", (_DROPPED,))  # noqa: S608
            except (sqlite3.Error, OSError):
                self._drop()

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._drop()

    def _open(self) -> sqlite3.Connection:
        if self._database is None:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            database = sqlite3.connect(self._path, timeout=_BUSY_S, check_same_thread=False)
            self._database = database
            with database:
                database.execute("PRAGMA journal_mode=WAL")
                database.execute("CREATE TABLE IF NOT EXISTS model (name TEXT)")
                database.execute("CREATE TABLE IF NOT EXISTS vectors (key BLOB UNIQUE, vector BLOB)")
                if database.execute("SELECT name FROM model").fetchall() != [(self._model,)]:
                    database.execute("DELETE FROM vectors")
                    database.execute("DELETE FROM model")
                    database.execute("INSERT INTO model VALUES (?)", (self._model,))
        return self._database

    def _drop(self) -> None:
        if self._database is not None:
            self._database.close()
            self._database = None


def in_bytes(vector: Sequence[float]) -> array[int]:
    """Return a vector in steps of 1/127 of its largest value: the angle to another one changes by less than a degree."""
    largest = max((abs(value) for value in vector), default=0.0) or 1.0
    return array("b", (round(value / largest * _STEPS) for value in vector))


def _key(text: str) -> bytes:
    return sha256(text.encode("utf-8", "surrogatepass")).digest()[:16]
