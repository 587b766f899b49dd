"""Syntax trees of recently parsed texts, so that the next text, which differs little, parses in a fraction.

Typing, a suggestion inserted and the same suggestion repaired are all small edits of a text parsed a moment ago.
The store keeps the last few trees and parses a new text as an edit of the nearest one. A tree without errors is better
to start from: what an error covers is parsed again.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from segue_syntax._common_ends import common_head, common_tail
from segue_syntax._parsing import parse_patiently

if TYPE_CHECKING:
    from tree_sitter import Node, Tree

_NEAR = 512  # bytes of difference that a parse hardly feels: comparing with further texts would cost more


class TreeStore:
    """The last `capacity` syntax trees; safe to share between threads, since trees are never changed."""

    def __init__(self, capacity: int = 6) -> None:
        self._capacity = capacity
        self._trees: list[tuple[str, bytes, Tree]] = []
        self._lock = threading.Lock()

    def tree(self, data: bytes, language_id: str, *, patience: int | None = None) -> Tree | None:
        """Return the tree of `data` (UTF-8), or None without a grammar; about 1 ms when a near text is known.

        Read the text of nodes from `data`, not from the nodes. With `patience` (see `parse_patiently`) None also means that the text is broken beyond it.
        """
        with self._lock:
            known = [entry for entry in self._trees if entry[0] == language_id]
        for entry in known:  # comparing is cheaper than hashing: most texts differ in length
            if entry[1] == data:
                self._keep(entry)
                return entry[2]
        tree = parse_patiently(data, language_id, _nearest(known, data), patience=patience)
        if tree is not None:
            self._keep((language_id, data, tree))
        return tree

    def _keep(self, entry: tuple[str, bytes, Tree]) -> None:
        """Put a tree first; broken ones, which come in numbers where somebody types, have half of the places."""
        with self._lock:
            entries = [entry, *(other for other in self._trees if other is not entry)]
            if len(entries) > self._capacity:
                broken = [other for other in entries if other[2].root_node.has_error]
                leaving = broken[-1] if len(broken) > self._capacity // 2 else entries[-1]
                entries = [other for other in entries if other is not leaving]
            self._trees = entries

    def clear(self) -> None:
        """Forget every tree."""
        with self._lock:
            self._trees.clear()


def syntax_errors(tree: Tree) -> int:
    """Return how many ERROR and MISSING nodes `tree` holds; a clean tree costs nothing to ask."""
    count = 0
    pending: list[Node] = [tree.root_node]
    while pending:
        node = pending.pop()
        if node.is_error or node.is_missing:
            count += 1
        if node.has_error:
            pending.extend(node.children)
    return count


def _nearest(candidates: list[tuple[str, bytes, Tree]], data: bytes) -> Tree | None:
    """Return a copy of the nearest tree, told how its text became `data`; None when none is near."""
    best: tuple[int, int, int, bytes, Tree] | None = None
    for _, old, tree in sorted(candidates, key=lambda entry: entry[2].root_node.has_error):
        head = common_head(old, data)
        tail = common_tail(old, data, min(len(old), len(data)) - head)
        changed = max(len(old), len(data)) - head - tail
        if best is None or changed < best[0]:
            best = (changed, head, tail, old, tree)
        if changed <= _NEAR:
            break
    if best is None or best[0] > len(data) // 2:
        return None
    _, head, tail, old, tree = best
    return edited(tree, old, data, head, tail)


def edited(tree: Tree, old: bytes, new: bytes, head: int, tail: int) -> Tree:
    """Return a copy of the tree of `old`, told that `new` differs from it between the first `head` and the last `tail` bytes."""
    fresh = tree.copy()
    old_end, new_end = len(old) - tail, len(new) - tail
    row = old.count(b"\n", 0, head)
    ends = (_point(data, head, end, row) for data, end in ((old, head), (old, old_end), (new, new_end)))
    fresh.edit(head, old_end, new_end, *ends)
    return fresh


def _point(data: bytes, head: int, offset: int, row: int) -> tuple[int, int]:
    """Return the row and column of `offset`, where `head`, which is not behind it, stands in `row`."""
    return row + data.count(b"\n", head, offset), offset - data.rfind(b"\n", 0, offset) - 1
