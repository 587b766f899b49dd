"""The sound text around the cursor that answers are judged on, each as a small edit of a tree that is there already.

Of the tree of a broken text little can be used again, and a document is mostly broken where its user types. Without the
line of the cursor, or without the items around it, it is sound, and an answer is parsed as an edit of that tree.

All this depends on the cursor alone: it can be made while a model still thinks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from segue_postprocess._excerpt import IN_MARKUP, excerpt_of
from segue_postprocess._plot import Plot
from segue_postprocess._situation import shared_at_cursor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segue_postprocess._situation import Situation
    from segue_syntax import TreeStore

_PATIENCE: Final = 0
_LONGEST_WHOLE: Final = 600_000
_LONGEST_LINE: Final = 5_000
_NOT_APART: Final = IN_MARKUP | {"php"}  # what a text means there depends on the tag before it


@dataclass(frozen=True, slots=True)
class Ground:
    """The plots to judge an answer on, the smallest first; `is_sound` where the document is, with nothing at the cursor."""

    is_sound: bool
    plots: tuple[Plot, ...]


@shared_at_cursor
def ground_of(situation: Situation, trees: TreeStore) -> Ground | None:
    """Return the ground around the cursor, None where nothing sound is found; the answers at one cursor share it."""
    return None if too_long(situation) else _find(situation, trees)


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
        data = prefix[: len(prefix) - gap_before] + suffix[gap_after:]
        tree = trees.tree(data, language_id, patience=_PATIENCE)
        if tree is not None and not tree.root_node.has_error:
            whole = Plot(language_id, prefix, suffix, gap_before, gap_after, tree)
            parts = whole.parts(trees) if _has_parts(situation) else []
            return Ground(not (above or below), (*parts, whole))
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


def _has_parts(situation: Situation) -> bool:
    """Whether blocks are what they seem: some grammars take a stray ``end`` for a name, and a stray ``#endif`` too."""
    profile = situation.profile
    is_directive = situation.line_before.lstrip().startswith("#") and "#" not in profile.line_comments
    return not (situation.language.id in _NOT_APART or profile.ends_by_word or is_directive)


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
