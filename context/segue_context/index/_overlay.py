"""Unsaved text of open documents: what they define, import and contain, found out when somebody asks.

The first question about a document, and every question about a small one, is answered from its current text.
After an edit of a larger one, answers come from its previous state until a background thread has analysed the
new one, and those about a very long one from what is indexed of its file until it has been analysed once: a
keystroke never waits for the analysis of a long file.
"""

from __future__ import annotations

import threading
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from segue_context._types import Symbol
from segue_context.files import MAX_FILE_BYTES
from segue_context.index._words import windows_of
from segue_syntax import FileSymbols, file_symbols, language_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from segue_context.index._policy import FilePolicy
    from segue_syntax import Definition, Snapshot

_FIRST_CHARS = 60_000  # about 20 ms, paid once when a document is opened
_SMALL_CHARS = 8_000  # about 3 ms, paid with every key
_QUIET_SECONDS = 0.15


@dataclass(frozen=True, slots=True)
class Analysis:
    """What one state of a document holds.

    `definitions` are those of `symbols` by name; `postings` gives, for each word, the windows (by first line) with the number of times it occurs in them;
    `lengths` the number of words of each window.
    """

    snapshot: Snapshot
    symbols: FileSymbols
    definitions: dict[str, list[Definition]]
    postings: dict[str, list[tuple[int, int]]]
    lengths: dict[int, int]


def analyse(path: str, snapshot: Snapshot) -> Analysis:
    """Return the analysis of one state of the document at `path`."""
    text = snapshot.text
    symbols = file_symbols(text, language_of(snapshot.language_id, path).id)
    postings: dict[str, list[tuple[int, int]]] = defaultdict(list)
    lengths = {}
    for line, words in windows_of(text):
        lengths[line] = len(words)
        for word, count in Counter(words).items():
            postings[word].append((line, count))
    definitions: dict[str, list[Definition]] = defaultdict(list)
    for item in symbols.definitions:
        definitions[item.name].append(item)
    return Analysis(snapshot, symbols, dict(definitions), dict(postings), lengths)


class Overlays:
    """The open documents of one workspace, by path; safe to use from any thread."""

    def __init__(self, policy: FilePolicy) -> None:
        self._policy = policy
        self._lock = threading.Condition()
        self._current: dict[str, Snapshot] = {}
        self._analysed: dict[str, Analysis] = {}
        self._stale: set[str] = set()
        self._worker: threading.Thread | None = None
        self._closed = False

    def set(self, path: str, snapshot: Snapshot | None) -> None:
        """Give the current text of a document, or None when it is closed."""
        with self._lock:
            if snapshot is None:
                self._current.pop(path, None)
                self._analysed.pop(path, None)
                self._stale.discard(path)
            else:
                self._current[path] = snapshot

    def get(self, path: str) -> Snapshot | None:
        """Return the current text of a document that is open."""
        return self._current.get(path)

    def paths(self) -> list[str]:
        """Return the paths of the documents that may be used for context."""
        with self._lock:
            current = list(self._current.items())
        return [path for path, _ in current if self._policy.shows(path)]

    def analyses(self, *, without: str = "") -> dict[str, Analysis]:
        """Return the newest analysis of each open document but `without`; long ones that have none yet are left out."""
        return {
            path: item
            for path in self.paths()
            if path != without and (item := self.analysis(path)) is not None
        }

    def analysis(self, path: str) -> Analysis | None:
        """Return the newest analysis of an open document, made now when it is cheap to make; None without one."""
        with self._lock:
            snapshot = self._current.get(path)
            known = self._analysed.get(path)
            if snapshot is None or (known is not None and known.snapshot is snapshot):
                return known if snapshot is not None else None
            if not self._policy.shows(path):
                return None
            if _is_longer(snapshot, _FIRST_CHARS if known is None else _SMALL_CHARS):
                self._stale.add(path)
                self._wake()
                return known
        return self._analyse(path, snapshot)

    def settle(self) -> None:
        """Bring every analysis up to date before returning, however long the documents are."""
        for path in self.paths():
            snapshot, known = self._current.get(path), self._analysed.get(path)
            if snapshot is not None and (known is None or known.snapshot is not snapshot):
                self._analyse(path, snapshot)

    def close(self) -> None:
        """Stop the background thread."""
        with self._lock:
            self._closed = True
            self._lock.notify_all()
            worker = self._worker
        if worker is not None:
            worker.join(timeout=5)

    def _analyse(self, path: str, snapshot: Snapshot) -> Analysis:
        analysis = analyse(path, snapshot)
        with self._lock:
            if path in self._current:
                self._analysed[path] = analysis
        return analysis

    def _wake(self) -> None:
        if self._closed:
            return
        if self._worker is None:
            self._worker = threading.Thread(target=self._work, name="segue-overlays", daemon=True)
            self._worker.start()
        self._lock.notify_all()

    def _work(self) -> None:
        while True:
            with self._lock:
                self._lock.wait_for(lambda: self._stale or self._closed)
                if self._closed:
                    return
                path = self._stale.pop()
                seen = self._current.get(path)
                self._lock.wait_for(lambda: self._closed, timeout=_QUIET_SECONDS)
                if self._closed:
                    return
                if self._current.get(path) is not seen:
                    self._stale.add(path)  # still being typed in
                    continue
            if seen is not None and not _is_longer(seen, MAX_FILE_BYTES):
                self._analyse(path, seen)


def symbols_of(path: str, definitions: Iterable[Definition]) -> list[Symbol]:
    """Return definitions found in `path` as the symbols other rooms see."""
    return [
        Symbol(
            item.name, item.kind, path, item.line, item.column, item.end_line,
            item.signature, item.container, item.doc, item.name_line,
        )
        for item in definitions
    ]  # fmt: skip


def _is_longer(snapshot: Snapshot, chars: int) -> bool:
    """Return whether a document has more than `chars` characters, at a cost that does not grow with it."""
    if len(snapshot.lines) > chars:
        return True
    return sum(map(len, snapshot.lines)) > chars
