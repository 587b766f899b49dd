"""What a file refers to and what it binds itself, told from its syntax tree."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node, Tree

    from segue_syntax import Project, SourceFile

_MAX_PLACES = 200
"""Occurrences of a name that are looked at; the first ones bind it, as a rule."""
_NO_NAMES = re.compile(
    r"(?:property|field|statement)_identifier|label_name|jsx_text|regex_pattern|comment|ERROR"
)
_TAG = re.compile(r"jsx_(?:opening|closing|self_closing)_element")
_PATTERNS = frozenset(
    """
    pattern_list tuple_pattern list_pattern list_splat_pattern dictionary_splat_pattern tuple as_pattern_target
    object_pattern array_pattern rest_pattern pair_pattern assignment_pattern object_assignment_pattern
    expression_list dotted_name type constrained_type splat_type
    """.split()  # noqa: SIM905
)
"""What may stand between a name and what binds it."""
_BINDERS = re.compile(
    r"variable_declarator|assignment|named_expression|(?:var|const|type)_spec|short_var_declaration|range_clause"
    r"|receive_statement|for_(?:in_)?statement|for_in_clause|catch_clause|type_switch_statement|as_pattern"
    r"|(?:typed_|default_|typed_default_|required_|optional_|type_)parameter"
    r"|(?:variadic_|type_)?parameter_declaration|mapped_type_clause|index_signature|internal_module|arrow_function"
    r"|\w*(?:function|class|type_alias|interface|enum)\w*_(?:declaration|definition|signature)|type_alias_statement"
)
_BOUND = ("name", "left", "pattern", "parameter", "alias")
"""The fields of those that hold what they bind."""
_BIND_ALL = re.compile(
    r"(?:lambda_|formal_)?parameters|typed_parameter|type_parameter|infer_type|(?:case|keyword|splat)_pattern"
    r"|(?:global|nonlocal)_statement"
)
_SCOPES = re.compile(
    r"function|method|lambda$|arrow|comprehension|generator_expression|func_literal|catch_clause|class_(?:decl|def)"
    r"|interface_decl|type_alias|type_spec|conditional_type|object_type"
)
_TEXT = re.compile(r".*(?:string|template|comment|jsx_text).*|text|ERROR")
_TOLD = re.compile(
    r"""["'](?:[\w.\[\]|]|,[ ]|[ ]\|[ ])*\Z|^\s*(?:>>>|\.\.\.)|(?:\#\s*type:|@jsx|//go:|\{)[^}]*\Z""",
    re.VERBOSE,
)
"""What comes before a name on a line of text that machines read: a type in quotes, a doctest, a directive."""


def is_needed(file: SourceFile, tree: Tree, name: str, project: Project) -> bool:
    """Whether `file` would miss the import of `name`: code refers to it, or text that machines read does."""
    if file.language.imports.is_implied(name, file.text, file.path, project):
        return True
    looked_at = 0
    for at, node in _nodes(file, tree, name):
        looked_at += 1
        line = file.line_at(at)
        if line in file.import_lines:
            continue
        if _TEXT.fullmatch(node.type):
            if _TOLD.search(file.lines[line][: at - file.starts[line]]):
                return True
        elif not _NO_NAMES.fullmatch(node.type) and not _is_member(node):
            return True
    return looked_at >= _MAX_PLACES  # who knows what the others are


def is_free(file: SourceFile, tree: Tree, name: str) -> bool:
    """Whether something in `file`, whose tree is `tree`, refers to `name`, and nothing around it binds it."""
    uses: list[int] = []
    scopes: list[Node] = []
    for at, node in _nodes(file, tree, name):
        if _NO_NAMES.fullmatch(node.type):
            continue
        binder = _binder_of(node)
        if binder is not None:
            scopes.append(_scope_of(binder))
        elif _refers(node, name, file.text[at + len(name) : at + len(name) + 1]):
            uses.append(node.start_byte)
    return any(not any(s.start_byte <= use < s.end_byte for s in scopes) for use in uses)


