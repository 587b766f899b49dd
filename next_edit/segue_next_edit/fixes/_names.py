"""Names that nothing binds: an import is missing, or the name is misspelt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segue_next_edit.fixes._nearest import Known, nearest
from segue_next_edit.fixes._types import Draft
from segue_next_edit.imports.add import neighbours, with_import
from segue_next_edit.imports.detect import bound_here, in_package
from segue_next_edit.imports.resolve import source_of
from segue_syntax import defined_by
from segue_syntax.scopes import visible_at

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from segue_next_edit.fixes._types import Place
    from segue_next_edit.imports.resolve import Source
    from segue_syntax.scopes import Occurrence

_MAX_NAMES = 12
_SIBLINGS = 12
_SURE = 0.9
_ROLES = frozenset({"read", "write"})


def missing_imports(place: Place, lines: Sequence[int]) -> Iterator[Draft]:
    """Yield the imports of names on `lines` that nothing binds, each with what else its module has for the file."""
    for name, line in _unbound(place, lines):
        source = _source(place, name)
        if source is None:
            continue
        names = [name, *_others_of(place, source, name)]
        text = list(place.file.lines)
        for wanted in names:
            found = source if wanted == name else _source(place, wanted)
            new = None if found is None else with_import(place.situation, place.file, text, wanted, found)
            text = text if new is None else new
        if text != place.file.lines:
            certain = 0.9 if source.votes or source.how == "standard" else 0.8
            yield Draft("missing-import", f"Import {', '.join(names)}", line, text, certain, (name,))


def misspelt_names(place: Place, lines: Sequence[int]) -> Iterator[Draft]:
    """Yield the nearest name in scope for names on `lines` that nothing binds and nobody else knows."""
    for line, column, one in _free(place, lines):
        name = one.name
        if len(place.file.lines_of(name)) > 1:
            continue
        known = _in_scope(place, line, column, one)
        if place.is_elsewhere(name):
            if not _is_certain(place, name):
                continue
            known = (one for one in known if one.rank == 0)
        found = nearest(name, known, place.message)
        if found is None or (line != place.line and found.confidence < _SURE):
            continue
        old = place.file.lines[line]
        start = old.index(name, column) if name in old[column:] else column
        text = old[:start] + found.name + old[start + len(name) :]
        title = f"Change {name} to {found.name}"
        yield Draft("misspelling", title, line, place.with_line(line, text), found.confidence, (name,))


def _is_certain(place: Place, name: str) -> bool:
    """Whether a name that the file does not bind can be nothing that is there without an import: other files bind theirs."""
    file = place.file
    table = file.language.scopes
    if table is None or table.members != "hidden" or any("*" in s.locals for s in file.imports):
        return False
    paths = [path for path in place.situation.files_with(name, limit=_SIBLINGS) if path != file.path]
    others = [place.situation.file(path) for path in paths]
    return all(
        other is None
        or other.scopes is None
        or other.language.family != file.language.family
        or not other.scopes.free(name)
        for other in others
    ) and not in_package(place.situation, file, name)


def _free(place: Place, lines: Sequence[int]) -> Iterator[tuple[int, int, Occurrence]]:
    """Yield the names on `lines` that refer to nothing in the file and are no word of the language."""
    builtins = place.file.language.builtins
    for line, column, one in place.names_on(lines):
        if (
            one.role in _ROLES
            and one.owner is None
            and one.binding is None
            and one.name != "_"
            and one.name not in builtins
        ):
            yield line, column, one


def _unbound(place: Place, lines: Sequence[int]) -> Iterator[tuple[str, int]]:
    """Yield each name on `lines` that needs an import, with its first line there."""
    imported = {local for s in place.file.imports for local in s.locals}
    if "*" in imported:
        return  # any name may come with a star
    seen: dict[str, int] = {}
    for line, _, one in _free(place, lines):
        if line not in place.file.import_lines:
            seen.setdefault(one.name, line)
    broken = place.is_broken
    for name, line in list(seen.items())[:_MAX_NAMES]:
        if name in imported or in_package(place.situation, place.file, name):
            continue
        if not (broken and bound_here(place.file, name)):  # a broken tree hides what binds a name
            yield name, line


def _source(place: Place, name: str) -> Source | None:
    """Return where the file is to have `name` from, unless that is the file itself or its own package."""
    file = place.file
    source = source_of(place.situation, file, name)
    own = {file.language.modules.module_of(file.path), file.symbols.package}
    return None if source is None or source.module in own else source


def _others_of(place: Place, source: Source, name: str) -> list[str]:
    """Return other names of the file that nothing binds and that the same module has."""
    found: list[str] = []
    for other, _ in _unbound(place, range(len(place.file.lines))):
        if other != name:
            from_there = _source(place, other)
            if (
                from_there is not None
                and from_there.module == source.module
                and from_there.form == source.form
            ):
                found.append(other)
    return found


def _in_scope(place: Place, line: int, column: int, one: Occurrence) -> Iterator[Known]:
    """Yield what a name could have been: what is visible, the words of the language, then what the file mentions."""
    file = place.file
    for depth, binding in enumerate(visible_at(file.data, file.language_id, line, column, file.tree)):
        yield Known(binding.name, 0, depth)
    for word in file.language.builtins:
        yield Known(word, 1)
    scopes = place.scopes
    assert scopes is not None
    for other in scopes.occurrences:
        if other is not one and other.owner is None and other.role != "keyword":
            yield Known(other.name, 1)
    if file.language.scopes is not None and file.language.scopes.members != "hidden":
        for other in scopes.occurrences:
            if other is not one and other.owner is not None:
                yield Known(other.name, 2)
    for path in neighbours(place.situation, file):
        for text in place.situation.lines(path):
            for word in defined_by(text, file.language_id):
                yield Known(word, 2)
