"""A declaration that is new in a module: the files that import others from there take it up too."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from segue_next_edit._candidates import Candidate
from segue_next_edit.imports.write import with_name
from segue_next_edit.rules.imports import changes_between
from segue_syntax import ImportStatement, NewImport, declared_by, statements_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segue_next_edit._situation import Done, Situation
    from segue_syntax import SourceFile

_MAX_NAMES = 4
_MAX_FILES = 12


class NewNameRule:
    """Offers a new declaration to the files that import from its module: its tests, the package, its users."""

    def candidates(self, situation: Situation) -> Iterator[Candidate]:
        """Yield the import statements to extend."""
        for edit in sorted(situation.done, key=lambda e: e.age):
            file = situation.file(edit.path)
            if file is None or not file.language.imports.from_files:
                continue
            names = list(dict.fromkeys(_declared(edit, file)))[:_MAX_NAMES]
            if names:
                yield from self._offered(situation, edit, file, names)

    def _offered(
        self, situation: Situation, edit: Done, file: SourceFile, names: list[str]
    ) -> Iterator[Candidate]:
        modules = file.language.modules
        module, folder = modules.module_of(file.path), posixpath.dirname(modules.module_of(file.path))
        stem = posixpath.basename(folder if module == modules.module_of_folder(folder) else module)
        users: list[tuple[SourceFile, ImportStatement]] = []
        for path in situation.files_with(stem, limit=8 * _MAX_FILES):
            other = situation.file(path) if path != file.path and len(users) < _MAX_FILES else None
            statement = None if other is None else _statement_of(situation, other, module)
            if other is not None and statement is not None:
                users.append((other, statement))
        for other, statement in users:
            fresh = [name for name in names if name not in {n for n, _ in statement.names}]
            if not fresh:
                continue
            lines: list[str] | None = list(other.lines)
            for name in fresh:
                wanted = NewImport(statement.module, name, name, statement.form, statement.type_only)
                now = statements_in(lines or [], other.language_id)
                lines = (
                    None if lines is None else with_name(lines, now, other.path, wanted, situation.project)
                )
            for start, end, new in changes_between(situation, other, lines or other.lines):
                yield Candidate(
                    other.path, start, end, new, "new name", f"new\0{file.path}\0{' '.join(fresh)}",
                    f"{fresh[0]} is new in {statement.module}",
                    {
                        "age": float(min(edit.age, 10)),
                        "names": float(min(len(fresh), 4)),
                        "count": float(min(len(users), 6)),
                        "seen": float(min(len(statement.names), 8)),
                        "test": float(stem.strip("_") in posixpath.basename(other.path) and "test" in other.path),
                        "package": float(modules.module_of(other.path) == modules.module_of_folder(folder)),
                        "private": float(fresh[0].startswith("_")),
                        "used": float(any(name in other.text for name in fresh)),
                    },
                )  # fmt: skip


def _declared(edit: Done, file: SourceFile) -> Iterator[str]:
    """Yield what the edit declares at the left margin for the first time, exported where languages ask for it."""
    syntax = file.language.imports
    before = {name for line in edit.old for name in declared_by(line)}
    for line in edit.new:
        if line[:1].strip() and syntax.is_exported(line):
            yield from (name for name in declared_by(line) - before if not name.startswith("__"))


def _statement_of(situation: Situation, other: SourceFile, module: str) -> ImportStatement | None:
    """Return the statement of `other` that imports names from `module`."""
    modules = other.language.modules
    if not other.language.imports.from_files:
        return None
    for statement in other.imports:
        if statement.form in ("from", "require from") and not statement.indent:
            found = modules.file_of(statement.module, other.path, situation.project)
            if modules.bare(found) == module:
                return statement
    return None
