"""The filters that a raw completion passes, in order, and what is left of it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from segue_postprocess import _sanitize
from segue_postprocess._brackets import balance_brackets
from segue_postprocess._context import read_context
from segue_postprocess._deduplicate import (
    cut_copies,
    cut_lines_below,
    cut_loops,
    cut_repeated_keys,
    cut_repetition_in_line,
)
from segue_postprocess._echo import repeated_line, repeated_lines_above, trim_end, trim_start
from segue_postprocess._reindent import reindent, reindent_first_line
from segue_postprocess._reject import reject
from segue_postprocess._syntax_check import check_syntax, prepare_check
from segue_postprocess._truncate import cut_to_max_lines, truncate
from segue_postprocess._types import Candidate, Processed
from segue_syntax import TreeStore

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from segue_postprocess._context import CursorContext
    from segue_postprocess._types import Cursor

    PostprocessFilter = Callable[[Candidate, CursorContext], Candidate]
    """One step of the pipeline: it returns the candidate as it is, changed, or dropped."""

SANITIZE: Final[tuple[PostprocessFilter, ...]] = (
    _sanitize.line_ends,
    _sanitize.thinking,
    _sanitize.wrappers,
    _sanitize.control_tokens,
    _sanitize.fences,
    _sanitize.chatter,
    _sanitize.characters,
    _sanitize.stray_start,
    _sanitize.placeholders,
)
"""What takes away all that is not meant for the file; the stream filter judges what these leave."""

PLACE: Final[tuple[PostprocessFilter, ...]] = (
    repeated_lines_above,
    repeated_line,
    trim_start,
    reindent_first_line,
    reindent,
)
"""What brings an answer to its place; before that, where it ends cannot be told."""

FILTERS: Final[tuple[PostprocessFilter, ...]] = (
    *SANITIZE,
    *PLACE,
    cut_repeated_keys,
    cut_loops,
    cut_copies,
    cut_repetition_in_line,
    cut_lines_below,
    truncate,
    cut_to_max_lines,
    balance_brackets,
    trim_end,
    reject,
    check_syntax,
    reject,
)
"""Every step in order; a dropped candidate passes no further one."""

_ONLY_WHOLE: Final = ("balance_brackets", "trim_end")
"""Filters that only an answer passes which is to be whole, and no piece of a line."""


def prepare(cursor: Cursor, *, trees: TreeStore | None = None) -> None:
    """Work out what `process` and `StreamFilter` need to know of a cursor, while its answer is still awaited.

    No answer becomes another by it, only sooner ready. It takes some milliseconds of the calling thread.
    """
    context = read_context(cursor, trees or shared_trees())
    context.prepare()
    prepare_check(context)


def process(
    cursor: Cursor,
    completion: str,
    *,
    trees: TreeStore | None = None,
    without: Collection[str] = (),
) -> Processed:
    """Return what of `completion` may be shown at `cursor`, and why it was changed or dropped.

    `trees` holds the syntax trees of the session's documents; by default all callers share one store. The filters
    named in `without` are left out, to measure what they are worth.
    """
    context = read_context(cursor, trees or shared_trees())
    candidate = Candidate(completion)
    left_out = {*without, *(_ONLY_WHOLE if cursor.piece else ())}
    for step in FILTERS:
        if step.__name__ not in left_out:
            candidate = step(candidate, context)
            if candidate.is_dropped:
                return Processed(None, 0, _codes(candidate))
    text = candidate.text.replace("\n", "\r\n") if context.crlf else candidate.text
    return Processed(text, candidate.replaced, _codes(candidate))


def sanitized(text: str, context: CursorContext) -> str:
    """Return what of `text` is meant for the file."""
    candidate = Candidate(text)
    for step in SANITIZE:
        candidate = step(candidate, context)
        if candidate.is_dropped:
            return ""
    return candidate.text


@cache
def shared_trees() -> TreeStore:
    """Return the store of those who bring none."""
    return TreeStore()


def _codes(candidate: Candidate) -> tuple[str, ...]:
    return tuple(dict.fromkeys(reason.value for reason in candidate.reasons))
