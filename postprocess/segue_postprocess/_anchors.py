"""Indent anchors: lines of a block that the document says where to put, each as the distance that would put it right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from segue_postprocess._brackets import lines_in, lines_that_stay, steps, steps_at_lines, steps_within
from segue_postprocess._indent_style import Header, Point, mark_of, trails
from segue_postprocess._lines import (
    continues_above,
    defines,
    ends_block,
    goes_on,
    introduces,
    is_case,
    is_clause,
    is_directive,
    is_keyed_item,
    opens_block,
    without_comment,
)
from segue_postprocess._types import LONG_ANSWER
from segue_syntax import CLOSERS, Blocks, Opening, indent_width

if TYPE_CHECKING:
    from segue_postprocess._context import CursorContext
    from segue_postprocess._indent_style import IndentStyle


class IndentAnchors:
    """Finds the anchors of a block: strong ones that the document's structure gives, weak ones from its style."""

    def __init__(self, lines: list[str], context: CursorContext, style: IndentStyle) -> None:
        self._lines = lines
        self._context = context
        self._style = style
        self._text = "\n".join(lines)
        self._header = context.line_before + lines[0]
        self._own = indent_width(self._header)
        self._states, _ = steps(self._text, context)
        self._is_long = len(lines) > LONG_ANSWER
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
            if first and line.strip()[0] not in CLOSERS.values():
                self._add_first(line)
            first = False
            lowest = min(lowest, indent_width(line))
        self._add_last(fixed)
        return self._strong, self._weak

    def _ends_block(
        self, line: str, stack: tuple[Opening, ...], closing: dict[int, int], lowest: int
    ) -> bool:
        """Take a closing line as an anchor; return whether it leaves the block, so that the rest says nothing about it."""
        indent = indent_width(line)
        if line.strip()[0] in ")]}":
            if not stack or id(stack[-1]) not in closing:
                return len(stack) <= len(self._context.openings)
            self._strong.append(closing[id(stack[-1])] - indent)
        elif indent < lowest and self._ends_header(line):
            self._strong.append(self._own - indent)
            return True
        return False

    def _ends_header(self, line: str) -> bool:
        """Whether `line` is the end word or closing tag of what the header began."""
        return ends_block(line, self._context.language) and opens_block(self._header, self._context)

    def _add_first(self, line: str) -> None:
        """Judge the line below the header."""
        stack = steps_within(self._text, len(self._lines[0]), self._context)[-1].stack
        answer = "" if self._is_long else "\n".join(self._lines[1:])
        below = Below(self._header, self._own, stack, self._context, self._style, answer)
        found = below.judge(line, long=self._is_long)
        if isinstance(found, Point):
            self._weak.append(found)
        elif found is not None:
            self._strong.append(found)

    def _add_last(self, fixed: set[int]) -> None:
        """Judge the last line beside the one below the cursor, when a list or an expression goes over both."""
        context, last = self._context, self._lines[-1]
        goes_below = not context.line_after.strip() and len(self._states[-1].stack) == len(context.openings)
        if not last.strip() or len(self._lines) - 1 in fixed or not goes_below:
            return
        if {context.next_line.strip()[:1], last.strip()[0]} & set(")]}"):
            return
        is_listed = last.rstrip().endswith((",", "\\")) and self._header.rstrip()[-1:] in (
            *CLOSERS,
            ",",
            "\\",
        )
        if is_listed or self._is_chained(last, context.next_line):
            self._strong.append(context.next_indent - indent_width(last))

    def _is_chained(self, last: str, following: str) -> bool:
        """Whether the last line and the one below the cursor begin with the same operator."""
        same = following.strip()[:1] == last.strip()[:1] and not self._context.language.key_value
        return same and continues_above(following)

    def _fixed_openings(self) -> dict[int, int]:
        """Return where the closing brackets belong whose construct begins before the second line, by opening.

        Those are the ones that the completion may close, and those of its first line. In a long answer the end of
        the cursor's block may be the end of another one.
        """
        context, states = self._context, self._states
        line_start = len(context.head) - len(context.line_before)
        here = not self._is_long or bool(context.auto_closed)
        fixed = {
            id(opening): opening.indent
            for number, opening in enumerate(states[0].stack)
            if number in context.unclosed or (opening.offset >= line_start and here)
        }
        for state in steps_within(self._text, len(self._lines[0]), context)[1:]:
            if state.closed is None and state.stack:
                fixed[id(state.stack[-1])] = state.stack[-1].indent
        return fixed


