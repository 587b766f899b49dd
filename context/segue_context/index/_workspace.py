"""The index of one workspace, as the server and the retrievers see it."""

from __future__ import annotations

import hashlib
import logging
import os
import time
import uuid
from dataclasses import replace
from typing import TYPE_CHECKING

from segue_context.index import _change_queue as change_queue
from segue_context.index._client import IndexerClient
from segue_context.index._index_reader import UNREADABLE, IndexReader
from segue_context.index._indexer import Indexer, Progress
from segue_context.index._policy import IndexOptions
from segue_context.index._scan import TooManyFiles, refusal
from segue_context.index._status import IndexStatus
from segue_context.index._store import VERSION, Damaged, discard, prepare_folder, use_store
from segue_syntax import parsing_protected
from segue_syntax.storage import FileLock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from segue_syntax import Snapshot

_log = logging.getLogger(__name__)
_POLL_SECONDS = 0.05


def index_folder(cache_dir: Path, root: Path) -> Path:
    """Return where the index of the workspace `root` lies under the user's cache folder."""
    name = hashlib.sha256(os.fsencode(os.path.realpath(root))).hexdigest()[:24]
    return cache_dir.absolute() / "index" / f"{name}-v{VERSION}"


class WorkspaceIndex(IndexReader):
    """Reads the index of one workspace, with the text of open documents laid over it; a `WorkspaceReader`.

    `start` has a separate process bring it up to date and keep it so; `build` does it in this process, once.
    Before either, and while they run, it answers from what is there. Safe to use from any thread.
    """

    def __init__(
        self,
        root: Path,
        cache_dir: Path,
        *,
        allow_large: bool = False,
        options: IndexOptions | None = None,
        on_status: Callable[[IndexStatus], None] | None = None,
    ) -> None:
        root = root.absolute()  # the indexing process works in another folder
        self.folder = index_folder(cache_dir, root)
        self._options = options or IndexOptions()
        if allow_large:
            self._options = replace(self._options, max_files=0)
        super().__init__(root, self.folder, self._options)
        self._allow_large = allow_large
        self._on_status = on_status
        self._client: IndexerClient | None = None
        self._built = IndexStatus("off")

    # life

    def start(self, *, watch: bool = False) -> None:
        """Have the index brought up to date by a process of its own; returns at once.

        `watch` has that process watch the folder too, for clients that do not report changed files.
        """
        reason = "" if self._allow_large else refusal(self._root)
        if reason:
            self._say(IndexStatus("refused", reason=reason))
            return
        if self._client is None:
            self._client = IndexerClient(
                self._root,
                self.folder,
                options=self._options,
                watch=watch,
                on_status=self._say,
            )
            self._client.start()

    def build(self, on_progress: Callable[[Progress], None] | None = None) -> IndexStatus:
        """Bring the index up to date in this process and return how it stands then.

        When a server's process is at it, that one is asked to look again, and this waits until it has or is gone.
        """
        reason = "" if self._allow_large else refusal(self._root)
        if reason:
            self._built = IndexStatus("refused", reason=reason)
            return self._built
        try:
            prepare_folder(self.folder)
            self._build_or_wait(on_progress or (lambda _: None))
        except TooManyFiles as error:
            self._built = IndexStatus(
                "refused", reason=f"{error}; `segue index --force` indexes it all the same"
            )
        except (Damaged, *UNREADABLE) as error:
            _log.warning("the index of %s could not be built: %s", self._root, error)
            self._built = IndexStatus("failed", reason=f"the index could not be written: {error}")
        else:
            self._built = IndexStatus("ready")
        self.look_again()
        return self.status()

    def _build_or_wait(self, on_progress: Callable[[Progress], None]) -> None:
        lock = FileLock(self.folder / "lock")
        token = ""
        while not lock.try_acquire():
            if not token:  # a server's process indexes this workspace: have it look again
                token = uuid.uuid4().hex
                change_queue.post(self.folder, {"rescan": token})
            if self.answered() == token:
                return
            time.sleep(_POLL_SECONDS)
        try:
            with parsing_protected(self.folder / "parsing", sandbox=False):
                use_store(
                    self.folder,
                    lambda store: Indexer(
                        self._root, store, on_progress=on_progress, options=self._options
                    ).run(),
                )
        finally:
            lock.release()

    def discard(self) -> None:
        """Delete what is indexed; the next `build` or `start` begins from nothing. For when nobody indexes."""
        discard(self.folder)

    def size_on_disk(self) -> int:
        """Return how many bytes the index takes."""
        sizes = (path.stat().st_size for path in self.folder.rglob("*") if path.is_file())
        return sum(sizes) if self.folder.is_dir() else 0

    def wait_until_ready(self, timeout_s: float = 60.0) -> bool:
        """Wait until a started index is up to date, whoever builds it; return whether it is."""
        deadline = time.monotonic() + timeout_s
        while self._client is not None and time.monotonic() < deadline:
            if self._client.wait_until_ready(min(0.1, timeout_s)):
                return True
            if self._client.status().state == "following" and self.is_complete():
                return True
        return False

    def close(self) -> None:
        """End the indexing process, if there is one, and close the files."""
        if self._client is not None:
            self._client.close()
            self._client = None
        self.close_reader()

    def status(self) -> IndexStatus:
        """Return how far the index is."""
        status = self._client.status() if self._client is not None else self._built
        counts = self.counts()
        return replace(status, files=counts["files"], symbols=counts["symbols"])

    # freshness

    def set_overlay(self, path: str, snapshot: Snapshot | None) -> None:
        """Give the unsaved text of an open document (None when it is closed); costs nothing until asked about."""
        self._overlays.set(path, snapshot)

    def settle(self) -> None:
        """Analyse the current text of every open document before returning."""
        self._overlays.settle()

    def refresh(self, paths: Iterable[str]) -> None:
        """Tell that files or folders, by their relative paths, have changed, come or gone; returns at once."""
        if self._client is not None:
            self._client.refresh(paths)

    def rescan(self) -> None:
        """Tell that anything may have changed (a branch was switched); returns at once."""
        if self._client is not None:
            self._client.rescan()

    def note_typing(self) -> None:
        """Tell that the user is typing: indexing pauses for a moment. Cheap enough for every keystroke."""
        if self._client is not None:
            self._client.note_typing()

    def _say(self, status: IndexStatus) -> None:
        self._built = status
        self.look_again()
        if self._on_status is not None:
            self._on_status(status)
