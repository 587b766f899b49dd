"""The lines of a completion as the document would show them, with the brackets that are open at each."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from segue_postprocess._brackets import lines_in, steps_at_lines
from segue_postprocess._lines import closes_only
from segue_syntax import indent_width

if TYPE_CHECKING:
    from tree_sitter import Node

    from segue_postprocess._context import CursorContext
    from segue_postprocess._pairs import BracketState


@dataclass
class CompletionLines:
    """A completion of several lines; line 0 goes on the cursor's line. `states` has one entry more, for the end."""

    text: str
    context: CursorContext
    lines: list[str] = field(init=False)
    states: list[BracketState] = field(init=False)
    in_string: set[int] = field(init=False)

    def __post_init__(self) -> None:
        self.lines = self.text.split("\n")
        self.in_string = lines_in(self.text, self.context, "string")
        self.states = steps_at_lines(self.text, self.lines, self.context)

    @cached_property
    def _root(self) -> Node | None:
        """The tree of the document with the whole answer, if nothing is wrong with it."""
        context = self.context
        before, after = context.data
        typed = self.text.replace("\n", "\r\n") if context.crlf else self.text
        data = before + typed.encode("utf-8", "surrogatepass") + after
        tree = context.trees.tree(data, context.language.id, patience=0)
        return None if tree is None or tree.root_node.has_error else tree.root_node

    def node_end(self, k: int) -> int:
        """Return the line after the last of the statement or element that line `k` begins in the tree, 0 if it tells nothing."""
        if self._root is None:
            return 0
        row = self.context.cursor.prefix.count("\n")
        line = self.line(k)
        column = len(line[: len(line) - len(line.lstrip())].encode())
        node = self._root.descendant_for_point_range((row + k, column), (row + k, column + 1))
        while node is not None and _begins(node.parent, node):
            node = node.parent
        if node is None or node.parent is None or node.start_point != (row + k, column):
            return 0
        end = min(node.end_point[0] - row + (node.end_point[1] > 0), len(self.lines))
        return end if end > max(k, self.first_said()) else 0

    def depth(self, k: int) -> int:
        """Return how many brackets are open at the start of line `k`; for line 0, of the cursor's line."""
        return len(self.states[k].stack) if k else self.context.line_depth

    def line(self, k: int) -> str:
        """Return line `k` as the document would show it."""
        return self.context.line_before + self.lines[0] if k == 0 else self.lines[k]

    def last(self, k: int) -> int:
        """Return the number of the line above line `k` that says something."""
        for number in range(k - 1, 0, -1):
            if self.lines[number].strip():
                return number
        return 0

    def first_said(self) -> int:
        """Return the number of the first line that says something, 0 if none does."""
        return next((number for number, line in enumerate(self.lines) if line.strip()), 0)

    def unclosed(self, k: int) -> bool:
        """Whether the first closing bracket of line `k` closes what nothing after the cursor does."""
        older = len(self.states[k].stack)
        return older > len(self.context.openings) or older - 1 in self.context.unclosed

    def closing_level(self, end: int) -> int:
        """Return where the construct that ends before line `end` was closed, -1 if no line closes it.

        An answer whose first line stands at the cursor may be written for another depth: its closers say which.
        """
        last = self.lines[end - 1]
        return -1 if self.context.language.indentation_based or not closes_only(last) else indent_width(last)


def _begins(parent: Node | None, node: Node) -> bool:
    """Whether `node` is only the beginning of the statement or element `parent`, not the first of several in it."""
    if parent is None or parent.parent is None or parent.start_point != node.start_point:
        return False
    last = parent.children[-1]
    if not node.is_named or not last.is_named or "end" in last.type or parent.field_name_for_child(0):
        return True
    following = node.next_named_sibling
    while following is not None and following.is_extra:
        following = following.next_named_sibling
    return following is None or following.start_point[1] != node.start_point[1]