def _nodes(file: SourceFile, tree: Tree, name: str) -> Iterator[tuple[int, Node]]:
    """Yield where the file holds `name` as a whole word, and what stands there."""
    text = file.text
    size = len(name.encode("utf-8", "surrogatepass"))
    start = seen = 0
    for at in islice(file.offsets_of(name), _MAX_PLACES):
        start += len(text[seen:at].encode("utf-8", "surrogatepass"))
        seen = at
        node = tree.root_node.descendant_for_byte_range(start, start + size)
        if node is not None:
            yield at, node


def _binder_of(node: Node) -> Node | None:
    """Return the node around a name that binds it or, where a definition has this name, the node around that."""
    at = node
    while (parent := at.parent) is not None:
        kind = parent.type
        if "import" in kind:
            return parent if _is_imported(at, parent) else None
        if _BIND_ALL.fullmatch(kind):
            # list[name] of Python
            listed = parent.parent is not None and parent.parent.type == "generic_type"
            if listed or (kind == "keyword_pattern" and at is node):
                return None
            return parent if parent.child_by_field_name("type") != at else None
        if _BINDERS.fullmatch(kind):
            bound = any(at in parent.children_by_field_name(name) for name in _BOUND)
            last = kind == "as_pattern" and at == parent.named_children[-1]
            field = "left" if kind == "type_alias_statement" else "name"
            named = parent.child_by_field_name(field) == at and _SCOPES.search(kind)
            return (parent.parent if named else parent) if bound or last else None
        if kind not in _PATTERNS or not _is_target(at, parent):
            return None
        at = parent
    return None


def _is_target(node: Node, pattern: Node) -> bool:
    """Whether a part of a pattern is bound by it: no key, no default, no module of a name, no limit of a type."""
    kind = pattern.type
    if kind == "pair_pattern":
        return pattern.child_by_field_name("value") == node
    if kind in ("assignment_pattern", "object_assignment_pattern"):
        return pattern.child_by_field_name("left") == node
    if kind == "dotted_name":
        return pattern.named_child_count == 1 or "import" in (pattern.parent.type if pattern.parent else "")
    return kind != "constrained_type" or pattern.named_child(0) == node


def _is_imported(node: Node, statement: Node) -> bool:
    """Whether a part of an import is the name under which the file knows what is imported."""
    alias = statement.child_by_field_name("alias")
    return (alias is None or alias == node) and statement.child_by_field_name("module_name") != node


def _refers(node: Node, name: str, after: str) -> bool:
    """Whether a name that nothing binds here is a reference; in code that is half written only a call or an owner is."""
    parent = node.parent
    if parent is None:
        return True
    kind = parent.type
    if kind == "ERROR":
        return after in ("(", ".")
    if _TAG.fullmatch(kind):
        return not name[:1].islower()
    if kind == "export_specifier":
        statement = parent.parent.parent if parent.parent else None
        named = parent.child_by_field_name("name") == node
        return named and (statement is None or statement.child_by_field_name("source") is None)
    if _is_member(node):
        return False
    if kind == "dotted_name" and "import" in (parent.parent.type if parent.parent else ""):
        return False
    return not re.search(r"namespace_export|import|keyword_pattern", kind)


def _is_member(node: Node) -> bool:
    """Whether a name is an attribute of something, or the name of an argument, in Python."""
    parent = node.parent
    field = {"attribute": "attribute", "keyword_argument": "name"}.get(parent.type) if parent else None
    return field is not None and parent is not None and parent.child_by_field_name(field) == node


def _scope_of(binder: Node) -> Node:
    """Return the stretch of the file in which something is bound: a function, or all of it."""
    at = binder
    while not _SCOPES.search(at.type) and at.parent is not None:
        at = at.parent
    return at
