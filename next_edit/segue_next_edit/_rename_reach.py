"""Where other files mean a renamed binding: by importing it, through its module, in its package, or as a member."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from segue_next_edit._mentions import is_used
from segue_next_edit._renames import SIGILS, span_of
from segue_syntax.scopes import Occurrence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segue_context import Import
    from segue_next_edit._renames import Rename, Span
    from segue_next_edit._situation import Situation
    from segue_syntax import SourceFile
    from segue_syntax.scopes import Binding, Scopes

_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")

_LOOKED_AT_LATE = 8


class Reach:
    """The files that may mean a renamed binding, and what they mean by its name.

    A file that imports the name hands it on: whoever imports it from there means the same.
    """

    def __init__(self, situation: Situation, rename: Rename) -> None:
        self._situation = situation
        self._rename = rename
        self._origins = {rename.path}
        self._folder = posixpath.dirname(rename.path)
        others = [s for s in situation.reader.definitions(rename.old, limit=8) if s.path != rename.path]
        self._defined_elsewhere = {symbol.path for symbol in others}

    def files(self, limit: int) -> Iterator[tuple[SourceFile, list[Span]]]:
        """Yield other files with the identifiers to rename in them; importers of importers come last.

        Once the time for other files is spent, a few more are looked at until one of them has something to rename.
        """
        if not self._rename.public:
            return
        waiting = [
            path
            for path in self._situation.reader.files_with((self._rename.old,), limit=limit)
            if path != self._rename.path
        ]
        looked_at, found_any = 0, False
        while waiting:
            later: list[str] = []
            found = False
            for path in waiting:
                if self._situation.spent and (found_any or looked_at >= _LOOKED_AT_LATE):
                    return
                file = self._situation.read(path)
                if file is None or not self._is_in_code(file):
                    continue
                looked_at += 1
                scopes = file.scopes_of(self._rename.old)
                if scopes is None:
                    continue
                spans = list(self._spans(file, scopes))
                if spans:
                    found = found_any = True
                    yield file, spans
                else:
                    later.append(path)
            waiting = later if found else []

    def _is_in_code(self, file: SourceFile) -> bool:
        """Whether the name is more than mentioned in a file: told without parsing it."""
        old = self._rename.old
        return any(is_used(file, line, old) for line in file.lines_of(old))

    def _spans(self, file: SourceFile, scopes: Scopes) -> Iterator[Span]:
        old, new = self._rename.old, self._rename.new
        named = [one for one in scopes.occurrences if one.name.lstrip(SIGILS) == old]
        if not named:
            return
        imports = self._imports(file.path)
        direct = [one for one in imports if old in (one.name, one.alias if one.name == "default" else "")]
        bindings: list[Binding] = []
        for occurrence in named:
            if direct and occurrence.role == "import":
                yield span_of(scopes, occurrence, old, new)
            elif direct and occurrence.role == "definition" and _is_import(occurrence.binding):
                assert occurrence.binding is not None
                bindings.append(occurrence.binding)
        if direct:
            self._origins.add(file.path)
        for binding in bindings:
            yield from (span_of(scopes, one, old, new) for one in scopes.references(binding))
        modules = {one.alias or one.name or _last_word(one.module) for one in imports} | {
            _last_word(one.module) for one in imports
        }
        at = {(one.start, one.end): one for one in scopes.occurrences}
        for occurrence in named:
            if occurrence.binding is not None:
                continue
            if occurrence.role == "member":
                if _owner(occurrence, at) in modules:
                    yield span_of(scopes, occurrence, old, new)
                elif self._rename.member:
                    yield span_of(scopes, occurrence, old, new, resolved=self._is_telling(file.path))
            elif occurrence.role in ("key", "keyword"):
                if self._rename.member:
                    yield span_of(scopes, occurrence, old, new, resolved=False)
            elif occurrence.role in ("read", "write") and not self._rename.member and self._shares(file.path):
                yield span_of(scopes, occurrence, old, new)

    def _imports(self, path: str) -> list[Import]:
        """Return what a file imports from the files that hold the binding."""
        return [
            one
            for one in self._situation.reader.imports_of(path)
            if one.target in self._origins or any(_names(one, origin) for origin in self._origins)
        ]

    def _shares(self, path: str) -> bool:
        """Whether a name that nothing in a file binds can be that of the renamed file: nobody else defines it."""
        if posixpath.dirname(path) == self._folder:
            return not any(posixpath.dirname(other) == self._folder for other in self._defined_elsewhere)
        return not self._defined_elsewhere

    def _is_telling(self, path: str) -> bool:
        """Whether the name alone says whose member it is: several words, and nothing else is called so."""
        return len(_PART.findall(self._rename.old)) > 1 and not self._defined_elsewhere - {path}


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
