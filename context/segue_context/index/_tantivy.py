"""What every tantivy index of ours shares: one writer that is opened when it is first needed, and readers that follow it."""

from __future__ import annotations

import threading
from typing import Any


class TantivyWriter:
    """The one writer of an index; changes show to readers at a commit. Every document has the field `file`."""

    def __init__(self, index: Any, *, heap_bytes: int) -> None:
        self._index = index
        self._heap_bytes = heap_bytes
        self._writer: Any = None

    def remove(self, file: int) -> None:
        """Remove all that is known of a file."""
        self._opened().delete_documents_by_term("file", file)

    def close(self) -> None:
        """Let running merges end and release the writer's lock; uncommitted changes are dropped."""
        if self._writer is not None:
            self._writer.rollback()
            self._writer.wait_merging_threads()
            self._writer = None

    def _opened(self) -> Any:
        if self._writer is None:
            self._writer = self._index.writer(heap_size=self._heap_bytes, num_threads=1)
            # A writer killed while it committed leaves files whose names the next commit would use again.
            self._writer.garbage_collect_files()
        return self._writer


class TantivyReader:
    """Searches an index; safe to use from any thread. It sees the newest commit as of the last `reload`."""

    def __init__(self, index: Any) -> None:
        self._index = index
        self._lock = threading.Lock()
        self._searcher = index.searcher()

    def reload(self) -> None:
        """See the newest commit."""
        with self._lock:
            self._index.reload()
            self._searcher = self._index.searcher()
