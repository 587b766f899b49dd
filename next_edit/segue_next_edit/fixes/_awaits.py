"""Coroutines whose value is used before they were awaited."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from segue_next_edit.fixes._types import Draft

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tree_sitter import Node

    from segue_next_edit.fixes._types import Place
    from segue_syntax.scopes import Occurrence

_ASYNC = re.compile(r"(?:^|\s)async\s")
_CALLS = frozenset({"call", "call_expression"})
_CHAIN = frozenset({"attribute", "member_expression"})
_USED = frozenset(
    {"attribute", "member_expression", "subscript", "subscript_expression", "for_statement", "for_in_statement",
     "binary_operator", "comparison_operator", "boolean_operator", "binary_expression"}
)  # fmt: skip
_TARGETS = frozenset({"assignment", "variable_declarator", "assignment_expression"})
_FUNCTION = re.compile(r"function|method|lambda|arrow")


def missing_awaits(place: Place, lines: Sequence[int]) -> Iterator[Draft]:
    """Yield ``await`` in front of calls of coroutines on `lines`, inside a coroutine, whose value is used at once."""
    file = place.file
    if file.tree is None or "async" not in file.text:
        return
    for line, column, one in place.names_on(lines):
        end = column + len(one.name)
        if not file.lines[line].startswith("(", end) or one.role not in ("read", "member"):
            continue
        call = _call_of(place, one)
        if call is None or not _in_coroutine(place, call) or not _is_coroutine(place, one):
            continue
        if not _is_used(place, call):
            continue
        start, last = file.offset(call.start_byte), file.offset(call.end_byte)
        inner = f"await {file.text[start:last]}"
        parent = call.parent
        if (
            parent is not None
            and parent.type in _USED
            and parent.type not in ("for_statement", "for_in_statement")
        ):
            inner = f"({inner})" if parent.type in (*_CHAIN, "subscript", "subscript_expression") else inner
        text = file.text[:start] + inner + file.text[last:]
        yield Draft("missing-await", f"Await {one.name}", line, text.split("\n"), 0.75, (one.name,))


def _call_of(place: Place, one: Occurrence) -> Node | None:
    node = place.file.root.descendant_for_byte_range(one.start, one.end)
    while node is not None and node.type not in _CALLS:
        node = node.parent if node.parent is not None and node.parent.start_byte <= one.start else None
        if node is not None and node.type not in _CALLS and node.type not in _CHAIN:
            return None
    function = node.child_by_field_name("function") if node is not None else None
    return node if function is not None and function.end_byte == one.end else None


def _in_coroutine(place: Place, call: Node) -> bool:
    node = call.parent
    while node is not None and not _FUNCTION.search(node.type):
        node = node.parent
    return node is not None and place.file.data[node.start_byte : node.start_byte + 200].split(b"(")[
        0
    ].lstrip().startswith(b"async")


def _is_coroutine(place: Place, one: Occurrence) -> bool:
    """Whether every definition that a called name can mean is a coroutine."""
    scopes, file = place.scopes, place.file
    assert scopes is not None
    if one.binding is not None and one.binding.form != "import":
        places = [scopes.place(o) for o in one.binding.occurrences if o.role == "definition"]
        return bool(places) and all(_ASYNC.search(file.lines[line][:column]) for line, column, _ in places)
    found = place.situation.reader.definitions(one.name, limit=8)
    return bool(found) and all(_ASYNC.search(f" {s.signature}") for s in found)


def _is_used(place: Place, call: Node) -> bool:
    """Whether the value of a call, rather than the coroutine, is wanted: not where that is handed on."""
    parent = call.parent
    if parent is None:
        return False
    if parent.type == "expression_statement":
        return place.file.language.indentation_based  # elsewhere a promise is often left to itself
    if parent.type in _USED:
        member = place.file.data[call.end_byte : call.end_byte + 10]
        return not re.match(rb"\s*\.(?:then|catch|finally)\b", member)
    if parent.type in _TARGETS:
        name = parent.child_by_field_name("left") or parent.child_by_field_name("name")
        if name is None:
            return False
        word = place.file.data[name.start_byte : name.end_byte].decode("utf-8", "replace")
        rest = "\n".join(place.file.lines[call.end_point.row + 1 : place.extent.stop])
        handed_on = re.search(
            rf"await {re.escape(word)}\b|[(,\[]\s*{re.escape(word)}\s*[,)\]]|return {re.escape(word)}\b", rest
        )
        return handed_on is None and re.search(rf"(?<!\w){re.escape(word)}[.\[]", rest) is not None
    return False
