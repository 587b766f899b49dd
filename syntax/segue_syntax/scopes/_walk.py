"""One pass over a syntax tree that opens scopes, binds names and notes where names occur."""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING

from segue_syntax.scopes._model import Binding, Occurrence, Scope
from segue_syntax.scopes._rules import LABEL, PLAIN, READ, VALUE, VARIABLE, Mode, Rule, parse_mode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tree_sitter import Node, Tree

    from segue_syntax.scopes._rules import Action, Table

_PASSED_BY_HOISTING = frozenset({"block", "comprehension"})
_ELSEWHERE = frozenset({"global", "nonlocal"})
_LOOKED_UP = frozenset({"read", "write"})
_TEXTS = frozenset({"capture", "template"})
_FUNCTION_OUTSIDE = frozenset({"around", "owner"})
_LATEST = 4  # bindings of a name that a new one can belong to; the earlier ones are shadowed
_UNORDERED = frozenset({"file", "namespace", "class", "object"})
_VERSION = re.compile(rb"/v\d+$")
_TYPES = frozenset({"type", "class", "typeparameter", "typevariable", "namespace"})


class _Frame:
    """A node on the way down: its rule, and the mode, scope and visibility that it hands to its children."""

    __slots__ = ("_plain", "begun", "mode", "node", "outer", "rule", "scope", "typed", "visible_from")

    def __init__(self, node: Node, rule: Rule | None, mode: Mode, scope: Scope, outer: Scope) -> None:
        self.node = node
        self.rule = rule
        self.mode = mode
        self.scope = scope
        self.outer = outer  # the scope around the one that the node opened
        self.visible_from = 0
        self.typed: Node | None = None
        self.begun = False
        self._plain: _Frame | None = self if rule is None and mode is READ else None

    def plain(self) -> _Frame:
        """Return the frame of any node without a rule below: its names are read in the same scope."""
        if self._plain is None:
            self._plain = _Frame(self.node, None, READ, self.scope, self.scope)
        return self._plain


