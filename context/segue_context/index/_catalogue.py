"""The SQLite half of an index: files, symbols and imports, and what is still to do.

Every row of `files` says in which generation its windows reached the lexical index (`lexical`, 0 = not yet) and
whether its symbols are current (`symbols`). A killed indexer leaves those at 0 and the next one goes on there.
"""

from __future__ import annotations

import sqlite3
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from segue_context._types import Import, Symbol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from segue_context.index._scan import FoundFile
    from segue_syntax import FileSymbols

SCHEMA_VERSION = 4
_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE files (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    path TEXT NOT NULL UNIQUE,
    size INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    kind TEXT NOT NULL,
    lexical INTEGER NOT NULL DEFAULT 0,
    symbols INTEGER NOT NULL DEFAULT 0,
    chunks INTEGER NOT NULL DEFAULT 0,
    gone INTEGER NOT NULL DEFAULT 0,
    package TEXT NOT NULL DEFAULT ''
);
CREATE INDEX files_to_do ON files (id) WHERE lexical = 0 OR symbols = 0 OR chunks = 0 OR gone = 1;
CREATE TABLE symbols (
    file INTEGER NOT NULL, number INTEGER NOT NULL,
    line INTEGER NOT NULL, end_line INTEGER NOT NULL, name_line INTEGER NOT NULL, column INTEGER NOT NULL,
    name TEXT NOT NULL, kind TEXT NOT NULL, container TEXT NOT NULL, signature TEXT NOT NULL, doc TEXT NOT NULL,
    PRIMARY KEY (file, number)
) WITHOUT ROWID;
CREATE INDEX symbols_by_name ON symbols (name);
CREATE TABLE imports (
    file INTEGER NOT NULL, number INTEGER NOT NULL,
    line INTEGER NOT NULL, name TEXT NOT NULL, module TEXT NOT NULL, alias TEXT NOT NULL,
    target TEXT NOT NULL, stem TEXT NOT NULL,
    PRIMARY KEY (file, number)
) WITHOUT ROWID;
CREATE INDEX imports_by_target ON imports (target) WHERE target != '';
"""


@dataclass(frozen=True, slots=True)
class FileRow:
    """What the catalogue knows of one file."""

    id: int
    path: str
    size: int
    mtime_ns: int
    kind: str


@dataclass(frozen=True, slots=True)
class ResolvedImport:
    """An import with the repository file it comes from, and the last word of its module for looking it up again."""

    name: str
    module: str
    line: int
    alias: str
    target: str
    stem: str


@dataclass(frozen=True, slots=True)
class StoredImport:
    """An import in the catalogue: the `number`-th of the file `importer`, and the file it was found to come from."""

    file: int
    number: int
    importer: str
    name: str
    module: str
    target: str


class Catalogue:
    """One SQLite file, used by one writing process and any number of reading ones.

    Safe to use from any thread: calls are short and take turns.
    """

    def __init__(self, path: Path, *, writer: bool = False) -> None:
        self._lock = threading.RLock()
        self._connection = sqlite3.connect(
            path, timeout=5.0, isolation_level=None, check_same_thread=False, cached_statements=64
        )
        try:
            self._prepare(writer=writer)
        except BaseException:
            self._connection.close()
            raise

    def _prepare(self, *, writer: bool) -> None:
        run = self._connection.execute
        if writer:
            run("PRAGMA journal_mode = WAL")
            run("PRAGMA synchronous = NORMAL")
            run("PRAGMA wal_autocheckpoint = 2000")
            run("PRAGMA journal_size_limit = 4194304")
        run("PRAGMA cache_size = -4000")
        run("PRAGMA temp_store = MEMORY")
        version = run("PRAGMA user_version").fetchone()[0]
        if version == 0 and writer:
            run("BEGIN IMMEDIATE")
            for statement in _SCHEMA.split(";\n"):
                if statement.strip():
                    run(statement)
            run(f"PRAGMA user_version = {SCHEMA_VERSION}")
            run("COMMIT")
        elif version != SCHEMA_VERSION:
            raise sqlite3.DatabaseError(f"index version {version}, expected {SCHEMA_VERSION}")
        if not writer:
            run("PRAGMA query_only = ON")

    def close(self) -> None:
        """Close the file; nothing else may be called afterwards."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Run what is inside as one transaction."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def _all(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._connection.execute(sql, values).fetchall()

    # meta

    def meta(self, key: str, default: str = "") -> str:
        """Return a stored fact about the whole index."""
        rows = self._all("SELECT value FROM meta WHERE key = ?", (key,))
        return str(rows[0][0]) if rows else default

    def set_meta(self, key: str, value: str) -> None:
        """Store a fact about the whole index."""
        with self._lock:
            self._connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    # files

    def files(self, below: str = "") -> dict[str, FileRow]:
        """Return every file known (in a folder, or anywhere), by path."""
        where, values = ("AND path > ? AND path < ?", (below + "/", below + "0")) if below else ("", ())
        rows = self._all(f"SELECT id, path, size, mtime_ns, kind FROM files WHERE gone = 0 {where}", values)  # noqa: S608
        return {row[1]: FileRow(*row) for row in rows}

    def paths(self) -> list[str]:
        """Return the paths of every file known, sorted."""
        return [str(row[0]) for row in self._all("SELECT path FROM files WHERE gone = 0 ORDER BY path")]

    def source_paths(self) -> list[str]:
        """Return the paths of written code, the files changed last first."""
        sql = "SELECT path FROM files WHERE gone = 0 AND kind = 'source' ORDER BY mtime_ns DESC, path"
        return [str(row[0]) for row in self._all(sql)]

    def paths_of_ids(self, ids: Iterable[int]) -> dict[int, str]:
        """Return the paths of files by their numbers; numbers of removed files are left out."""
        wanted = list(set(ids))
        marks = ",".join("?" * len(wanted))
        rows = self._all(f"SELECT id, path FROM files WHERE gone = 0 AND id IN ({marks})", wanted)  # noqa: S608
        return {int(row[0]): str(row[1]) for row in rows}

    def row_of(self, path: str) -> FileRow | None:
        """Return what is known of one file."""
        rows = self._all(
            "SELECT id, path, size, mtime_ns, kind FROM files WHERE path = ? AND gone = 0", (path,)
        )
        return FileRow(*rows[0]) if rows else None

    def ids_of(self, paths: Iterable[str]) -> dict[str, int]:
        """Return the numbers of those of `paths` that are known."""
        wanted = [path for path in paths if path]
        if not wanted:
            return {}
        marks = ",".join("?" * len(wanted))
        rows = self._all(f"SELECT path, id FROM files WHERE gone = 0 AND path IN ({marks})", wanted)  # noqa: S608
        return {str(row[0]): int(row[1]) for row in rows}

    def id_of(self, path: str) -> int | None:
        """Return the number of a file."""
        rows = self._all("SELECT id FROM files WHERE path = ? AND gone = 0", (path,))
        return int(rows[0][0]) if rows else None

    def counts(self) -> dict[str, int]:
        """Return the numbers of files, of files still to do, and of symbols and imports as of the last full run."""
        ((pending,),) = self._all(
            "SELECT count(*) FROM files WHERE lexical = 0 OR symbols = 0 OR chunks = 0 OR gone = 1"
        )
        stored = {name: int(self.meta(name, "0")) for name in ("files", "symbols", "imports")}
        return {**stored, "pending": pending}

    def files_by_kind(self) -> dict[str, int]:
        """Return how many files there are of each kind."""
        rows = self._all(
            "SELECT kind, count(*) FROM files WHERE gone = 0 GROUP BY kind ORDER BY count(*) DESC"
        )
        return {str(kind): int(count) for kind, count in rows}

    def count_symbols(self) -> None:
        """Store the numbers of symbols and imports, which take long to count, for `counts`."""
        for table in ("symbols", "imports"):
            ((number,),) = self._all(f"SELECT count(*) FROM {table}")  # noqa: S608
            self.set_meta(table, str(number))

    def note_found(self, found: Iterable[tuple[FoundFile, str]]) -> None:
        """Record new and changed files, each with its kind, as to be indexed."""
        with self._lock:
            self._connection.executemany(
                "INSERT INTO files (path, size, mtime_ns, kind) VALUES (?, ?, ?, ?) ON CONFLICT (path) DO UPDATE SET "
                "size = excluded.size, mtime_ns = excluded.mtime_ns, kind = excluded.kind, "
                "lexical = 0, symbols = 0, chunks = 0, gone = 0",
                ((file.path, file.size, file.mtime_ns, kind) for file, kind in found),
            )

    def note_gone(self, paths: Iterable[str]) -> None:
        """Record that files no longer exist; they vanish from answers at once."""
        with self._lock:
            self._connection.executemany(
                "UPDATE files SET gone = 1 WHERE path = ?", ((path,) for path in paths)
            )

    def note_listing(self) -> None:
        """Record that files came or went: how many there are, and that lists of them are out of date."""
        ((number,),) = self._all("SELECT count(*) FROM files WHERE gone = 0")
        self.set_meta("files", str(number))
        self.set_meta("listing", str(int(self.meta("listing", "0")) + 1))

    def to_do(self, column: str) -> list[FileRow]:
        """Return the files whose `column` (lexical, symbols or chunks) is not current, written code first."""
        assert column in {"lexical", "symbols", "chunks"}
        rows = self._all(
            f"SELECT id, path, size, mtime_ns, kind FROM files WHERE {column} = 0 AND gone = 0 "  # noqa: S608
            "ORDER BY kind != 'source', id"
        )
        return [FileRow(*row) for row in rows]

    def gone_ids(self) -> list[int]:
        """Return the numbers of removed files whose windows may still be in the lexical index."""
        return [int(row[0]) for row in self._all("SELECT id FROM files WHERE gone = 1")]

    def forget(self, ids: Iterable[int]) -> None:
        """Delete files and all that was known of them."""
        values = [(number,) for number in ids]
        with self._lock:
            for table, column in (("symbols", "file"), ("imports", "file"), ("files", "id")):
                self._connection.executemany(f"DELETE FROM {table} WHERE {column} = ?", values)  # noqa: S608

    def set_lexical(self, generation: int, rows: Iterable[FileRow]) -> None:
        """Record that files, as of the given size, time and kind, are in the lexical index."""
        with self._lock:
            self._connection.executemany(
                "UPDATE files SET lexical = ?, size = ?, mtime_ns = ?, kind = ? WHERE id = ?",
                ((generation, row.size, row.mtime_ns, row.kind, row.id) for row in rows),
            )

    def redo_lexical_after(self, generation: int) -> None:
        """Mark every file that reached the lexical index after `generation` as to be indexed again."""
        with self._lock:
            self._connection.execute("UPDATE files SET lexical = 0 WHERE lexical > ?", (generation,))

    def redo_sizes(self, above: int, up_to: int) -> None:
        """Mark files of a range of sizes, in bytes, as to be indexed again."""
        with self._lock:
            self._connection.execute(
                "UPDATE files SET lexical = 0, symbols = 0, chunks = 0 WHERE size > ? AND size <= ?",
                (above, up_to),
            )

    def set_chunked(self, rows: Iterable[FileRow]) -> None:
        """Record that the chunks of files are in the question index."""
        with self._lock:
            self._connection.executemany(
                "UPDATE files SET chunks = 1 WHERE id = ?", ((row.id,) for row in rows)
            )

    def redo_chunks(self) -> None:
        """Mark every file as to be put into the question index again."""
        with self._lock:
            self._connection.execute("UPDATE files SET chunks = 0")

    # symbols

    def put_symbols(self, row: FileRow, symbols: FileSymbols, imports: Iterable[ResolvedImport]) -> None:
        """Replace what is known of one file's symbols and imports."""
        with self._lock:
            run, many = self._connection.execute, self._connection.executemany
            run("DELETE FROM symbols WHERE file = ?", (row.id,))
            run("DELETE FROM imports WHERE file = ?", (row.id,))
            many(
                "INSERT INTO symbols VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    (row.id, number, item.line, item.end_line, item.name_line, item.column, item.name, item.kind,
                     item.container, item.signature, item.doc)
                    for number, item in enumerate(symbols.definitions)
                ),
            )  # fmt: skip
            many(
                "INSERT INTO imports VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    (row.id, number, item.line, item.name, item.module, item.alias, item.target, item.stem)
                    for number, item in enumerate(imports)
                ),
            )
            run("UPDATE files SET symbols = 1, package = ? WHERE id = ?", (symbols.package, row.id))

    def has_imports(self) -> bool:
        """Return whether any import is known."""
        return bool(self._all("SELECT 1 FROM imports LIMIT 1"))

    def imports_about(self, stems: Iterable[str]) -> list[StoredImport]:
        """Return the imports whose module ends in, or whose name is, one of `stems`; one pass over all imports."""
        with self._lock:
            run = self._connection.execute
            run("CREATE TEMP TABLE IF NOT EXISTS stems (stem TEXT PRIMARY KEY) WITHOUT ROWID")
            run("DELETE FROM stems")
            self._connection.executemany(
                "INSERT OR IGNORE INTO stems VALUES (?)", ((stem,) for stem in stems)
            )
            rows = self._all(
                "SELECT file, number, path, name, module, target FROM imports JOIN files ON files.id = file "
                "WHERE stem IN (SELECT stem FROM stems) OR name IN (SELECT stem FROM stems)"
            )
        return [StoredImport(*row) for row in rows]

    def set_targets(self, targets: Iterable[tuple[str, StoredImport]]) -> None:
        """Set the files that imports come from."""
        with self._lock:
            self._connection.executemany(
                "UPDATE imports SET target = ? WHERE file = ? AND number = ?",
                ((target, item.file, item.number) for target, item in targets),
            )

    def definitions(self, name: str, limit: int) -> list[Symbol]:
        """Return the definitions of `name`: those of written code first."""
        rows = self._all(
            f"SELECT {_SYMBOL} FROM symbols JOIN files ON files.id = file WHERE name = ? AND gone = 0 "  # noqa: S608
            "ORDER BY files.kind != 'source', path, line LIMIT ?",
            (name, limit),
        )
        return [Symbol(*row) for row in rows]

    def members(self, container: str, limit: int) -> list[Symbol]:
        """Return the definitions directly inside the definitions called `container`."""
        rows = self._all(
            f"SELECT {_SYMBOL} FROM symbols JOIN files ON files.id = file "  # noqa: S608
            "WHERE file IN (SELECT file FROM symbols WHERE name = ?) AND container = ? AND gone = 0 "
            "ORDER BY path, line LIMIT ?",
            (container, container, limit),
        )
        return [Symbol(*row) for row in rows]

    def symbols_in(self, path: str) -> list[Symbol]:
        """Return the definitions in one file, in order."""
        rows = self._all(
            f"SELECT {_SYMBOL} FROM symbols JOIN files ON files.id = file WHERE path = ? AND gone = 0 "  # noqa: S608
            "ORDER BY number",
            (path,),
        )
        return [Symbol(*row) for row in rows]

    def symbols_by_number(self, places: Iterable[tuple[int, int]]) -> dict[tuple[int, int], Symbol]:
        """Return definitions by their file's number and their own number in it."""
        found = {}
        for file, number in set(places):
            rows = self._all(
                f"SELECT {_SYMBOL} FROM symbols JOIN files ON files.id = file WHERE file = ? AND number = ?",  # noqa: S608
                (file, number),
            )
            if rows:
                found[file, number] = Symbol(*rows[0])
        return found

    def symbol_names(self) -> list[str]:
        """Return the names of all definitions."""
        return [str(row[0]) for row in self._all("SELECT DISTINCT name FROM symbols")]

    def most_imported(self, limit: int) -> list[tuple[str, int]]:
        """Return the files that most others import, each with how many do."""
        rows = self._all(
            "SELECT target, count(DISTINCT file) AS users FROM imports WHERE target != '' AND target NOT LIKE '%/' "
            "GROUP BY target ORDER BY users DESC, target LIMIT ?",
            (limit,),
        )
        return [(str(path), int(users)) for path, users in rows]

    def imports_of(self, path: str) -> list[Import]:
        """Return the imports of one file, in order."""
        rows = self._all(
            "SELECT name, module, line, target, alias FROM imports JOIN files ON files.id = file "
            "WHERE path = ? AND gone = 0 ORDER BY number",
            (path,),
        )
        return [Import(*row) for row in rows]

    def importers_of(self, targets: Sequence[str]) -> list[str]:
        """Return the files whose imports come from one of `targets`."""
        marks = ",".join("?" * len(targets))
        rows = self._all(
            "SELECT DISTINCT path FROM imports JOIN files ON files.id = file "  # noqa: S608
            f"WHERE target IN ({marks}) AND target != '' AND gone = 0 ORDER BY path",
            targets,
        )
        return [str(row[0]) for row in rows]


_SYMBOL = "name, symbols.kind, path, line, column, end_line, signature, container, doc, name_line"
