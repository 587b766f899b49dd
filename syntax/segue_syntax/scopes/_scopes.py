"""The scopes of a file, asked by position: what is this name, where else is it meant, what can be used here."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from segue_syntax._parsing import parse
from segue_syntax._registry import language_of
from segue_syntax._symbols import source_bytes
from segue_syntax.scopes._model import PARAMETERS_OF_TYPES, Occurrence
from segue_syntax.scopes._resolve import Resolver
from segue_syntax.scopes._rules import table_of
from segue_syntax.scopes._walk import Walk

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from tree_sitter import Tree

    from segue_syntax.scopes._model import Binding, Scope

_OWNER = re.compile(rb"([^\W\d]\w*)(?:\([^()\n]*\))?[?!]?\s*(?:\.|->|::)\s*\Z")
_OWNER_BYTES = 80
_WORD_BYTES = re.compile(rb"\w")


@dataclass(frozen=True, slots=True)
class Reference:
    """What the name at a position is.

    `kind` is local, parameter, field, key, keyword, member, type, module, label or unknown; `binding` is None where
    the file does not tell. `occurrences` holds every name that refers to the same thing, in the order of the text,
    its definition included.
    """

    kind: str
    occurrence: Occurrence
    binding: Binding | None
    occurrences: tuple[Occurrence, ...]


class Scopes:
    """The scopes of one version of a file. Making them costs one pass over the tree.

    With `names` they know all of those names, and of others what lies outside of functions: bodies that hold none of the
    names, nor what one is a member of, are left out.
    """

    def __init__(
        self, tree: Tree, data: bytes, language_id: str, names: Collection[str] | None = None
    ) -> None:
        table = table_of(language_id)
        if table is None:
            msg = f"no scopes are known for {language_id}"
            raise ValueError(msg)
        focus = None if names is None else _places_of(names, data, table.rules.selves)
        walk = Walk(tree, _code_of(data, language_id), table, focus)
        self._resolver = Resolver(walk)
        self._resolver.resolve()
        self.data = data
        self.occurrences = walk.occurrences
        self.bindings = walk.bindings
        self.file = walk.file
        self._scopes = walk.scopes

    @cached_property
    def _starts(self) -> list[int]:
        return [one.start for one in self.occurrences]

    @cached_property
    def _lines(self) -> list[int]:
        return line_starts(self.data)

    def at(self, line: int, column: int) -> Occurrence | None:
        """Return the name at a 0-based line and code-point column, or the one that ends there."""
        offset = byte_offset(self.data, self._lines, line, column)
        index = bisect_right(self._starts, offset) - 1
        if index < 0:
            return None
        found = self.occurrences[index]
        return found if found.start <= offset <= found.end else None

    def on_line(self, line: int) -> list[Occurrence]:
        """Return the names on a 0-based line."""
        if not 0 <= line < len(self._lines):
            return []
        end = self._lines[line + 1] if line + 1 < len(self._lines) else len(self.data) + 1
        return self.occurrences[bisect_left(self._starts, self._lines[line]) : bisect_left(self._starts, end)]

    def owner_of(self, at: Occurrence) -> Occurrence | None:
        """Return the name that a member, key or keyword belongs to; None where that is no plain name."""
        owner = at.owner
        if owner is None or isinstance(owner, Occurrence):
            return owner
        index = bisect_left(self._starts, owner.start_byte)
        found = self.occurrences[index] if index < len(self.occurrences) else None
        return (
            found
            if found is not None and (found.start, found.end) == (owner.start_byte, owner.end_byte)
            else None
        )

    def class_around(self, at: Occurrence) -> str:
        """Return the name of the class whose inside, written here or elsewhere, holds an occurrence; "" outside of any."""
        return self._resolver.class_around(at.scope)

    def place(self, at: Occurrence) -> tuple[int, int, int]:
        """Return the line, column and end column of an occurrence: 0-based, in code points."""
        line = bisect_right(self._lines, at.start) - 1
        start = self._lines[line]
        column = len(self.data[start : at.start].decode("utf-8", "replace"))
        return line, column, column + len(self.data[at.start : at.end].decode("utf-8", "replace"))

    def resolve(self, line: int, column: int) -> Reference | None:
        """Return what the name at a position is, or None where no name is."""
        at = self.at(line, column)
        return None if at is None else self.reference(at)

    def reference(self, at: Occurrence) -> Reference:
        """Return what an occurrence is, and every other that means the same."""
        binding = at.binding
        if binding is not None:
            kind = at.role if at.role in ("keyword", "key") else binding.kind
            return Reference(kind, at, binding, self.references(binding))
        if at.role in ("key", "keyword", "member"):
            return Reference(at.role, at, None, (at,))
        if at.role == "write" and at.owner is not None:
            return Reference("member", at, None, (at,))
        return Reference("unknown", at, None, self.free(at.name) or (at,))

    def references(self, binding: Binding) -> tuple[Occurrence, ...]:
        """Return every occurrence that refers to `binding`, in the order of the text."""
        return tuple(sorted(binding.occurrences, key=lambda one: one.start))

    def members_beside(self, at: Occurrence) -> list[Binding]:
        """Return the members of what a member, key or keyword belongs to, as far as the file declares them."""
        scopes = [] if at.owner is None else self._resolver.scopes_of(at.owner, at.scope)
        return [one for scope in scopes for bindings in scope.names.values() for one in bindings]

    def type_name(self, binding: Binding) -> str:
        """Return the name of the type that a variable is declared with, or made by a call of; "" where that is not told."""
        return self._resolver.type_name(binding)

    def overriding(self, binding: Binding) -> list[Binding]:
        """Return the members that take the place of a member in the classes below its own."""
        return self._resolver.overriding(binding)

    def free(self, name: str) -> tuple[Occurrence, ...]:
        """Return the uses of a name that nothing in the file binds."""
        return tuple(
            one
            for one in self.occurrences
            if one.name == name
            and one.binding is None
            and one.owner is None
            and one.role in ("read", "write")
        )

    def scope_at(self, line: int, column: int) -> Scope:
        """Return the innermost scope around a position."""
        return _scope_at(self._scopes, byte_offset(self.data, self._lines, line, column))


def has_scopes(language_id: str) -> bool:
    """Return whether the bindings of a language are known: it has a grammar and a table of scopes."""
    return table_of(language_id) is not None


def scopes_of(
    source: str | bytes, language_id: str, tree: Tree | None = None, *, names: Collection[str] | None = None
) -> Scopes | None:
    """Return the scopes of `source`, or None for a language without a grammar or a table of scopes.

    `tree` is the parse of exactly this source when the caller has one. With `names` only those are sure to be known.
    """
    if table_of(language_id) is None:
        return None
    data = source_bytes(source)
    if tree is None:
        tree = parse(data, language_id)
    return None if tree is None else Scopes(tree, data, language_id, names)


def resolve(
    source: str | bytes, language_id: str, line: int, column: int, tree: Tree | None = None
) -> Reference | None:
    """Return what the name at a position of `source` is, or None where no name is known to be."""
    scopes = scopes_of(source, language_id, tree)
    return None if scopes is None else scopes.resolve(line, column)


def visible_at(
    source: str | bytes, language_id: str, line: int, column: int, tree: Tree | None = None
) -> list[Binding]:
    """Return what can be used by name at a position, nearest first, each name once.

    Locals count from where they are bound. Functions that do not hold the position are not looked into, so that the
    cost is that of the file's outline and of the functions around the position.
    """
    table = table_of(language_id)
    if table is None:
        return []
    data = source_bytes(source)
    if tree is None:
        tree = parse(data, language_id)
    if tree is None:
        return []
    offset = byte_offset(data, line_starts(data), line, column)
    walk = Walk(tree, _code_of(data, language_id), table, [offset])
    return list(_visible(walk, _scope_at(walk.scopes, offset), offset))


def _code_of(data: bytes, language_id: str) -> bytes:
    code = language_of(language_id).code
    return data if code is None else code(data)


def _places_of(names: Collection[str], data: bytes, selves: Collection[str]) -> list[int]:
    """Return the bytes at which the names begin, and the names in front of their dots, in ascending order."""
    found = {name: list(_occurrences(name, data)) for name in names}
    for at in [at for places in found.values() for at in places]:
        owner = _OWNER.search(data, max(0, at - _OWNER_BYTES), at)
        name = "" if owner is None else owner[1].decode("utf-8", "replace")
        if name and name not in found and name not in selves:
            found[name] = list(_occurrences(name, data))
    return sorted(at for places in found.values() for at in places)


def _occurrences(name: str, data: bytes) -> Iterator[int]:
    """Yield where `data` holds a word; also where it only looks like one, since the bytes beside may be any letter's."""
    word = name.encode("utf-8", "surrogatepass")
    at = data.find(word)
    while at >= 0:
        end = at + len(word)
        if not _WORD_BYTES.fullmatch(data[max(0, at - 1) : at]) and not _WORD_BYTES.fullmatch(
            data[end : end + 1]
        ):
            yield at
        at = data.find(word, end)


