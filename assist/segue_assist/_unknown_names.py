"""Names of a changed text that nothing defines: neither its scopes, nor its imports, nor the workspace.

Models invent names. A name is taken for known when the file used it before, when the language has it, when the file
binds it, when the index defines it where this file can reach it, or when another file of the language uses it
without binding it (as with what a runtime or a package provides).
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from segue_syntax import SourceFile, language_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segue_context import Symbol, WorkspaceReader

_MOST_FILES = 12
_LARGEST_CHARS = 200_000
_WORD = re.compile(r"[^\W\d]\w*")
_PACKAGE = re.compile(r"^package[ \t]+([\w.]+)", re.MULTILINE)
_MEMBERS = frozenset({"method", "field"})


@dataclass(frozen=True, slots=True)
class UnknownName:
    """A name that nothing defines here; `defined_in` is where the workspace defines one of that name, if it does."""

    name: str
    defined_in: str = ""

    @property
    def sentence(self) -> str:
        """What the user is told."""
        if self.defined_in:
            return f"`{self.name}` is defined in {self.defined_in}, but nothing here imports it."
        return f"`{self.name}` is not defined in this file or anywhere in the workspace."


def unknown_names(
    before: SourceFile, after: SourceFile, reader: WorkspaceReader, known: frozenset[str] = frozenset()
) -> tuple[UnknownName, ...]:
    """Return the names that `after` uses anew and that nothing defines; members of values are not looked at.

    `known` are names that need no definition. Every use counts, not only those of the changed lines: what the change no longer binds is missing elsewhere.
    """
    if not after.language.has_code:
        return ()
    given = known | after.language.builtins | frozenset(_free(before))
    workspace = _Known(after, reader)
    missing = (name for name in dict.fromkeys(_free(after)) if name not in given and not workspace(name))
    return tuple(UnknownName(name, workspace.elsewhere(name)) for name in missing)


def _free(file: SourceFile) -> Iterator[str]:
    """Yield the names that the file uses and does not bind; every word of its code where nobody knows what binds them."""
    if file.scopes is None:
        yield from (
            match[0] for match in _WORD.finditer(file.text) if file.regions.at(match.start()) == "code"
        )
        return
    for one in file.scopes.occurrences:
        if one.binding is None and one.owner is None and one.role in ("read", "write"):
            yield one.name


class _Known:
    """Asks the workspace for names."""

    def __init__(self, file: SourceFile, reader: WorkspaceReader) -> None:
        self._file = file
        self._reader = reader

    def __call__(self, name: str) -> bool:
        return any(self._is_reached(symbol) for symbol in self._symbols(name)) or self._is_used_freely(name)

    def elsewhere(self, name: str) -> str:
        """Return the path of a definition that the file does not reach, "" if there is none."""
        return next((symbol.path for symbol in self._symbols(name)), "")

    def _symbols(self, name: str) -> list[Symbol]:
        family = self._file.language.family
        found = self._reader.definitions(name, limit=20)
        return [
            one
            for one in found
            if one.path != self._file.path
            and one.kind not in _MEMBERS
            and language_of(path=one.path).family == family
        ]

    def _is_reached(self, symbol: Symbol) -> bool:
        syntax = self._file.language.imports
        if syntax.from_files:
            return False
        if not syntax.package_clause:
            return True
        folders = {posixpath.dirname(path) for path in (symbol.path, self._file.path)}
        return len(folders) == 1 or self._is_of_package(symbol.path)

    def _is_of_package(self, path: str) -> bool:
        """Whether another file is of the package that this one names in full: code and its tests are in two folders."""
        mine = _PACKAGE.search(self._file.text)
        other = _PACKAGE.search(self._reader.read_text(path) or "") if mine is not None else None
        return mine is not None and other is not None and "." in mine[1] and mine[1] == other[1]

    def _is_used_freely(self, name: str) -> bool:
        family, looked_at = self._file.language.family, 0
        for path in self._reader.files_with([name], limit=60):
            if path == self._file.path or language_of(path=path).family != family:
                continue
            text = self._reader.read_text(path)
            if text is None or len(text) > _LARGEST_CHARS:
                continue
            looked_at += 1
            if looked_at > _MOST_FILES:
                return False
            other = SourceFile(text, path=path)
            if other.scopes is None or other.scopes.free(name):
                return True
        return False
