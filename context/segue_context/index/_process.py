"""The process that indexes a workspace: low priority, one per workspace, gone when its server is.

It is told what to do by JSON lines on stdin (`refresh`, `rescan`, `typing`; the end of them ends it) and by the
inbox of the index folder, and says how far it is by JSON lines on stdout.
"""

from __future__ import annotations

import contextlib
import faulthandler
import json
import logging
import os
import queue
import signal
import sqlite3
import sys
import threading
import time
from pathlib import Path
from typing import Any

from segue_context.index import _change_queue as change_queue
from segue_context.index._client import EXIT_BUSY, EXIT_REFUSED
from segue_context.index._indexer import Indexer, Progress, Stopped
from segue_context.index._policy import IndexOptions
from segue_context.index._scan import TooManyFiles
from segue_context.index._store import Damaged, Store, prepare_folder, use_store
from segue_context.index._watch import watch
from segue_syntax import protect_parsing
from segue_syntax.storage import FileLock

_EXIT_FAILED = 5
_PAUSE_SECONDS = 0.4  # after a keystroke
_MAX_PAUSE_SECONDS = 5.0  # then some files are indexed however much is typed
_INBOX_SECONDS = 0.5
_SAY_SECONDS = 0.1
_ENDING_SECONDS = 2.0
_STUCK_SECONDS = 180.0
_MAX_MEMORY = 3 * 1024**3
_PR_SET_PDEATHSIG = 1


def main(settings: str) -> int:
    """Index until stdin ends; return an exit status that tells the server why it ended."""
    options = json.loads(settings)
    _end_with_parent()
    _limit_memory()
    if hasattr(os, "nice"):
        os.nice(10)
    worker = _Worker(Path(options["root"]), Path(options["folder"]), _options(options["options"]))
    logging.basicConfig(handlers=[_Forward(worker)], level=logging.WARNING)
    prepare_folder(worker.folder)
    lock = FileLock(worker.folder / "lock")
    if not lock.try_acquire():
        return EXIT_BUSY
    try:
        protect_parsing(worker.folder / "parsing", sandbox=False)  # this process is itself one that may die
        threading.Thread(target=worker.listen, daemon=True).start()
        if options["watch"]:
            threading.Thread(target=watch, args=(worker.root, worker.hear), daemon=True).start()
        worker.work()
    except Stopped:
        return 0
    except TooManyFiles as error:
        worker.say(state="refused", reason=f"{error}; `segue index --force` indexes it all the same")
        return EXIT_REFUSED
    except (Damaged, sqlite3.Error, ValueError, OSError) as error:
        worker.say(state="failed", reason=f"the index could not be written: {error}")
        return _EXIT_FAILED
    finally:
        lock.release()
    return 0


def _end_with_parent() -> None:
    """Have the system end this process with the server, whatever it is busy with.

    The signal comes when the thread that started this process ends; that thread waits for it.
    """
    if sys.platform == "linux":
        import ctypes

        parent = os.getppid()
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            sys.exit(_EXIT_FAILED)


def _limit_memory() -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (_MAX_MEMORY, resource.getrlimit(resource.RLIMIT_DATA)[1]))


def _options(written: dict[str, Any]) -> IndexOptions:
    return IndexOptions(
        tuple(written["deny"]), tuple(written["allow"]), written["max_file_bytes"], written["max_files"]
    )


class _Worker:
    """The state of the process; `listen` runs in a thread of its own, everything else in the main one."""

    def __init__(self, root: Path, folder: Path, options: IndexOptions) -> None:
        self.root = root
        self.folder = folder
        self._options = options
        self._messages: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self._changed: set[str] = set()
        self._rescan = ""
        self._typed_at = self._resumed_at = -1e9
        self._said_at = self._watched_at = 0.0
        self._saying = threading.Lock()

    def listen(self) -> None:
        """Pass on what the server says, until it says no more."""
        for line in sys.stdin:
            try:
                message = json.loads(line)
            except ValueError:
                continue
            if isinstance(message, dict):
                self._messages.put(message)
        self._messages.put({"stop": True})
        time.sleep(_ENDING_SECONDS)
        os._exit(_EXIT_FAILED)  # one file takes too long; what is committed stays

    def hear(self, message: dict[str, Any]) -> None:
        """Take a message from another thread."""
        self._messages.put(message)

    def say(self, **message: Any) -> None:
        """Tell the server something; when it is gone, the end of stdin will say so too."""
        with self._saying:
            try:
                sys.stdout.write(json.dumps(message) + "\n")
                sys.stdout.flush()
            except (OSError, ValueError):
                return

    def work(self) -> None:
        """Bring the index up to date, then follow changes; ends by `Stopped`."""
        use_store(self.folder, self._work_with)

    def _work_with(self, store: Store) -> None:
        indexer = Indexer(
            self.root, store, turn=self._turn, on_progress=self._progress, options=self._options
        )
        indexer.run()
        while True:
            self._watch()
            self._take(timeout=_INBOX_SECONDS)
            for message in change_queue.take(self.folder):
                self._obey(message)
            if self._rescan:
                token, self._rescan, self._changed = self._rescan, "", set()
                indexer.run()
                store.catalogue.set_meta("answered", token)
            elif self._changed:
                changed, self._changed = self._changed, set()
                indexer.refresh(changed)

    def _take(self, timeout: float) -> None:
        """Obey what has been said, after waiting up to `timeout` seconds for the first of it."""
        try:
            self._obey(self._messages.get(timeout=timeout) if timeout else self._messages.get_nowait())
            while True:
                self._obey(self._messages.get_nowait())
        except queue.Empty:
            return

    def _obey(self, message: dict[str, Any]) -> None:
        if message.get("stop"):
            raise Stopped
        if message.get("typing"):
            self._typed_at = time.monotonic()
        if message.get("rescan"):
            self._rescan = str(message["rescan"])
        paths = message.get("refresh")
        if isinstance(paths, list):
            self._changed.update(
                path for path in paths if isinstance(path, str) and ".." not in path.split("/")
            )

    def _turn(self) -> None:
        self._watch()
        self._take(timeout=0)
        started = time.monotonic()
        if started - self._resumed_at < _PAUSE_SECONDS:
            return
        while (now := time.monotonic()) - self._typed_at < _PAUSE_SECONDS:
            if now - started > _MAX_PAUSE_SECONDS:
                self._resumed_at = now
                return
            self._take(timeout=_PAUSE_SECONDS)

    def _watch(self) -> None:
        """End this process when it does not come here again for long; what it was parsing is left out then."""
        now = time.monotonic()
        if now - self._watched_at > 1.0:
            self._watched_at = now
            faulthandler.dump_traceback_later(_STUCK_SECONDS, exit=True)

    def _progress(self, progress: Progress) -> None:
        self._watch()
        if progress.phase == "ready":
            self.say(state="ready")
            return
        now = time.monotonic()
        if now - self._said_at > _SAY_SECONDS or progress.done == progress.total:
            self._said_at = now
            self.say(state="indexing", phase=progress.phase, done=progress.done, total=progress.total)


class _Forward(logging.Handler):
    def __init__(self, worker: _Worker) -> None:
        super().__init__()
        self._worker = worker

    def emit(self, record: logging.LogRecord) -> None:
        self._worker.say(log=record.getMessage())
