"""What scopes are made of: bindings, the places where names occur, and the stretches in which names hold."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Node

PARAMETERS_OF_TYPES = frozenset({"typeparameter", "lifetime"})
"""Forms of bindings that hold in all of a class, unlike its members."""

_MEMBER_KINDS = frozenset({"field", "member", "key"})
"""Kinds of bindings that are named behind a dot or as a key."""

SIGILS = "$@#"
"""Signs that belong to a variable's name in some languages and not to its attributes' and imports'."""


@dataclass(slots=True, eq=False)
class Scope:
    """A stretch of a file in which names are bound; `start` and `end` are bytes.

    `kind` is file, function, class, block, comprehension, namespace or object (a literal with keys).
    """

    kind: str
    start: int
    end: int
    parent: Scope | None
    names: dict[str, list[Binding]] = field(default_factory=dict)
    elsewhere: dict[str, Scope] = field(
        default_factory=dict
    )  # names that another scope binds: Python's global
    owner: Binding | None = None  # what the scope is the inside of
    bases: list[Node] = field(default_factory=list)
    attached: Node | None = None  # the written type whose members the scope adds to
    used: bool = False


@dataclass(slots=True, eq=False)
class Binding:
    """What a name is bound to in a scope, with every occurrence that refers to it.

    `kind` is local, parameter, field, member (a function of a class), key, type, module (bound at the top of a file,
    imports included), or label. `visible_from` is the byte behind which the name means this binding.
    """

    name: str
    kind: str
    scope: Scope
    form: str  # the word of the table: function, class, import, ...
    namespace: int
    visible_from: int = 0
    node: Node | None = None  # whose type or value tells what it is
    occurrences: list[Occurrence] = field(default_factory=list)
    insides: list[Scope] = field(default_factory=list)

    @property
    def definition(self) -> Occurrence:
        """The first place that binds it."""
        return next((one for one in self.occurrences if one.role == "definition"), self.occurrences[0])

    @property
    def member(self) -> bool:
        """Whether it is a field or method: a file alone may not tell whose the name behind a dot is."""
        return self.kind in _MEMBER_KINDS

    @property
    def public(self) -> bool:
        """Whether other files can name it."""
        nested = self.kind == "type" and self.scope.kind == "class" and self.form not in PARAMETERS_OF_TYPES
        return self.member or nested or self.scope.kind in ("file", "namespace")


@dataclass(slots=True, eq=False)
class Occurrence:
    """A name at the bytes `start` to `end`, and the binding it refers to (None where that is not known).

    `role` is definition, read, write, key, keyword, member or import. A `shorthand` stands for two names at once,
    a key and a variable: `also` is then the field, where it is known.
    """

    name: str
    start: int
    end: int
    role: str
    scope: Scope
    namespace: int
    binding: Binding | None = None
    also: Binding | None = None
    owner: Node | Occurrence | None = None  # what a member, key or keyword belongs to
    shorthand: bool = False