class Walk:
    """The scopes, bindings and occurrences of one tree, in the order of the text.

    With `focus` (bytes in ascending order) the bodies of functions that hold none of them are left out.
    """

    def __init__(self, tree: Tree, data: bytes, table: Table, focus: Sequence[int] | None = None) -> None:
        self.data = data
        self.rules = table.rules
        self.constructors = table.constructors
        self.occurrences: list[Occurrence] = []
        self.bindings: list[Binding] = []
        self.file = Scope("file", 0, len(data), None)
        self.scopes: list[Scope] = [self.file]
        self.methods: list[tuple[Occurrence, Scope, Node]] = []
        self._table = table
        self._focus = focus
        self._sigils = self.rules.sigils.encode()
        self._unsorted = False
        self._walk(tree)
        if self._unsorted:
            self.occurrences.sort(key=lambda one: one.start)

    def _walk(self, tree: Tree) -> None:
        entries = self._table.entries
        known = len(entries)
        cursor = tree.walk()
        root = tree.root_node
        frames = [self._root(root)]
        path = [root]
        if not cursor.goto_first_child():
            return
        while True:
            node: Node = cursor.node  # type: ignore[assignment]
            number = node.kind_id
            entry = entries[number] if number < known else None
            if entry is not False:
                frame = frames[-1]
                rule = frame.rule
                if rule is None:
                    action, mode = PLAIN, READ
                else:
                    action, mode = self._action(rule, frame, cursor.field_id, node, path)
                if isinstance(entry, Mode):
                    if not action.skip:
                        self._leaf(node, entry if mode is READ else mode, entry, frame, action, path)
                elif self._enters(action, frame, node, cursor.field_id) and cursor.goto_first_child():
                    if entry is None and action is PLAIN:
                        frames.append(frame.plain())
                    else:
                        frames.append(self._open(node, entry or None, mode, action, frame))
                    path.append(node)
                    continue
            while not cursor.goto_next_sibling():
                frames.pop()
                path.pop()
                if not frames:
                    return
                cursor.goto_parent()

    def _root(self, root: Node) -> _Frame:
        entry = self._table.entries[root.kind_id] if root.kind_id < len(self._table.entries) else None
        return _Frame(root, entry if isinstance(entry, Rule) else None, READ, self.file, self.file)

    def _enters(self, action: Action, frame: _Frame, node: Node, field: int | None) -> bool:
        """Whether a child is looked into: the body of a function may be out of focus."""
        if action.skip:
            return False
        focus = self._focus
        if focus is None or field is None or field != self._table.body or frame.scope.kind != "function":
            return True
        at = bisect_left(focus, node.start_byte)
        return at < len(focus) and focus[at] <= node.end_byte

    def _action(
        self, rule: Rule, frame: _Frame, field: int | None, node: Node, path: Sequence[Node]
    ) -> tuple[Action, Mode]:
        """Return what the rule of the node around says about a child, and the mode the child has by it."""
        action = rule.rest
        if field is not None:
            action = rule.fields.get(field, action)
        if rule.types:
            told = rule.types.get(node.kind_id, action)
            if told.once:
                if frame.begun:
                    told = action
                frame.begun = True
            action = told
        if rule.first is not None:
            if not frame.begun:
                action = rule.first
            frame.begun = True
        if action.condition:
            action = _chosen(action, frame.node)
        if action.otherwise is not None and _takes_over(frame.mode):
            action = action.otherwise
        if action.inherit:
            return action, frame.mode
        mode = action.written if frame.mode.role == "write" else action.mode
        if mode.hook:
            mode = parse_mode(self.rules.hooks[mode.hook](self.data, node, path))
        return action, mode

    def _open(self, node: Node, rule: Rule | None, mode: Mode, action: Action, above: _Frame) -> _Frame:
        """Return the frame of a node that is entered, with the scope that it opens."""
        scope = _scope_of(action, above.scope)
        inner = scope
        if rule is not None:
            if rule.scope and not action.flat and mode.where != "around":
                inner = Scope(rule.scope, node.start_byte, node.end_byte, scope)
                self.scopes.append(inner)
                if rule.bases:
                    inner.bases = _bases(node, rule.bases)
                if rule.attached:
                    inner.attached = node.child_by_field_name(rule.attached)
            if (
                rule.single
                and mode.role == "definition"
                and mode.kind != "import"
                and node.named_child_count > 1
            ):
                mode = READ
        frame = _Frame(node, rule, mode, inner, scope)
        if mode is not READ:
            frame.visible_from = above.visible_from
        if action.inherit or (rule is not None and rule.leading):
            frame.typed = above.typed
        if rule is not None:
            if rule.after:
                frame.visible_from = node.end_byte
            if rule.typed or rule.scope:
                frame.typed = node
        return frame

    def _leaf(  # noqa: PLR0917 - called once for every name of a file
        self,
        node: Node,
        mode: Mode,
        default: Mode,
        frame: _Frame,
        action: Action,
        path: Sequence[Node],
    ) -> None:
        start, end, data = node.start_byte, node.end_byte, self.data
        while start < end and data[start] in self._sigils:
            start += 1
        if default.owner is not None and mode.role in _LOOKED_UP:
            mode = default.written_as(mode)
        elif default.role == "free":
            mode = READ
        role = mode.role
        if start >= end or role == "skip":
            return
        if role in _TEXTS:
            given = self._given(end, path[-2:]) if role == "template" else frozenset()
            self._captures(start, end, frame.scope, "read" if role == "template" else role, given)
            return
        if mode.tail:
            start, end = _tail(data, start, end)
        name = data[start:end].decode("utf-8", "replace")
        if name in self.rules.ignored:
            return
        if mode.kind == "local" and self.rules.variants and name[0].isupper():
            mode, role = READ, "read"
        scope = frame.scope
        inside = None
        if action is not PLAIN:
            scope = _scope_of(action, scope)
            inside = frame.scope if action.outside and frame.scope is not frame.outer else None
        if role in _ELSEWHERE:
            role = self._elsewhere(name, role, scope)
        namespace = VARIABLE if default.namespace == VARIABLE else mode.namespace or VALUE
        at = Occurrence(name, start, end, role, scope, namespace)
        owner = mode.owner or (default.owner if default.shorthand else None)
        if owner is not None:
            at.owner = self._owner(owner, path, scope)
        at.shorthand = mode.shorthand or default.shorthand
        self.occurrences.append(at)
        if role == "definition":
            if mode.where in _FUNCTION_OUTSIDE and inside is None and self.scopes[-1].kind == "function":
                inside = self.scopes[-1]
            if mode.where == "owner":
                self._declare_outside(at, frame, inside)
            else:
                self._define(at, mode, frame, inside)
        elif role == "write" and mode.owner is None:
            self._assign(at, frame)
        elif mode.also:
            self._embed(at, mode, node, frame)
        if name == self.rules.export_list and scope is self.file:
            self._exports(path)

    def _owner(self, owner: tuple[int, str], path: Sequence[Node], scope: Scope) -> Node | Occurrence | None:
        """Return what a member, key or keyword belongs to: a node around it, the object itself, or the last name."""
        levels, name = owner
        if name == "self":
            return Occurrence(next(iter(self.rules.selves)), 0, 0, "self", scope, VALUE)
        if name == "-":
            return self.occurrences[-1] if self.occurrences else None
        if levels >= len(path):
            return None
        node = path[-1 - levels]
        return node.named_child(0) if name == "1" else node.child_by_field_name(name)

    def _exports(self, path: Sequence[Node]) -> None:
        """Note the names that the strings of a list of exports hold."""
        around = path[-1]
        pending = [path[-2] if around.type in self.rules.heads and len(path) > 1 else around]
        while pending:
            node = pending.pop()
            if node.type == "string_content":
                start, end = node.start_byte, node.end_byte
                name = self.data[start:end].decode("utf-8", "replace")
                self.occurrences.append(Occurrence(name, start, end, "capture", self.file, VALUE))
            pending.extend(reversed(node.named_children))
        self._unsorted = True

    def _given(self, start: int, around: Sequence[Node]) -> frozenset[str]:
        """Return the names that the arguments behind a text give; `around` are what holds its literal, and the literal."""
        pattern = self.rules.given
        found = pattern.finditer(self.data, start, around[0].end_byte) if pattern is not None else ()
        return frozenset(one[1].decode() for one in found)

    def _captures(self, start: int, end: int, scope: Scope, role: str, given: frozenset[str]) -> None:
        """Note the variables that a text names, or may name; names that are `given` to it are none."""
        pattern = self.rules.captured
        for found in pattern.finditer(self.data, start, end) if pattern is not None else ():
            for group in range(1, len(found.groups()) + 1):
                if found.group(group) and (name := found.group(group).decode()) not in given:
                    begin, stop = found.span(group)
                    self.occurrences.append(Occurrence(name, begin, stop, role, scope, VALUE))

    def _declare_outside(self, at: Occurrence, frame: _Frame, inside: Scope | None) -> None:
        """Note a method that is declared outside its type: it is bound when all types are known."""
        if inside is not None and at.owner is not None:
            inside.attached = at.owner  # type: ignore[assignment]
            self.methods.append((at, inside, frame.node))

    def _elsewhere(self, name: str, word: str, scope: Scope) -> str:
        """Note that `name` is bound in another scope, as ``global`` and ``nonlocal`` say; return its role here."""
        target: Scope | None = self.file
        if word == "nonlocal":
            target = scope.parent
            while target is not None and (target.kind != "function" or name not in target.names):
                target = target.parent
        scope.elsewhere[name] = target or scope.parent or scope
        return "read"

    def _assign(self, at: Occurrence, frame: _Frame) -> None:
        way = self.rules.assignment
        if way == "refer":
            return
        scope = at.scope
        if way != "bind":
            around: Scope | None = scope
            while around is not None:
                if at.name in around.names:
                    return
                if around.kind == "function":
                    break
                around = around.parent
        where = {"bind": "function", "file": "file"}.get(way, "")
        self._define(at, Mode("write", "local", where, namespace=VALUE), frame)

    def _define(self, at: Occurrence, mode: Mode, frame: _Frame, inside: Scope | None = None) -> None:
        """Bind a name in the scope that its mode says, or add to its binding there."""
        target = _target(at.scope, mode.where)
        target = target.elsewhere.get(at.name, target)
        namespace = at.namespace = VARIABLE if at.namespace == VARIABLE else mode.namespace
        binding = None
        held = target.names.get(at.name)
        visible_from = 0 if target.kind in _UNORDERED else frame.visible_from
        renewed = namespace == LABEL or mode.kind == "typevariable"
        if renewed:
            visible_from = at.start  # another loop may have the same label
        if held is None:
            held = target.names[at.name] = []
        else:
            shadowing = self.rules.shadowing or renewed
            for one in held[-_LATEST:] if shadowing else held:
                if one.namespace & namespace and (not shadowing or one.visible_from == visible_from):
                    binding = one
                    binding.namespace |= namespace
        if binding is None:
            leads = frame.rule is None or not frame.rule.leading or _leads(frame.node, at.start)
            typed = frame.typed if leads else None
            binding = Binding(
                at.name, _kind(mode.kind, target), target, mode.kind, namespace, visible_from, typed
            )
            held.append(binding)
            self.bindings.append(binding)
        if inside is not None:
            binding.insides.append(inside)
            inside.owner = binding
        at.binding = binding
        if not binding.occurrences:
            at.role = "definition"
        elif mode.kind == "local":
            at.role = "write"
        binding.occurrences.append(at)
        if mode.also:
            name = self.rules.instance_sigil + at.name
            _target(at.scope, "class").names.setdefault(name, []).append(binding)

    def declare(
        self, at: Occurrence, scope: Scope, node: Node | None = None, inside: Scope | None = None
    ) -> None:
        """Bind a member that is declared outside its class: a method, or a field by an assignment."""
        form = "field" if inside is None else "function"
        held = scope.names.setdefault(at.name, [])
        binding = next((one for one in held if inside is not None and one.member), None)
        if binding is None:
            binding = Binding(at.name, _kind(form, scope), scope, form, VALUE, node=node)
            held.append(binding)
            self.bindings.append(binding)
        if inside is not None:
            binding.insides.append(inside)
            inside.owner = binding
        at.binding = binding
        at.role = "definition"
        binding.occurrences.append(at)

    def _embed(self, at: Occurrence, mode: Mode, node: Node, frame: _Frame) -> None:
        """Bind the field that a written type declares besides; the members of that are the struct's own too."""
        target = _target(at.scope, "class")
        target.bases = [*target.bases, node]
        binding = Binding(at.name, mode.also, target, mode.also, VALUE, node=frame.typed)
        target.names.setdefault(at.name, []).append(binding)
        self.bindings.append(binding)
        binding.occurrences.append(at)
        at.also = binding


