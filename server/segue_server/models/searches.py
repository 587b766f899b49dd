"""Who answers questions about a workspace: its index, ranked by meaning too where a model for that is there."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from segue_context.search import Meaning, Searcher, ZoektSearcher
from segue_server.models.embeddings import BlockingEmbedder, embedding_settings
from segue_server.models.zoekt import ZoektServer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from segue_context import WorkspaceIndex
    from segue_context.privacy import SendingRules
    from segue_context.search import Retriever
    from segue_server.configuration import Settings


EDITOR_PATIENCE_S = 2.0
SHELL_PATIENCE_S = 10.0
WHOLE_PATIENCE_S = 600.0
"""For measurements: every vector counts."""


class Searches:
    """Makes searchers; the embedding model and the vectors of each workspace are opened once. Safe to use from any thread.

    A question waits up to `patience_s` for vectors that are missing.
    """

    def __init__(
        self, settings: Callable[[], Settings], cache_dir: Path, *, patience_s: float = EDITOR_PATIENCE_S
    ) -> None:
        self._settings = settings
        self._cache_dir = cache_dir
        self._patience_s = patience_s
        self._lock = threading.Lock()
        self._embedder: BlockingEmbedder | None = None
        self._zoekt: ZoektServer | None = None
        self._meanings: dict[WorkspaceIndex, Meaning] = {}

    def of(self, index: WorkspaceIndex, rules: SendingRules, *, use_embeddings: bool = True) -> Retriever:
        """Return who answers questions about a workspace."""
        local = Searcher(index, meaning=self.meaning(index, rules) if use_embeddings else None)
        chosen = self._settings().ask
        if chosen.engine == "index":
            return local
        with self._lock:
            if self._zoekt is None or self._zoekt.chosen != chosen:
                if self._zoekt is not None:
                    self._zoekt.close()
                self._zoekt = ZoektServer(chosen, self._settings().model)
            name = chosen.repository or (index.root.name if index.root is not None else "")
            return ZoektSearcher(index, local, self._zoekt.post, name)

    def meaning(self, index: WorkspaceIndex, rules: SendingRules) -> Meaning | None:
        """Return what ranks places of a workspace by meaning; None where no model for that is there."""
        chosen = embedding_settings(self._settings(), self._cache_dir)
        with self._lock:
            if self._embedder is not None and self._embedder.chosen != chosen:
                self._forget()
            if chosen is None:
                return None
            if self._embedder is None:
                self._embedder = BlockingEmbedder(chosen, self._cache_dir)
            if index not in self._meanings:
                self._meanings[index] = Meaning(index, self._embedder, rules, patience_s=self._patience_s)
            return self._meanings[index]

    def close(self) -> None:
        """Release the model, the connections and the files."""
        with self._lock:
            self._forget()
            if self._zoekt is not None:
                self._zoekt.close()
                self._zoekt = None

    def _forget(self) -> None:
        for meaning in self._meanings.values():
            meaning.close()
        self._meanings.clear()
        if self._embedder is not None:
            self._embedder.close()
            self._embedder = None
