"""Indent anchors: lines of a block that the document says where to put, each as the distance that would put it right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segue_postprocess._below import Below
from segue_postprocess._blocks import opens_block
from segue_postprocess._brackets import lines_in, lines_that_stay, steps, steps_at_lines, steps_within
from segue_postprocess._depth import Point
from segue_postprocess._lines import ends_block, is_clause, is_directive, opens_tag
from segue_postprocess._types import LONG_ANSWER
from segue_syntax import Opening, indent_width

if TYPE_CHECKING:
    from segue_postprocess._context import CursorContext
    from segue_postprocess._indent_style import IndentStyle
    from segue_postprocess._pairs import BracketState


class IndentAnchors:
    """Finds the anchors of a block: strong ones that the document's structure gives, weak ones from its style."""

    def __init__(self, lines: list[str], context: CursorContext, style: IndentStyle) -> None:
        self._lines = lines
        self._context = context
        self._style = style
        self._text = "\n".join(lines)
        self._header = context.line_before + lines[0]
        self._own = indent_width(self._header) if self._header.strip() else context.indent
        self._states, _ = steps(self._text, context)
        self._strong: list[int] = []
        self._weak: list[Point] = []

    def judge(self) -> tuple[list[int], list[Point]]:
        """Return the strong distances, and the weak points."""
        fixed = lines_that_stay(self._text, self._context) | lines_in(self._text, self._context, "comment")
        closing = self._fixed_openings()
        at_lines = steps_at_lines(self._text, self._lines, self._context)
        first, lowest = True, 1 << 30
        for number, line in enumerate(self._lines[1:], 1):
            if not line.strip() or number in fixed or is_directive(line, self._context.language):
                continue
            if self._ends_block(line, at_lines[number].stack, closing, lowest):
                break
            if first and line.strip()[0] not in ")]}":
                self._add_first(line)
            first = False
            lowest = min(lowest, indent_width(line))
        return self._strong, self._weak

    def _ends_block(
        self, line: str, stack: tuple[Opening, ...], closing: dict[int, int], lowest: int
    ) -> bool:
        """Take a closing line as an anchor; return whether it leaves the block, so that the rest says nothing about it."""
        indent = indent_width(line)
        if line.strip()[0] in ")]}":
            if not stack or id(stack[-1]) not in closing:
                return len(stack) <= len(self._context.openings)
            if not self._style.closes_in_body:
                self._strong.append(closing[id(stack[-1])] - indent)
        elif indent < lowest and self._ends_header(line):
            self._strong.append(self._own - indent)
            return True
        return False

    def _add_first(self, line: str) -> None:
        """Judge the line below the header."""
        found = self._below().judge(line, long=len(self._lines) > LONG_ANSWER)
        if isinstance(found, Point):
            self._weak.append(found)
        elif found is not None:
            self._strong.append(found)

    def _below(self) -> Below:
        """Return the judge of the line below the header."""
        context = self._context
        states = steps_within(self._text, len(self._lines[0]), context)
        line_start = len(context.head) - len(context.line_before)
        closed = [
            state.closed.indent for state in states if state.closed and 0 <= state.closed.offset < line_start
        ]
        return Below(
            header=self._header,
            own=self._own,
            statement=min([self._own, *closed]),
            stack=states[-1].stack,
            context=context,
            style=self._style,
            text="\n".join(self._lines[1:]) if len(self._lines) <= LONG_ANSWER else "",
        )

    def _fixed_openings(self) -> dict[int, int]:
        r"""Return where the closing brackets belong whose construct begins before the second line, by opening.

        Those are the ones that the completion may close, and those of its first line; also the brace of
        ``foo(\n    a) {`` when ``foo(`` is one of them, and that of ``} else {``. In a long answer the end of
        the cursor's block may be the end of another one.
        """
        context, states = self._context, self._states
        line_start = len(context.head) - len(context.line_before)
        here = len(self._lines) <= LONG_ANSWER or bool(context.auto_closed)
        fixed = {
            id(opening): opening.indent
            for number, opening in enumerate(states[0].stack)
            if number in context.unclosed or (opening.offset >= line_start and here)
        }
        closed_at, level = -1, 0
        known = set(map(id, states[0].stack))
        for state in states[1:]:
            if state.closed is not None:
                closed_at = state.starts if id(state.closed) in fixed else -1
                level = fixed.get(id(state.closed), 0)
            elif state.stack and id(state.stack[-1]) not in known:
                known.add(id(state.stack[-1]))
                self._fix_new(state, fixed, closed_at, level)
        return fixed

    def _fix_new(self, state: BracketState, fixed: dict[int, int], closed_at: int, level: int) -> None:
        """Add what the answer opens on the header, or on the line of a closing bracket at `closed_at` that is fixed."""
        opening = state.stack[-1]
        if state.end <= len(self._lines[0]):
            fixed[id(opening)] = opening.indent
        elif closed_at >= 0 and "\n" not in self._text[closed_at : state.end]:
            fixed[id(opening)] = level

    def _ends_header(self, line: str) -> bool:
        """Whether `line` is the end word, closing tag or other clause of what the header began."""
        context = self._context
        if context.language.ends_by_word and is_clause(line) and opens_block(self._header, context):
            return True
        if not ends_block(line, context.language):
            return False
        return opens_tag(self._header) if line.strip()[0] in "</>" else opens_block(self._header, context)
