"""The two stores of an index as one: opened together, committed in order, rebuilt when unusable.

On disk: ``<folder>/catalogue.sqlite``, ``<folder>/lexical/`` and ``<folder>/questions/``, private to the user. What a commit does, in this
order: windows into tantivy with the next generation, then the rows of SQLite. After a kill in between, the
catalogue still says that those files are to be indexed, and indexing them twice changes nothing.
"""

from __future__ import annotations

import logging
import re
import shutil
import sqlite3
import uuid
from contextlib import contextmanager
from typing import TYPE_CHECKING

from segue_context.index._catalogue import SCHEMA_VERSION, Catalogue
from segue_context.index._lexical import LexicalReader, LexicalWriter, open_index
from segue_context.index._questions import FOLDER as QUESTIONS
from segue_context.index._questions import QuestionReader, QuestionWriter
from segue_syntax.storage import guarded_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from segue_context.index._catalogue import FileRow

_log = logging.getLogger(__name__)
_DAMAGE = re.compile("FileAlreadyExists|FileDoesNotExist|[Cc]orrupt|Incompatible")
_NO_DAMAGE = tuple(
    f"SQLITE_{name}" for name in ("FULL", "BUSY", "LOCKED", "IOERR", "READONLY", "CANTOPEN", "NOMEM", "PERM")
)
CATALOGUE = "catalogue.sqlite"
LEXICAL = "lexical"


class Damaged(Exception):
    """The files of an index contradict each other; it has to be built again."""


def is_damage(error: Exception) -> bool:
    """Return whether building again may help: not against a full disk, a lock or missing rights."""
    if isinstance(error, sqlite3.Error):
        return not str(getattr(error, "sqlite_errorname", "")).startswith(_NO_DAMAGE)
    return isinstance(error, (Damaged, FileNotFoundError)) or not isinstance(error, OSError)


def prepare_folder(folder: Path) -> None:
    """Make the index folder, readable by its owner only, as are the folders above that are missing."""
    guarded_folder(folder)


def discard(folder: Path) -> None:
    """Delete the files of an index."""
    for name in (CATALOGUE, CATALOGUE + "-wal", CATALOGUE + "-shm"):
        (folder / name).unlink(missing_ok=True)
    for name in (LEXICAL, QUESTIONS):
        shutil.rmtree(folder / name, ignore_errors=True)


class Store:
    """The writer's view of an index; the caller holds its lock."""

    def __init__(self, folder: Path) -> None:
        prepare_folder(folder)
        self.folder = folder
        try:
            self._open()
        except (sqlite3.Error, ValueError, OSError) as error:
            if not is_damage(error):
                raise
            _log.warning("the index in %s cannot be read (%s); it is built again", folder, error)
            discard(self.folder)
            self._open()

    def _open(self) -> None:
        self.catalogue = Catalogue(self.folder / CATALOGUE, writer=True)
        try:
            identity = self.catalogue.meta("identity")
            if not identity:
                shutil.rmtree(self.folder / LEXICAL, ignore_errors=True)
                self.catalogue.set_meta("identity", uuid.uuid4().hex)
            self.lexical = LexicalWriter(self.folder / LEXICAL)
            self.generation = self.lexical.generation()
            self.catalogue.redo_lexical_after(self.generation)
            self.questions = QuestionWriter(self.folder)
            if self.catalogue.meta("questions") != self.questions.identity:
                self.catalogue.redo_chunks()
                self.catalogue.set_meta("history", "")
                self.catalogue.set_meta("questions", self.questions.identity)
        except BaseException:
            self.catalogue.close()
            raise

    def commit(self, done: Iterable[FileRow], gone: Iterable[int]) -> None:
        """Make the windows put so far durable, and record which files they were of.

        Raises `Damaged` when the files of the index contradict each other, OSError or ValueError when they cannot be
        written.
        """
        self.generation += 1
        with _damage_told():
            self.lexical.commit(self.generation)
        with self.catalogue.transaction():
            self.catalogue.set_lexical(self.generation, done)
            self.catalogue.forget(gone)
            self.catalogue.set_meta("generation", str(self.generation))

    def commit_questions(self) -> None:
        """Make what was put into the question index durable. Raises as `commit`."""
        with _damage_told():
            self.questions.commit()

    def close(self) -> None:
        """Close the stores; what is not committed is dropped."""
        self.lexical.close()
        self.questions.close()
        self.catalogue.close()


@contextmanager
def _damage_told() -> Iterator[None]:
    try:
        yield
    except ValueError as error:
        if _DAMAGE.search(str(error)):
            raise Damaged(str(error)) from error
        raise


def use_store(folder: Path, work: Callable[[Store], None]) -> None:
    """Open the index in `folder` for writing and hand it to `work`; once more from nothing when it is damaged."""
    try:
        _use(folder, work)
    except (Damaged, sqlite3.DatabaseError) as error:
        if not is_damage(error):
            raise
        _log.warning("the index in %s is damaged (%s); it is built again", folder, error)
        discard(folder)
        _use(folder, work)


def _use(folder: Path, work: Callable[[Store], None]) -> None:
    store = Store(folder)
    try:
        work(store)
    finally:
        store.close()


class ReadStore:
    """A reader's view of an index; safe to use from any thread. Raises when there is none that can be read."""

    def __init__(self, folder: Path) -> None:
        self._meta_file = folder / LEXICAL / "meta.json"
        self._catalogue_file = folder / CATALOGUE
        self._stamp = self._current_stamp()
        if self._stamp == (0, 0):
            raise FileNotFoundError(folder)
        self._inode = self._catalogue_file.stat().st_ino
        self._folder = folder
        self._questions: QuestionReader | None = None
        self.catalogue = Catalogue(folder / CATALOGUE)
        try:
            self.lexical = LexicalReader(open_index(folder / LEXICAL))
        except BaseException:
            self.catalogue.close()
            raise

    def _current_stamp(self) -> tuple[int, int]:
        try:
            status = self._meta_file.stat()
        except OSError:
            return (0, 0)
        return (status.st_mtime_ns, status.st_ino)

    def is_current(self) -> bool:
        """Return whether these are still the files of the index, which may have been built again."""
        try:
            return self._catalogue_file.stat().st_ino == self._inode
        except OSError:
            return False

    def follow(self) -> bool:
        """See the newest commit, at the cost of one `stat` when there is none; return whether there was one."""
        stamp = self._current_stamp()
        if stamp in {self._stamp, (0, 0)}:
            return False
        self.lexical.reload()
        self._stamp = stamp
        return True

    def questions(self) -> QuestionReader:
        """Return the question index at its newest commit. Raises OSError or ValueError when there is none yet."""
        if self._questions is None or not self._questions.follow():
            self._questions = QuestionReader(self._folder)
        return self._questions

    def mean_words(self) -> float:
        """Return the mean number of words in an indexed document, 0 when that is not known."""
        return float(self.catalogue.meta("mean_words", "0"))

    def close(self) -> None:
        """Close the files."""
        self.catalogue.close()


VERSION = SCHEMA_VERSION
