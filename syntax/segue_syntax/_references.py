"""Where names occur in the code of a file: outside comments and strings, and in which role."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from segue_syntax._parsing import parse
from segue_syntax._symbols import source_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tree_sitter import Node, Tree


@dataclass(frozen=True, slots=True)
class Reference:
    """An occurrence of `name` at 0-based `line` and code-point `column`.

    `role` is definition (also a parameter or an assigned variable), import, call, member (after a dot or arrow),
    keyword (the name of an argument), type, name, or text where the language has no grammar.
    """

    name: str
    line: int
    column: int
    role: str


_WORD = re.compile(rb"(?:[^\W\d]|[\x80-\xff])(?:\w|[\x80-\xff])*")
_OPAQUE = re.compile(r"comment|string(?!.*interpolation)|char_literal|regex|jsx_text|heredoc|template_chars")
_CODE_IN_TEXT = re.compile(r"interpolation|substitution")
_PATH = re.compile(
    r"import|^use_|using|scoped_use|dotted_name|scoped_identifier|qualified_(name|identifier)|export_"
)
_IMPORT = re.compile(r"import|^use_declaration|using_d")
_CALLS = frozenset({"call", "call_expression", "invocation_expression", "macro_invocation",
                    "method_invocation", "new_expression", "object_creation_expression", "decorator"})  # fmt: skip
_MEMBERS = {
    "attribute": "attribute",
    "member_expression": "property",
    "selector_expression": "field",
    "field_expression": "field",
    "field_access": "field",
    "member_access_expression": "name",
    "scoped_identifier": "name",
    "qualified_identifier": "name",
    "scope_resolution": "name",
    "call": "method",
    "method_invocation": "name",
}
_DEFINING = re.compile(
    r"definition|declaration|declarator|_item|_spec|parameter|assignment|for_statement|for_in_clause|"
    r"enumerator|enum_variant|let_declaration|_method$|^method$|^class$|^module$|preproc_.*def|_signature|pair$"
)
_DEFINING_FIELDS = ("name", "left", "pattern", "declarator", "key", "parameter")


def references_in(
    source: str | bytes, language_id: str, names: Iterable[str] | None = None, tree: Tree | None = None
) -> list[Reference]:
    """Return the occurrences of `names` (None: of every identifier) in the code of `source`, in order.

    Comments and strings do not count, the code inside interpolated strings does. `tree` is the parse of exactly
    this source when the caller has one. Without a grammar every whole word counts.
    """
    data = source_bytes(source)
    pattern = _WORD
    if names is not None:
        wanted = sorted({name.encode("utf-8", "replace") for name in names if name}, key=len, reverse=True)
        if not wanted:
            return []
        pattern = re.compile(
            rb"(?<![\w\x80-\xff])(?:" + b"|".join(map(re.escape, wanted)) + rb")(?![\w\x80-\xff])"
        )
    spots = [(found.start(), found.end()) for found in pattern.finditer(data)]
    if not spots:
        return []
    if tree is None:
        tree = parse(data, language_id)
    root = tree.root_node if tree is not None else None
    result = []
    line, line_start = 0, 0
    for start, end in spots:
        skipped = data.count(b"\n", line_start, start)
        if skipped:
            line += skipped
            line_start = data.rfind(b"\n", 0, start) + 1
        role = "text" if root is None else _role(root.descendant_for_byte_range(start, end), start, end)
        if role:
            column = len(data[line_start:start].decode("utf-8", "replace"))
            result.append(Reference(data[start:end].decode("utf-8", "replace"), line, column, role))
    return result


def _role(node: Node | None, start: int, end: int) -> str:
    """Return the role of the leaf at `start`..`end`, "" when it is a keyword or no code."""
    if node is None or not node.is_named or _in_text(node):
        return ""
    if node.start_byte != start or node.end_byte != end:
        if node.start_byte + 1 != start and node.end_byte - 1 != end:
            return ""  # a word inside some larger token
        node_kind = node.type
        if "symbol" not in node_kind and "variable" not in node_kind and "property" not in node_kind:
            return ""
    parent = node.parent
    if parent is None:
        return "name"
    kind = parent.type
    if _in_import(parent):
        return "import"
    if kind in {"keyword_argument", "named_argument"} and parent.child_by_field_name("name") == node:
        return "keyword"
    field = _MEMBERS.get(kind)
    if field and parent.child_by_field_name(field) == node:
        above = parent.parent
        called = above is not None and above.type in _CALLS and above.named_child(0) == parent
        free = kind == "call" and parent.child_by_field_name("receiver") is None
        return (
            "call"
            if called or free or (kind == "method_invocation" and parent.named_child(0) == node)
            else "member"
        )
    if kind in _CALLS and parent.named_child(0) == node:
        return "call"
    if _DEFINING.search(kind):
        for name in _DEFINING_FIELDS:
            if node in parent.children_by_field_name(name):
                return "definition"
        if "parameter" in kind and parent.child_by_field_name("type") != node:
            return "definition"
    return "type" if "type" in node.type else "name"


def _in_import(node: Node | None) -> bool:
    """Return whether a node is part of an import statement, reached through nothing but names and lists."""
    while node is not None and _PATH.search(node.type):
        if _IMPORT.search(node.type):
            return True
        node = node.parent
    return False


def _in_text(node: Node) -> bool:
    """Return whether a node stands in a comment or in the literal part of a string."""
    at: Node | None = node
    while at is not None:
        kind = at.type
        if _CODE_IN_TEXT.search(kind):
            return False
        if _OPAQUE.search(kind):
            return True
        if at.child_count > 40:
            return False  # a block: what is around it is code
        at = at.parent
    return False
