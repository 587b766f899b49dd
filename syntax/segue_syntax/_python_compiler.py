"""What makes Python refuse a file although its grammar accepts it: places, names given twice, indentation.

The grammar lets ``return`` stand outside a function and a block stand empty; the compiler does not. Only one part
of the text is judged: what was just inserted.
"""

from __future__ import annotations

import itertools
from functools import cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from tree_sitter import Language as Grammar
    from tree_sitter import Node, Query, Tree

_FUNCTIONS: Final = {"function_definition", "lambda"}
_LOOPS: Final = {"for_statement", "while_statement"}
_NEEDS_FUNCTION: Final = {"return_statement", "yield", "nonlocal_statement"}
_NEEDS_LOOP: Final = {"break_statement", "continue_statement"}
_WAITS: Final = {"await", "async"}
_JUDGED: Final = (*_NEEDS_FUNCTION, *_NEEDS_LOOP, *_WAITS, "assignment", "argument_list", "parameters")
_NO_TARGETS: Final = {
    "call",
    "integer",
    "float",
    "string",
    "none",
    "true",
    "false",
    "binary_operator",
    "lambda",
}


def refuses(
    tree: Tree,
    data: bytes,
    start: int,
    end: int,
    *,
    notebook: bool = False,
    may_end_with_header: bool = False,
) -> bool:
    """Whether the bytes from `start` to `end` of the document `data` hold what Python does not compile.

    The cells of a `notebook` may await outside a function; the block of a header may be missing if the text
    `may_end_with_header`.
    """
    return any(
        _is_refused(node, data)
        and not (notebook and node.type in _WAITS and _enclosing(node, _FUNCTIONS) is None)
        for node in _judged(tree, start, end)
    ) or any(
        _is_uneven(block, start, end)
        or (start <= block.start_byte <= end and not block.named_children and not may_end_with_header)
        for block in _blocks(tree, start, end)
    )


def _blocks(tree: Tree, start: int, end: int) -> list[Node]:
    """Return the blocks that touch the extent, the module among them."""
    return [tree.root_node, *_touching(tree.root_node, tree, ("block",), start, end)]


def _touching(within: Node, tree: Tree, kinds: tuple[str, ...], start: int, end: int) -> list[Node]:
    """Return the nodes of some `kinds` in a node that touch the extent."""
    from tree_sitter import QueryCursor

    cursor = QueryCursor(_query(tree.language, kinds))
    cursor.set_byte_range(max(0, start - 1), end + 1)
    return cursor.captures(within).get("found", [])


def _is_uneven(block: Node, start: int, end: int) -> bool:
    """Whether a statement that begins a line in the extent is not level with the first of its block."""
    statements = [child for child in block.named_children if child.type != "comment"]
    return any(
        start <= child.start_byte < end
        and child.start_point[1] != statements[0].start_point[1]
        and child.start_point[0] > above.end_point[0]
        for above, child in itertools.pairwise(statements)
    )


def _judged(tree: Tree, start: int, end: int) -> list[Node]:
    """Return the nodes to judge that touch the extent, in the smallest that holds it."""
    root = tree.root_node
    cover = root.descendant_for_byte_range(start, max(start, end - 1)) or root
    while cover.parent is not None and cover.parent.start_byte >= start:
        cover = cover.parent
    return _touching(cover, tree, _JUDGED, start, end)


@cache
def _query(grammar: Grammar, kinds: tuple[str, ...]) -> Query:
    from tree_sitter import Query

    patterns = (
        f"({kind})" if grammar.id_for_node_kind(kind, True) is not None else f'"{kind}"' for kind in kinds
    )
    return Query(grammar, f"[{' '.join(patterns)}] @found")


def _is_refused(node: Node, data: bytes) -> bool:
    kind = node.type
    if kind in _NEEDS_FUNCTION:
        return _outside(node, _FUNCTIONS, {"class_definition"})
    if kind in _NEEDS_LOOP:
        return _outside(node, _LOOPS, _FUNCTIONS | {"class_definition"})
    if kind in _WAITS:
        # the word of an ``async def`` is enclosed by it; a generator may be made anywhere
        function = _enclosing(node, _FUNCTIONS | {"generator_expression"})
        is_async = function is not None and any(child.type == "async" for child in function.children)
        return not is_async and (function is None or function.type != "generator_expression")
    if kind == "assignment":
        left = node.child_by_field_name("left")
        return left is not None and left.type in _NO_TARGETS
    if kind == "argument_list":
        return _bad_arguments(node, data)
    if kind == "parameters":
        return _bad_parameters(node, data)
    return False


def _outside(node: Node, wanted: set[str], barriers: set[str]) -> bool:
    parent = node.parent
    while parent is not None:
        if parent.type in wanted:
            return False
        if parent.type in barriers:
            return True
        parent = parent.parent
    return True


def _enclosing(node: Node, kinds: set[str]) -> Node | None:
    parent = node.parent
    while parent is not None and parent.type not in kinds:
        parent = parent.parent
    return parent


def _bad_arguments(node: Node, data: bytes) -> bool:
    """Whether a keyword is given twice, or a plain argument follows one."""
    seen: set[bytes] = set()
    for child in node.named_children:
        if child.type == "keyword_argument":
            name = child.child_by_field_name("name")
            said = data[name.start_byte : name.end_byte] if name is not None else b""
            if said in seen:
                return True
            seen.add(said)
        elif seen and child.type not in ("list_splat", "dictionary_splat", "comment"):
            return child.type != "ERROR" and (node.parent is None or node.parent.type != "class_definition")
    return False


def _bad_parameters(node: Node, data: bytes) -> bool:
    """Whether two parameters have one name."""
    names: list[bytes] = []
    for child in node.named_children:
        name = child.child_by_field_name("name") or child
        if name.type != "identifier" and child.named_children:
            name = child.named_children[0]
        if name.type == "identifier":
            names.append(data[name.start_byte : name.end_byte])
    return len(names) != len(set(names))
