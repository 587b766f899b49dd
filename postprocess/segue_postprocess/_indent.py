"""Indentation of a completion, moved to where the document wants it.

Models shift whole blocks, count from zero, or write tabs for spaces. What is wrong is judged only against fixed
points: a closing bracket belongs under the line that opened it, a statement beside its neighbours, a body as
deep under its header as the document has it elsewhere. When all fixed points are off by the same distance, the
block moves by that distance; when they disagree, it was written in another style and stays as it is.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from segue_postprocess._brackets import steps
from segue_postprocess._extent import opens_block
from segue_postprocess._lexis import CLOSERS, OPENERS, indent_of, leading_space
from segue_postprocess._lines import (
    continues_above,
    ends_block,
    goes_on,
    introduces,
    is_case,
    opens_tag,
    without_comment,
)
from segue_postprocess._reasons import Reason
from segue_postprocess._situation import CURSOR_MARK

if TYPE_CHECKING:
    from collections.abc import Mapping

    from segue_postprocess._lexis import Opening
    from segue_postprocess._situation import Situation

_DRIFTING: Final = 25
_RARE: Final = 8
_STEPS: Final = (2, 3, 4, 8)
_BLOCK_WORDS: Final = frozenset(
    "def class module if unless while until for case else elsif elif when begin rescue ensure function".split()  # noqa: SIM905
)
_LABEL: Final = re.compile(r"^(?:#|\w+\s*:(?!:)|(?:public|private|protected|internal)\b.*:$|@|<|\*|//|/\*)")
_ACCESS: Final = re.compile(r"^(?:public|private|protected|signals|default|case)\b.*:$")
_LINES: Final = re.compile(r"^([ \t]*)(\S.*)", re.MULTILINE)
_OPENER: Final = re.compile(r"[(\[{]")
_ASKING: Final = "=\\"
_ENDED: Final = re.compile(r"[;{}]\s*$")


@dataclass(frozen=True, slots=True)
class Habits:
    """How a document indents: with "tab" or "space" ("" when it shows too little), `step` columns at a time (0 if unknown).

    `bodies` are the depths seen below a line that ends with an opening bracket or a colon, under that character,
    and ``"."`` for chained calls; `aligns` says that arguments stand below the first one; `closes_in_body` is true where closing brackets stand as deep as the body.
    """

    kind: str
    step: int
    bodies: Mapping[str, frozenset[int]]
    usual: Mapping[str, int]
    aligns: bool
    closes_in_body: bool


@lru_cache(maxsize=4)
def habits_of(text: str) -> Habits:
    """Return the habits that the lines of `text` show."""
    tabs = spaces = in_body = in_header = 0
    seen: defaultdict[str, Counter[int]] = defaultdict(Counter)
    deeper: Counter[int] = Counter()
    aligned = 0
    last, last_width, chain_width = "", 0, 0
    for space, stripped in _LINES.findall(text):
        if stripped == CURSOR_MARK:
            last = ""
            continue
        width = len(space.expandtabs(4)) if "\t" in space else len(space)
        stripped = stripped.rstrip()  # noqa: PLW2901
        if space[:1] == "\t":
            tabs += 1
        elif width >= 2:
            spaces += 1
        if last:
            if stripped[0] in "}])":
                in_body += width == last_width and last[-1] not in "([{"
                in_header += width < last_width
            elif last[-1] in "([{:":
                seen[last[-1]][width - last_width] += 1
            elif _OPENER.search(last) and (column := open_column(last)) >= 0:
                aligned += 1 if width == last_width + column + 1 else -1
            elif last[-1] in _ASKING:
                seen[last[-1]][width - last_width] += 1
            elif _word_opens(last):
                seen["w"][width - last_width] += 1
            elif last[0] == "<" and stripped[:2] != "</" and opens_tag(last):
                seen["<"][width - last_width] += 1
            if width - last_width in _STEPS:
                deeper[width - last_width] += 1
        if stripped[0] == ".":
            seen["."][width - chain_width] += 1
        else:
            chain_width = width
        last, last_width = stripped, width
    kind = "tab" if tabs > 4 * spaces else "space" if spaces > 4 * tabs else ""
    usual = {mark: counts.most_common(1)[0][0] for mark, counts in seen.items()}
    step = 4 if kind == "tab" else deeper.most_common(1)[0][0] if deeper else 0
    bodies = {
        mark: frozenset(depth for depth, count in counts.items() if count * _RARE >= counts.total())
        for mark, counts in seen.items()
    }
    return Habits(kind, step, bodies, usual, aligned > 0, in_body > in_header)


def open_column(line: str) -> int:
    """Return the column of the last bracket of `line` that it leaves open before other text, -1 if there is none."""
    closed = 0
    for column in range(len(line) - 1, -1, -1):
        if line[column] in ")]}":
            closed += 1
        elif line[column] in CLOSERS:
            if closed == 0:
                return column if column < len(line) - 1 and line[column] != "{" and line[-1] != "{" else -1
            closed -= 1
    return -1


def _word_opens(line: str) -> bool:
    """Whether a line without brackets at its end begins a block by a word, as in Ruby, Lua, and C without braces."""
    if line.endswith((" do", " then", "|", "else")):
        return True
    return line.partition(" ")[0] in _BLOCK_WORDS and line[-1] not in ";},\\>"


def reindent(text: str, situation: Situation, reasons: list[Reason]) -> str:
    """Return `text` with the lines after the first in the indentation style, and at the depth, of the document."""
    if "\n" not in text or situation.profile.prose:
        return text
    if situation.mode.literal >= 0 and _stays_in_literal(text, situation):
        return text
    habits = habits_of(situation.around)
    lines = _in_style(text.split("\n"), habits)
    distance = _distance(lines, situation, habits)
    if distance:
        lines = _shift(lines, distance, situation, habits)
    result = "\n".join(lines)
    if result != text:
        reasons.append(Reason.REINDENTED)
    return result


def _stays_in_literal(text: str, situation: Situation) -> bool:
    """Whether the comment or string over several lines that holds the cursor goes on below its line."""
    if not situation.profile.literals[situation.mode.literal].multiline:
        return False
    first = text.partition("\n")[0]
    return situation.scanner.scan(first, 0, situation.mode)[1].literal == situation.mode.literal


def _in_style(lines: list[str], habits: Habits) -> list[str]:
    rest = lines[1:]
    if habits.kind == "space" and any(line.startswith("\t") for line in rest):
        return [
            lines[0],
            *(
                leading_space(line).replace("\t", " " * (habits.step or 4)) + line.lstrip(" \t")
                for line in rest
            ),
        ]
    if habits.kind == "tab" and not any(line.startswith("\t") for line in rest):
        widths = [indent_of(line) for line in rest if line.startswith("  ")]
        if widths:
            unit = next(
                (unit for unit in (4, 2, 3, 8) if all(width % unit == 0 for width in widths)), min(widths)
            )
            return [lines[0], *(_tabbed(line, unit) for line in rest)]
    return lines


def _tabbed(line: str, unit: int) -> str:
    width = len(leading_space(line))
    return "\t" * (width // unit) + " " * (width % unit) + line.lstrip(" \t")


def _shift(lines: list[str], distance: int, situation: Situation, habits: Habits) -> list[str]:
    """Move every line after the first by `distance` columns, but no line that a string goes over."""
    fixed = _inside_strings(lines, situation)
    moved = [lines[0]]
    for number, line in enumerate(lines[1:], 1):
        if not line.strip() or number in fixed:
            moved.append(line)
            continue
        width = max(0, indent_of(line) + distance)
        space = "\t" * (width // 4) + " " * (width % 4) if habits.kind == "tab" else " " * width
        moved.append(space + line.lstrip(" \t"))
    return moved


def _inside_strings(lines: list[str], situation: Situation) -> set[int]:
    """Return the lines that begin inside a string, unless it is a docstring, which moves with its block."""
    text, tokens, _ = situation.typed("\n".join(lines))
    inside: set[int] = set()
    depth = sum(opening.mark in CLOSERS for opening in situation.openings)
    for mark, start, end in tokens:
        depth += (mark in CLOSERS) - (mark in OPENERS)
        if mark == "string" and "\n" in text[start:end]:
            line_start = text.rfind("\n", 0, start) + 1
            if situation.profile.offside and depth <= 0 and not text[line_start:start].strip():
                continue
            first = text.count("\n", 0, start)
            inside.update(range(first + 1, first + text.count("\n", start, end) + 1))
    return inside


def _distance(lines: list[str], situation: Situation, habits: Habits) -> int:
    """Return how far the block must move, 0 when it is right or nothing is certain."""
    strong, weak = _Points(lines, situation, habits).judge()
    points = strong or weak
    if not points or points[0] == 0 or 0 in weak or any(point != points[0] for point in points):
        return 0
    body = [line.strip() for line in lines[1:] if line.strip()]
    if len(body) == 1 and body[0][0] in ")]}" and lines[0].rstrip()[-1:] not in CLOSERS:
        return 0  # a lone closing bracket has nothing to agree with
    return points[0]


class _Points:
    """Finds the fixed points of a block, each as the distance that would put it right."""

    def __init__(self, lines: list[str], situation: Situation, habits: Habits) -> None:
        self._lines = lines
        self._situation = situation
        self._habits = habits
        self._header = situation.line_before + lines[0]
        self._own = indent_of(self._header) if self._header.strip() else situation.indent
        self._strong: list[int] = []
        self._weak: list[int] = []

    def judge(self) -> tuple[list[int], list[int]]:
        situation, lines = self._situation, self._lines
        if situation.on_blank_line and self._own <= situation.previous_indent and self._below_opener():
            return [], []  # the first line itself stands wrong: nothing is fixed
        found, _ = steps("\n".join(lines), situation)
        fixed = _inside_strings(lines, situation)
        base = len(situation.openings)
        absolute = self._absolute(found[0].stack)
        index, at, first, lowest = 0, len(lines[0]) + 1, True, 1 << 30
        conditions = int(self._is_directive(self._header) and "if" in self._header[:12])
        while index + 1 < len(found) and found[index + 1].end < at:
            index += 1
            absolute.update(id(opening) for opening in found[index].stack[base:])
        header_stack = found[index].stack
        for number, line in enumerate(lines[1:], 1):
            while index + 1 < len(found) and found[index + 1].end <= at:
                index += 1
            stack = found[index].stack
            at += len(line) + 1
            stripped = line.strip()
            if not stripped or number in fixed:
                continue
            indent = indent_of(line)
            if self._is_directive(line):
                conditions += (stripped[1:].strip()[:2] == "if") - stripped.startswith("#endif")
                if conditions == 0 and stripped.startswith("#endif"):
                    self._strong.append(self._own - indent)
                    break
                continue
            if stripped[0] in ")]}":
                if not stack or id(stack[-1]) not in absolute:
                    if len(stack) <= base:
                        break  # the block is left: what follows says nothing about it
                elif not self._habits.closes_in_body:
                    self._strong.append(stack[-1].indent - indent)
            elif indent < lowest and self._ends_header(line):
                self._strong.append(self._own - indent)
                break
            elif first:
                self._first_line(line, indent, header_stack, base)
            elif len(stack) == base and self._beside(number, stripped):
                self._strong.append(self._own - indent)
            first = False
            lowest = min(lowest, indent)
        self._end(found[-1].stack, fixed)
        return self._strong, self._weak

    def _end(self, stack: tuple[Opening, ...], fixed: set[int]) -> None:
        """Judge the last line beside the one below the cursor, when one expression goes over both."""
        situation, number = self._situation, len(self._lines) - 1
        last, following = self._lines[-1], situation.next_line.strip()
        if (
            situation.line_after.strip()
            or not last.strip()
            or number in fixed
            or len(self._lines) > _DRIFTING
        ):
            return
        if len(stack) != len(situation.openings) or following[:1] in tuple(")]}") or last.strip()[0] in ")]}":
            return
        chained = following[:1] == last.strip()[:1] and continues_above(following) and continues_above(last)
        listed = last.rstrip().endswith((",", "\\")) and bool(self._header.strip()) and goes_on(self._header)
        if chained or (listed and self._header.rstrip()[-1:] in (*CLOSERS, ",", "\\")):
            self._strong.append(situation.next_indent - indent_of(last))

    def _is_directive(self, line: str) -> bool:
        """Whether `line` is the preprocessor's, which may stand anywhere."""
        return line.lstrip().startswith("#") and "#" not in self._situation.profile.line_comments

    def _below_opener(self) -> bool:
        above = self._situation.previous_line.rstrip()
        return bool(self._header.strip()) and (above[-1:] in CLOSERS or opens_block(above, self._situation))

    def _absolute(self, stack: tuple[Opening, ...]) -> set[int]:
        """Return the openings before the cursor that the completion may close, by identity."""
        situation = self._situation
        line_start = len(situation.head) - len(situation.line_before)
        return {
            id(opening)
            for number, opening in enumerate(stack)
            if number in situation.owed or (opening.offset >= line_start and situation.auto_closed)
        }

    def _first_line(self, line: str, indent: int, stack: tuple[Opening, ...], base: int) -> None:
        """Judge the line below the header."""
        situation = self._situation
        code = without_comment(self._header, situation.profile)
        stripped = line.strip()
        if not code or _ACCESS.match(stripped) or self._is_directive(code):
            return
        own = stack[-1].indent if code[-1] in CLOSERS and stack else self._own
        mark = (
            code[-1] if code[-1] in "([{:" else "." if stripped[0] == "." else "<" if opens_tag(code) else ""
        )
        if mark == ":" and not situation.profile.offside:
            mark = ""
        if not mark and _word_opens(code.strip()) and stripped[0] != "{":
            mark = "w"
        if not mark and code[-1] in _ASKING:
            mark = code[-1]
        column = -1 if mark else open_column(code)
        if column >= 0 and len(stack) > base - 1:
            if self._habits.aligns and self._habits.kind != "tab":
                self._weak.append(column + 1 - indent)
            return
        if stripped[0] == "{" and not mark and len(stack) <= base and not _ENDED.search(code):
            self._strong.append(self._own - indent)
        elif mark or opens_block(code, situation):
            self._body(indent - own, mark)
        elif len(self._lines) > _DRIFTING:
            return  # so long an answer may well have gone elsewhere
        elif introduces(self._header, situation.profile) and not goes_on(code):
            self._strong.append(self._own - indent)
        elif situation.profile.offside:
            if len(stack) <= base and not any(
                opening.mark in "([{" for opening in situation.openings[base - 1 :]
            ):
                self._offside(stripped, indent, code)
        elif len(stack) == base and (self._beside(1, stripped) or self._whole(code, stripped)):
            self._strong.append(self._own - indent)

    def _whole(self, code: str, stripped: str) -> bool:
        """Whether the header is a whole statement, in a language where the end of the line ends it."""
        profile = self._situation.profile
        if goes_on(code) or continues_above(stripped) or self._situation.container == "elements":
            return False
        return profile.ends_by_word or (profile.keyed and not self._situation.openings)

    def _body(self, depth: int, mark: str) -> None:
        """Judge how deep the body stands under its header, by what the document does elsewhere."""
        habits = self._habits
        seen = habits.bodies.get(mark)
        if mark == "." and self._header.lstrip().startswith("."):
            self._weak.append(-depth)
            return
        if mark == "." and seen is None and habits.step and depth >= 0 and depth % habits.step == 0:
            self._weak.append(0)
            return
        column = self._own + depth
        if mark in _ASKING and re.match(r"[\s(\[]\S", self._header[max(0, column - 1) : column + 1]):
            self._weak.append(0)  # below a word of the header
            return
        if seen is not None:
            self._weak.append(0 if depth in seen else habits.usual[mark] - depth)
            return
        own_step = self._own_step()
        if mark in CLOSERS and own_step and depth != own_step:
            self._weak.append(own_step - depth)
        elif habits.step and (depth <= 0 or depth % habits.step):
            self._weak.append(habits.step - depth)

    def _own_step(self) -> int:
        """Return how deep the completion's own bodies stand, 0 if it has none or they differ."""
        lines = [line for line in self._lines[1:] if line.strip()]
        depths = {
            indent_of(below) - indent_of(line)
            for line, below in itertools.pairwise(lines)
            if line.rstrip()[-1] in CLOSERS and below.strip()[0] not in OPENERS
        }
        return depths.pop() if len(depths) == 1 else 0

    def _offside(self, stripped: str, indent: int, code: str) -> None:
        """Where indentation is syntax, a line after a whole statement may not be deeper, nor between two levels."""
        own = self._own
        if goes_on(code) and not self._situation.profile.keyed:
            return
        if (
            self._situation.profile.keyed
            and self._header.strip().startswith("- ")
            and not stripped.startswith("-")
        ):
            own += 2
            if indent == own:
                return
        if indent > own or indent not in self._levels(own):
            self._strong.append(own - indent)

    def _levels(self, own: int) -> set[int]:
        """Return the indentations that the lines above allow a new line to have."""
        levels = {own}
        lowest = own
        for line in reversed(self._situation.head.split("\n")[:-1]):
            if line.strip() and indent_of(line) < lowest:
                lowest = indent_of(line)
                levels.add(lowest)
                if lowest == 0:
                    break
        return levels

    def _beside(self, number: int, stripped: str) -> bool:
        """Whether a line must stand level with the completion's first: a statement after an ended one."""
        situation = self._situation
        if not situation.on_blank_line or not situation.openings or situation.profile.offside:
            return False
        if len(self._lines) > _DRIFTING:
            return False  # so long an answer may well have gone elsewhere
        above = next((line for line in reversed(self._lines[:number]) if line.strip()), "")
        return (
            bool(_ENDED.search(above))
            and not _LABEL.match(stripped)
            and not is_case(stripped)
            and not is_case(above)
            and not continues_above(stripped)
        )

    def _ends_header(self, line: str) -> bool:
        """Whether `line` is the end word or closing tag of what the header began."""
        situation = self._situation
        if not ends_block(line, situation.profile):
            return False
        return opens_tag(self._header) if line.strip()[0] in "</>" else opens_block(self._header, situation)
