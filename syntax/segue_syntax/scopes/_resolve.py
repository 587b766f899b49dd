"""Which binding each occurrence of a name refers to."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

from segue_syntax.scopes._model import PARAMETERS_OF_TYPES, Occurrence, Scope
from segue_syntax.scopes._rules import LABEL, METHOD, TYPE, VALUE, VARIABLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tree_sitter import Node

    from segue_syntax.scopes._model import Binding
    from segue_syntax.scopes._walk import Walk

_KINDRED = VALUE | TYPE | METHOD
_LOOKED_UP = frozenset({"read", "write", "capture"})
_FEW = 8
_MAX_STEPS = 12
_MAX_DEPTH = 6
_TYPE_FIELDS = ("type", "return_type", "result", "returns")
_INFERRED = frozenset({"", "var"})  # in the place of a type: the value tells
_VALUE_FIELDS = ("value", "right")


class Resolver:
    """Gives the occurrences of a walk their bindings: names by scope, members by what they belong to."""

    def __init__(self, walk: Walk) -> None:
        self._walk = walk
        self._rules = walk.rules
        self._loose: dict[str, Scope] = {}
        self._starts = [one.start for one in walk.occurrences]

    def resolve(self) -> None:
        """Resolve every occurrence, in the order of the text; what has none keeps None."""
        walk = self._walk
        self._attach()
        members = []
        for at in walk.occurrences:
            if at.owner is not None:
                members.append(at)
            elif at.binding is None and at.role in _LOOKED_UP:
                self._name(at)
        for at in members:
            if at.role == "write" and self._text(at.owner) in self._rules.selves:
                self._declare(at)
        for at in members:
            self._owned(at)
        self._give_keys()
        walk.occurrences = [
            at for at in walk.occurrences if at.role != "self" and (at.role != "capture" or at.binding)
        ]
        for at in walk.occurrences:
            if at.role == "capture":
                at.role = "read"
        self._starts = [one.start for one in walk.occurrences]

    def _attach(self) -> None:
        """Give the types of the file the members that are declared outside them."""
        walk = self._walk
        for scope in walk.scopes:
            if scope.attached is None or scope.kind == "function":
                continue
            binding = self._type_of(scope.attached, scope.parent)
            if binding is not None:
                binding.insides.append(scope)
                scope.owner = binding
        for at, inside, node in walk.methods:
            if inside.attached is None:
                continue
            binding = self._type_of(inside.attached, inside.parent)
            if binding is not None:
                if not binding.insides:
                    binding.insides.append(Scope("class", 0, 0, None, owner=binding))
                scope = binding.insides[0]
                if self._rules.members == "bare" and scope.end:
                    inside.parent = scope
            else:
                name = self._occurrence(inside.attached)[1]
                scope = self._loose.setdefault(name, Scope("class", 0, 0, None))
            walk.declare(at, scope, node, inside)
            at.owner = None

    def _type_of(self, node: Node, scope: Scope | None) -> Binding | None:
        name = self._occurrence(node)[1]
        found = self.lookup(name, scope, TYPE, 0) if name else None
        return found if found is not None and found.form not in PARAMETERS_OF_TYPES else None

    def _text(self, node: Node | Occurrence | None) -> str:
        if node is None or isinstance(node, Occurrence):
            return node.name if node is not None else ""
        return self._walk.data[node.start_byte : node.end_byte].decode("utf-8", "replace")

    def _name(self, at: Occurrence) -> None:
        binding = self.lookup(at.name, at.scope, at.namespace, at.start)
        if binding is not None:
            _refer(at, binding)

    def lookup(self, name: str, scope: Scope | None, namespace: int, before: int) -> Binding | None:
        """Return what `name` means in `scope` at a byte, in its namespace or else in the other of values and types."""
        found = self._in_chain(name, scope, namespace, before)
        if found is None and namespace & _KINDRED:
            found = self._in_chain(name, scope, _KINDRED, before)
        return found

    def _in_chain(self, name: str, start: Scope | None, namespace: int, before: int) -> Binding | None:
        scope = start
        members = self._rules.members
        while scope is not None:
            elsewhere = scope.elsewhere.get(name)
            if elsewhere is not None:
                scope = elsewhere
            for one in _newest_first(scope.names.get(name, ()), before):
                if not one.namespace & namespace or one.visible_from > before:
                    continue
                if (
                    members != "bare"
                    and scope.kind in ("class", "object")
                    and one.form not in PARAMETERS_OF_TYPES
                    and (scope is not start or members != "body")
                ):
                    continue
                return one
            if scope.kind == "function" and namespace == LABEL:
                return next((one for one in scope.names.get(name, ()) if one.namespace == LABEL), None)
            if namespace == VARIABLE and self._rules.closed and scope.owner is not None:
                return None
            scope = scope.parent
        return None

    def _give_keys(self) -> None:
        """Make the keys of a literal those of the type that its variable is declared with, as far as the file has it."""
        literals = {one.start: one for one in self._walk.scopes if one.kind == "object" and one.names}
        for binding in self._walk.bindings if literals else ():
            node = None if binding.insides else binding.node
            said = None if node is None else node.child_by_field_name("type")
            value = None if node is None or said is None else node.child_by_field_name("value")
            literal = None if value is None else literals.get(value.start_byte)
            if said is None or literal is None:
                continue
            members = self.scopes_of(said, binding.scope)
            for key in [one for held in literal.names.values() for one in held if one.form == "key"]:
                meant = _member(key.name, members, VALUE)
                if meant is not None:
                    for at in key.occurrences:
                        at.role = "key"
                        _refer(at, meant)

    def _declare(self, at: Occurrence) -> None:
        """Bind what an assignment to a member of the object itself declares, where its class has not."""
        around = self._class_around(at.scope)
        if around is not None and at.binding is None:
            whole = self._whole(around)
            found = _member(at.name, whole, VALUE)
            if found is None:
                self._walk.declare(at, whole[0])
            else:
                _refer(at, found)

    def _owned(self, at: Occurrence) -> None:
        """Resolve a member, key or keyword by what it belongs to; a shorthand by its name as well."""
        if at.owner is None or (at.binding is not None and not at.shorthand):
            return
        if at.shorthand and at.binding is None:
            self._name(at)
        if at.role == "keyword":
            binding = self._parameter(at, at.owner)
        else:
            binding = _member(at.name, self.scopes_of(at.owner, at.scope), at.namespace)
        if binding is None:
            return
        if at.binding is None:
            _refer(at, binding)
        elif at.binding is not binding:
            at.also = binding
            binding.occurrences.append(at)

    def _parameter(self, at: Occurrence, callee: Node | Occurrence) -> Binding | None:
        """Return the parameter that a keyword argument names, where the function is in the file."""
        target = None if isinstance(callee, Occurrence) else self._binding_of(callee, at.scope)
        if target is None:
            return None
        for inside in target.insides:
            if inside.kind == "function":
                return _bound(at.name, inside, "parameter")
            made = [inside, *self._bases(inside)]
            for scope in made:
                for name in self._walk.constructors:
                    for function in scope.names.get(name, ()):
                        for body in function.insides:
                            found = _bound(at.name, body, "parameter")
                            if found is not None:
                                return found
            found = _member(at.name, made, VALUE)
            if found is not None:
                return found if found.kind == "field" else None
        return None

    def _occurrence(self, node: Node) -> tuple[Occurrence | None, str, bool]:
        """Return the occurrence that says what an expression or a written type is, its text, and whether it is called."""
        called = False
        heads, data = self._rules.heads, self._walk.data
        at: Node | None = node
        for _ in range(_MAX_STEPS):
            if at is None:
                break
            step = heads.get(at.type)
            if step is None:
                break
            if step == "{}":
                return None, f"{{{at.start_byte}", called
            if step == "" and at.type == "this_expression" and at.named_child_count:
                at = at.named_child(0)  # `this@Outer`
                continue
            if step == "":
                start = at.start_byte
                while start < at.end_byte and chr(data[start]) in self._rules.sigils:
                    start += 1
                index = bisect_left(self._starts, start)
                found = None
                if index < len(self._starts) and self._starts[index] == start:
                    found = self._walk.occurrences[index]
                return found, data[start : at.end_byte].decode("utf-8", "replace"), called
            if step.endswith("()"):
                called = True
                step = step[:-2]
            child = at.named_child(0) if step == "1" else at.child_by_field_name(step)
            if child is not None and child.type == "this":  # `Outer.this`
                child = at.child_by_field_name("object") or child
            at = child
        return None, "", called

    def _binding_of(self, node: Node, scope: Scope) -> Binding | None:
        """Return the binding of what is called or named by an expression."""
        found, text, _ = self._occurrence(node)
        if text in self._rules.selves:
            around = self._class_around(scope)
            return around.owner if around is not None else None
        return found.binding if found is not None else None

    def scopes_of(self, node: Node | Occurrence, scope: Scope, depth: int = 0) -> list[Scope]:
        """Return the scopes that hold the members of what an expression gives or a written type names."""
        if depth > _MAX_DEPTH:
            return []
        if isinstance(node, Occurrence):
            found: Occurrence | None = node
            text, called = node.name, False
        else:
            found, text, called = self._occurrence(node)
        if text in self._rules.selves and not called and (found is None or self._is_self(found)):
            around = self._class_around(scope)
            if around is None:
                return []
            return self._whole(around)
        if text[:1] == "{":
            return [one for one in self._walk.scopes if one.kind == "object" and one.start == int(text[1:])]
        if found is None or found.binding is None:
            return [self._loose[text]] if text in self._loose else []
        return self._members_of(found.binding, depth, called=called)

    def _is_self(self, at: Occurrence) -> bool:
        return at.binding is None or at.binding.kind == "parameter"

    def _class_around(self, scope: Scope) -> Scope | None:
        """Return the class around a scope, or that which a function declared outside belongs to."""
        at: Scope | None = scope
        while at is not None and at.kind != "class":
            if at.kind == "function" and at.attached is not None:
                binding = self._type_of(at.attached, at.parent)
                if binding is not None and binding.insides:
                    return binding.insides[0]
            at = at.parent
        return at

    def _whole(self, scope: Scope) -> list[Scope]:
        """Return every scope that declares members of the class that `scope` is a part of, its bases last."""
        parts = list(scope.owner.insides) if scope.owner is not None else [scope]
        return [*parts, *(base for part in parts for base in self._bases(part))]

    def _bases(self, scope: Scope, depth: int = 0) -> list[Scope]:
        found: list[Scope] = []
        if depth < _MAX_DEPTH:
            for node in scope.bases:
                binding = self._binding_of(node, scope.parent or scope)
                for inside in binding.insides if binding is not None else ():
                    if inside is not scope:
                        found += [inside, *self._bases(inside, depth + 1)]
        return found

    def _members_of(self, binding: Binding, depth: int, *, called: bool) -> list[Scope]:
        insides = [one for one in binding.insides if one.kind != "function"]
        if insides:
            return self._whole(insides[0])
        node = binding.node
        if node is None:
            return []
        is_function = bool(binding.insides)
        if is_function != called:
            return []
        scope = binding.insides[0] if is_function else binding.scope
        for said, is_type in self._told_by(node):
            found = self.scopes_of(said, scope, depth + 1) if is_type or not is_function else []
            if found:
                return found
        return []

    def _told_by(self, node: Node) -> Iterator[tuple[Node, bool]]:
        """Yield what is written of the type of a binding's node, then its value, and whether it is a type."""
        types = [node.child_by_field_name(name) for name in _TYPE_FIELDS]
        if self._rules.types:
            types += [one for one in node.named_children if one.type in self._rules.types]
        holder = next((one for one in node.named_children if one.type == "variable_declarator"), node)
        values = [holder.child_by_field_name(name) for name in _VALUE_FIELDS]
        if holder is not node and holder.named_child_count > 1 and not any(values):
            values = [holder.named_children[-1]]
        yield from ((one, True) for one in types if one is not None)
        yield from ((one, False) for one in values if one is not None)

    def type_name(self, binding: Binding) -> str:
        """Return the name of the type that a variable is declared with, or made by a call of; "" where that is not told."""
        node = None if binding.insides else binding.node
        for said, is_type in () if node is None else self._told_by(node):
            _, text, called = self._occurrence(said)
            if text[:1] != "{" and (called or is_type) and text not in _INFERRED:
                return text
        return ""

    def class_around(self, scope: Scope) -> str:
        """Return the name of the class that a scope is in, or that it adds to."""
        at: Scope | None = scope
        while at is not None and at.kind != "class" and at.attached is None:
            at = at.parent
        if at is not None and at.attached is not None:
            return self._occurrence(at.attached)[1]
        return at.owner.name if at is not None and at.owner is not None else ""

    def overriding(self, binding: Binding) -> list[Binding]:
        """Return the members that take the place of a member in the classes below its own."""
        around = binding.scope
        return [
            one
            for one in self._walk.bindings
            if one is not binding
            and one.member
            and one.name == binding.name
            and any(base is around for base in self._bases(one.scope))
        ]


def _newest_first(bindings: Sequence[Binding], before: int) -> Iterable[Binding]:
    """Return the bindings of a name in a scope, the newest at a byte first; long lists are cut there."""
    if len(bindings) <= _FEW:
        return reversed(bindings)
    return reversed(bindings[: bisect_right(bindings, before, key=lambda one: one.visible_from)][-_FEW:])


def _refer(at: Occurrence, binding: Binding) -> None:
    at.binding = binding
    binding.occurrences.append(at)


def _bound(name: str, scope: Scope, kind: str) -> Binding | None:
    return next((one for one in scope.names.get(name, ()) if one.kind == kind and one.form != "rest"), None)


def _member(name: str, scopes: list[Scope], namespace: int) -> Binding | None:
    """Return the first member of a name in the scopes, of the namespace where there is one."""
    for scope in scopes:
        found = [one for one in scope.names.get(name, ()) if one.form not in PARAMETERS_OF_TYPES]
        if found:
            return next((one for one in found if one.namespace & namespace), found[0])
    return None
