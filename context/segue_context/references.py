"""Which other files mean a binding: by importing it, through its module, in its package, or as a member.

Within a file `segue_syntax.scopes` tells; across files the imports of the index do.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from segue_context._types import Import
from segue_context.retrievers._related_files import is_other_half
from segue_syntax import language_of
from segue_syntax.scopes import SIGILS, Occurrence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from segue_context._types import WorkspaceReader
    from segue_syntax import SourceFile
    from segue_syntax.scopes import Binding, Scopes

__all__ = ["BoundName", "OtherFiles", "Use"]

_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")

_ANYBODYS = frozenset({"get", "set", "is", "has", "to", "on", "add", "remove", "with", "from", "of", "do"})
"""Words that begin the names of anybody's members: with one other word they tell nothing."""

_LOOKED_AT_LATE = 8


@dataclass(frozen=True, slots=True)
class BoundName:
    """A name that the file at `path` binds; `public` and `member` as in `segue_syntax.scopes.Binding`.

    `owner` is the class that a member or type is in, and `renamed` the name by which some files may know it already.
    """

    path: str
    name: str
    public: bool
    member: bool
    owner: str = ""
    renamed: str = ""

    @classmethod
    def of(cls, binding: Binding, path: str, renamed: str = "") -> BoundName:
        """Return the name of a binding of the file at `path`."""
        around = binding.scope.owner if binding.public else None
        owner = "" if around is None else around.name
        return cls(path, binding.name.lstrip(SIGILS), binding.public, binding.member, owner, renamed)


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
    once `is_over` does: nor, beside the first, one that it says is too large for the time left.
    """

    def __init__(
        self,
        bound: BoundName,
        reader: WorkspaceReader,
        read: Callable[[str], SourceFile | None],
        is_late: Callable[[], bool] = lambda: False,
        is_over: Callable[[SourceFile | None], bool] = lambda _: False,
    ) -> None:
        self._bound = bound
        self._reader = reader
        self._read = read
        self._is_late = is_late
        self._is_over = is_over
        self._folder = posixpath.dirname(bound.path)
        self._origins: set[str] = set()
        self._folders: set[str] = set()
        self._add_origins(bound.path)
        others = {symbol.path for symbol in reader.definitions(bound.name, limit=8)} - {bound.path}
        self._halves = {path for path in others if is_other_half(path, bound.path)}
        self._defined_elsewhere = others - self._halves
        owners = reader.definitions(bound.owner, limit=4) if bound.owner else ()
        self._one_owner = bool(bound.owner) and not {one.path for one in owners} - {bound.path, *self._halves}

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
        self._hand_on(limit)
        looked_at, found_any = 0, False
        while waiting:
            later: list[str] = []
            found = False
            for path in waiting:
                if self._is_over(None) or (self._is_late() and (found_any or looked_at >= _LOOKED_AT_LATE)):
                    return
                file = self._read(path)
                if file is None or not self._is_in_code(file) or (looked_at and self._is_over(file)):
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

    def _hand_on(self, limit: int) -> None:
        """Note the files that pass the binding on: with all that its file has, or by its new name already."""
        waiting = set(self._reader.importers_of(self._bound.path)) - self._origins
        while found := {path for path in waiting if any(one.name == "*" for one in self._imports(path))}:
            self._add_origins(*found)
            waiting |= {one for path in found for one in self._reader.importers_of(path)}
            waiting -= self._origins
        renamed = self._bound.renamed
        if not renamed:
            return
        waiting = set(self._reader.files_with((renamed,), limit=limit)) - self._origins
        while found := {
            path for path in waiting if any(renamed in (one.name, one.alias) for one in self._imports(path))
        }:
            self._add_origins(*found)
            waiting -= found

    def _add_origins(self, *paths: str) -> None:
        self._origins.update(paths)
        self._folders.update(map(posixpath.dirname, paths))

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
                if binding.name == bound.name and binding.public and binding.member == bound.member:
                    yield from map(Use, scopes.references(binding))
        imports = self._imports(file.path)
        direct = [
            one for one in imports if bound.name in (one.name, one.alias if one.name == "default" else "")
        ]
        by_class = file.language.imports.from_packages and any(
            one.target == bound.path and _last_word(one.module) == bound.name for one in imports
        )
        bindings: list[Binding] = []
        for occurrence in named:
            if (direct or by_class) and occurrence.role == "import":
                yield Use(occurrence)
            elif direct and occurrence.role == "definition" and _is_import(occurrence.binding):
                assert occurrence.binding is not None
                bindings.append(occurrence.binding)
        if any(one.name == bound.name for one in direct):
            self._add_origins(file.path)
        for binding in bindings:
            yield from map(Use, scopes.references(binding))
        modules = {one.alias or one.name or _last_word(one.module) for one in imports} | {
            name for one in imports if not one.alias for name in (one.module, _last_word(one.module))
        }
        at = {(one.start, one.end): one for one in scopes.occurrences}
        for occurrence in named:
            if occurrence.binding is not None:
                if bound.member and occurrence.binding.form == "key":
                    yield Use(occurrence, resolved=False)
                continue
            if bound.owner and self._is_inside(file, scopes, occurrence):
                yield Use(occurrence, resolved=posixpath.dirname(file.path) == self._folder)
            elif occurrence.role in ("member", "key"):
                if self._is_owned(file, scopes, occurrence, at, modules):
                    yield Use(occurrence)
                elif bound.member:
                    telling = occurrence.role == "member" and self._is_telling(file.path)
                    yield Use(occurrence, resolved=telling)
            elif occurrence.role == "keyword":
                if bound.member:
                    yield Use(occurrence, resolved=False)
            elif (
                occurrence.role in ("read", "write")
                and not (bound.member or bound.owner)
                and self._shares(file.path)
            ):
                yield Use(occurrence)

    def uses_in(self, file: SourceFile) -> list[Use]:
        """Return the names in one other file that mean the binding, as far as its own imports tell."""
        return [] if file.scopes is None else list(self._uses_in(file, file.scopes))

    def _is_inside(self, file: SourceFile, scopes: Scopes, at: Occurrence) -> bool:
        """Whether a name is used on the object itself in another part of the binding's class."""
        rules = file.language.scopes
        if rules is None or scopes.class_around(at) != self._bound.owner:
            return False
        if at.owner is None:
            return rules.members == "bare" and at.role in ("read", "write")
        owner = at.owner
        if isinstance(owner, Occurrence):
            return owner.role == "self"
        return scopes.data[owner.start_byte : owner.end_byte].decode("utf-8", "replace") in rules.selves

    def _is_owned(
        self,
        file: SourceFile,
        scopes: Scopes,
        member: Occurrence,
        at: dict[tuple[int, int], Occurrence],
        modules: set[str],
    ) -> bool:
        """Whether what stands before a member's dot is a module of the binding, its class, or surely made of that."""
        owner, bound = member.owner, self._bound
        if owner is None:
            return False
        extent = (
            (owner.start, owner.end) if isinstance(owner, Occurrence) else (owner.start_byte, owner.end_byte)
        )
        found = at.get(extent)
        if found is None:
            written = scopes.data[slice(*extent)].decode("utf-8", "replace")
            return written in modules or file.language.modules.names_file(written, bound.path)
        if found.binding is None:
            only = self._one_owner if bound.member else not self._defined_elsewhere
            return found.name in modules or (found.name == bound.owner and only)
        if _is_import(found.binding):
            return found.name in modules
        kind = scopes.type_name(found.binding)
        return bool(kind) and kind == bound.owner and (kind in modules or self._one_owner)

    def _imports(self, path: str) -> list[Import]:
        """Return what a file imports from the files that hold the binding, or from the package of that."""
        if language_of(path=path).queries:
            return [
                one
                for one in self._reader.imports_of(path)
                if one.target in self._origins or self._is_package(one)
            ]
        file, own = self._read(path), self._read(self._bound.path)
        return [
            Import(name, s.module, s.start, own.path, "" if local == name else local)
            for s in (file.imports if file is not None and own is not None and own.package else ())
            if own is not None and s.module == own.package
            for name, local in s.names
        ]

    def _is_package(self, one: Import) -> bool:
        """Whether an import names a file of the binding by its folder, as packages of Go do."""
        folder = posixpath.dirname(one.target)
        return folder in self._folders and _last_word(one.module) == posixpath.basename(folder)

    def _shares(self, path: str) -> bool:
        """Whether a name that nothing in a file binds can be this one: nobody else defines it."""
        if posixpath.dirname(path) == self._folder:
            return not any(posixpath.dirname(other) == self._folder for other in self._defined_elsewhere)
        return not self._defined_elsewhere

    def _is_telling(self, path: str) -> bool:
        """Whether the name alone says whose member it is: several words, and nothing else is called so."""
        parts = [part for part in _PART.findall(self._bound.name) if part.lower() not in _ANYBODYS]
        return len(parts) > 1 and not self._defined_elsewhere - {path}


def _is_import(binding: Binding | None) -> bool:
    return binding is not None and binding.form == "import"


def _last_word(module: str) -> str:
    words = re.findall(r"\w+", module)
    return words[-1] if words else ""
