"""Answers about a workspace from what is indexed so far, with the text of open documents laid over it."""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from bisect import bisect_left
from collections import Counter
from typing import TYPE_CHECKING, TypeVar

from segue_context._types import Import, Snippet, Symbol
from segue_context.index._overlay import Overlays, symbols_of
from segue_context.index._policy import FilePolicy
from segue_context.index._question_search import Match, Matches, chunks_in, matches
from segue_context.index._search import score_overlays
from segue_context.index._store import ReadStore
from segue_context.index._texts import Texts
from segue_context.index._words import WINDOW_LINES
from segue_context.test_files import is_test
from segue_syntax import ROOT_FOLDER, FileIndex, file_of_import, language_of, line_content

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from pathlib import Path

    from segue_context.index._policy import IndexOptions
    from segue_syntax import Snapshot

_log = logging.getLogger(__name__)
_REOPEN_SECONDS = 0.25
UNREADABLE = (sqlite3.Error, ValueError, OSError)
_T = TypeVar("_T")


class IndexReader:
    """Implements `WorkspaceReader` on an index folder; safe to use from any thread, and never raises.

    An index that cannot be read gives empty answers and one log line, and is opened again later.
    """

    def __init__(self, root: Path, folder: Path, options: IndexOptions) -> None:
        self._root = root
        self._folder = folder
        self._policy = FilePolicy(root, options)
        self._overlays = Overlays(self._policy)
        self._texts = Texts(root, self._policy)
        self._guard = threading.Lock()
        self._store: ReadStore | None = None
        self._tried_at = -1.0
        self._closed = False
        self._listing: tuple[object, list[str], frozenset[str]] = (None, [], frozenset())
        self._file_index: tuple[object, FileIndex] | None = None

    def close_reader(self) -> None:
        """Close the files; every answer is empty from now on."""
        self._overlays.close()
        with self._guard:
            self._closed = True
            if self._store is not None:
                self._store.close()
                self._store = None

    def look_again(self) -> None:
        """Open the index at the next question, even if it could not be opened a moment ago."""
        self._tried_at = -1.0

    @property
    def root(self) -> Path | None:
        """The folder."""
        return self._root

    def read_text(self, path: str) -> str | None:
        """Return the current text; None when it is missing, binary, too large, denied or outside the folder."""
        snapshot = self._overlays.get(path)
        if snapshot is None:
            return self._texts.read(path)
        return snapshot.text if self._policy.shows(path) else None

    def files(self) -> Sequence[str]:
        """Return the paths of all files known, sorted; the caller must not change the list."""
        paths, known = self._known()
        extra = [path for path in self._overlays.paths() if path not in known]
        return sorted([*paths, *extra]) if extra else paths

    def files_with(self, words: Iterable[str], *, limit: int = 200) -> list[str]:
        """Return the paths of files in which all of the identifiers `words` occur."""
        wanted = set(words)
        if not wanted:
            return []
        analyses = self._overlays.analyses()
        found = [path for path, item in analyses.items() if wanted <= item.postings.keys()]

        def indexed(store: ReadStore) -> list[str]:
            ids = store.lexical.files_with(wanted, limit=limit + len(analyses))
            paths = store.catalogue.paths_of_ids(ids)
            return [paths[number] for number in ids if number in paths]

        found.extend(path for path in self._ask(indexed) or () if path not in analyses)
        return found[:limit]

    def search(self, words: Sequence[str], *, limit: int = 20, exclude: str = "") -> list[Snippet]:
        """Return the best-matching windows of lines for the identifiers `words` (BM25), best first.

        A word that is given several times weighs as much more. Nothing of the file `exclude` is returned.
        """
        weights = {word: float(count) for word, count in Counter(words).items() if word}
        if not weights or limit <= 0:
            return []
        analyses = self._overlays.analyses(without=exclude)

        def indexed(store: ReadStore) -> list[tuple[float, str, int]]:
            hidden = store.catalogue.ids_of([*analyses, exclude])
            hits = store.lexical.search(weights, limit=limit + limit // 4 + 2, without=hidden.values())
            paths = store.catalogue.paths_of_ids(number for _, number, _ in hits)
            ranked = [(score, paths[number], line) for score, number, line in hits if number in paths]
            return ranked + (
                score_overlays(weights, analyses.items(), store.lexical, store.mean_words())
                if analyses
                else []
            )

        ranked = self._ask(indexed)
        if ranked is None:
            ranked = score_overlays(weights, analyses.items(), None, 0.0)
        ranked.sort(key=lambda hit: (-hit[0], hit[1], hit[2]))
        snippets: list[Snippet] = []
        for score, path, line in ranked:
            snippet = self._window(path, line, score)
            if snippet is not None:
                snippets.append(snippet)
                if len(snippets) == limit:
                    break
        return snippets

    def _window(self, path: str, start: int, score: float) -> Snippet | None:
        snapshot: Snapshot | None = self._overlays.get(path)
        if snapshot is not None:
            lines = [line_content(line) for line in snapshot.lines[start : start + WINDOW_LINES]]
        else:
            lines = (self._texts.lines(path) or [])[start : start + WINDOW_LINES]
        while lines and not lines[-1].strip():
            lines.pop()
        if not lines:
            return None  # the file has become shorter since it was indexed
        return Snippet(path, start, start + len(lines), "\n".join(lines), "window", score)

    def definitions(self, name: str, *, limit: int = 50) -> list[Symbol]:
        """Return the definitions of `name`, those in open documents first."""
        analyses = self._overlays.analyses()
        found: list[Symbol] = []
        for path, item in analyses.items():
            found.extend(symbols_of(path, item.definitions.get(name, ())))
        stored = self._ask(lambda store: store.catalogue.definitions(name, limit + 8 * len(analyses))) or []
        found.extend(symbol for symbol in stored if symbol.path not in analyses)
        return found[:limit]

    def members(self, container: str, *, limit: int = 200) -> list[Symbol]:
        """Return the definitions directly inside definitions called `container` (a class's methods and fields)."""
        analyses = self._overlays.analyses()
        found: list[Symbol] = []
        for path, item in analyses.items():
            if container in item.definitions:
                inside = (symbol for symbol in item.symbols.definitions if symbol.container == container)
                found.extend(symbols_of(path, inside))
        stored = self._ask(lambda store: store.catalogue.members(container, limit + 50 * len(analyses))) or []
        found.extend(symbol for symbol in stored if symbol.path not in analyses)
        return found[:limit]

    def symbols_in(self, path: str) -> list[Symbol]:
        """Return the definitions in a file, in order."""
        item = self._overlays.analysis(path)
        if item is not None:
            return symbols_of(path, item.symbols.definitions)
        return self._ask(lambda store: store.catalogue.symbols_in(path)) or []

    def imports_of(self, path: str) -> list[Import]:
        """Return what a file imports; a target is a file, the first one where a whole folder is imported."""
        analysis = self._overlays.analysis(path)
        if analysis is None:
            stored = self._ask(lambda store: store.catalogue.imports_of(path)) or []
            return [self._with_file(item) for item in stored]
        files, language = self._paths(), language_of(analysis.snapshot.language_id, path).id
        return [
            self._with_file(
                Import(
                    item.name, item.module, item.line,
                    file_of_import(files, path, item.name, item.module, language), item.alias,
                )
            )
            for item in analysis.symbols.imports
        ]  # fmt: skip

    def _with_file(self, item: Import) -> Import:
        if not item.target.endswith("/"):
            return item
        inside = self.files_in_folder(item.target)
        last = item.target.rstrip("/").rpartition("/")[2]
        best = min(
            inside, key=lambda path: (last not in path.rpartition("/")[2], is_test(path), path), default=""
        )
        return Import(item.name, item.module, item.line, best, item.alias)

    def files_in_folder(self, folder: str) -> list[str]:
        """Return the files directly inside `folder` (ending in a slash)."""
        files = self.files()
        if folder == ROOT_FOLDER:
            return [path for path in files if "/" not in path]
        inside = files[bisect_left(files, folder) : bisect_left(files, folder[:-1] + "0")]  # "0" follows "/"
        return [path for path in inside if "/" not in path[len(folder) :]]

    def importers_of(self, path: str) -> list[str]:
        """Return the paths of files that import from `path`, or from its folder as a whole."""
        folder = path.rpartition("/")[0] + "/" if "/" in path else ROOT_FOLDER
        analyses = self._overlays.analyses(without=path)
        found = [other for other in analyses if any(item.target == path for item in self.imports_of(other))]
        stored = self._ask(lambda store: store.catalogue.importers_of([path, folder])) or []
        found.extend(other for other in stored if other not in analyses and other != path)
        return found

    def answers_questions(self) -> bool:
        """Return whether there is a question index, complete or not."""
        return bool(self._ask_questions(lambda store: store.questions().layers))

    def matches(self, words: Mapping[str, float], *, without: Collection[str] = ()) -> Matches:
        """Return what the fields of the question index say to weighted stems."""
        return self._ask_questions(lambda store: matches(store, words, without=without)) or Matches()

    def chunks_in(self, paths: Iterable[str], words: Mapping[str, float], *, limit: int = 20) -> list[Match]:
        """Return the best chunks of some files for weighted stems."""
        return self._ask_questions(lambda store: chunks_in(store, words, paths, limit)) or []

    def symbols_by_number(self, places: Iterable[tuple[int, int]]) -> dict[tuple[int, int], Symbol]:
        """Return definitions by their file's number and their own number in it, as a `Match` names them."""
        return self._ask(lambda store: store.catalogue.symbols_by_number(places)) or {}

    def source_files(self) -> list[str]:
        """Return the files that people wrote, those changed last first."""
        return self._ask(lambda store: store.catalogue.source_paths()) or []

    def symbol_names(self) -> list[str]:
        """Return the names of all definitions."""
        return self._ask(lambda store: store.catalogue.symbol_names()) or []

    def most_imported(self, limit: int) -> list[tuple[str, int]]:
        """Return the files that most others import, each with how many do."""
        return self._ask(lambda store: store.catalogue.most_imported(limit)) or []

    def _ask_questions(self, question: Callable[[ReadStore], _T]) -> _T | None:
        def asked(store: ReadStore) -> _T | None:
            try:
                return question(store)
            except FileNotFoundError:  # not indexed that far yet
                return None

        return self._ask(asked)

    def counts(self) -> dict[str, int]:
        """Return the numbers of indexed files, files still to do, symbols and imports."""
        nothing = {"files": 0, "pending": 0, "symbols": 0, "imports": 0}
        return self._ask(lambda store: store.catalogue.counts()) or nothing

    def files_by_kind(self) -> dict[str, int]:
        """Return how many files there are of each kind: source, generated, vendored, data."""
        return self._ask(lambda store: store.catalogue.files_by_kind()) or {}

    def is_complete(self) -> bool:
        """Return whether the last run of an indexer came to its end."""
        return bool(self._ask(lambda store: store.catalogue.meta("state") == "ready"))

    def answered(self) -> str:
        """Return the token of the newest request for a look at the whole workspace that has been met."""
        return self._ask(lambda store: store.catalogue.meta("answered")) or ""

    def _known(self) -> tuple[list[str], frozenset[str]]:
        def listing(store: ReadStore) -> tuple[list[str], frozenset[str]]:
            stamp = (store.catalogue.meta("identity"), store.catalogue.meta("listing"))
            if self._listing[0] != stamp:
                paths = store.catalogue.paths()
                self._listing = (stamp, paths, frozenset(paths))
            return self._listing[1:]

        return self._ask(listing) or ([], frozenset())

    def _paths(self) -> FileIndex:
        known = self._known()
        if self._file_index is None or self._file_index[0] is not known[0]:
            self._file_index = (known[0], FileIndex(known[0], self._root.name))
        return self._file_index[1]

    def _ask(self, question: Callable[[ReadStore], _T]) -> _T | None:
        store = self._open()
        if store is None:
            return None
        try:
            return question(store)
        except UNREADABLE as error:
            with self._guard:
                if self._store is store:
                    self._store = None
                    store.close()  # a thread that still asks it gets an error, and an empty answer
                    self._tried_at = time.monotonic()
                    _log.warning("the index in %s cannot be read: %s", self._folder, error)
            self.on_unreadable()
            return None

    def on_unreadable(self) -> None:
        """Do what there is to do about an index that cannot be read."""

    def _open(self) -> ReadStore | None:
        with self._guard:
            store = self._store
            try:
                if store is not None:
                    if store.is_current():
                        store.follow()
                        return store
                    self._store = None
                    store.close()  # built again by somebody: the old files are of no use
                if self._closed or time.monotonic() - self._tried_at < _REOPEN_SECONDS:
                    return None
                self._tried_at = time.monotonic()
                self._store = ReadStore(self._folder)
            except UNREADABLE:
                self._store = None
            return self._store