@dataclass(frozen=True, slots=True)
class Below:
    """The line below the cursor's: `header` is the cursor's line, `stack` what is open at its end.

    `own` is how deep the header stands; `text` is the answer without its first line, "" when it is so long that its end
    may well be from elsewhere.
    """

    header: str
    own: int
    stack: tuple[Opening, ...]
    context: CursorContext
    style: IndentStyle
    text: str

    def judge(self, line: str, *, long: bool) -> int | Point | None:
        """Return how far `line` is from where it belongs: a number when that is certain, a point by habit, or None.

        A `long` answer may well have gone elsewhere after a whole statement, so that only a body is judged.
        """
        context = self.context
        code, stripped, indent = self._code(), line.strip(), indent_width(line)
        if not code:
            return self.own - indent if self.header.strip() else None  # a comment
        if is_directive(code, context.language):
            return None
        mark = self._mark(code, stripped)
        if stripped[0] == "{" and not mark:
            return self.own - indent
        if mark or opens_block(code, context):
            own = self._asking(code)
            return Header(code, own, context, self.style, self.text).judge(indent - own, mark)
        is_argument = len(self.stack) > context.line_depth  # under the first one or a step in
        return None if long or is_argument else self._beside(code, stripped, indent)

    def _asking(self, code: str) -> int:
        """Return how deep that stands which the header begins: its bracket, the key of its list item, or itself."""
        if code[-1] in CLOSERS and self.stack:
            return self.stack[-1].indent
        return self.own + 2 * (self.context.language.key_value and is_keyed_item(code))

    def _code(self) -> str:
        """Return the header without a comment at its end; "" for a comment alone."""
        is_comment = self.header.lstrip().startswith(("/*", "<!--"))
        return "" if is_comment else without_comment(self.header, self.context.language)

    def _beside(self, code: str, stripped: str, indent: int) -> int | None:
        """Judge a line that the header does not ask for."""
        language = self.context.language
        if introduces(code, language):
            return self.own - indent
        if not indent and self._is_flush_left(code, stripped):
            return self.own
        if language.indentation_based:
            return self._offside(indent, code)
        if not language.ends_by_word or goes_on(code) or continues_above(stripped):
            return None
        ends = is_clause(stripped) or ends_block(stripped, language)
        is_pattern = language.case_patterns and code[-1] == ")" and "(" not in code
        return None if ends or is_pattern else self.own - indent

    def _is_flush_left(self, code: str, stripped: str) -> bool:
        """Whether a statement at the left margin goes on the block of the whole statement above it, not outside it."""
        in_block = self.context.language.blocks is Blocks.BRACES and bool(self.stack)
        if not in_block or len(self.stack) != len(self.context.openings) or stripped[0] in ")]}":
            return False
        return bool(self.text.partition("\n")[0].strip()) and not goes_on(code) and not defines(stripped)

    def _mark(self, code: str, below: str) -> str:
        """Return how the header opens a body, under the marks of `IndentStyle`, "" if it does not."""
        language = self.context.language
        if language.has_code and code[-1] not in CLOSERS:
            if below[0] == ".":
                return "."
            if below.startswith("| "):
                return ""  # alternatives often stand level
            if (continues_above(below) and below[0] not in "-<") or below.startswith("<< "):
                return "o"
        mark = mark_of(code.strip(), below)
        if mark in (":", "-"):
            known = language.indentation_based or is_case(code) or language.layout.style_sheet
            return mark if known else ""
        begins = trails(code) and not goes_on(self.context.previous_line)  # later lines stand level
        is_continued = not mark and begins and language.has_code and not language.layout.commands
        return "+" if is_continued else mark

    def _offside(self, indent: int, code: str) -> int | None:
        """Where indentation is syntax, a line after a whole statement may not be deeper, nor between two levels."""
        own = self._asking(code) if not self.text.lstrip().startswith("- ") else self.own
        if goes_on(code) or indent == own or (indent < self.own and self._fits_left()):
            return None
        return own - indent

    def _fits_left(self) -> bool:
        """Whether every line that leaves a block of the document goes on one that is there."""
        lowest, levels = self.own, self._levels()
        for line in filter(str.strip, self.text.split("\n")):
            if indent_width(line) < lowest:
                lowest = indent_width(line)
                if lowest not in levels:
                    return False
        return True

    def _levels(self) -> set[int]:
        """Return the indentations of the blocks that are open; one that goes on below the cursor cannot be left."""
        levels = {self.own}
        lowest, least = self.own, max(0, self.context.next_indent)
        for line in reversed(self.context.head.split("\n")[:-1]):
            if line.strip() and least <= indent_width(line) < lowest:
                lowest = indent_width(line)
                levels.add(lowest)
        return levels
