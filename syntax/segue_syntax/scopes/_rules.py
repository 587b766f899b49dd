"""Tables of scopes, compiled: words become actions, names of nodes and fields the numbers of a grammar."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from segue_syntax._parsing import grammar_of
from segue_syntax._registry import language_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tree_sitter import Language as Grammar

    from segue_syntax._scope_rules import ScopeRules

VALUE, TYPE, LABEL, LIFETIME, VARIABLE, MACRO, METHOD = 1, 2, 4, 8, 16, 32, 64
"""Namespaces: a name is looked up in its own, values and types in each other's when it has none there."""

_NAMESPACES = {
    "function": VALUE,
    "local": VALUE,
    "parameter": VALUE,
    "field": VALUE,
    "member": VALUE,
    "key": VALUE,
    "type": TYPE,
    "typeparameter": TYPE,
    "typevariable": TYPE,
    "class": VALUE | TYPE,
    "import": VALUE | TYPE,
    "namespace": VALUE | TYPE,
    "label": LABEL,
    "lifetime": LIFETIME,
    "macro": MACRO,
    "variant": VALUE | TYPE,
    "constant": VALUE,
    "rest": VALUE,
    "method": METHOD,
}
_LOOKED_UP = {
    "call": VALUE,
    "type": TYPE,
    "label": LABEL,
    "lifetime": LIFETIME,
    "macro": MACRO,
    "variable": VARIABLE,
    "method": METHOD,
}


@dataclass(frozen=True, slots=True)
class Mode:
    """What a name in some place of the tree is: its role and, where it is bound, as what and where."""

    role: str
    kind: str = ""
    where: str = ""
    also: str = ""
    owner: tuple[int, str] | None = None
    namespace: int = 0
    hook: str = ""
    shorthand: bool = False
    tail: bool = False

    def written_as(self, mode: Mode) -> Mode:
        """Return this mode of a leaf that always belongs to something, in a place that has another mode."""
        return self.written() if mode.role == "write" else self

    def written(self) -> Mode:
        """Return this mode for a name that is assigned."""
        return replace(self, role="write") if self.role == "member" else self


@dataclass(frozen=True, slots=True)
class Action:
    """A mode and where it applies; `inherit` takes the mode of the node around, `skip` leaves the child out."""

    mode: Mode
    written: Mode
    inherit: bool = False
    skip: bool = False
    outside: bool = False
    outside_first: bool = False
    flat: bool = False
    once: bool = False
    condition: tuple[tuple[str, Action], ...] = ()
    otherwise: Action | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """The compiled line of one node type; fields and types are keyed by the grammar's numbers."""

    fields: Mapping[int | None, Action]
    types: Mapping[int, Action]
    first: Action | None
    rest: Action
    scope: str = ""
    after: bool = False
    typed: bool = False
    single: bool = False
    bases: str = ""
    attached: str = ""
    leading: bool = False


READ = Mode("read")
PLAIN = Action(READ, READ)
"""What happens to the children of a node without a rule."""


@dataclass(frozen=True, slots=True)
class Table:
    """The rules of a language by node number: a `Rule`, the default `Mode` of a leaf, None to look further, False to skip."""

    rules: ScopeRules
    constructors: tuple[str, ...]
    entries: tuple[Rule | Mode | Literal[False] | None, ...]
    body: int | None


@lru_cache(maxsize=512)
def parse_mode(text: str) -> Mode:
    """Return the mode that a word of a table names."""
    if text in ("", "read"):
        return READ
    if text.startswith("hook."):
        return Mode("read", hook=text[5:])
    if text.startswith("short."):
        return replace(parse_mode(text[6:]), shorthand=True)
    if text.startswith("tail."):
        return replace(parse_mode(text[5:]), tail=True)
    role, marked, held = text.partition("<")
    levels, _, name = held.rpartition(".")
    owner = (int(levels or 0), name) if marked else None
    if role.startswith("def."):
        kind, _, where = role[4:].partition("@")
        kind, _, also = kind.partition("+")
        return Mode("definition", kind, where, also, owner, _NAMESPACES[kind])
    role, _, also = role.partition("+")
    if role in _LOOKED_UP:
        return Mode("member" if marked else "read", also=also, owner=owner, namespace=_LOOKED_UP[role])
    return Mode(role, also=also, owner=owner)


def _parse_action(text: str) -> Action:
    if text.startswith("["):
        *cases, default = text.split("|")
        conditions = tuple((case[1:].split("]")[0], _parse_action(case.split("]", 1)[1])) for case in cases)
        return replace(_parse_action(default), condition=conditions)
    if "/" in text:
        plain, otherwise = text.split("/")
        return replace(_parse_action(plain), otherwise=_parse_action(otherwise))
    word = text.lstrip("^~?")
    marks = text[: len(text) - len(word)]
    mode = READ if word in (".", "-") else parse_mode(word)
    return Action(mode, mode.written(), word == ".", word == "-", "^" in marks, "?" in marks, "~" in marks)


def _parse_rule(line: str, grammar: Grammar, kinds: Mapping[str, list[int]]) -> Rule:
    fields: dict[int | None, Action] = {}
    types: dict[int, Action] = {}
    first: Action | None = None
    rest = _parse_action("")
    scope, bases, attached, flags = "", "", "", set()
    for word in line.split():
        if word.startswith("scope="):
            scope = word[6:]
        elif word.startswith("bases="):
            bases = word[6:]
        elif word.startswith("of="):
            attached = word[3:]
        elif ":" not in word:
            flags.add(word)
        else:
            name, action = word.split(":", 1)
            parsed = _parse_action(action)
            if name == "*":
                rest = parsed
            elif name == "1":
                first = parsed
            elif name.startswith("@"):
                if name.endswith("1"):
                    parsed = replace(parsed, once=True)
                types.update(dict.fromkeys(kinds.get(name[1:].rstrip("1"), ()), parsed))
            else:
                number = grammar.field_id_for_name(name)
                if number is not None:
                    fields[number] = parsed
    return Rule(
        fields,
        types,
        first,
        rest,
        scope,
        "after" in flags,
        "typed" in flags,
        "single" in flags,
        bases,
        attached,
        "leading" in flags,
    )


@lru_cache(maxsize=64)
def table_of(language_id: str) -> Table | None:
    """Return the compiled table of a language, or None where it has none."""
    language = language_of(language_id)
    rules = language.scopes
    grammar = grammar_of(language_id) if rules is not None else None
    if rules is None or grammar is None:
        return None
    kinds: dict[str, list[int]] = {}
    for number in range(grammar.node_kind_count):
        if grammar.node_kind_is_visible(number):
            kinds.setdefault(grammar.node_kind_for_id(number) or "", []).append(number)
    entries: list[Rule | Mode | Literal[False] | None] = [
        None if grammar.node_kind_is_named(number) else False for number in range(grammar.node_kind_count)
    ]
    for name, mode in rules.leaves.items():
        for number in kinds.get(name, ()):
            if grammar.node_kind_is_named(number):
                entries[number] = parse_mode(mode)
    for name, line in rules.nodes.items():
        for number in kinds.get(name, ()):
            if grammar.node_kind_is_named(number):
                entries[number] = False if line == "-" else _parse_rule(line, grammar, kinds)
    return Table(rules, language.constructors, tuple(entries), grammar.field_id_for_name("body"))
