"""Fixed points of a block: lines that the document says where to put, each as the distance that would put it right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from segue_postprocess._below import Below, begins_statement
from segue_postprocess._blocks import opens_block
from segue_postprocess._brackets import lines_that_stay, steps, steps_at_lines, steps_within
from segue_postprocess._depth import Point
from segue_postprocess._indent_style import open_column
from segue_postprocess._lines import (
    continues_above,
    ends_block,
    goes_on,
    is_case,
    is_clause,
    is_directive,
    opens_tag,
)
from segue_syntax import CLOSERS, Opening, indent_width

if TYPE_CHECKING:
    from segue_postprocess._context import CursorContext
    from segue_postprocess._indent_style import IndentStyle
    from segue_postprocess._pairs import BracketState

_DRIFTING: Final = 25
_FAR: Final = 8


class IndentAnchors:
    """Finds the fixed points of a block: strong ones that the document's structure gives, weak ones from its style."""

    def __init__(self, lines: list[str], context: CursorContext, style: IndentStyle) -> None:
        self._lines = lines
        self._context = context
        self._habits = style
        self._header = context.line_before + lines[0]
        self._own = indent_width(self._header) if self._header.strip() else context.indent
        self._strong: list[int] = []
        self._weak: list[Point] = []

    def judge(self) -> tuple[list[int], list[Point]]:
        """Return the strong distances, and the weak points."""
        context, lines = self._context, self._lines
        if context.on_blank_line and self._below_opener():
            return [], []  # the first line itself stands wrong: nothing is fixed
        text = "\n".join(lines)
        if context.language.indentation_based and self._header.lstrip().startswith(('"""', "'''")):
            return self._docstring()
        found, _ = steps(text, context)
        fixed = lines_that_stay(text, context)
        base = len(context.openings)
        fixed_openings = self._fixed_openings(found, text)
        first, lowest = True, 1 << 30
        conditional = is_directive(self._header, context.language) and self._header.lstrip()[
            1:
        ].lstrip().startswith("if")
        conditions = int(conditional)
        hanging = self._hangs()
        below = self._below(steps_within(text, len(lines[0]), context))
        at_lines = steps_at_lines(text, lines, context)
        for number, line in enumerate(lines[1:], 1):
            stack = at_lines[number].stack
            stripped = line.strip()
            if not stripped or number in fixed:
                continue
            indent = indent_width(line)
            if is_directive(line, context.language):
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
                elif not self._habits.closes_in_body and not hanging:
                    self._strong.append(fixed_openings[id(stack[-1])] - indent)
            elif indent < lowest and self._ends_header(line):
                self._strong.append(self._own - indent)
                break
            elif first:
                self._add(below.judge(line, long=len(lines) > _DRIFTING))
            elif len(stack) == base and self._beside(number, stripped):
                self._strong.append(self._own - indent)
            first = False
            lowest = min(lowest, indent)
        self._end(found[-1].stack, fixed)
        return self._strong, self._weak

    def _below(self, found: list[BracketState]) -> Below:
        """Return the judge of the line below the header, whose brackets `found` follows."""
        context = self._context
        line_start = len(context.head) - len(context.line_before)
        closed = [
            step.closed.indent for step in found if step.closed and 0 <= step.closed.offset < line_start
        ]
        return Below(
            header=self._header,
            own=self._own,
            statement=min([self._own, *closed]),
            stack=found[-1].stack,
            context=context,
            style=self._habits,
            text="\n".join(self._lines[1:]) if len(self._lines) <= _DRIFTING else "",
        )

    def _add(self, found: int | Point | None) -> None:
        if isinstance(found, Point):
            self._weak.append(found)
        elif found is not None:
            self._strong.append(found)

    def _hangs(self) -> bool:
        """Whether the lines stand far below a bracket of the header, where what closes it may stand too."""
        if open_column(self._header.rstrip()) < 0:
            return False
        first = next((line for line in self._lines[1:] if line.strip()), "")
        return indent_width(first) > self._own + _FAR

    def _docstring(self) -> tuple[list[int], list[Point]]:
        """Judge a docstring by its least indented line, which stands under its quotes."""
        mark = self._header.lstrip()[:3]
        inside: list[int] = []
        for line in self._lines[1:]:
            if line.strip():
                inside.append(indent_width(line))
            if mark in line:
                break
        return ([self._own - min(inside)] if inside and mark not in self._lines[0].lstrip()[3:] else []), []

    def _end(self, stack: tuple[Opening, ...], fixed: set[int]) -> None:
        """Judge the last line beside the one below the cursor, when one expression goes over both."""
        context, number = self._context, len(self._lines) - 1
        last, following = self._lines[-1], context.next_line.strip()
        if context.line_after.strip() or not last.strip() or number in fixed or len(self._lines) > _DRIFTING:
            return
        if len(stack) != len(context.openings) or following[:1] in tuple(")]}") or last.strip()[0] in ")]}":
            return
        if context.openings and context.next_indent <= context.openings[-1].indent:
            return  # the line below has left the bracket
        key_value = context.language.key_value
        chained = (
            not key_value
            and following[:1] == last.strip()[:1]
            and continues_above(following)
            and continues_above(last)
        )
        listed = last.rstrip().endswith((",", "\\")) and bool(self._header.strip()) and goes_on(self._header)
        if chained or (listed and self._header.rstrip()[-1:] in (*CLOSERS, ",", "\\")):
            self._strong.append(context.next_indent - indent_width(last))

    def _below_opener(self) -> bool:
        """Whether the first line stands no deeper than the line above it that begins a block."""
        context = self._context
        above = context.previous_line.rstrip()
        if (
            not self._header.strip()
            or is_directive(self._header, self._context.language)
            or is_directive(above, self._context.language)
        ):
            return False
        said = self._header.lstrip()
        level = said[0] == "{" or (context.language.key_value and said.startswith("- "))
        least = self._own + 1 if level else self._own  # both may stand level with what they belong to
        if above[-1:] in CLOSERS and context.openings:
            return least <= context.openings[-1].indent
        return least <= context.previous_indent and opens_block(above, context)

    def _fixed_openings(self, found: list[BracketState], text: str) -> dict[int, int]:
        r"""Return where the closing brackets belong whose construct begins before the second line, by opening.

        Those are the ones that the completion may close, and those of its first line; also the brace of
        ``foo(\n    a) {`` when ``foo(`` is one of them, and that of ``} else {``. In a long answer the end of
        the cursor's block may be the end of another one.
        """
        context = self._context
        line_start = len(context.head) - len(context.line_before)
        header_ends = len(self._lines[0])
        short = len(self._lines) <= _DRIFTING
        fixed = {
            id(opening): opening.indent
            for number, opening in enumerate(found[0].stack)
            if number in context.unclosed or (opening.offset >= line_start and (short or context.auto_closed))
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

    def _beside(self, number: int, stripped: str) -> bool:
        """Whether a line must stand level with the completion's first: a statement after an ended one."""
        if not self._context.on_blank_line or len(self._lines) > _DRIFTING or is_case(self._header):
            return False  # so long an answer may well have gone elsewhere
        above = next((line for line in reversed(self._lines[:number]) if line.strip()), "")
        return begins_statement(stripped, above, self._context)

    def _ends_header(self, line: str) -> bool:
        """Whether `line` is the end word, closing tag or other clause of what the header began."""
        context = self._context
        if context.language.ends_by_word and is_clause(line) and opens_block(self._header, context):
            return True
        if not ends_block(line, context.language):
            return False
        return opens_tag(self._header) if line.strip()[0] in "</>" else opens_block(self._header, context)
