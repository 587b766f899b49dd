"""Cheap scope analysis: what encloses a position, and which local names it can see."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from segue_syntax._parsing import parse
from segue_syntax._symbols import Definition, file_symbols, source_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tree_sitter import Node, Tree


@dataclass(frozen=True, slots=True)
class VisibleName:
    """A name that can be used at a position.

    `kind` is parameter, local, import, or the kind of the definition. `type` is the type as written, or the bare
    name of the class whose construction it was assigned from, "" when neither shows. `line` is 0-based.
    """

    name: str
    kind: str
    line: int
    type: str = ""


_SCOPES = re.compile(
    r"function|method|lambda|arrow|closure|constructor_declaration|singleton_method|^do_block$|^block$|"
    r"local_function|func_literal|accessor_declaration"
)
_HEADS = re.compile(r"param|declarator$")  # parts of a function's head, though they end before its body
_PARAMETER = re.compile(r"param(?!eters_list)|^identifier_pattern$")
_BINDING = re.compile(
    r"assignment|variable_declarator|let_declaration|short_var_declaration|var_spec|const_spec|"
    r"for_in|for_statement|enhanced_for|foreach|range_clause|named_expression|as_pattern|with_item|init_declarator|"
    r"^declaration$|^ERROR$|except_clause|catch|for_expression|let_condition|field_declaration$"
)
_NAME_TYPES = frozenset({"identifier", "shorthand_property_identifier_pattern", "instance_variable"})
_CONSTRUCTED = re.compile(
    r"^\s*(?:await\s+)?(?:new\s+)?&?((?:\w+(?:\.|::))*[A-Z]\w*)\s*(?:<[^()]*>)?\s*[({.:]"
)
_NEW_FUNCTION = re.compile(r"^\s*(?:\w+\.)?New([A-Z]\w*)\s*\(")
_ANNOTATED = re.compile(r"^\s*:\s*")
_MAX_NODES = 6_000  # of one enclosing function; the rest of a longer one is not looked at


def enclosing_definitions(definitions: Sequence[Definition], line: int) -> list[Definition]:
    """Return those of `definitions` whose lines hold `line`, outermost first."""
    return [
        item
        for item in definitions
        if item.line <= line < item.end_line and item.kind not in {"variable", "field", "constant"}
    ]


def names_visible_at(
    source: str | bytes, language_id: str, line: int, column: int, tree: Tree | None = None
) -> list[VisibleName]:
    """Return the names usable at a position: parameters and locals (innermost first), then the file's own.

    An approximation that costs the size of the enclosing function: locals count when they are bound above the
    position, in any block of an enclosing function.
    """
    data = source_bytes(source)
    if tree is None:
        tree = parse(data, language_id)
    if tree is None:
        return []
    seen: dict[str, VisibleName] = {}
    for name in local_names_at(data, language_id, line, column, tree):
        seen.setdefault(name.name, name)
    symbols = file_symbols(data, language_id, tree)
    for imported in symbols.imports:
        if imported.local:
            seen.setdefault(imported.local, VisibleName(imported.local, "import", imported.line))
    for item in symbols.definitions:
        if not item.container or any(
            item.container == outer.name for outer in enclosing_definitions(symbols.definitions, line)
        ):
            seen.setdefault(item.name, VisibleName(item.name, item.kind, item.name_line))
    return list(seen.values())


def local_names_at(
    source: str | bytes, language_id: str, line: int, column: int, tree: Tree | None = None
) -> list[VisibleName]:
    """Return the parameters and local variables bound before a position, nearest binding first."""
    data = source_bytes(source)
    if tree is None:
        tree = parse(data, language_id)
    if tree is None:
        return []
    offset = _byte_offset(data, line, column)
    node: Node | None = tree.root_node.descendant_for_byte_range(max(offset - 1, 0), offset)
    found: list[tuple[int, VisibleName]] = []
    while node is not None and node.parent is not None:
        if node.type == "ERROR" or (_SCOPES.search(node.type) and node.type != "block"):
            _bindings(node, offset, data, found)
        node = node.parent
    found.sort(key=lambda pair: -pair[0])
    unique: dict[str, VisibleName] = {}
    typed = {name.name: name.type for _, name in reversed(found) if name.type}
    for _, name in found:
        if name.name not in unique:
            unique[name.name] = VisibleName(
                name.name, name.kind, name.line, name.type or typed.get(name.name, "")
            )
    return list(unique.values())


def _bindings(scope: Node, offset: int, data: bytes, found: list[tuple[int, VisibleName]]) -> None:
    """Collect what `scope` binds before `offset`, without going into functions that have ended by then."""
    stack, visited = [scope], 0
    while stack and visited < _MAX_NODES:
        node = stack.pop()
        visited += 1
        kind = node.type
        if node.start_byte >= offset:
            continue
        if node is not scope and node.end_byte < offset and _SCOPES.search(kind) and not _HEADS.search(kind):
            continue
        if _PARAMETER.search(kind) and not kind.startswith("type_"):
            _add(_parameter_names(node), "parameter", node, data, found)
        elif (
            kind == "identifier"
            and node.parent is not None
            and node.parent.type
            in {
                "parameters",
                "lambda_parameters",
                "formal_parameters",
                "block_parameters",
                "method_parameters",
                "closure_parameters",
                "inferred_parameters",
            }
        ):
            _add([node], "parameter", None, data, found)
        elif _BINDING.search(kind):
            _add(_bound_names(node), "local", node, data, found)
        stack.extend(node.named_children)


def _parameter_names(node: Node) -> Iterable[Node]:
    if node.type.endswith(("parameters", "parameter_list", "_pattern")) and node.type != "identifier_pattern":
        return []
    named = (
        node.child_by_field_name("name")
        or node.child_by_field_name("pattern")
        or node.child_by_field_name("declarator")
    )
    if named is not None:
        return (
            node.children_by_field_name("name")
            if node.type == "parameter_declaration" and named.type == "identifier"
            else _identifiers(named)
        )
    first = node.named_child(0)
    return _identifiers(first) if first is not None else []


def _bound_names(node: Node) -> Iterable[Node]:
    for field in ("left", "name", "pattern", "declarator", "alias", "variable"):
        targets = node.children_by_field_name(field)
        if targets:
            return [name for target in targets for name in _identifiers(target)]
    if (
        node.type in {"as_pattern", "catch_clause", "except_clause", "catch_formal_parameter"}
        and node.named_children
    ):
        return _identifiers(node.named_children[-1]) if node.type == "as_pattern" else []
    return []


def _identifiers(target: Node) -> list[Node]:
    """Return the names that an assignment target binds: not the object of ``a.b = ...``, nor an index."""
    if target.type in _NAME_TYPES:
        return [target]
    if target.type in {"attribute", "member_expression", "subscript", "subscript_expression", "selector_expression",
                       "field_expression", "index_expression", "call", "member_access_expression", "element_access_expression"}:  # fmt: skip
        return []
    skip = {
        target.child_by_field_name("type"),
        target.child_by_field_name("value"),
        target.child_by_field_name("default_value"),
        target.child_by_field_name("parameters"),
    }
    return [
        name
        for child in target.named_children
        if child not in skip and "type" not in child.type
        for name in _identifiers(child)
    ]


def _add(
    names: Iterable[Node], kind: str, node: Node | None, data: bytes, found: list[tuple[int, VisibleName]]
) -> None:
    names = list(names)
    written = _written_type(node, data) if node is not None and len(names) == 1 else ""
    for name in names:
        text = data[name.start_byte : name.end_byte].decode("utf-8", "replace")
        found.append((name.start_byte, VisibleName(text, kind, name.start_point.row, written)))


def _written_type(node: Node, data: bytes) -> str:
    """Return the type a binding is declared with, or the class it is constructed from."""
    for owner in (node, node.parent if node.parent is not None and "declar" in node.parent.type else None):
        declared = owner.child_by_field_name("type") if owner is not None else None
        if declared is not None:
            text = _ANNOTATED.sub(
                "", data[declared.start_byte : declared.end_byte].decode("utf-8", "replace")
            ).strip()
            if text not in {"var", "auto", "const auto", "let"}:
                return text[:120]
    value = node.child_by_field_name("right") or node.child_by_field_name("value")
    if value is None and node.type == "as_pattern":
        value = node.named_child(0)
    if value is None:
        value = next(
            (child for child in node.named_children if child.type == "object_creation_expression"), None
        )
    if value is None:
        return ""
    text = data[value.start_byte : value.start_byte + 160].decode("utf-8", "replace")
    made = _NEW_FUNCTION.match(text) or _CONSTRUCTED.match(text)
    return re.split(r"\.|::", made.group(1))[-1] if made else ""


def _byte_offset(data: bytes, line: int, column: int) -> int:
    start = 0
    for _ in range(line):
        at = data.find(b"\n", start)
        if at < 0:
            return len(data)
        start = at + 1
    stop = data.find(b"\n", start)
    row = data[start : len(data) if stop < 0 else stop].decode("utf-8", "replace")
    return start + len(row[:column].encode("utf-8", "replace"))
