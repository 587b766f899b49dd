"""Members and names of arguments that nobody knows: they are misspelt."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from segue_next_edit._tokens import WORD
from segue_next_edit.fixes._nearest import Known, nearest
from segue_next_edit.fixes._types import Draft
from segue_next_edit.imports.add import neighbours
from segue_syntax.scopes import Occurrence

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from segue_context import Symbol
    from segue_next_edit.fixes._types import Place
    from segue_syntax import SourceFile
    from segue_syntax.scopes import Binding, Scopes

_SHORTEST = 3
_MEMBER = re.compile(r"(?:\.|::|->)([^\W\d]\w+)")
_MAX_FILES = 12
_MEMBERS = frozenset({"member", "write", "keyword"})
_ARGUMENT = re.compile(r"[(,]\s*([^\W\d]\w+)\s*=(?![=>])")
_TYPE_FIELDS = ("type", "return_type", "result", "value", "right")


def misspelt_members(place: Place, lines: Sequence[int]) -> Iterator[Draft]:
    """Yield the nearest member for each on `lines` whose name is written nowhere else."""
    scopes = place.scopes
    for line, column, one in place.names_on(lines):
        assert scopes is not None
        name = one.name
        if one.role not in _MEMBERS or one.owner is None or one.binding is not None or len(name) < _SHORTEST:
            continue
        if len(place.file.lines_of(name)) > 1 or place.is_elsewhere(name):
            continue
        found = nearest(name, _members(place, scopes, one), place.message)
        if found is None:
            continue
        old = place.file.lines[line]
        text = old[:column] + found.name + old[column + len(name) :]
        title = f"Change {name} to {found.name}"
        yield Draft("misspelling", title, line, place.with_line(line, text), found.confidence, (name,))


def _members(place: Place, scopes: Scopes, one: Occurrence) -> Iterator[Known]:
    """Yield what a member could have been: what its owner has, what the file says of any owner, what is near."""
    if one.role == "keyword":
        yield from _keywords(place, scopes)
        return
    for binding in scopes.members_beside(one):
        yield Known(binding.name, 0)
    owner = _text_of(place, one)
    for other in scopes.occurrences:
        if other is not one and other.owner is not None:
            yield Known(other.name, 0 if owner and _text_of(place, other) == owner else 1)
        elif other.binding is not None and other.binding.kind in ("member", "field"):
            yield Known(other.name, 1)
    for symbol in _owned(place, scopes, one):
        yield Known(symbol.name, 0)
    yield from _written_elsewhere(place, scopes, one)
    for path in _near(place):
        for symbol in place.situation.reader.symbols_in(path):
            yield Known(symbol.name, 2)
        for word in _MEMBER.findall("\n".join(place.situation.lines(path))):
            yield Known(word, 2)


def _written_elsewhere(place: Place, scopes: Scopes, one: Occurrence) -> Iterator[Known]:
    """Yield what other files write behind a module's name."""
    owner = scopes.owner_of(one)
    if owner is None or (owner.binding is not None and owner.binding.form != "import"):
        return
    member = re.compile(rf"(?<![\w.]){re.escape(owner.name)}(?:\.|::|->)([^\W\d]\w*)")
    for path in place.situation.files_with(owner.name, limit=_MAX_FILES):
        for word in member.findall("\n".join(place.situation.lines(path))):
            yield Known(word, 0)


def _near(place: Place) -> list[str]:
    """Return files that the file imports, and others of its folder."""
    paths = [i.target for i in place.situation.reader.imports_of(place.file.path) if i.target]
    return list(dict.fromkeys([*neighbours(place.situation, place.file), *paths]))[:_MAX_FILES]


def _keywords(place: Place, scopes: Scopes) -> Iterator[Known]:
    """Yield the names under which arguments are given here and in files nearby."""
    for other in scopes.occurrences:
        if other.role == "keyword":
            yield Known(other.name, 1)
    for path in _near(place):
        for word in _ARGUMENT.findall("\n".join(place.situation.lines(path))):
            yield Known(word, 2)


def _text_of(place: Place, one: Occurrence) -> str:
    """Return the text of what a member belongs to."""
    owner = one.owner
    if owner is None:
        return ""
    if isinstance(owner, Occurrence):
        return owner.name
    return place.file.data[owner.start_byte : owner.end_byte].decode("utf-8", "replace")


def _owned(place: Place, scopes: Scopes, one: Occurrence) -> Iterator[Symbol]:
    """Yield what the owner of a member has in other files: a module its definitions, a value those of its type."""
    at = scopes.owner_of(one)
    if at is None:
        return
    reader = place.situation.reader
    if at.binding is None or at.binding.form == "import":
        for found in reader.imports_of(place.file.path):
            if at.name in (
                found.alias,
                found.name,
                WORD.findall(found.module)[-1:] and WORD.findall(found.module)[-1],
            ):
                for symbol in reader.symbols_in(found.target) if found.target else ():
                    if symbol.container in ("", found.name):
                        yield symbol
        return
    for name in types_of(place.file, at.binding):
        for definition in reader.definitions(name, limit=4):
            yield from (s for s in reader.symbols_in(definition.path) if s.container == name)


def types_of(file: SourceFile, binding: Binding) -> list[str]:
    """Return the names in the written type of a binding, or in what it is made of."""
    node = binding.node
    for field in _TYPE_FIELDS if node is not None else ():
        said = node.child_by_field_name(field) if node is not None else None
        if said is not None:
            text = file.data[said.start_byte : min(said.end_byte, said.start_byte + 200)]
            return WORD.findall(text.decode("utf-8", "replace").split("(")[0])[-2:]
    return []
