"""A workspace made of the open documents, for files outside any folder and unsaved buffers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from segue_context import Import, Snippet, Symbol
    from segue_syntax import Snapshot

_WORD = re.compile(r"\w{3,}")
_WINDOW_LINES = 40
_MOST_LINES = 20_000


class OpenDocumentsReader:
    """Implements `WorkspaceReader` over snapshots handed in; symbols are not analysed."""

    def __init__(self) -> None:
        self._snapshots: dict[str, Snapshot] = {}

    @property
    def root(self) -> Path | None:
        """There is no folder."""
        return None

    def set_overlay(self, path: str, snapshot: Snapshot | None) -> None:
        """Note the current text of an open document; None when it was closed."""
        snapshots = dict(self._snapshots)
        if snapshot is None:
            snapshots.pop(path, None)
        else:
            snapshots[path] = snapshot
        self._snapshots = snapshots

    def read_text(self, path: str) -> str | None:
        """Return the text of an open document."""
        snapshot = self._snapshots.get(path)
        return None if snapshot is None else snapshot.text

    def files(self) -> Sequence[str]:
        """Return the open documents."""
        return list(self._snapshots)

    def files_with(self, words: Iterable[str], *, limit: int = 200) -> list[str]:
        """Return the open documents in which all of `words` occur."""
        wanted = set(words)
        found = [
            path for path, snapshot in self._snapshots.items() if wanted <= set(_WORD.findall(snapshot.text))
        ]
        return found[:limit]

    def search(self, words: Sequence[str], *, limit: int = 20, exclude: str = "") -> list[Snippet]:
        """Return the windows of lines that share most words with `words`."""
        from segue_context import Snippet

        wanted = set(words)
        found: list[Snippet] = []
        for path, snapshot in self._snapshots.items():
            if path == exclude:
                continue
            lines = snapshot.lines[:_MOST_LINES]
            for start in range(0, len(lines), _WINDOW_LINES):
                text = "".join(lines[start : start + _WINDOW_LINES])
                score = len(wanted.intersection(_WORD.findall(text)))
                if score:
                    end = min(start + _WINDOW_LINES, len(lines))
                    found.append(Snippet(path, start, end, text, "open documents", float(score)))
        found.sort(key=lambda snippet: -snippet.score)
        return found[:limit]

    def definitions(self, name: str, *, limit: int = 50) -> list[Symbol]:  # noqa: ARG002 - the protocol's signature
        """Return nothing: open documents are not analysed."""
        return []

    def symbols_in(self, path: str) -> list[Symbol]:  # noqa: ARG002
        """Return nothing."""
        return []

    def imports_of(self, path: str) -> list[Import]:  # noqa: ARG002
        """Return nothing."""
        return []

    def importers_of(self, path: str) -> list[str]:  # noqa: ARG002
        """Return nothing."""
        return []
