"""Building and refreshing an index: scan, windows first, then symbols; stoppable and resumable anywhere."""

from __future__ import annotations

import logging
import os
import stat
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from segue_context.index._catalogue import FileRow, ResolvedImport
from segue_context.index._file_kinds import FileKind, kind_of_path, kind_of_text
from segue_context.index._ignore import IGNORE_FILES, IgnoreRules
from segue_context.index._overlay import symbols_of
from segue_context.index._policy import FilePolicy, IndexOptions
from segue_context.index._question_indexer import QuestionIndexer
from segue_context.index._reading import FileText, read_file
from segue_context.index._scan import FoundFile, scan
from segue_context.index._words import windows_of, words_of
from segue_syntax import (
    FileIndex,
    FileSymbols,
    file_of_import,
    file_symbols,
    language_of,
    stem_of_module,
    stem_of_path,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from segue_context.index._store import Store

_log = logging.getLogger(__name__)
_FIRST_COMMIT_SECONDS = 0.4  # a search that finds something soon is worth a commit
_MAX_COMMIT_SECONDS = 10.0
_SYMBOLS_PER_TRANSACTION = 200
_TELLING_DOCUMENTS = 100  # fewer say little about the mean length of all
_MAX_SYMBOL_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: `done` of `total` files of a `phase` (scan, lexical, symbols, questions, ready)."""

    phase: str
    done: int = 0
    total: int = 0


class Stopped(Exception):
    """The run was told to stop; what is committed stays."""


class Indexer:
    """Brings the stores of one workspace up to date with its files. One thread of one process uses it.

    `turn` is called between files: it may wait (while the user types) and raises `Stopped` to end the run.
    """

    def __init__(
        self,
        root: Path,
        store: Store,
        *,
        turn: Callable[[], None] = lambda: None,
        on_progress: Callable[[Progress], None] = lambda _: None,
        options: IndexOptions | None = None,
    ) -> None:
        self._root = root
        self._real = os.path.realpath(root)
        self._store = store
        self._turn = turn
        self._on_progress = on_progress
        self._options = options or IndexOptions()
        self._policy = FilePolicy(root, self._options)
        self._rules = IgnoreRules(root)
        self._file_index: FileIndex | None = None
        self._questions = QuestionIndexer(
            root,
            store,
            read=lambda row: self._read(row).text,
            turn=turn,
            progress=lambda done, total: on_progress(Progress("questions", done, total)),
        )
        self._documents = self._words = 0  # put by this run

    def run(self) -> None:
        """Find what changed since the last run and index it. Raises `TooManyFiles` or `Stopped`."""
        self._on_progress(Progress("scan"))
        self._rules = IgnoreRules(self._root)
        if not self._root.is_dir():
            raise FileNotFoundError(f"{self._root} is no folder any more")
        self._store.catalogue.set_meta("state", "indexing")
        self._note_size_limit()
        self._note(*self._compare(self._store.catalogue.files()))
        self._index_pending()
        self._questions.run_history()
        self._store.catalogue.count_symbols()
        self._store.catalogue.set_meta("state", "ready")
        self._on_progress(Progress("ready"))

    def _note_size_limit(self) -> None:
        """When the limit has changed, look again at the files that the old and the new one judge differently."""
        catalogue, limit = self._store.catalogue, self._options.max_file_bytes
        old = int(catalogue.meta("max_file_bytes", str(limit)))
        if old != limit:
            catalogue.redo_sizes(min(old, limit), max(old, limit))
        catalogue.set_meta("max_file_bytes", str(limit))

    def refresh(self, paths: Iterable[str]) -> None:
        """Index files (or folders) that may have changed, come or gone. Raises as `run`."""
        wanted = {path.rstrip("/") for path in paths if _is_relative(path)}
        if any(path.rpartition("/")[2] in IGNORE_FILES for path in wanted) or not self._root.is_dir():
            self.run()
            return
        found: list[tuple[FoundFile, str]] = []
        gone: list[str] = []
        for path in sorted(wanted):
            self._turn()
            changed, missing = self._look_at(path)
            found.extend(changed)
            gone.extend(missing)
        self._note(found, gone)
        self._index_pending()
        self._on_progress(Progress("ready"))

    def _look_at(self, path: str) -> tuple[list[tuple[FoundFile, str]], list[str]]:
        """Return what is new or changed, and what is gone, at one path: a file, a folder, or nothing any more."""
        full = self._root / path
        row = self._store.catalogue.row_of(path)
        try:
            status = os.lstat(full) if self._is_in_place(full) else None
        except (OSError, ValueError):
            status = None
        if status is not None and stat.S_ISREG(status.st_mode):
            if self._rules.excludes(path) or not self._policy.allows(path):
                return [], [path] if row else []
            if row is not None and (row.size, row.mtime_ns) == (status.st_size, status.st_mtime_ns):
                return [], []
            return [(FoundFile(path, status.st_size, status.st_mtime_ns), kind_of_path(path))], []
        below = self._store.catalogue.files(below=path)
        if row is not None:
            below[path] = row
        if status is None or not stat.S_ISDIR(status.st_mode) or self._rules.excludes(path + "/."):
            return [], list(below)
        return self._compare(below, below=path)

    def _is_in_place(self, full: Path) -> bool:
        """Return whether a path really lies where it says, in the workspace and reached through no link."""
        folder = str(full.parent)
        return os.path.realpath(folder) == self._real + folder[len(str(self._root)) :]

    def _compare(
        self, known: dict[str, FileRow], below: str = ""
    ) -> tuple[list[tuple[FoundFile, str]], list[str]]:
        """Return what is new or changed under a folder, with its kind, and those of `known` that are gone."""
        changed: list[tuple[FoundFile, str]] = []
        seen: set[str] = set()
        for file in scan(
            self._root,
            self._rules,
            max_files=self._options.max_files or 1 << 62,
            below=below,
            pause=self._turn,
        ):
            if not self._policy.allows(file.path):
                continue
            seen.add(file.path)
            row = known.get(file.path)
            if row is None or (row.size, row.mtime_ns) != (file.size, file.mtime_ns):
                changed.append((file, kind_of_path(file.path)))
        return changed, [path for path in known if path not in seen]

    def _note(self, found: list[tuple[FoundFile, str]], gone: list[str]) -> None:
        catalogue = self._store.catalogue
        if not found and not gone:
            return
        with catalogue.transaction():
            appeared = [file.path for file, _ in found if catalogue.id_of(file.path) is None]
            catalogue.note_gone(gone)
            catalogue.note_found(found)
            if appeared or gone:
                catalogue.note_listing()
        if self._file_index is not None:
            for path in gone:
                self._file_index.remove(path)
            for path in appeared:
                self._file_index.add(path)
        if appeared or gone:
            self._resolve_again([*appeared, *gone])

    def _index_pending(self) -> None:
        self._questions.remove(self._store.catalogue.gone_ids())
        self._index_windows()
        self._index_symbols()
        self._questions.run()

    def _index_windows(self) -> None:
        catalogue, lexical = self._store.catalogue, self._store.lexical
        todo, gone = catalogue.to_do("lexical"), catalogue.gone_ids()
        if not todo and not gone:
            return
        todo.sort(key=lambda row: (row.kind != FileKind.SOURCE, not language_of(path=row.path).grammar))
        for number in gone:
            lexical.remove(number)
        done: list[FileRow] = []
        last_commit, wait = time.monotonic(), _FIRST_COMMIT_SECONDS
        for count, row in enumerate(todo):
            try:
                self._turn()
            except Stopped:
                self._store.commit(done, gone)
                raise
            done.append(self._put_windows(row))
            if time.monotonic() - last_commit > wait:
                self._store.commit(done, gone)
                done, gone, last_commit, wait = [], [], time.monotonic(), min(2 * wait, _MAX_COMMIT_SECONDS)
            if count % 50 == 0:
                self._on_progress(Progress("lexical", count, len(todo)))
        self._store.commit(done, gone)
        if self._documents and (self._documents > _TELLING_DOCUMENTS or not catalogue.meta("mean_words")):
            catalogue.set_meta("mean_words", str(self._words / self._documents))
        self._on_progress(Progress("lexical", len(todo), len(todo)))

    def _put_windows(self, row: FileRow) -> FileRow:
        if kind_of_path(row.path) is FileKind.DATA:
            return row
        read = self._read(row)
        row = replace(row, size=read.size or row.size, mtime_ns=read.mtime_ns or row.mtime_ns)
        kind = FileKind.DATA if read.problem else kind_of_text(row.path, read.text)
        if kind is FileKind.DATA:
            self._store.lexical.remove(row.id)
        elif kind is FileKind.SOURCE:
            windows = windows_of(read.text)
            self._documents += len(windows) + 1
            self._words += sum(len(words) for _, words in windows)
            self._store.lexical.put(row.id, windows, {word for _, words in windows for word in words})
        else:
            self._store.lexical.put(row.id, (), set(words_of(read.text)))
        return replace(row, kind=kind)

    def _read(self, row: FileRow) -> FileText:
        read = read_file(self._root / row.path, self._options.max_file_bytes)
        if read.problem in {"denied", "unreadable"}:
            _log.warning("not indexed: %s (%s)", row.path, read.problem)
        elif not read.problem and not self._policy.allows(row.path, read.text):
            return replace(read, text="", problem="private")
        return read

    def _index_symbols(self) -> None:
        catalogue = self._store.catalogue
        todo = catalogue.to_do("symbols")
        for start in range(0, len(todo), _SYMBOLS_PER_TRANSACTION):
            self._on_progress(Progress("symbols", start, len(todo)))
            batch = []
            stopped: Stopped | None = None
            for row in todo[start : start + _SYMBOLS_PER_TRANSACTION]:
                try:
                    self._turn()
                except Stopped as error:
                    stopped = error
                    break
                text, symbols, imports = self._symbols_of(row)
                self._questions.put(row, text, symbols_of(row.path, symbols.definitions))
                batch.append((row, symbols, imports))
            with catalogue.transaction():
                for row, symbols, imports in batch:
                    catalogue.put_symbols(row, symbols, imports)
            if stopped is not None:
                raise stopped
        if todo:
            self._on_progress(Progress("symbols", len(todo), len(todo)))

    def _symbols_of(self, row: FileRow) -> tuple[str, FileSymbols, list[ResolvedImport]]:
        language = language_of(path=row.path).id
        if row.kind == FileKind.DATA or row.size > _MAX_SYMBOL_BYTES:
            return "", FileSymbols(), []
        read = self._read(row)
        if read.problem or not read.text:
            return "", FileSymbols(), []
        symbols = file_symbols(read.text, language)
        files = self._paths()
        imports = [
            ResolvedImport(
                item.name,
                item.module,
                item.line,
                item.alias,
                file_of_import(files, row.path, item.name, item.module, language),
                stem_of_module(item.name, item.module),
            )
            for item in symbols.imports
        ]
        return read.text, symbols, imports

    def _paths(self) -> FileIndex:
        if self._file_index is None:
            self._file_index = FileIndex(self._store.catalogue.paths(), self._root.name)
        return self._file_index

    def _resolve_again(self, paths: list[str]) -> None:
        """Look up the imports that files which came or went may have been, or now are, the answer to."""
        catalogue = self._store.catalogue
        if not catalogue.has_imports():
            return
        stems = {stem for path in paths for stem in stem_of_path(path)}
        files = self._paths()
        targets = [
            (target, item)
            for item in catalogue.imports_about(stems)
            if (target := file_of_import(files, item.importer, item.name, item.module)) != item.target
        ]
        if targets:
            with catalogue.transaction():
                catalogue.set_targets(targets)


def _is_relative(path: str) -> bool:
    """Return whether a path names something below the root, written in the one way that the catalogue uses."""
    return not path.startswith("/") and {"", ".", ".."}.isdisjoint(path.rstrip("/").split("/"))
