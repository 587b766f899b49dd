"""Code whose tested functions fail: tests that still pass test nothing of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from segue_syntax import SourceFile, syntax_errors

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

_FUNCTION = re.compile(r"function|method|constructor|closure|func_literal|arrow")
_BODIES = ("function_body", "constructor_body", "block")


def replaced_body(text: str, path: str, line: int, end_line: int, fails: str) -> str | None:
    """Return `text` in which the function at lines `line` to `end_line` (exclusive) only fails, by the statement `fails`.

    Of a class, each of its functions does. Where bodies have braces, what was in them stays behind the statement, so that
    imports and variables do not become unused. None when that cannot be done so that the file still parses.
    """
    file = SourceFile(text, path=path)
    if file.tree is None:
        return None
    data = file.data
    for body in reversed(list(_bodies(file.root, line, end_line))):
        data = _failing(data, body, fails)
    changed = data.decode("utf-8", "replace")
    tree = SourceFile(changed, path=path).tree
    sound = tree is not None and syntax_errors(tree) <= syntax_errors(file.tree)
    return changed if sound and changed != text else None


def _bodies(node: Node, line: int, end_line: int) -> Iterator[Node]:
    """Yield the bodies of the outermost functions in an extent, in the order of the text."""
    if node.end_point.row < line or node.start_point.row >= end_line:
        return
    if _FUNCTION.search(node.type) and node.start_point.row >= line and node.end_point.row <= end_line:
        body = node.child_by_field_name("body") or next(
            (child for child in node.named_children if child.type in _BODIES), None
        )
        if body is not None:
            yield body
            return
    for child in node.named_children:
        yield from _bodies(child, line, end_line)


def _failing(data: bytes, body: Node, fails: str) -> bytes:
    """Return the text with a body that fails: where the statement ends with a semicolon, bodies have braces."""
    start, end, statement = body.start_byte, body.end_byte, fails.encode()
    if data[start : start + 1] == b"{":
        first = body.named_child(0)
        called = first is not None and first.type == "explicit_constructor_invocation"
        at = first.end_byte if first is not None and called else start + 1
        return data[:at] + b" " + statement + b" " + data[at:]
    if data[start : start + 1] == b"=":
        return data[:start] + b"= " + statement.rstrip(b";") + data[end:]
    written = b"{ " + statement + b" }" if statement.endswith(b";") else statement
    return data[:start] + written + data[end:]
