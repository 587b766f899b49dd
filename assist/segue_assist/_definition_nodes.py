"""Nodes of definitions in the grammars: their names, what wraps them, and what contains them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segue_syntax import Blocks, language_of

if TYPE_CHECKING:
    from tree_sitter import Node

_VISIBILITY = frozenset(
    {
        "private",
        "public",
        "protected",
        "module_function",
        "private_class_method",
        "memoize",
        "public_class_method",
    }
)


def is_broken(node: Node, language_id: str) -> bool:
    """Return whether a definition is incomplete or has a syntax error that matters.

    Grammars stumble over macros and new syntax in code that is fine. In a language with braces, an error inside a
    body whose braces all match is taken for one of those.
    """
    if not node.has_error:
        return False
    body = node.child_by_field_name("body")
    if (
        language_of(language_id).blocks is not Blocks.BRACES
        or body is None
        or not (node.text or b"").rstrip().endswith(b"}")
    ):
        return True
    if any(
        child.is_missing or child.has_error or child.is_error
        for child in node.children
        if child.id != body.id
    ):
        return True
    depth = 0
    stack = [body]
    while stack:
        inner = stack.pop()
        if inner.is_missing:
            return True
        depth += {"{": 1, "}": -1}.get(inner.type, 0)
        stack.extend(inner.children)
    return depth != 0


def decoded(node: Node) -> str:
    return (node.text or b"").decode("utf-8", "replace")


def documentable(node: Node, language_id: str) -> bool:
    rules = language_of(language_id).documentation
    if rules.declarators:
        return _c_documentable(node)
    parent = node.parent
    if node.type in rules.values:
        return parent is not None and parent.type in {
            "variable_declarator",
            "public_field_definition",
            "field_definition",
            "pair",
            "assignment_expression",
            "export_statement",
        }
    return True


def _c_documentable(node: Node) -> bool:
    if node.type in {"declaration", "field_declaration"}:
        declarator = node.child_by_field_name("declarator")
        while declarator is not None and declarator.type in {"pointer_declarator", "reference_declarator"}:
            declarator = declarator.child_by_field_name("declarator") or next(
                (child for child in declarator.named_children if "declarator" in child.type), None
            )
        parent = node.parent
        inside_function = parent is not None and parent.type == "compound_statement"
        return declarator is not None and declarator.type == "function_declarator" and not inside_function
    if node.type.endswith("_specifier"):
        return node.child_by_field_name("body") is not None
    return True


def anchor_of(node: Node, language_id: str) -> Node:
    """Return the outermost node that belongs to the definition, which its doc comment stands before."""
    wrappers = language_of(language_id).documentation.wrappers
    anchor = node
    while (parent := anchor.parent) is not None and parent.type in wrappers:
        if parent.type == "call":
            method = parent.child_by_field_name("method")
            if method is None or decoded(method) not in _VISIBILITY:
                break
        if parent.type == "type_declaration" and parent.named_child_count > 1:
            break
        if parent.type in {"lexical_declaration", "variable_declaration"} and parent.named_child_count > 1:
            break
        if parent.type == "argument_list" and (parent.parent is None or parent.parent.type != "call"):
            break
        if parent.type == "argument_list":
            method = parent.parent.child_by_field_name("method") if parent.parent else None
            if method is None or decoded(method) not in _VISIBILITY:
                break
        anchor = parent
    while anchor.prev_sibling is not None and anchor.prev_sibling.type == "decorator":
        anchor = anchor.prev_sibling
    return anchor


def name_of(node: Node, language_id: str) -> str:
    rules = language_of(language_id).documentation
    if node.type in rules.values:
        return _value_name(node)
    if rules.declarators:
        return _c_name(node)
    found = node.child_by_field_name("name")
    if found is not None:
        return decoded(found)
    parent = node.parent
    if parent is not None and parent.type == "export_statement":
        return "default"
    if node.type == "init_declaration":
        return "init"
    if "operator" in node.type or "indexer" in node.type:
        return "operator" if "operator" in node.type else "this"
    for child in node.named_children:
        if child.type in {"identifier", "simple_identifier", "type_identifier", "word"}:
            return decoded(child)
    return ""


def _value_name(node: Node) -> str:
    parent = node.parent
    if parent is None:
        return ""
    for name in ("name", "key", "left", "property"):
        found = parent.child_by_field_name(name)
        if found is not None:
            return decoded(found).split(".")[-1].strip("\"'")
    return "default" if parent.type == "export_statement" else ""


def _c_name(node: Node) -> str:
    declarator = node.child_by_field_name("declarator") if node.type != "preproc_function_def" else None
    if declarator is None:
        found = node.child_by_field_name("name")
        return decoded(found) if found is not None else ""
    while True:
        inner = declarator.child_by_field_name("declarator") or declarator.child_by_field_name("name")
        if inner is None:
            inner = next((child for child in declarator.named_children if "declarator" in child.type), None)
        if inner is None:
            return decoded(declarator).split("::")[-1]
        declarator = inner


def container_of(node: Node, language_id: str) -> str:
    kinds = language_of(language_id).documentation.kinds
    parent = node.parent
    while parent is not None:
        kind = kinds.get(parent.type, "impl" if parent.type == "impl_item" else "")
        if kind in {"function", "method", "constructor"}:
            return ""
        if kind:
            if kind == "impl":
                found = parent.child_by_field_name("type")
                return decoded(found) if found is not None else ""
            return name_of(parent, language_id)
        parent = parent.parent
    return ""
