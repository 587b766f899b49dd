"""The private log of what happened to suggestions, written by a thread of its own."""

from __future__ import annotations

import contextlib
import logging
import os
from dataclasses import replace
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from time import monotonic, sleep, time
from typing import TYPE_CHECKING
from uuid import uuid4

from segue_server.activity._events import COLUMNS, Event
from segue_syntax.storage import private_folder

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

_logger = logging.getLogger(__name__)
_BATCH_S = 0.5
_BUSY_S = 5.0
_RETRY_S = 0.02
_MAX_WAITING = 10_000
_SCHEMA = """
CREATE TABLE IF NOT EXISTS events (
  at REAL NOT NULL, kind TEXT NOT NULL, suggestion TEXT NOT NULL, feature TEXT NOT NULL, engine TEXT NOT NULL,
  model TEXT NOT NULL, language TEXT NOT NULL, reason TEXT NOT NULL, part TEXT NOT NULL,
  confidence REAL, latency_ms REAL, chars INTEGER NOT NULL, lines INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS events_at ON events (at);
"""


class ActivityLog:
    """Records events without ever waiting for the disk.

    `record` puts the event into a queue; a thread, started with the first event, writes batches. Whatever goes
    wrong with the file ends the recording with one line in the log, never the caller's work. A file that is no
    database is put aside and begun anew. Suggestions are numbered anew by every server, so the log adds a name of its own
    to them. Events older than `keep_days` are forgotten when the file is opened.
    """

    def __init__(self, path: Path, *, enabled: bool = True, keep_days: int = 180) -> None:
        self._path = path
        self._keep_days = keep_days
        self._name = uuid4().hex[:12]
        self.enabled = enabled
        self._queue: SimpleQueue[tuple[float, Event] | None] = SimpleQueue()
        self._writer: Thread | None = None
        self._mutex = Lock()
        self._failed = False

    def record(self, event: Event) -> None:
        """Remember `event`, now; costs microseconds."""
        if not self.enabled or self._failed or self._queue.qsize() > _MAX_WAITING:
            return
        if event.suggestion:
            event = replace(event, suggestion=f"{self._name}/{event.suggestion}")
        self._queue.put((time(), event))
        if self._writer is None:
            with self._mutex:
                if self._writer is None:
                    self._writer = Thread(target=self._write, name="segue-activity", daemon=True)
                    self._writer.start()

    def close(self, timeout_s: float = 2.0) -> None:
        """Write what is waiting and end the thread."""
        with self._mutex:
            writer, self._writer = self._writer, None
        if writer is not None:
            self._queue.put(None)
            writer.join(timeout_s)

    def _write(self) -> None:
        import sqlite3

        try:
            connection = open_log(self._path, self._keep_days)
        except (OSError, sqlite3.Error) as error:
            self._give_up(error)
            return
        with contextlib.closing(connection):
            more = True
            while more:
                batch, more = self._next_batch()
                try:
                    with connection:
                        connection.executemany(
                            f"INSERT INTO events VALUES ({','.join('?' * len(COLUMNS))})",  # noqa: S608
                            [event.row(at) for at, event in batch],
                        )
                except sqlite3.Error as error:
                    self._give_up(error)
                    return

    def _next_batch(self) -> tuple[list[tuple[float, Event]], bool]:
        """Wait for an event, then take what comes within half a second; tells whether more may follow."""
        item = self._queue.get()
        batch: list[tuple[float, Event]] = []
        deadline = time() + _BATCH_S
        while item is not None:
            batch.append(item)
            try:
                item = self._queue.get(timeout=max(0.0, deadline - time()))
            except Empty:
                return batch, True
        return batch, False

    def _give_up(self, error: Exception) -> None:
        self._failed = True
        _logger.warning("The activity log is off: %s cannot be written (%s).", self._path, error)


def open_log(path: Path, keep_days: int) -> sqlite3.Connection:
    """Open the log for writing, private to the user; a file that is no database is put aside."""
    import sqlite3

    private_folder(path.parent)
    deadline = monotonic() + _BUSY_S
    while True:
        try:
            return _opened(path, keep_days)
        except sqlite3.OperationalError as error:
            # SQLite does not wait for others when it changes the journal's mode: two servers that start at once collide
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or monotonic() > deadline:
                raise
            sleep(_RETRY_S)
        except sqlite3.DatabaseError:
            path.replace(path.with_name(path.name + ".damaged"))
            return _opened(path, keep_days)


def _opened(path: Path, keep_days: int) -> sqlite3.Connection:
    import sqlite3

    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    connection = sqlite3.connect(path, timeout=_BUSY_S)
    try:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.executescript(_SCHEMA)
        with connection:
            connection.execute("DELETE FROM events WHERE at < ?", (time() - keep_days * 86400,))
    except BaseException:
        connection.close()
        raise
    return connection
