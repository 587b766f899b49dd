"""Where the construct ends that a line of a completion begins: by its node, or by indentation where the tree is broken."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final

from segue_postprocess._brackets import lines_in, steps_at_lines
from segue_postprocess._lines import (
    asks_more,
    closes_only,
    continues_above,
    defines,
    ends_block,
    introduces,
    is_case,
    is_clause,
    is_directive,
    is_keyed_item,
    opens_block,
)
from segue_syntax import OPENERS, Blocks, indent_width

if TYPE_CHECKING:
    from tree_sitter import Node

    from segue_postprocess._context import CursorContext
    from segue_postprocess._pairs import BracketState


_LONGEST_HEADER: Final = 12
_JUMP: Final = re.compile(r"\s*(?:return|raise|throw|break|continue|goto)\b")
_CONDITION: Final = re.compile(r"\s(?:if|unless|when|while|until)\s")
_HANGING: Final = ")]}:/*<|\"'`&.?,;+-=(#@["


def construct_end(answer: CompletionLines, start: int, floor: int, base: int) -> int:
    """Return where the construct that line `start` begins ends: its brackets, deeper lines and clauses.

    `floor` is its indentation and `base` the number of brackets open around it.
    """
    by_tree = answer.node_end(start)
    by_indentation = _ByIndentation(answer, start, floor, base)
    if by_tree:
        foreign = (k for k in range(start + 1, by_tree) if by_indentation.is_foreign(k))
        return next(foreign, by_tree)
    if is_directive(answer.line(start), answer.context.language):
        return start + 1
    return by_indentation.end()


def header_end(answer: CompletionLines, start: int, base: int) -> int:
    """Return where the lines end that say what the block begun at line `start` is, without the block itself.

    0 when they begin no block.
    """
    for k in range(start + 1, min(len(answer.lines), start + _LONGEST_HEADER) + 1):
        line, is_open = answer.line(k - 1).rstrip(), len(answer.states[k].stack) > base
        if not is_open and k < len(answer.lines) and answer.lines[k].strip() == "{":
            return k
        if line.endswith(("{", "[", "(", ">", "|")) or not is_open:
            return k if is_open or opens_block(line, answer.context) else 0
    return 0


def dead_from(answer: CompletionLines) -> int:
    """Return the first line that can never run, since one level with it has left the block; else the line count."""
    left: tuple[int, int] | None = None
    for k, line in enumerate(answer.lines):
        if not line.strip() or k in answer.in_string:
            continue
        place = indent_width(answer.line(k)), answer.depth(k)
        if left is not None and place == left and not _may_follow(line, answer):
            return k
        if left is not None and place < left:
            left = None
        whole = answer.line(k)
        if left is None and _JUMP.match(whole) and not _CONDITION.search(whole):
            left = place
    return len(answer.lines)


def _may_follow(line: str, answer: CompletionLines) -> bool:
    """Whether `line` may stand after a statement that leaves the block: its end, another case, a definition, a note."""
    language = answer.context.language
    ends = closes_only(line) or ends_block(line, language) or is_case(line) or is_clause(line)
    hangs = line.strip()[0] in _HANGING or introduces(line, language) or continues_above(line)
    return ends or hangs or defines(line)


class _ByIndentation:
    """Takes line after line below the one at `start`, as long as they belong to what that begins."""

    def __init__(self, answer: CompletionLines, start: int, floor: int, base: int) -> None:
        self._answer, self._start, self._floor, self._base = answer, start, floor, base
        self._language = answer.context.language
        header = answer.line(start)
        self._has_block = self._open(start + 1) > base
        self._deeper = opens_block(header, answer.context) or (
            self._language.key_value and self._language.indentation_based and is_keyed_item(header)
        )

    def _open(self, k: int) -> int:
        return len(self._answer.states[k].stack)

    def end(self) -> int:
        """Return the number of the line after the construct."""
        lines = self._answer.lines
        end = self._start + 1
        for k in range(self._start + 1, len(lines)):
            line = lines[k]
            if not line.strip():
                continue  # kept if what follows it is
            if self._deeper and indent_width(line) == self._floor and ends_block(line, self._language):
                return k + 1
            if not self._belongs(line, k):
                return end
            end = k + 1
        return end

    def _belongs(self, line: str, k: int) -> bool:
        """Whether a line is part of the construct."""
        indent = indent_width(line)
        if k in self._answer.in_string:
            return True
        if self._open(k) > self._base:
            self._has_block = True
            return not self.is_foreign(k)
        if indent == self._floor and is_clause(line):
            return self._has_block or self._deeper
        if closes_only(line):
            return self._answer.unclosed(k)
        last = self._answer.line(self._answer.last(k))
        if line.strip() == "{" and not self._has_block and last.rstrip()[-1:] not in ";{},":
            return not self._language.indentation_based  # the block of a header, on a line of its own
        is_element = last.rstrip().endswith(",") and self._answer.context.container == "elements"
        goes_deeper = indent > self._floor and (
            self._deeper or (asks_more(last, self._language) and not is_element)
        )
        return goes_deeper or (indent >= self._floor and self._carries_on(line, last))

    def is_foreign(self, k: int) -> bool:
        """Whether line `k`, in a block whose lines are deeper, stands no deeper than the header: it was written for elsewhere."""
        answer, line = self._answer, self._answer.lines[k]
        stack = answer.states[k].stack
        is_body = len(stack) > self._base and stack[-1].mark == "{" and self._body > self._floor
        if not line.strip() or not is_body or indent_width(line) > self._floor:
            return False
        return not (k in answer.in_string or _may_follow(line, answer) or is_directive(line, self._language))

    @cached_property
    def _body(self) -> int:
        """How deep the first line below the header stands, -1 where a block has no braces."""
        if self._language.blocks is not Blocks.BRACES or self._language.layout.style_sheet:
            return -1
        return indent_width(self._answer.line(self._answer.first_below(self._start)))

    def _carries_on(self, line: str, last: str) -> bool:
        """Whether an operator at the start of a line goes on the line above."""
        free = self._language.key_value or self._language.layout.style_sheet
        return not free and continues_above(line) and not last.rstrip().endswith((",", ";"))


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
        line = self.line(k)
        if line.lstrip()[:1] in OPENERS:
            return 0  # what follows a closing bracket begins no line
        row = self.context.cursor.prefix.count("\n")
        column = len(line[: len(line) - len(line.lstrip())].encode())
        node = self._root.descendant_for_point_range((row + k, column), (row + k, column + 1))
        while node is not None and _begins(node.parent, node):
            node = node.parent
        if node is None or node.parent is None or node.start_point != (row + k, column):
            return 0
        if not k:
            node = _at_or_after(node, len(self.context.data[0]))
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

    def first_below(self, k: int) -> int:
        """Return the number of the first line below line `k` that says something, the last one if none does."""
        said = (number for number in range(k + 1, len(self.lines)) if self.lines[number].strip())
        return next(said, len(self.lines) - 1)

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


def _at_or_after(node: Node, offset: int) -> Node:
    """Return the first of `node` and what follows it in its parent that does not end before byte `offset`."""
    while node.end_byte < offset and node.next_named_sibling is not None:
        node = node.next_named_sibling
    return node


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
