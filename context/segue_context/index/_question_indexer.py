"""The last phase of indexing: chunks and outlines of files, and the subjects of the commits that changed them."""

from __future__ import annotations

import logging
from collections import defaultdict
from typing import TYPE_CHECKING

from segue_context.git import GitError, repository_of
from segue_context.index._file_kinds import FileKind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from segue_context._types import Symbol
    from segue_context.index._catalogue import FileRow
    from segue_context.index._store import Store

_log = logging.getLogger(__name__)
_FILES_PER_COMMIT = 2_000
_COMMITS = 3_000
_SUBJECTS_PER_FILE = 40
_WIDE_COMMIT = 40  # a commit that changes more files says little of each


class QuestionIndexer:
    """Brings the question index up to date with the catalogue. `read` returns a file's text, "" for none."""

    def __init__(
        self,
        root: Path,
        store: Store,
        *,
        read: Callable[[FileRow], str],
        turn: Callable[[], None],
        progress: Callable[[int, int], None],
    ) -> None:
        self._root = root
        self._store = store
        self._catalogue = store.catalogue
        self._writer = store.questions
        self._read = read
        self._turn = turn
        self._progress = progress
        self._put: list[FileRow] = []

    def remove(self, files: list[int]) -> None:
        """Remove files that are gone."""
        for number in files:
            self._writer.remove(number)

    def put(self, row: FileRow, text: str, symbols: Sequence[Symbol]) -> None:
        """Put a file in whose text and symbols are at hand; it shows after the next `run`."""
        if row.kind == FileKind.SOURCE and text:
            self._writer.put(row.id, row.path, text, symbols)
        else:
            self._writer.remove(row.id)
        self._put.append(row)

    def run(self) -> None:
        """Put the other files in that are new or changed. Raises what `turn` raises; what is committed stays."""
        put = {row.id for row in self._put}
        todo = [row for row in self._catalogue.to_do("chunks") if row.id not in put]
        try:
            for count, row in enumerate(todo):
                self._turn()
                text = self._read(row) if row.kind == FileKind.SOURCE else ""
                self.put(row, text, self._catalogue.symbols_in(row.path) if text else ())
                if len(self._put) == _FILES_PER_COMMIT:
                    self._commit()
                if count % 50 == 0:
                    self._progress(count, len(todo))
        finally:
            self._commit()
        if todo:
            self._progress(len(todo), len(todo))

    def run_history(self) -> None:
        """Read the subjects of the latest commits, if another commit is checked out than when they were read."""
        try:
            repository = repository_of(self._root)
            head = repository.head()
            if head == self._catalogue.meta("history"):
                return
            inside = self._root.resolve().relative_to(repository.root.resolve()).as_posix()
            commits = repository.commits(_COMMITS, below="" if inside == "." else inside)
        except GitError as error:
            _log.info("no history of commits: %s", error)
            return
        subjects: dict[str, list[str]] = defaultdict(list)
        for commit in commits:
            if len(commit.paths) <= _WIDE_COMMIT:
                for path in commit.paths:
                    if len(subjects[path]) < _SUBJECTS_PER_FILE:
                        subjects[path].append(commit.subject)
        ids = self._catalogue.ids_of(subjects)
        self._writer.put_history((number, "\n".join(subjects[path])) for path, number in ids.items())
        self._store.commit_questions()
        self._catalogue.set_meta("history", head)

    def _commit(self) -> None:
        if not self._put:
            return
        self._store.commit_questions()
        with self._catalogue.transaction():
            self._catalogue.set_chunked(self._put)
        self._put = []
