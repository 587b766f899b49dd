"""Loops a model runs into: the same line, the same block, the same words again and again, or the file's own lines."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Final

from segue_postprocess._lines import closes_only, ends_block, is_substantial
from segue_postprocess._reasons import Reason
from segue_postprocess._situation import shared_at_cursor

if TYPE_CHECKING:
    from segue_postprocess._situation import Situation

_Above = tuple[list[str], dict[str, list[int]]]
_SAME_LINES: Final = 4
_SAME_BLOCKS: Final = 3
_LONGEST_BLOCK: Final = 8
_LINES_ABOVE: Final = 200
_RUN: Final = 3
_LONG_ANSWER: Final = 25
_LONG_RUN: Final = 10
_WITHIN_LINE: Final = re.compile(r"(.{3,9}?)\1{4,}.{0,9}\Z|(.{10,80}?)\2{3,}.{0,80}\Z")
_KEY: Final = re.compile(r"^\s*(?:-\s+)?([\w.\"'-]+)\s*[:=]")


def cut_loops(text: str, situation: Situation, reasons: list[Reason]) -> str:
    """Return `text` up to where it begins to repeat itself without end."""
    result = _cut_repeated_keys(text, situation, reasons)
    lines = result.split("\n")
    end = loop_start(lines)
    if end is not None:
        reasons.append(Reason.REPETITION)
        result = "\n".join(lines[:end])
    copied = copied_from(result.split("\n"), situation)
    if copied is not None:
        reasons.append(Reason.REPETITION)
        result = "\n".join(result.split("\n")[:copied])
    return _cut_within_line(result, situation, reasons)


def copied_from(lines: list[str], situation: Situation) -> int | None:
    """Return the number of lines to keep when a long answer goes on to copy the lines above the cursor, else None.

    Ten lines in a row that say something are a copy, and three when it goes on to the end of the answer, or any that
    goes on past the cursor. Short answers are left alone: tests and overloads do repeat each other. What the copy
    follows must say something itself, and a closing bracket may well belong to that.
    """
    if len(lines) < _LONG_ANSWER:
        return None
    said, places = _above(situation)
    mine = _numbered(lines)
    texts = [line for _, line in mine]
    here = [situation.line_before.strip()] if situation.line_before.strip() else _said(situation.tail)[:2]
    for index, (number, line) in enumerate(mine):
        if not index or line not in places or closes_only(line) or ends_block(line, situation.profile):
            continue
        if any(_is_copy(texts[index:], said[place:], (here, texts[:1])) for place in places[line]):
            return number
    return None


def prepare(situation: Situation) -> None:
    """Read the lines above the cursor ahead of the first answer."""
    _above(situation)


@shared_at_cursor
def _above(situation: Situation) -> _Above:
    """Return the last lines above the cursor's that say something, and where each of them stands among them."""
    above = situation.cursor.prefix.rsplit("\n", _LINES_ABOVE)[-_LINES_ABOVE:-1]
    said = [line for _, line in _numbered(above)]
    places: defaultdict[str, list[int]] = defaultdict(list)
    for place, line in enumerate(said):
        places[line].append(place)
    return said, dict(places)


def _numbered(lines: list[str]) -> list[tuple[int, str]]:
    """Return the lines that say something without the space around them, each with its number."""
    return [(number, said) for number, line in enumerate(lines) if (said := line.strip())]


def _said(text: str) -> list[str]:
    return [line for _, line in _numbered(text.split("\n"))]


def _is_copy(mine: list[str], above: list[str], further: tuple[list[str], ...]) -> bool:
    """Whether `mine` starts as `above` does, for so long that it is no chance.

    A copy that goes on past the cursor, with what stands there or with the answer again, needs no length.
    """
    substantial = run = 0
    for one, other in zip(mine, above, strict=False):
        if one != other:
            break
        substantial += is_substantial(one)
        run += 1
    if run == len(above) and any(_begin(mine[run:], lines) for lines in further):
        return True
    last = run == len(mine) - 1 and run < len(above) and above[run].startswith(mine[run])
    return substantial >= (_RUN if run == len(mine) or last else _LONG_RUN)


def _begin(lines: list[str], others: list[str]) -> bool:
    """Whether `lines` begin with `others`, of which each may be the beginning of a line."""
    return 0 < len(others) <= len(lines) and all(map(str.startswith, lines, others))


def loop_start(lines: list[str]) -> int | None:
    """Return the number of lines to keep when `lines` end in a loop, else None."""
    said = _numbered(lines)
    texts = [line for _, line in said]
    for size in range(1, _LONGEST_BLOCK + 1):
        times = _SAME_LINES if size == 1 else _SAME_BLOCKS
        if len(texts) < size * times or not any(map(str.__eq__, texts[-size:], texts[-2 * size : -size])):
            continue
        block = texts[-size:]
        if not any(is_substantial(line) for line in block):
            partial = texts[-size - 1 : -1]
            if not any(is_substantial(line) for line in partial):
                continue
        for ragged in range(size):
            until = len(texts) - ragged
            block = texts[until - size : until]
            count = 1
            while (
                until - (count + 1) * size >= 0
                and texts[until - (count + 1) * size : until - count * size] == block
            ):
                count += 1
            if (
                count >= times
                and any(is_substantial(line) for line in block)
                and all(mine.startswith(last) for mine, last in zip(block, texts[until:], strict=False))
            ):
                keep = until - (count - 1) * size
                return said[keep - 1][0] + 1
    return None


def _cut_within_line(text: str, situation: Situation, reasons: list[Reason]) -> str:
    head, _newline, last = text.rpartition("\n")
    if len(last) < 30 or not _may_repeat(last):
        return text
    match = _WITHIN_LINE.search(last)
    if match is None:
        return text
    unit = match[1] or match[2]
    if not re.search(r"[A-Za-z]", unit) or len(set(unit)) < 3:
        return text
    if unit * _RUN in situation.head or unit * _RUN in situation.tail:
        return text  # a table of the file's own
    reasons.append(Reason.REPETITION)
    if head.strip():
        return head
    return last[: match.start() + len(unit)]


def _may_repeat(line: str) -> bool:
    """Whether `_WITHIN_LINE`, which is slow, may find something: whether characters that it would hold stand thrice."""
    return any(line.count(line[at : at + 3]) >= 3 for at in range(0, len(line) - 2, 12))


def _cut_repeated_keys(text: str, situation: Situation, reasons: list[Reason]) -> str:
    """Drop a line that repeats the line above it where a mapping cannot have a key twice."""
    if not situation.profile.keyed or situation.mode.literal >= 0:
        return text
    lines = text.split("\n")
    kept: list[str] = []
    for number, line in enumerate(lines):
        whole = situation.line_before + line if number == 0 else line
        last = next(
            (other for other in reversed(kept) if other.strip()),
            situation.previous_line if number == 0 else "",
        )
        if number and whole.strip() and whole.strip() == last.strip() and _KEY.match(whole):
            reasons.append(Reason.DUPLICATE_KEY)
            continue
        kept.append(line)
    return "\n".join(kept)
