"""Which other files mean a binding: by importing it, through its module, in its package, or as a member.

Within a file `segue_syntax.scopes` tells; across files the imports of the index do.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from segue_context.retrievers._nearby import is_other_half
from segue_syntax.scopes import SIGILS, Occurrence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from segue_context._types import Import, WorkspaceReader
    from segue_syntax import SourceFile
    from segue_syntax.scopes import Binding, Scopes

__all__ = ["BoundName", "OtherFiles", "Use"]

_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")

_LOOKED_AT_LATE = 8


@dataclass(frozen=True, slots=True)
class BoundName:
    """A name that the file at `path` binds; `public` and `member` as in `segue_syntax.scopes.Binding`."""

    path: str
    name: str
    public: bool
    member: bool


@dataclass(frozen=True, slots=True)
class Use:
    """A name in another file; `resolved` when it surely means the binding, else its name alone speaks for it."""

    occurrence: Occurrence
    resolved: bool = True


class OtherFiles:
    """The files that may mean a binding of another file, and what they mean by its name.

    A file that imports the name hands it on: whoever imports it from there means the same. A header and its source declare
    the same names. `read` gives the present
    text of a file, None for one that is to be left out; once `is_late` says so, few more files are looked at, and none
    once `is_over` does.
    """

    def __init__(
        self,
        bound: BoundName,
        reader: WorkspaceReader,
        read: Callable[[str], SourceFile | None],
        is_late: Callable[[], bool] = lambda: False,
        is_over: Callable[[], bool] = lambda: False,
    ) -> None:
        self._bound = bound
        self._reader = reader
        self._read = read
        self._is_late = is_late
        self._is_over = is_over
        self._origins = {bound.path}
        self._folder = posixpath.dirname(bound.path)
        others = {symbol.path for symbol in reader.definitions(bound.name, limit=8)} - {bound.path}
        self._halves = {path for path in others if is_other_half(path, bound.path)}
        self._defined_elsewhere = others - self._halves

    def uses(self, limit: int) -> Iterator[tuple[SourceFile, list[Use]]]:
        """Yield up to `limit` files with the names in them that mean the binding: importers first, theirs last.

        Once it is late, a few more are looked at until one of them has something.
        """
        bound = self._bound
        if not bound.public:
            return
        waiting = [path for path in self._reader.files_with((bound.name,), limit=limit) if path != bound.path]
        likely = set(self._reader.importers_of(bound.path))
        waiting.sort(key=lambda path: (path not in likely, posixpath.dirname(path) != self._folder))
        looked_at, found_any = 0, False
        while waiting:
            later: list[str] = []
            found = False
            for path in waiting:
                if self._is_over() or (self._is_late() and (found_any or looked_at >= _LOOKED_AT_LATE)):
                    return
                file = self._read(path)
                if file is None or not self._is_in_code(file):
                    continue
                looked_at += 1
                scopes = file.scopes_of(bound.name)
                if scopes is None:
                    continue
                uses = list(self._uses_in(file, scopes))
                if uses:
                    found = found_any = True
                    yield file, uses
                else:
                    later.append(path)
            waiting = later if found else []

    def _is_in_code(self, file: SourceFile) -> bool:
        """Whether the name is more than mentioned in a file: told without parsing it."""
        name = self._bound.name
        return any(file.uses(name, line) for line in file.lines_of(name))

    def _uses_in(self, file: SourceFile, scopes: Scopes) -> Iterator[Use]:
        bound = self._bound
        named = [one for one in scopes.occurrences if one.name.lstrip(SIGILS) == bound.name]
        if not named:
            return
        if file.path in self._halves:
            for binding in scopes.bindings:
                if binding.name == bound.name and binding.public:
                    yield from map(Use, scopes.references(binding))
            return
        imports = self._imports(file.path)
        direct = [
            one for one in imports if bound.name in (one.name, one.alias if one.name == "default" else "")
        ]
        bindings: list[Binding] = []
        for occurrence in named:
            if direct and occurrence.role == "import":
                yield Use(occurrence)
            elif direct and occurrence.role == "definition" and _is_import(occurrence.binding):
                assert occurrence.binding is not None
                bindings.append(occurrence.binding)
        if direct:
            self._origins.add(file.path)
        for binding in bindings:
            yield from map(Use, scopes.references(binding))
        modules = {one.alias or one.name or _last_word(one.module) for one in imports} | {
            _last_word(one.module) for one in imports
        }
        at = {(one.start, one.end): one for one in scopes.occurrences}
        for occurrence in named:
            if occurrence.binding is not None:
                continue
            if occurrence.role == "member":
                if _owner(occurrence, at) in modules:
                    yield Use(occurrence)
                elif bound.member:
                    yield Use(occurrence, resolved=self._is_telling(file.path))
            elif occurrence.role in ("key", "keyword"):
                if bound.member:
                    yield Use(occurrence, resolved=False)
            elif occurrence.role in ("read", "write") and not bound.member and self._shares(file.path):
                yield Use(occurrence)

    def uses_in(self, file: SourceFile) -> list[Use]:
        """Return the names in one other file that mean the binding, as far as its own imports tell."""
        return [] if file.scopes is None else list(self._uses_in(file, file.scopes))

    def _imports(self, path: str) -> list[Import]:
        """Return what a file imports from the files that hold the binding."""
        return [
            one
            for one in self._reader.imports_of(path)
            if one.target in self._origins or any(_names(one, origin) for origin in self._origins)
        ]

    def _shares(self, path: str) -> bool:
        """Whether a name that nothing in a file binds can be this one: nobody else defines it."""
        if posixpath.dirname(path) == self._folder:
            return not any(posixpath.dirname(other) == self._folder for other in self._defined_elsewhere)
        return not self._defined_elsewhere

    def _is_telling(self, path: str) -> bool:
        """Whether the name alone says whose member it is: several words, and nothing else is called so."""
        return len(_PART.findall(self._bound.name)) > 1 and not self._defined_elsewhere - {path}


def _names(one: Import, path: str) -> bool:
    """Whether an import names the file by its folder, as packages of Go do."""
    folder = posixpath.dirname(path)
    return posixpath.dirname(one.target) == folder and _last_word(one.module) == posixpath.basename(folder)


def _is_import(binding: Binding | None) -> bool:
    return binding is not None and binding.form == "import"


def _owner(occurrence: Occurrence, at: dict[tuple[int, int], Occurrence]) -> str:
    """Return the name in front of a member's dot, "" when that is no import or not known."""
    owner = occurrence.owner
    if owner is None:
        return ""
    extent = (owner.start, owner.end) if isinstance(owner, Occurrence) else (owner.start_byte, owner.end_byte)
    found = at.get(extent)
    if found is None or (found.binding is not None and not _is_import(found.binding)):
        return ""
    return found.name


def _last_word(module: str) -> str:
    words = re.findall(r"\w+", module)
    return words[-1] if words else ""