def _scope_of(action: Action, scope: Scope) -> Scope:
    """Return the scope in which a child is looked at."""
    if scope.parent is not None:
        if action.outside:
            return scope.parent
        if action.outside_first and not scope.used:
            scope.used = True
            return scope.parent
    return scope


def _leads(node: Node, start: int) -> bool:
    """Whether the name at `start` is the first of those that a node lists."""
    return node.start_byte == start or node.named_child_count == 1


def _takes_over(mode: Mode) -> bool:
    """Whether a mode reaches into the parts of a path: what declares does, what a pattern binds does not."""
    return mode is not READ and mode.kind not in {"local", "parameter"}


def _chosen(action: Action, node: Node) -> Action:
    """Return the action of the first condition that a node meets, or else the last."""
    types = {child.type for child in node.children}
    return next((chosen for token, chosen in action.condition if token in types), action)


def _target(scope: Scope, where: str) -> Scope:
    """Return the scope around `scope` (or itself) that binds what is declared there."""
    at = scope
    if where == "function":
        while at.kind in _PASSED_BY_HOISTING and at.parent is not None:
            at = at.parent
    elif where == "around":
        at = at.parent if at.kind == "function" and at.parent is not None else at
        at = _target(at, "function")
    elif where == "class":
        while at.kind != "class" and at.parent is not None:
            at = at.parent
    elif where == "file":
        while at.parent is not None:
            at = at.parent
    return at


