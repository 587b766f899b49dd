"""The process that indexes, seen from the server: started, told what changed, and replaced when it dies."""

from __future__ import annotations

import contextlib
import json
import logging
import subprocess
import sys
import threading
import time
from collections import deque
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from segue_context.index import _change_queue as change_queue
from segue_context.index._status import IndexStatus
from segue_context.index._store import prepare_folder
from segue_syntax.storage import FileLock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from segue_context.index._policy import IndexOptions

_log = logging.getLogger(__name__)
EXIT_BUSY = 3
EXIT_REFUSED = 4
_FOLLOW_SECONDS = 2.0
_TYPING_SECONDS = 0.1
_DEATHS = 5  # within _DEATHS_SECONDS: then something is wrong that a restart does not cure
_DEATHS_SECONDS = 300.0


class IndexerClient:
    """Keeps one indexing process alive for a workspace, or follows the one that another server has."""

    def __init__(
        self,
        root: Path,
        folder: Path,
        *,
        options: IndexOptions,
        watch: bool,
        on_status: Callable[[IndexStatus], None],
    ) -> None:
        self._root = root
        self._folder = folder
        self._options = options
        self._watch = watch
        self._on_status = on_status
        self._changed = threading.Condition()
        self._status = IndexStatus("starting")
        self._process: subprocess.Popen[str] | None = None
        self._closing = False
        self._typed_at = 0.0
        self._thread = threading.Thread(target=self._run, name="segue-indexer", daemon=True)

    def start(self) -> None:
        """Start the process, in the background."""
        self._thread.start()

    def status(self) -> IndexStatus:
        """Return what the process said last."""
        return self._status

    def wait_until_ready(self, timeout_s: float) -> bool:
        """Wait until the index is up to date; return whether it is."""
        with self._changed:
            self._changed.wait_for(
                lambda: self._closing or self._status.state in {"ready", "refused", "failed"},
                timeout=timeout_s,
            )
            return self._status.state == "ready"

    def refresh(self, paths: Iterable[str]) -> None:
        """Have files indexed again."""
        self._tell({"refresh": sorted(set(paths))})

    def rescan(self) -> None:
        """Have the whole workspace looked through again."""
        self._tell({"rescan": True})

    def note_typing(self) -> None:
        """Have the process pause for a moment; at most one message in a tenth of a second."""
        now = time.monotonic()
        if now - self._typed_at >= _TYPING_SECONDS and self._status.state == "indexing":
            self._typed_at = now
            self._tell({"typing": True})

    def close(self) -> None:
        """End the process and wait for it, briefly."""
        with self._changed:
            self._closing = True
            process = self._process
            self._changed.notify_all()
        if process is not None and process.stdin is not None:
            with contextlib.suppress(OSError):
                process.stdin.close()  # the process ends when nobody can talk to it any more
            try:
                process.wait(timeout=3)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if self._thread.is_alive():
            self._thread.join(timeout=5)

    def _tell(self, message: dict[str, Any]) -> None:
        with self._changed:
            process, following = self._process, self._status.state == "following"
        if following:
            if "typing" not in message:
                change_queue.post(self._folder, message)
        elif process is not None and process.stdin is not None:
            try:
                process.stdin.write(json.dumps(message) + "\n")
                process.stdin.flush()
            except (OSError, ValueError):
                _log.debug("the indexer is gone; its successor scans the workspace anyway")

    def _set(self, status: IndexStatus) -> None:
        with self._changed:
            if status == self._status:
                return
            self._status = status
            self._changed.notify_all()
        self._on_status(status)

    def _run(self) -> None:
        deaths: deque[float] = deque(maxlen=_DEATHS)
        while not self._closing:
            try:
                code = self._serve_process()
            except OSError as error:
                self._set(IndexStatus("failed", reason=f"the indexer could not be started: {error}"))
                return
            if self._closing or code == EXIT_REFUSED:
                return
            if code == EXIT_BUSY:
                self._follow()
                continue
            deaths.append(time.monotonic())
            often = len(deaths) == _DEATHS and deaths[-1] - deaths[0] < _DEATHS_SECONDS
            if self._status.state != "failed":
                _log.warning("the indexer of %s ended with %s and is started again", self._root, code)
            self._wait(60.0 if often or self._status.state == "failed" else 0.2)

    def _serve_process(self) -> int:
        """Run one process until it ends; return its exit status."""
        prepare_folder(self._folder)
        settings = {
            "root": str(self._root),
            "folder": str(self._folder),
            "options": asdict(self._options),
            "watch": self._watch,
        }
        with (self._folder / "indexer.log").open("w", encoding="utf-8") as errors:
            process = subprocess.Popen(
                [sys.executable, "-P", "-m", "segue_context.index", json.dumps(settings)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                cwd=self._folder,  # never a folder of the user's, whose files must not be imported
                text=True,
                encoding="utf-8",
            )
        with self._changed:
            self._process = process
            closing = self._closing
        assert process.stdin is not None
        assert process.stdout is not None
        if closing:
            process.stdin.close()
        with process.stdout:
            for line in process.stdout:
                self._hear(line)
        code = process.wait()
        with self._changed:
            self._process = None
        with contextlib.suppress(OSError):  # it may have died with a message unread
            process.stdin.close()
        return code

    def _hear(self, line: str) -> None:
        try:
            message = json.loads(line)
        except ValueError:
            return
        if "log" in message:
            _log.warning("%s", message["log"])
        if "state" in message:
            known = {
                name: message[name]
                for name in ("state", "phase", "done", "total", "reason")
                if name in message
            }
            self._set(IndexStatus(**known))

    def _follow(self) -> None:
        """Wait until the process that another server has is gone."""
        self._set(IndexStatus("following"))
        lock = FileLock(self._folder / "lock")
        while not self._closing:
            self._wait(_FOLLOW_SECONDS)
            try:
                free = lock.try_acquire()
            except OSError:
                continue
            if free:
                lock.release()
                self._set(IndexStatus("starting"))
                return

    def _wait(self, seconds: float) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._closing, timeout=seconds)