def _visible(walk: Walk, scope: Scope, offset: int) -> Iterator[Binding]:
    seen: set[str] = set()
    members = walk.rules.members
    at: Scope | None = scope
    while at is not None:
        hidden = (
            at.kind in ("class", "object") and members != "bare" and (at is not scope or members != "body")
        )
        inner = at.kind in ("function", "block", "comprehension")
        for name, bindings in at.names.items():
            for one in reversed(bindings):
                if (
                    name in seen
                    or (hidden and one.form not in PARAMETERS_OF_TYPES)
                    or one.visible_from > offset
                ):
                    continue
                if inner and one.form == "local" and one.definition.start >= offset:
                    continue
                seen.add(name)
                yield one
        at = at.parent


def _scope_at(scopes: list[Scope], offset: int) -> Scope:
    """Return the innermost of the scopes around a byte; a later one that holds it is further in."""
    found = scopes[0]
    for scope in scopes:
        if scope.start > offset:
            break
        if offset <= scope.end:
            found = scope
    return found


def line_starts(data: bytes) -> list[int]:
    """Return the bytes at which the lines of `data` begin."""
    starts, at = [0], data.find(b"\n")
    while at >= 0:
        starts.append(at + 1)
        at = data.find(b"\n", at + 1)
    return starts


def byte_offset(data: bytes, starts: list[int], line: int, column: int) -> int:
    """Return the byte of a 0-based line and code-point column, within the text."""
    if line >= len(starts):
        return len(data)
    start = starts[max(line, 0)]
    stop = starts[line + 1] - 1 if line + 1 < len(starts) else len(data)
    return start + len(
        data[start:stop].decode("utf-8", "replace")[: max(column, 0)].encode("utf-8", "replace")
    )
