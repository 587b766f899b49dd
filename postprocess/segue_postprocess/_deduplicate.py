"""Loops a model runs into: the same line, the same block, the same words again and again, or the file's own lines."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from segue_postprocess._lines import closes_only, ends_block, is_substantial
from segue_postprocess._types import LONG_ANSWER, Reason

if TYPE_CHECKING:
    from collections.abc import Callable

    from segue_postprocess._context import CursorContext
    from segue_postprocess._types import Candidate


_SAME_LINES: Final = 4
_SAME_BLOCKS: Final = 3
_LONGEST_BLOCK: Final = 8
_RUN: Final = 3
_LONG_RUN: Final = 10
_SPACES: Final = 8
_ALIKE_LENGTH: Final = 12
_MANY: Final = 4
_SUFFIX_LINES: Final = 40
_MAX_TAIL: Final = 400
_WITHIN_LINE: Final = re.compile(r"(.{3,9}?)\1{4,}.{0,9}\Z|(.{10,80}?)\2{3,}.{0,80}\Z")
_LINE_END: Final = 480
"""Characters at the end of a line that are looked at: four times the longest unit, and what may follow it."""
_KEY: Final = re.compile(r"^\s*(?:-\s+)?([\w.\"'-]+)\s*[:=]")


def cut_loops(candidate: Candidate, _context: CursorContext) -> Candidate:
    """Cut an answer that ends in a loop of lines after the first round."""
    lines = candidate.text.split("\n")
    end = loop_start(lines)
    return candidate if end is None else _cut(candidate, lines, end)


def cut_copies(candidate: Candidate, context: CursorContext) -> Candidate:
    """Cut a long answer where it begins to copy the lines above the cursor."""
    lines = candidate.text.split("\n")
    end = copied_from(lines, context) if len(lines) >= LONG_ANSWER else None
    return candidate if end is None else _cut(candidate, lines, end)


def _cut(candidate: Candidate, lines: list[str], end: int) -> Candidate:
    """Return the first `end` lines; of a long answer nobody knows where it should have ended."""
    cut = candidate.with_reason(Reason.REPETITION, text="\n".join(lines[:end]))
    return cut.with_reason(Reason.DRIFT) if len(lines) >= LONG_ANSWER else cut


def copied_from(lines: list[str], context: CursorContext) -> int | None:
    """Return the number of lines to keep when an answer goes on to copy the lines above the cursor, else None.

    Ten lines in a row that say something are a copy, and three when it goes on to the end of the answer, or any that
    goes on past the cursor. What the copy follows must say something itself, and a closing bracket may well belong to
    that. In a short answer it proves nothing: tests and overloads do repeat each other.
    """
    said, places = context.lines_above, context.places_above
    mine = _numbered(lines)
    texts = [line for _, line in mine]
    here = [context.line_before.strip()] if context.line_before.strip() else _said(context.tail)[:2]
    for index, (number, line) in enumerate(mine):
        if not index or line not in places or closes_only(line) or ends_block(line, context.language):
            continue
        if any(_is_copy(texts[index:], said[place:], (here, texts[:1])) for place in places[line]):
            return number
    return None


def _numbered(lines: list[str]) -> list[tuple[int, str]]:
    """Return the lines that say something without the space around them, each with its number."""
    return [(number, said) for number, line in enumerate(lines) if (said := line.strip())]


def _said(text: str) -> list[str]:
    return [line for _, line in _numbered(text.split("\n"))]


def _is_copy(mine: list[str], above: list[str], further: tuple[list[str], ...]) -> bool:
    """Whether `mine` starts as `above` does, for so long that it is no chance.

    A copy that goes on past the cursor, with what stands there or with the answer again, needs no length.
    """
    run, said = _common(mine, above)
    if run == len(above) and any(lines and _begin(mine[run:], lines) for lines in further):
        return True
    return said >= (_RUN if run == len(mine) else _LONG_RUN)


def _common(
    mine: list[str], others: list[str], alike: Callable[[str, str], bool] = str.__eq__
) -> tuple[int, int]:
    """Return with how many lines of `others` an answer begins, the last of it perhaps cut off, and how many say something."""
    run = said = 0
    for one, other in zip(mine, others, strict=False):
        if not alike(one, other):
            return run + (run == len(mine) - 1 and other.startswith(one)), said
        said += is_substantial(one)
        run += 1
    return run, said


def _begin(lines: list[str], others: list[str]) -> bool:
    """Whether `lines` begin with `others`, of which each may be the beginning of a line."""
    return len(others) <= len(lines) and all(map(str.startswith, lines, others))


def loop_start(lines: list[str]) -> int | None:
    """Return the number of lines to keep when `lines` end in a loop, whose last round may be cut off, else None."""
    said = _numbered(lines)
    texts = [line for _, line in said]
    for size in range(1, min(_LONGEST_BLOCK, len(texts) // 2) + 1):
        for until in range(len(texts), max(len(texts) - size, size), -1):
            block, times = texts[until - size : until], _SAME_LINES if size == 1 else _SAME_BLOCKS
            rounds = _rounds(texts, block, until)
            if rounds >= times and any(map(is_substantial, block)) and _begin(block, texts[until:]):
                return said[until - (rounds - 1) * size - 1][0] + 1
    return None


def _rounds(lines: list[str], block: list[str], until: int) -> int:
    """Return how often `block` stands in a row, the last time before line `until`."""
    size, count = len(block), 1
    while lines[max(0, until - (count + 1) * size) : until - count * size] == block:
        count += 1
    return count


def cut_repetition_in_line(candidate: Candidate, context: CursorContext) -> Candidate:
    """Cut an answer whose last line says the same words again and again."""
    head, _newline, last = candidate.text.rpartition("\n")
    end = last[-_LINE_END:]  # the pattern takes the square of the length
    match = _WITHIN_LINE.search(end) if len(end) >= 30 and _may_repeat(end) else None
    if match is None:
        return candidate
    unit = match[1] or match[2]
    start = len(last) - len(end) + match.start()
    while last.endswith(unit, 0, start):
        start -= len(unit)
    is_pattern = not re.search(r"[A-Za-z]", unit) or len(set(unit)) < 3
    if is_pattern or unit * _RUN in context.surroundings:
        return candidate  # a table of the file's own
    return candidate.changed(head if head.strip() else last[: start + len(unit)], Reason.REPETITION)


def _may_repeat(line: str) -> bool:
    """Whether `_WITHIN_LINE`, which is slow, may find something: whether characters that it would hold stand thrice."""
    return any(line.count(line[at : at + 3]) >= 3 for at in range(0, len(line) - 2, 12))


def cut_repeated_keys(candidate: Candidate, context: CursorContext) -> Candidate:
    """Drop a line that repeats the line above it where a mapping cannot have a key twice."""
    if not context.language.key_value or context.lex_state.literal is not None:
        return candidate
    first, *rest = candidate.text.split("\n")
    kept = [first]
    last = (context.line_before + first).strip() or context.previous_line.strip()
    for line in rest:
        said = line.strip()
        if not said or said != last or not _KEY.match(line):
            kept.append(line)
            last = said or last
    return candidate.changed("\n".join(kept), Reason.DUPLICATE_KEY)


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
    below = _said("\n".join(context.tail.split("\n")[: _SUFFIX_LINES * 2]))[:_SUFFIX_LINES]
    if context.line_after.strip() and closes_only(context.line_after):
        below = below[1:]
    lines = text.split("\n") if below else []
    offset = 0
    for number, line in enumerate(lines):
        begun = line if number else context.line_before + line
        if (number or context.on_blank_line) and _alike(begun.strip(), below[0]):
            rest = [begun.strip(), *_said("\n".join(lines[number + 1 :]))]
            if _repeats(rest, below, text[:offset], context):
                return offset
        offset += len(line) + 1
    return None


def _repeats(rest: list[str], below: list[str], before: str, context: CursorContext) -> bool:
    """Whether the `rest` of an answer repeats the lines below, after the new text `before`.

    One that says nothing else must repeat more: an element of a list may well begin like the next one.
    """
    run, said = _common(rest, below, _alike)
    if run in (len(rest), len(below)):
        return said >= 1
    if not before.strip():
        return said >= _MANY
    is_single = said == 1 and len(rest[0]) >= _ALIKE_LENGTH
    return said > 1 or (
        is_single and rest[0] not in context.head and _said(before).count(rest[0]) + rest.count(rest[0]) == 1
    )


def _alike(first: str, second: str) -> bool:
    """Whether two lines say the same; spaces and a separator at the end do not count."""
    if first == second:
        return bool(first)
    if min(len(first), len(second)) < _ALIKE_LENGTH or abs(len(first) - len(second)) > _SPACES:
        return False
    return "".join(first.split()).rstrip(";,") == "".join(second.split()).rstrip(";,")


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