def _kind(form: str, scope: Scope) -> str:
    """Return the kind of a binding from what the table calls it and where it is bound."""
    if form in _TYPES:
        return "module" if form == "namespace" else "type"
    if form in {"parameter", "field", "member", "key", "label"}:
        return form
    if form == "method":
        return "member"
    if form in {"rest", "variant"}:
        return "parameter" if form == "rest" else "member"
    if form == "lifetime":
        return "label"
    if scope.kind in {"class", "object"}:
        return "member" if form == "function" else "field"
    return "module" if scope.kind in {"file", "namespace"} else "local"


def _bases(node: Node, name: str) -> list[Node]:
    """Return the nodes that name what a class extends: in a field, or in children of a type (``@TYPE``)."""
    if name.startswith("@"):
        holders = [child for child in node.named_children if child.type == name[1:]]
    else:
        holders = node.children_by_field_name(name)
    return [part for holder in holders for part in (holder.named_children or [holder])]


def _tail(data: bytes, start: int, end: int) -> tuple[int, int]:
    """Return where the last part of a path lies, by which what it names is known: not a version, no ``go-``."""
    version = _VERSION.search(data, start, end)
    if version:
        end = version.start()
    start = max(start, data.rfind(b"/", start, end) + 1)
    dot = data.find(b".", start, end)
    end = dot if dot > start else end
    return max(start, data.rfind(b"-", start, end) + 1), end
