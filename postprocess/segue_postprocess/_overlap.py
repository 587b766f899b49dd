"""Where a completion stops being new: from there on it repeats what already follows the cursor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rapidfuzz import fuzz

from segue_postprocess._lines import closes_only, ends_block, is_substantial
from segue_postprocess._types import Reason

if TYPE_CHECKING:
    from segue_postprocess._context import CursorContext
    from segue_postprocess._types import Candidate

_SPACES: Final = 8
_NEAR: Final = 88.0
_ALIKE_LENGTH: Final = 12
_MANY: Final = 4
_SUFFIX_LINES: Final = 40
_MAX_TAIL: Final = 400


def cut_lines_below(candidate: Candidate, context: CursorContext) -> Candidate:
    """End the answer where it begins to repeat the lines below the cursor."""
    start = repeated_lines_start(candidate.text, context)
    if start is None:
        return candidate
    kept = candidate.text[:start]
    return candidate.with_reason(
        Reason.SUFFIX_LINES, text=kept if context.line_after.strip() else kept.rstrip("\n")
    )


def repeated_lines_start(text: str, context: CursorContext) -> int | None:
    """Return the offset of the first line of `text` that starts a repetition of the lines below, or None.

    White space does not count, and of several lines some may differ a little. A match must go on to
    the end of `text` or over several lines that say something; a lone closing bracket proves nothing here, and
    an end word or tag only when it also stands at the same depth.
    """
    below = [line for line in context.tail.split("\n")[: _SUFFIX_LINES * 2] if line.strip()][:_SUFFIX_LINES]
    if context.line_after.strip() and closes_only(context.line_after):
        below = below[1:]
    if not below:
        return None
    first = below[0].strip()
    lines = text.split("\n")
    whole = [context.line_before + lines[0], *lines[1:]]
    offset = 0
    for number, line in enumerate(lines):
        if (number > 0 or context.on_blank_line) and _alike(whole[number].strip(), first):
            rest = [other for other in whole[number:] if other.strip()]
            new = bool(text[:offset].strip())
            if rest and (_repeats(rest, below, context, lines) if new else _same(rest, below)):
                return offset
        offset += len(line) + 1
    return None


def _same(rest: list[str], below: list[str]) -> bool:
    """Whether an answer says nothing but what stands below; an element of a list may well begin like the next one."""
    run = said = 0
    for mine, theirs in zip(rest, below, strict=False):
        last = run == len(rest) - 1
        if not _alike(mine.strip(), theirs.strip()) and not (
            last and theirs.strip().startswith(mine.strip())
        ):
            break
        said += is_substantial(mine)
        run += 1
    return said >= 1 and (run in (len(rest), len(below)) or said >= _MANY)


def _repeats(rest: list[str], below: list[str], context: CursorContext, lines: list[str]) -> bool:
    run = said = 0
    for mine, theirs in zip(rest, below, strict=False):
        last = run == len(rest) - 1
        if _alike(mine.strip(), theirs.strip()):
            said += is_substantial(mine)
        elif not (run > 0 and (_near(mine, theirs) or (last and theirs.strip().startswith(mine.strip())))):
            break
        run += 1
    if run == len(rest) or run == len(below):
        return said >= 1 or _same_end(rest[0], below[0], context)
    if said >= 2:
        return True
    return said == 1 and len(rest[0].strip()) >= _ALIKE_LENGTH and _unique(rest[0].strip(), context, lines)


def _same_end(mine: str, theirs: str, context: CursorContext) -> bool:
    """Whether both lines are the same end word or tag at the same depth: two of those never follow each other."""
    return mine.rstrip() == theirs.rstrip() and ends_block(mine, context.language)


def _unique(line: str, context: CursorContext, lines: list[str]) -> bool:
    """Whether `line` is no stock phrase: it stands nowhere above the cursor and once in the completion."""
    return line not in context.head and sum(line == other.strip() for other in lines) == 1


def _alike(first: str, second: str) -> bool:
    """Whether two lines say the same; spaces and a separator at the end do not count."""
    if first == second:
        return bool(first)
    if min(len(first), len(second)) < _ALIKE_LENGTH or abs(len(first) - len(second)) > _SPACES:
        return False
    return "".join(first.split()).rstrip(";,") == "".join(second.split()).rstrip(";,")


def _near(first: str, second: str) -> bool:
    """Whether two lines that follow a repeated one are near enough to be the same, wrongly remembered."""
    return min(len(first), len(second)) >= _ALIKE_LENGTH and fuzz.ratio(first, second) > _NEAR


def repeated_tail(text: str, context: CursorContext) -> int:
    """Return how many characters at the end of `text` stand at once after the cursor."""
    tail = context.tail
    if not context.line_after.strip():
        return _tail_over_lines(text, tail)
    for size in range(min(len(text), len(tail), _MAX_TAIL), 0, -1):
        if text.endswith(tail[:size]) and _at_token(text, tail, size):
            return size
    return 0


def _tail_over_lines(text: str, tail: str) -> int:
    """Exact overlap that starts with the line's end; lines are compared elsewhere with more tolerance."""
    at = text.find("\n")
    while at >= 0:
        if tail.startswith(text[at:]) and text[at:].strip():
            return len(text) - at
        at = text.find("\n", at + 1)
    return 0


def _at_token(text: str, tail: str, size: int) -> bool:
    """Whether the overlap begins and ends between words, and is more than a chance letter or space."""
    shared = tail[:size]
    if not shared.strip():
        return False
    begins_inside = (
        shared[0].isalnum() and size < len(text) and (text[-size - 1].isalnum() or text[-size - 1] == "_")
    )
    ends_inside = shared[-1].isalnum() and size < len(tail) and (tail[size].isalnum() or tail[size] == "_")
    return not begins_inside and not ends_inside
