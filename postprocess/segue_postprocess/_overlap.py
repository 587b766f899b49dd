"""Where a completion stops being new: from there on it repeats what already follows the cursor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rapidfuzz import fuzz

from segue_postprocess._lines import closes_only, is_substantial

if TYPE_CHECKING:
    from segue_postprocess._situation import Situation

_ALIKE: Final = 95.0
_ALIKE_LENGTH: Final = 12
_SUFFIX_LINES: Final = 40
_MAX_TAIL: Final = 400


def repeated_lines_start(text: str, situation: Situation) -> int | None:
    """Return the offset of the first line of `text` that starts a repetition of the lines below, or None.

    White space does not count, small differences in long lines do not either. A match must go on to the end of
    `text` or over several lines that say something; a lone closing bracket proves nothing here.
    """
    below = [line.strip() for line in situation.tail.split("\n")[: _SUFFIX_LINES * 2] if line.strip()][
        :_SUFFIX_LINES
    ]
    if situation.line_after.strip() and closes_only(situation.line_after):
        below = below[1:]
    if not below:
        return None
    lines = text.split("\n")
    offset = 0
    for number, line in enumerate(lines):
        whole = situation.line_before + line if number == 0 else line
        if (number > 0 or situation.on_blank_line) and whole.strip() and _alike(whole.strip(), below[0]):
            found = _repeats(lines, number, below, situation)
            if found:
                return offset
        offset += len(line) + 1
    return None


def _repeats(lines: list[str], first: int, below: list[str], situation: Situation) -> bool:
    rest = [line.strip() for line in lines[first:] if line.strip()]
    if first == 0:
        rest[0] = (situation.line_before + lines[0]).strip()
    run = 0
    said = 0
    for mine, theirs in zip(rest, below, strict=False):
        last = run == len(rest) - 1
        if not (_alike(mine, theirs) or (last and run > 0 and theirs.startswith(mine))):
            break
        run += 1
        said += is_substantial(mine)
    if run == len(rest) or run == len(below):
        return said >= 1
    if said >= 2:
        return True
    return said == 1 and run >= 1 and len(rest[0]) >= _ALIKE_LENGTH and _unique(rest[0], situation, lines)


def _unique(line: str, situation: Situation, lines: list[str]) -> bool:
    """Whether `line` is no stock phrase: it stands nowhere above the cursor and once in the completion."""
    return line not in situation.head and sum(line == other.strip() for other in lines) == 1


def _alike(first: str, second: str) -> bool:
    if first == second:
        return True
    if min(len(first), len(second)) < _ALIKE_LENGTH:
        return False
    if fuzz.ratio(first, second, score_cutoff=_ALIKE) == 0:
        return False
    # ``x1 = a1`` and ``x2 = a2`` are two lines, however alike
    return [c for c in first if c.isdigit()] == [c for c in second if c.isdigit()]


def repeated_tail(text: str, situation: Situation) -> int:
    """Return how many characters at the end of `text` stand at once after the cursor."""
    tail = situation.tail
    if not situation.line_after.strip():
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
