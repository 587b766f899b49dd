"""The sound text around the cursor that answers are judged on, each as a small edit of a tree that is there already.

Of the tree of a broken text little can be used again, and a document is mostly broken where its user types. Without the
line of the cursor, or without the items around it, it is sound, and an answer is parsed as an edit of that tree.

Between two items at the top of a sound tree the parser is always in the same state. So the items at the top around the
cursor, with one neighbour to each side, are judged alone. They are accepted if the neighbour below is still what it was,
for then all further ones are; where an error shows before they end, the document has it too. Not where words end items:
a grammar that takes a stray ``end`` for a name sees items that are none.

All this depends on the cursor alone: it can be made while a model still thinks.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, cast

from segue_postprocess._excerpt import IN_MARKUP, excerpt_of
from segue_syntax import edited, parse_until_error

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node, Tree

    from segue_postprocess._situation import Situation
    from segue_postprocess._types import Cursor
    from segue_syntax import TreeStore

_PATIENCE: Final = 0
_LONGEST_WHOLE: Final = 600_000
_LONGEST_LINE: Final = 5_000
_LARGEST_PART: Final = 30_000  # bytes: the first parse of more takes longer than it saves
_NOT_APART: Final = IN_MARKUP | {"php"}  # what a text means there depends on the tag before it


@dataclass(frozen=True, slots=True)
class Plot:
    """A part of the document in UTF-8, `before` and `after` the cursor, and the sound `tree` of it without its gap.

    The gap are the last `gap_before` bytes before the cursor and the first `gap_after` after it. An item ends the part
    that takes its last `below` bytes; 0 where it ends with the document.
    """

    language_id: str
    before: bytes
    after: bytes
    gap_before: int
    gap_after: int
    below: int
    tree: Tree

    def with_text(self, text: bytes, replaced: int) -> tuple[bytes, Tree | None, bool]:
        """Return the part with `text` in place of `replaced` bytes after the cursor, its tree, and whether that is certain.

        The tree is None where there is an error. That is not certain where only the whole document tells.
        """
        start = len(self.before) - self.gap_before
        old = self.before[:start] + self.after[self.gap_after :]
        new = self.before + text + self.after[replaced:]
        kept = len(self.after) - max(self.gap_after, replaced)
        tree, read = parse_until_error(new, self.language_id, edited(self.tree, old, new, start, kept))
        broken = tree is None or tree.root_node.has_error
        if tree is None or not self.below:
            return new, None if broken else tree, not self.below or read < len(new)
        last = _item(tree.root_node, tree.root_node.child_count - 1, -1)
        if last is None or last.start_byte != len(new) - self.below:
            return new, None, False
        return new, None if broken else tree, not last.has_error


@dataclass(frozen=True, slots=True)
class Ground:
    """The plots to judge an answer on, the smallest first; `is_sound` where the document is, with nothing at the cursor."""

    is_sound: bool
    plots: tuple[Plot, ...]


_last: tuple[Cursor, Ground | None] | None = None


def ground_of(situation: Situation, trees: TreeStore) -> Ground | None:
    """Return the ground around the cursor, None where nothing sound is found; the answers at one cursor share it."""
    global _last  # noqa: PLW0603 - one pair, replaced as a whole: threads may share it
    last = _last
    if last is not None and last[0] is situation.cursor:
        return last[1]
    ground = None if too_long(situation) else _find(situation, trees)
    _last = situation.cursor, ground
    return ground


def too_long(situation: Situation) -> bool:
    """Whether a document is too long, or has lines too long, to be parsed as a whole."""
    cursor = situation.cursor
    return (
        len(cursor.prefix) + len(cursor.suffix) > _LONGEST_WHOLE
        or len(situation.line_before) + len(situation.line_after) > _LONGEST_LINE
    )


def _find(situation: Situation, trees: TreeStore) -> Ground | None:
    cursor, language_id = situation.cursor, situation.language.id
    prefix, suffix = _encoded(cursor.prefix), _encoded(cursor.suffix)
    for above, below in _gaps(situation):
        gap_before = len(_encoded(cursor.prefix[len(cursor.prefix) - above :]))
        gap_after = len(_encoded(cursor.suffix[:below]))
        tree = trees.tree(
            prefix[: len(prefix) - gap_before] + suffix[gap_after:], language_id, patience=_PATIENCE
        )
        if tree is not None and not tree.root_node.has_error:
            whole = Plot(language_id, prefix, suffix, gap_before, gap_after, 0, tree)
            apart = language_id not in _NOT_APART and not situation.profile.ends_by_word
            part = _part(whole, trees) if apart else None
            return Ground(not (above or below), (whole,) if part is None else (part, whole))
    return None


def _gaps(situation: Situation) -> Iterator[tuple[int, int]]:
    """Yield how many characters before and after the cursor to leave out: none, the line, the items around."""
    yield 0, 0
    if not (situation.on_blank_line and not situation.line_after.strip()):
        suffix = situation.cursor.suffix
        yield len(situation.line_before), suffix.find("\n") + 1 or len(suffix)
    excerpt = excerpt_of(situation)
    if excerpt is not None:
        yield excerpt.above, excerpt.below


def _part(whole: Plot, trees: TreeStore) -> Plot | None:
    """Return the items at the top around the cursor with their neighbours, None if they are large."""
    start = len(whole.before) - whole.gap_before
    size = start + len(whole.after) - whole.gap_after
    root = whole.tree.root_node
    children = range(root.child_count)
    above = _item(root, bisect_right(children, start, key=lambda index: _child(root, index).end_byte) - 1, -1)
    below = _item(root, bisect_left(children, start, key=lambda index: _child(root, index).start_byte), 1)
    first = above.start_byte if above is not None else 0
    last = below.end_byte if below is not None else size
    if last - first > min(size // 2, _LARGEST_PART):
        return None
    before, after = whole.before[first:], whole.after[: whole.gap_after + last - start]
    data = before[: start - first] + after[whole.gap_after :]
    tree = trees.tree(data, whole.language_id, patience=_PATIENCE)
    if tree is None or tree.root_node.has_error:
        return None
    kept = last - below.start_byte if below is not None else 0
    return replace(whole, before=before, after=after, below=kept, tree=tree)


def _item(root: Node, index: int, step: int) -> Node | None:
    """Return the first item at the top of a tree, from a child's index on: no comment, and no mark between items."""
    while 0 <= index < root.child_count:
        node = _child(root, index)
        if node.is_named and not node.is_extra:
            return node
        index += step
    return None


def _child(root: Node, index: int) -> Node:
    """Return one child of many without making them all."""
    return cast("Node", root.child(index))


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
