"""A sound text around the cursor, and what becomes of it with an answer.

Between two items of a block the parser is always in the same state. So far neighbours of what holds the cursor are left
out, in every block around it and at the top. An answer is refused if what is left has an error with it: whole items
close nothing that they have not opened, so that none of those left out can mend it. It is accepted if the nearest item
below that has lost neighbours still stands as it did in all that encloses it, for then they would too. Else only the
whole document tells.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from segue_syntax import edited, parse_patiently

if TYPE_CHECKING:
    from tree_sitter import Node, Tree

    from segue_syntax import TreeStore

_LARGEST: Final = 30_000  # bytes of a part: the first parse of more takes longer than it saves
_PATIENCE: Final = 0
_BLOCK: Final = re.compile(r"(?:body|block|compound_statement|declaration_list)$")
_Cut = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Anchor:
    """An item below the cursor: its bytes, how many follow it, and the types and starts of all that encloses it."""

    size: int
    following: int
    enclosing: tuple[tuple[str, int], ...]

    def stands_in(self, root: Node, size: int) -> bool:
        """Whether a tree of `size` bytes has the item in the same place."""
        end = size - self.following
        _, enclosing = _spanning(root, end - self.size, end)
        return enclosing == self.enclosing


@dataclass(frozen=True, slots=True)
class Plot:
    """The document or a part of it in UTF-8, `before` and `after` the cursor, and the sound `tree` of it without its gap.

    The gap are the last `gap_before` bytes before the cursor and the first `gap_after` after it. Below the cursor
    nothing is left out above the end of the `anchor`, and nothing at all without one.
    """

    language_id: str
    before: bytes
    after: bytes
    gap_before: int
    gap_after: int
    tree: Tree
    anchor: _Anchor | None = None

    @property
    def start(self) -> int:
        """Where the gap is in the text of `tree`."""
        return len(self.before) - self.gap_before

    @property
    def text(self) -> bytes:
        """The text of `tree`."""
        return self.before[: self.start] + self.after[self.gap_after :]

    def with_text(self, text: bytes, replaced: int) -> tuple[bytes, Tree | None]:
        """Return this with `text` in place of `replaced` bytes after the cursor, and its tree, None where it has errors."""
        data = self.before + text + self.after[replaced:]
        kept = len(self.after) - max(self.gap_after, replaced)
        old = edited(self.tree, self.text, data, self.start, kept)
        tree = parse_patiently(data, self.language_id, old, patience=_PATIENCE)
        return data, None if tree is None or tree.root_node.has_error else tree

    def proves(self, tree: Tree, size: int) -> bool:
        """Whether the document is sound where `tree`, of so many bytes, is: whether the anchor still stands as it did."""
        return self.anchor is None or self.anchor.stands_in(tree.root_node, size)

    def parts(self, trees: TreeStore) -> list[Plot]:
        """Return this without far neighbours in every block, and without those at the top, if that is sound and short."""
        parts: list[Plot] = []
        for blocks in (_BLOCK, None):
            above, below, nearest = _far(self.tree.root_node, self.start, blocks)
            part = self._part(above, below, nearest, trees)
            if part is not None and all(part.tree is not other.tree for other in parts):
                parts.append(part)
        return parts

    def _part(
        self, above: list[_Cut], below: list[_Cut], nearest: Node | None, trees: TreeStore
    ) -> Plot | None:
        before = _without(self.before, above)
        after = _without(self.after, [(one + self._shift, other + self._shift) for one, other in below])
        data = before[: len(before) - self.gap_before] + after[self.gap_after :]
        if len(data) > min(len(self.text) // 2, _LARGEST):
            return None
        tree = trees.tree(data, self.language_id, patience=_PATIENCE)
        if tree is None or tree.root_node.has_error:
            return None
        anchor = None
        if nearest is not None:
            lost = len(self.before) - len(before)
            node, enclosing = _spanning(tree.root_node, nearest.start_byte - lost, nearest.end_byte - lost)
            if node is None:
                return None
            anchor = _Anchor(node.end_byte - node.start_byte, len(data) - node.end_byte, enclosing)
        return Plot(self.language_id, before, after, self.gap_before, self.gap_after, tree, anchor)

    @property
    def _shift(self) -> int:
        """How much further on a place of `text` below the gap is in `after`."""
        return self.gap_after - self.start


def _far(root: Node, at: int, blocks: re.Pattern[str] | None) -> tuple[list[_Cut], list[_Cut], Node | None]:
    """Return what is far above and far below a byte, and the item nearest to it that has lost neighbours below.

    That is at the top of the tree and in the `blocks`, given by the types of their nodes.
    """
    above: list[_Cut] = []
    below: list[_Cut] = []
    nearest = None
    node: Node | None = root
    while node is not None:
        index = bisect_left(range(node.child_count), at, key=partial(_end, node))
        holding = _child(node, index) if index < node.child_count else None
        if holding is not None and holding.start_byte >= at:
            holding = None
        if node == root or (blocks is not None and blocks.search(node.type)):
            first, last = _item(node, 0, 1), _item(node, node.child_count - 1, -1)
            upper, lower = _item(node, index - 1, -1), _item(node, index + (holding is not None), 1)
            if first is not None and upper is not None and first.start_byte < upper.start_byte:
                above.append((first.start_byte, upper.start_byte))
            if last is not None and lower is not None and lower.end_byte < last.end_byte:
                below.append((lower.end_byte, last.end_byte))
                nearest = lower
        node = holding
    return above, below[::-1], nearest


def _without(data: bytes, cuts: list[_Cut]) -> bytes:
    starts = [0, *(end for _, end in cuts)]
    ends = [*(start for start, _ in cuts), len(data)]
    return b"".join(data[start:end] for start, end in zip(starts, ends, strict=True))


def _spanning(root: Node, start: int, end: int) -> tuple[Node | None, tuple[tuple[str, int], ...]]:
    """Return the node that spans exactly these bytes, None if there is none, and the types and starts of what encloses it."""
    enclosing: list[tuple[str, int]] = []
    cursor = root.walk()
    while (node := cursor.node) is not None and (node.start_byte, node.end_byte) != (start, end):
        enclosing.append((node.type, node.start_byte))
        if cursor.goto_first_child_for_byte(start) is None:
            return None, ()
    return node, tuple(enclosing)


def _item(node: Node, index: int, step: int) -> Node | None:
    """Return the first item of a block from a child's index on: no comment, and no mark between items."""
    while 0 <= index < node.child_count:
        child = _child(node, index)
        if child.is_named and not child.is_extra:
            return child
        index += step
    return None


def _end(node: Node, index: int) -> int:
    return _child(node, index).end_byte


def _child(node: Node, index: int) -> Node:
    """Return one child of many without making them all."""
    child = node.child(index)
    if child is None:
        raise IndexError(index)
    return child
