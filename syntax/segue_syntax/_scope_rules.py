"""How a language binds names, as a table: what each node of its syntax tree does with the names in it.

A table maps a node type to a line of words. A word ``FIELD:ACTION`` says what happens to the children in a field of
the node (``*`` for all others, ``1`` for the first named child, ``@TYPE`` for children of a node type, ``@TYPE1`` for the first of them); children that
no word names are read. An action is a mode, after any of three marks: ``^`` in the scope around the one the node
opened, ``~`` without a scope of the child's own, ``?`` around the scope the first time and inside it afterwards.
``[TOKEN]ACTION|ACTION`` takes the first action only where the node has a child of that type, ``ACTION/ACTION`` the
second only where the node around declares.

| mode | a name below |
|---|---|
| (none), ``read`` | is looked up; leaves have their own default in `leaves` |
| ``.`` | has the mode of the node around it: what patterns and wrappers do |
| ``-`` | does not count |
| ``write`` | is assigned: bound as `assignment` says |
| ``def.KIND`` | is bound in the current scope; ``@function`` in the function, ``@class`` in the class, ``@file`` in the file, ``@around`` around the function it names, ``@owner<...`` in that type |
| ``member<FIELD`` | is a member of what that field of the node around it holds (``1`` for its first named child) |
| ``key<N.FIELD``, ``keyword<N.FIELD`` | is a key of, or an argument to, what that field of the node N levels further up holds |
| ``short.MODE`` | is a key besides: of a shorthand |
| ``tail.MODE`` | is the last part of a path |
| ``MODE+KIND`` | declares something of that kind in the class as well |
| ``template`` | is text in which a name, as `captured` finds it, is a use |
| ``capture`` | is text in which it may be one: it counts where something binds the name |
| ``key``, ``import``, ``label``, ``global``, ``nonlocal`` | is what the word says |
| ``hook.NAME`` | has the mode that the language's function of this name returns |

The words ``scope=KIND`` (a scope is opened), ``bases=FIELD`` or ``bases=@TYPE`` (where a class says what it extends), ``of=FIELD`` (the type whose members the scope adds to), ``after`` (what is bound becomes visible behind the node), ``typed``
(its type or value fields tell what the name is) ``leading`` (but only the first of several)
and ``single`` (several parts are no single name) stand alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Mapping, Sequence

    from tree_sitter import Node

    Hook = Callable[[bytes, Node, Sequence[Node]], str]
    """Given the text, a node and the nodes around it (outermost first), returns the mode of the node as a word."""


@dataclass(frozen=True, slots=True)
class ScopeRules:
    """The table of one language.

    `nodes` and `leaves` are described above; `heads` names, for an expression or a written type, the field whose
    value says what it is (``()`` behind it: what calling that gives). `members` says where the names of a class can
    be used bare: ``bare`` in its methods too, ``body`` directly in its body, ``hidden`` nowhere. `assignment` says
    what an assignment to an unbound name does: ``bind`` binds in the current function whatever is around it,
    ``first`` in the current scope unless the name is bound around it, ``file`` the same but in the file, ``refer`` binds nothing.
    """

    nodes: Mapping[str, str]
    leaves: Mapping[str, str]
    heads: Mapping[str, str] = field(default_factory=dict)
    selves: frozenset[str] = frozenset()
    members: str = "hidden"
    assignment: str = "refer"
    shadowing: bool = False
    ignored: frozenset[str] = frozenset()
    sigils: str = ""
    instance_sigil: str = ""  # what the field of an accessor has in front of its name
    captured: re.Pattern[bytes] | None = None
    given: re.Pattern[bytes] | None = None  # an argument behind such a text that gives a name of it
    closed: bool = False  # variables are not seen inside named functions
    variants: bool = False  # a capitalised name in a pattern is no variable
    export_list: str = ""
    hooks: Mapping[str, Hook] = field(default_factory=dict)
    types: frozenset[str] = frozenset()  # written types that stand in no field of what they are the type of
