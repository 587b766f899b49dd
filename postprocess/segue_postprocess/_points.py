"""Fixed points of a block: lines that the document says where to put, each as the distance that would put it right."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING, Final

from segue_postprocess._blocks import opens_block
from segue_postprocess._brackets import lines_that_stay, steps
from segue_postprocess._habits import ASKING, key_depths, mark_of, open_column, opens_closure
from segue_postprocess._lexis import CLOSERS, OPENERS, indent_of
from segue_postprocess._lines import (
    continues_above,
    ends_block,
    goes_on,
    introduces,
    is_case,
    is_clause,
    opens_tag,
    without_comment,
)

if TYPE_CHECKING:
    from segue_postprocess._brackets import Step
    from segue_postprocess._habits import Habits
    from segue_postprocess._lexis import Opening
    from segue_postprocess._situation import Situation

_DRIFTING: Final = 25
_NEAR: Final = 4
_STYLE_GUIDE: Final = {
    "python": 4,
    "rust": 4,
    "kotlin": 4,
    "csharp": 4,
    "ruby": 2,
    "elixir": 2,
    "dart": 2,
    "yaml": 2,
}
"""The step of languages that have one for all, where neither the document nor the answer shows another."""
_LABEL: Final = re.compile(r"^(?:#|\w+\s*:(?!:)|(?:public|private|protected|internal)\b.*:$|@|<|\*|//|/\*)")
_ACCESS: Final = re.compile(r"^(?:public|private|protected|signals|default|case)\b.*:$")
_ENDED: Final = re.compile(r"(?:;|(?<![=$])\{[^{}]*\}|^\W*\}|\{)\s*$")
_AFTER_SPACE: Final = re.compile(r"[\w,(]\s+(?=[\w:\"'&*\[{(])")
_MARKUP: Final = frozenset(["html", "vue", "svelte", "xml"])


class Points:
    """Finds the fixed points of a block: strong ones that the document's structure gives, weak ones from its habits."""

    def __init__(self, lines: list[str], situation: Situation, habits: Habits) -> None:
        self._lines = lines
        self._situation = situation
        self._habits = habits
        self._header = situation.line_before + lines[0]
        self._own = indent_of(self._header) if self._header.strip() else situation.indent
        self._strong: list[int] = []
        self._weak: list[int] = []

    def judge(self) -> tuple[list[int], list[int]]:
        """Return the strong and the weak distances."""
        situation, lines = self._situation, self._lines
        if situation.on_blank_line and self._below_opener():
            return [], []  # the first line itself stands wrong: nothing is fixed
        text = "\n".join(lines)
        if situation.profile.offside and self._header.lstrip().startswith(('"""', "'''")):
            return self._docstring()
        found, _ = steps(text, situation)
        fixed = lines_that_stay(text, situation)
        base = len(situation.openings)
        fixed_openings = self._fixed_openings(found, text)
        index, at, first, lowest = 0, len(lines[0]) + 1, True, 1 << 30
        conditional = self._is_directive(self._header) and self._header.lstrip()[1:].lstrip().startswith("if")
        conditions = int(conditional)
        while index + 1 < len(found) and found[index + 1].end < at:
            index += 1
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
                word = stripped[1:].lstrip()
                conditions += word.startswith("if") - word.startswith("endif")
                if conditional and conditions == (word[:2] == "el"):
                    self._strong.append(self._own - indent)
                    if not conditions:
                        break
                continue
            if stripped[0] in ")]}":
                if not stack or id(stack[-1]) not in fixed_openings:
                    if len(stack) <= base:
                        break  # the block is left: what follows says nothing about it
                elif not self._habits.closes_in_body:
                    self._strong.append(fixed_openings[id(stack[-1])] - indent)
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

    def _docstring(self) -> tuple[list[int], list[int]]:
        """Judge a docstring by its least indented line, which stands under its quotes."""
        mark = self._header.lstrip()[:3]
        inside: list[int] = []
        for line in self._lines[1:]:
            if line.strip():
                inside.append(indent_of(line))
            if mark in line:
                break
        return ([self._own - min(inside)] if inside and mark not in self._lines[0].lstrip()[3:] else []), []

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
        if situation.openings and situation.next_indent <= situation.openings[-1].indent:
            return  # the line below has left the bracket
        keyed = situation.profile.keyed
        chained = (
            not keyed
            and following[:1] == last.strip()[:1]
            and continues_above(following)
            and continues_above(last)
        )
        listed = last.rstrip().endswith((",", "\\")) and bool(self._header.strip()) and goes_on(self._header)
        if chained or (listed and self._header.rstrip()[-1:] in (*CLOSERS, ",", "\\")):
            self._strong.append(situation.next_indent - indent_of(last))

    def _is_directive(self, line: str) -> bool:
        """Whether `line` is the preprocessor's, which may stand anywhere."""
        return line.lstrip().startswith("#") and "#" not in self._situation.profile.line_comments

    def _below_opener(self) -> bool:
        """Whether the first line stands no deeper than the line above it that begins a block."""
        situation = self._situation
        above = situation.previous_line.rstrip()
        if not self._header.strip() or self._is_directive(self._header) or self._is_directive(above):
            return False
        if above[-1:] in CLOSERS and situation.openings:
            return self._own <= situation.openings[-1].indent
        return self._own <= situation.previous_indent and opens_block(above, situation)

    def _fixed_openings(self, found: list[Step], text: str) -> dict[int, int]:
        r"""Return where the closing brackets belong whose construct begins before the second line, by opening.

        Those are the ones that the completion may close, and those of its first line; also the brace of
        ``foo(\n    a) {`` when ``foo(`` is one of them, and that of ``} else {``. In a long answer the end of
        the cursor's block may be the end of another one.
        """
        situation = self._situation
        line_start = len(situation.head) - len(situation.line_before)
        header_ends = len(self._lines[0])
        short = len(self._lines) <= _DRIFTING
        fixed = {
            id(opening): opening.indent
            for number, opening in enumerate(found[0].stack)
            if number in situation.owed or (opening.offset >= line_start and (short or situation.auto_closed))
        }
        closed_at, level = -1, 0
        known = set(map(id, found[0].stack))
        for step in found[1:]:
            if step.closed is not None:
                closed_at = step.starts if id(step.closed) in fixed else -1
                level = fixed.get(id(step.closed), 0)
            elif step.stack and id(step.stack[-1]) not in known:
                opening = step.stack[-1]
                known.add(id(opening))
                if step.end <= header_ends:
                    fixed[id(opening)] = opening.indent
                elif closed_at >= 0 and "\n" not in text[closed_at : step.end]:
                    fixed[id(opening)] = level
        return fixed

    def _first_line(self, line: str, indent: int, stack: tuple[Opening, ...], base: int) -> None:
        """Judge the line below the header."""
        situation = self._situation
        code = without_comment(self._header, situation.profile)
        stripped = line.strip()
        if not code or _ACCESS.match(stripped):
            return
        if self._is_directive(code):
            self._after_directive(code, indent)
            return
        own = stack[-1].indent if code[-1] in CLOSERS and stack else self._own
        if situation.profile.keyed and code.lstrip().startswith("- "):
            own += 2  # a key of the item
        mark = self._mark(code, stripped, stack, base)
        opens = bool(mark) or opens_block(code, situation)
        column = -1 if opens else open_column(code)
        if column >= 0 and stack and stack[-1].indent == self._own:
            self._aligned(column + 1 - indent, indent)
            return
        if (
            stripped[0] == "{"
            and stripped[:2] not in ("{%", "{{")
            and not mark
            and len(stack) <= base
            and not _ENDED.search(code)
        ):
            self._strong.append(self._own - indent)
        elif opens:
            self._body(indent - own, mark)
        elif len(self._lines) > _DRIFTING:
            return  # so long an answer may well have gone elsewhere
        elif introduces(code, situation.profile) and not goes_on(code):
            self._strong.append(self._own - indent)
        elif situation.profile.offside:
            brackets = "[{" if situation.profile.keyed else "([{"
            if len(stack) <= base and not any(
                opening.mark in brackets for opening in situation.openings[base - 1 :]
            ):
                self._offside(stripped, indent, code)
        elif len(stack) == base and (self._beside(1, stripped) or self._whole(code, stripped)):
            self._strong.append(self._own - indent)
        elif code[-1] == ",":
            columns = (found.end() - indent for found in _AFTER_SPACE.finditer(code, self._own + 1))
            nearest = min(columns, key=abs, default=0)
            if abs(nearest) <= _NEAR and not self._a_step_in(indent):
                self._weak.append(nearest)

    def _after_directive(self, code: str, indent: int) -> None:
        """Judge the first line of another branch of the preprocessor beside the last line of the branch above."""
        situation = self._situation
        above = situation.previous_line
        if code.lstrip()[1:].lstrip().startswith("el") and above.rstrip()[-1:] == ";":
            self._weak.append(situation.previous_indent - indent)

    def _mark(self, code: str, below: str, stack: tuple[Opening, ...], base: int) -> str:
        """Return how the header opens a body, under the marks of `Habits`, "" if it does not."""
        if below[0] == "." and code[-1] not in CLOSERS:
            return "."
        mark = mark_of(code.strip(), below)
        if mark in (":", "-"):
            return mark if self._situation.profile.offside or is_case(code) else ""
        if self._situation.profile.keyed and not mark and opens_block(code, self._situation):
            return ":"  # a block scalar
        if mark == "w" and below[0] == "{":
            return ""
        if not mark and opens_tag(code):
            return "<"
        if not mark and len(stack) >= base and stack and stack[-1].mark == "{" and opens_closure(code):
            return "{"
        return mark

    def _aligned(self, distance: int, indent: int) -> None:
        """Judge an argument below a bracket that is followed by others: under the first of them, or a step in."""
        if self._habits.kind == "tab":
            return
        plain = self._a_step_in(indent)
        if self._habits.aligns or (not plain and (abs(distance) <= _NEAR or indent <= self._own)):
            self._weak.append(distance)

    def _a_step_in(self, indent: int) -> bool:
        step = self._habits.step or self._own_step() or 4
        return indent - self._own in (step, 2 * step)

    def _whole(self, code: str, stripped: str) -> bool:
        """Whether the header is a whole statement, in a language where the end of the line ends it."""
        situation = self._situation
        if situation.language.id in _MARKUP:
            return code.strip()[0] not in "<{" and stripped[0] not in "<{" and situation.mode.is_code
        if goes_on(code) or continues_above(stripped) or situation.container == "elements":
            return False
        if situation.profile.loose_parentheses and code[-1] == ")" and "(" not in code:
            return False  # the pattern of a ``case``
        return situation.profile.ends_by_word or (situation.profile.keyed and not situation.openings)

    def _body(self, depth: int, mark: str) -> None:
        """Judge how deep the body stands under its header, by what the document does elsewhere."""
        habits = self._habits
        seen = habits.bodies.get(mark)
        step = habits.step or self._own_step() or _STYLE_GUIDE.get(self._situation.language.id, 0)
        if mark == "." and self._header.lstrip().startswith("."):
            self._weak.append(-depth)
            return
        if (mark == "n" and seen is None) or (mark == "-" and depth in (0, step)):
            self._weak.append(0)  # both are usual
            return
        if mark == "." and seen is None and step and depth >= 0 and depth % step == 0:
            self._weak.append(0)
            return
        column = self._own + depth
        if (
            mark
            and mark in ASKING
            and depth > 0
            and re.match(r"[\s(\[]\S", self._header[column - 1 : column + 1])
        ):
            self._weak.append(0)  # below a word of the header
            return
        if seen is not None:
            self._weak.append(0 if depth in seen else habits.usual[mark] - depth)
            return
        own_step = self._own_step()
        if mark in CLOSERS and own_step and depth != own_step:
            self._weak.append(own_step - depth)
            return
        profile = self._situation.profile
        exact = mark == "{" or (mark == ":" and not profile.keyed) or (not mark and profile.ends_by_word)
        if step and (exact or depth <= 0 or depth % step):
            self._weak.append(step - depth)

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
        if self._situation.profile.keyed and self._header.strip().startswith("- "):
            if stripped.startswith("-"):
                if indent != own and indent not in self._levels(own, items=True):
                    self._strong.append(own - indent)
                return
            own += 2
        left = indent < self._own and indent in self._levels(self._own)
        if indent != own and (not left or self._stands_elsewhere(stripped, own, indent)):
            self._strong.append(own - indent)

    def _stands_elsewhere(self, stripped: str, expected: int, indent: int) -> bool:
        """Whether the document has the key of a line at the expected depth and never as deep as the line is."""
        key, colon, _ = stripped.partition(":")
        depths = key_depths(self._situation.around, key) if colon and self._situation.profile.keyed else ()
        return expected in depths and indent not in depths

    def _levels(self, own: int, *, items: bool = False) -> set[int]:
        """Return the indentations that the lines above and below allow a new line, or a new list item, to have.

        A block that goes on below the cursor cannot be left above it. Among keys stands no item, and among items no key.
        """
        levels = {own}
        lowest, least = 1 << 30, max(0, self._situation.next_indent)
        for line in reversed(self._situation.head.split("\n")[:-1]):
            if lowest <= least and lowest < own:
                break
            indent = indent_of(line)
            if not line.strip() or indent > lowest:
                continue
            lowest = indent
            item = self._situation.profile.keyed and line.lstrip().startswith("- ")
            if item and not items and least <= indent + 2 < own:
                levels.add(indent + 2)
            if least <= indent < own and item == items:
                levels.add(indent)
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
        """Whether `line` is the end word, closing tag or other clause of what the header began."""
        situation = self._situation
        if situation.profile.ends_by_word and is_clause(line) and opens_block(self._header, situation):
            return True
        if not ends_block(line, situation.profile):
            return False
        return opens_tag(self._header) if line.strip()[0] in "</>" else opens_block(self._header, situation)
