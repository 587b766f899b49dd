"""Indentation of a completion, moved to where the document wants it.

Models shift whole blocks, count from zero, or write tabs for spaces. What is wrong is judged only against fixed
points: a closing bracket belongs under the line that opened it, a statement beside its neighbours, a body as
deep under its header as the document has it elsewhere. When all fixed points are off by the same distance, the
block moves by that distance; when they disagree, it was written in another style and stays as it is.
"""

from __future__ import annotations

import itertools
from collections import Counter
from typing import TYPE_CHECKING, Final

from segue_postprocess._brackets import lines_that_stay
from segue_postprocess._habits import habits_of, mark_of
from segue_postprocess._lexis import CLOSERS, indent_of, leading_space
from segue_postprocess._points import Points
from segue_postprocess._reasons import Reason

if TYPE_CHECKING:
    from segue_postprocess._habits import Habits
    from segue_postprocess._situation import Situation

_TABS_BY_LAW: Final = frozenset(["go", "makefile"])
_STEPS: Final = (2, 3, 4, 8)


def prepare(situation: Situation) -> None:
    """Read the habits of the document ahead of the first answer."""
    _habits(situation)


def reindent(text: str, situation: Situation, reasons: list[Reason]) -> str:
    """Return `text` with the lines after the first in the indentation style, and at the depth, of the document."""
    if "\n" not in text or situation.profile.prose:
        return text
    if situation.mode.literal >= 0 and _stays_in_literal(text, situation):
        result = _docstring(text, situation)
    else:
        habits = _habits(situation)
        lines = _in_style(text.split("\n"), _kind(habits, situation), situation, habits)
        distance = _distance(lines, situation, habits)
        if distance:
            lines = _shift(lines, distance, situation, habits)
        result = "\n".join(lines)
    if result != text:
        reasons.append(Reason.REINDENTED)
    return result


def _habits(situation: Situation) -> Habits:
    return habits_of(situation.around, situation.profile.line_comments)


def _stays_in_literal(text: str, situation: Situation) -> bool:
    """Whether the comment or string over several lines that holds the cursor goes on below its line."""
    if not situation.profile.literals[situation.mode.literal].multiline:
        return False
    first = text.partition("\n")[0]
    return situation.scanner.scan(first, 0, situation.mode)[1].literal == situation.mode.literal


def _docstring(text: str, situation: Situation) -> str:
    """Return the text of a docstring with its least indented line level with its opening quotes."""
    literal = situation.profile.literals[situation.mode.literal]
    lines = text.split("\n")
    opening = next(
        (opening for opening in reversed(situation.openings) if opening.mark == literal.mark), None
    )
    if not situation.profile.offside or opening is None or "\t" in text:
        return text
    line_start = situation.head.rfind("\n", 0, opening.offset) + 1
    said = [line for line in lines[1:] if line.strip()]
    if situation.head[line_start : opening.offset].strip() or not said:
        return text
    distance = opening.indent - min(map(indent_of, said))
    if not distance or situation.on_blank_line:
        return text
    moved = (
        " " * (indent_of(line) + distance) + line.lstrip() if line.strip() else line for line in lines[1:]
    )
    return "\n".join([lines[0], *moved])


def _kind(habits: Habits, situation: Situation) -> str:
    return "tab" if not habits.kind and situation.language.id in _TABS_BY_LAW else habits.kind


def _in_style(lines: list[str], kind: str, situation: Situation, habits: Habits) -> list[str]:
    rest = lines[1:]
    if kind == "space" and any(line.startswith("\t") for line in rest):
        spaces = " " * (habits.step or 4)
        return [lines[0], *(leading_space(line).replace("\t", spaces) + line.lstrip(" \t") for line in rest)]
    if kind == "tab" and not any(line.startswith("\t") for line in rest):
        widths = [indent_of(line) for line in rest if line.startswith("  ")]
        if widths:
            return _tabbed(lines, _unit(widths), situation, habits)
    return lines


def _unit(widths: list[int]) -> int:
    """Return how many columns one level of a completion takes."""
    for unit in (4, 2, 3, 8):
        if all(width % unit == 0 for width in widths):
            return unit if unit != 2 else _commonest_rise(widths) or unit
    return _commonest_rise(widths) or min(widths)


def _commonest_rise(widths: list[int]) -> int:
    rises = Counter(
        after - before for before, after in itertools.pairwise(widths) if after - before in _STEPS
    )
    return rises.most_common(1)[0][0] if rises else 0


def _tabbed(lines: list[str], unit: int, situation: Situation, habits: Habits) -> list[str]:
    """Return `lines`, which are indented by `unit` spaces a level, with tabs, and spaces where the document has those."""
    above = situation.line_before + lines[0]
    levels = [(indent_of(above), leading_space(above))]
    result = [lines[0]]
    for line in lines[1:]:
        said = line.lstrip(" ")
        columns = len(line) - len(said)
        width = columns // unit * 4 + columns % unit
        if not said.strip():
            result.append(line)
            continue
        mark = mark_of(above.strip(), said) if above.strip() else ""
        while len(levels) > 1 and (levels[-1][0] > width or (levels[-1][0] == width and mark)):
            levels.pop()
        base, space = levels[-1]
        if width < base or (width > base and mark not in habits.spaced):
            space = "\t" * (width // 4) + " " * (width % 4)
        elif width > base:
            space += " " * (width - base)
        if width > base:
            levels.append((width, space))
        result.append(space + said)
        above = said
    return result


def _shift(lines: list[str], distance: int, situation: Situation, habits: Habits) -> list[str]:
    """Move every line after the first by `distance` columns, but no line that a string goes over."""
    fixed = lines_that_stay("\n".join(lines), situation)
    moved = [lines[0]]
    for number, line in enumerate(lines[1:], 1):
        if not line.strip() or number in fixed:
            moved.append(line)
            continue
        moved.append(" " * max(0, indent_of(line) + distance) + line.lstrip(" \t"))
    return _tabbed(moved, 4, situation, habits) if habits.kind == "tab" else moved


def _distance(lines: list[str], situation: Situation, habits: Habits) -> int:
    """Return how far the block must move, 0 when it is right or nothing is certain."""
    strong, weak = Points(lines, situation, habits).judge()
    if not strong and not weak:
        return 0
    wanted = strong[0] if strong else weak[0].distance
    if strong:
        agreed = all(point == wanted for point in strong) and not any(
            point.allows(0) and not point.allows(wanted) for point in weak
        )
    else:
        agreed = all(point.allows(wanted) for point in weak)
    if not agreed:
        return 0
    body = [line.strip() for line in lines[1:] if line.strip()]
    if len(body) == 1 and body[0][0] in ")]}" and lines[0].rstrip()[-1:] not in CLOSERS:
        return 0  # a lone closing bracket has nothing to agree with
    return wanted
