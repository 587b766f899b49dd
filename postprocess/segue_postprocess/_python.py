"""What makes Python refuse a file although its grammar accepts it: places, names given twice, indentation.

The grammar lets ``return`` stand outside a function and a block stand empty; the compiler does not. Only what
the completion itself adds is judged.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from tree_sitter import Query, QueryCursor

from segue_postprocess._brackets import lines_in, steps, steps_at_lines
from segue_syntax import indent_width

if TYPE_CHECKING:
    from tree_sitter import Language as Grammar
    from tree_sitter import Node, Tree

    from segue_postprocess._context import CursorContext

_FUNCTIONS: Final = {"function_definition", "lambda"}
_LOOPS: Final = {"for_statement", "while_statement"}
_NEEDS_FUNCTION: Final = {"return_statement", "yield", "nonlocal_statement"}
_NEEDS_LOOP: Final = {"break_statement", "continue_statement"}
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


def refuses(tree: Tree, data: bytes, start: int, end: int, *, notebook: bool = False) -> bool:
    """Whether the bytes from `start` to `end` of the document `data` hold what Python does not compile.

    The cells of a `notebook` may await outside a function.
    """
    return any(
        _is_refused(node, data)
        and not (notebook and node.type == "await" and _enclosing(node, _FUNCTIONS) is None)
        for node in _judged(tree, start, end)
    )


def _judged(tree: Tree, start: int, end: int) -> list[Node]:
    """Return the nodes to judge that touch the extent, in the smallest that holds it."""
    root = tree.root_node
    cover = root.descendant_for_byte_range(start, max(start, end - 1)) or root
    while cover.parent is not None and cover.parent.start_byte >= start:
        cover = cover.parent
    cursor = QueryCursor(_query(tree.language))
    cursor.set_byte_range(max(0, start - 1), end + 1)
    return cursor.captures(cover).get("judged", [])


@cache
def _query(grammar: Grammar) -> Query:
    kinds = (*_NEEDS_FUNCTION, *_NEEDS_LOOP, "await", "assignment", "argument_list", "parameters")
    return Query(grammar, f"[{' '.join(f'({kind})' for kind in kinds)}] @judged")


def _is_refused(node: Node, data: bytes) -> bool:
    kind = node.type
    if kind in _NEEDS_FUNCTION:
        return _outside(node, _FUNCTIONS, {"class_definition"})
    if kind in _NEEDS_LOOP:
        return _outside(node, _LOOPS, _FUNCTIONS | {"class_definition"})
    if kind == "await":
        function = _enclosing(node, _FUNCTIONS)
        return function is None or not any(child.type == "async" for child in function.children)
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


def misindented(text: str, context: CursorContext) -> bool:
    """Whether the lines of `text` stand at depths that Python refuses, or a header it ends with has no body."""
    if not context.lex_state.is_code:
        return False
    lines = text.split("\n")
    _, mode = steps(text, context)
    if not mode.is_code and not mode.line_comment:
        return False
    inside = lines_in(text, context, "string")
    base = context.line_depth
    own = indent_width(context.line_before + lines[0]) if lines[0].strip() else context.indent
    levels = [*_levels(context, own), own]
    opened = False
    last = context.line_before + lines[0]
    at_lines = steps_at_lines(text, lines, context)
    if not last.strip() and context.previous_line:
        last = context.previous_line
        levels = [*_levels(context, own), indent_width(last)]
    for number, line in enumerate(lines):
        code = _code(line if number else context.line_before + line)
        if not code.strip() or number in inside or (number and len(at_lines[number].stack) > base):
            if code.strip() and number:
                last = code
            continue
        if number:
            indent = indent_width(line)
            opened = _code(last).endswith(":")
            if _code(last).endswith("\\"):
                last = code
                continue
            while levels and levels[-1] > indent:
                levels.pop()
            if not levels or indent > levels[-1]:
                if not opened and (levels or indent):
                    return True
                levels.append(indent)
            elif opened:
                return True
        last = code
    return _lacks_body(last, text, context, len(at_lines[-1].stack) > base)


def _lacks_body(last: str, text: str, context: CursorContext, inside_brackets: bool) -> bool:  # noqa: FBT001
    """Whether a header that was not there ends the text, and no deeper line follows."""
    if inside_brackets or context.line_after.strip() or not context.on_blank_line or not text.strip():
        return False
    return _code(last).endswith(":") and context.next_indent <= indent_width(last)


def _levels(context: CursorContext, lowest: int) -> list[int]:
    """Return the depths, below `lowest`, of the blocks around the cursor, the outermost first."""
    levels: list[int] = []
    for line in reversed(context.head.split("\n")[:-1]):
        if line.strip() and indent_width(line) < lowest:
            lowest = indent_width(line)
            levels.append(lowest)
            if lowest == 0:
                break
    return list(reversed(levels))


def _code(line: str) -> str:
    """Return `line` without a comment at its end, as far as one can tell from the line alone."""
    mark = line.find("#")
    if mark >= 0 and line.count('"', 0, mark) % 2 == 0 and line.count("'", 0, mark) % 2 == 0:
        line = line[:mark]
    return line.rstrip()
