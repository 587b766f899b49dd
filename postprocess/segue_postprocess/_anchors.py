"""Indent anchors: lines of a block that the document says where to put, each as the distance that would put it right."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from segue_postprocess._brackets import lines_in, lines_that_stay, steps, steps_at_lines, steps_within
from segue_postprocess._indent_style import (
    Header,
    Point,
    mark_of,
    open_column,
    opens_closure,
    operator_mark,
    trails,
)
from segue_postprocess._lines import (
    continues_above,
    defines,
    ends_block,
    ends_statement,
    goes_on,
    introduces,
    is_case,
    is_clause,
    is_directive,
    opens_block,
    opens_tag,
    without_comment,
)
from segue_postprocess._types import LONG_ANSWER
from segue_syntax import CLOSERS, Blocks, Opening, indent_width

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

    def _add_last(self, fixed: set[int]) -> None:
        """Judge the last line beside the one below the cursor, when one expression goes over both."""
        context, last, number = self._context, self._lines[-1], len(self._lines) - 1
        following = context.next_line.strip()
        if (
            context.line_after.strip()
            or not last.strip()
            or number in fixed
            or len(self._lines) > LONG_ANSWER
        ):
            return
        if len(self._states[-1].stack) != len(context.openings) or {following[:1], last.strip()[0]} & set(
            ")]}"
        ):
            return
        if context.openings and context.next_indent <= context.openings[-1].indent:
            return  # the line below has left the bracket
        if self._is_chained(last, following) or self._is_listed(last):
            self._strong.append(context.next_indent - indent_width(last))

    def _is_chained(self, last: str, following: str) -> bool:
        """Whether the last line and the one below the cursor begin with the same operator."""
        same = following[:1] == last.strip()[:1] and not self._context.language.key_value
        return same and continues_above(following) and continues_above(last)

    def _is_listed(self, last: str) -> bool:
        """Whether the last line is an element of what the header lists."""
        header = self._header.rstrip()
        return (
            last.rstrip().endswith((",", "\\")) and header[-1:] in (*CLOSERS, ",", "\\") and goes_on(header)
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


_NEAR: Final = 4
_AFTER_SPACE: Final = re.compile(r"[\w,(]\s+(?=[\w:\"'&*\[{(])")
_DEFINED: Final = re.compile(r"\s*(?:def|class|module|case|function|when|begin)\b")
_BARE_ITEM: Final = re.compile(r"\s*-(?:\s+&\S+)?$")


@dataclass(frozen=True, slots=True)
class Below:
    """The line below the cursor's: `header` is the cursor's line, `stack` what is open at its end.

    `own` is how deep the header stands, `statement` how deep the statement begins that it ends; `text` is the answer
    without its first line, "" when it is so long that its end may well be from elsewhere.
    """

    header: str
    own: int
    statement: int
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
            return self.own - indent if self.header.strip() and not is_clause(line) else None  # a comment
        if is_directive(code, context.language) and not self.header.rstrip().endswith("\\"):
            return None
        asking = self._asking(code)
        mark = self._mark(code, stripped)
        opens = bool(mark) or opens_block(code, context)
        if not opens and open_column(code) >= 0 and self.stack and self.stack[-1].indent == self.own:
            return None  # an argument: under the first one or a step in
        if self._is_lone_brace(code, stripped, mark):
            return self.own - indent
        if opens:
            return asking.judge(indent - asking.own, mark)
        return None if long else self._beside(code, stripped, indent, asking)

    def _code(self) -> str:
        """Return the header without a comment at its end, and in a macro without the backslash; "" for a comment alone."""
        if self.header.lstrip().startswith("/*") and self.header.rstrip()[-2:] in ("/*", "**", "*/"):
            return ""
        code = without_comment(self.header, self.context.language)
        return code.rstrip("\\").rstrip() if self.context.language.layout.macros else code

    def _asking(self, code: str) -> Header:
        own = self.stack[-1].indent if code[-1] in CLOSERS and self.stack else self.own
        if self.context.language.key_value and code.lstrip().startswith("- ") and not _BARE_ITEM.match(code):
            own += 2  # a key of the item
        return Header(code, own, self.context, self.style, self.text)

    def _is_lone_brace(self, code: str, stripped: str, mark: str) -> bool:
        """Whether the line is a brace that belongs under the header."""
        return (
            stripped[0] == "{"
            and stripped[:2] not in ("{%", "{{")
            and not mark
            and len(self.stack) <= len(self.context.openings)
            and not ends_statement(code)
        )

    def _beside(self, code: str, stripped: str, indent: int, asking: Header) -> int | Point | None:
        """Judge a line that the header does not ask for, or only by what it leaves unfinished."""
        context = self.context
        depth = len(self.stack)
        if introduces(code, context.language) and not goes_on(code):
            return self.own - indent
        if not indent and self._is_flush_left(code, stripped):
            return self.own
        if (
            trails(code)
            and not (context.language.key_value or context.language.layout.commands)
            and depth <= len(context.openings)
        ):
            return asking.judge(indent - self.own, "+")
        if context.language.indentation_based:
            brackets = "[{" if context.language.key_value else "([{"
            if depth <= context.line_depth and not (self.stack and self.stack[-1].mark in brackets):
                return self._offside(stripped, indent, code)
            return None
        if depth <= context.line_depth and self._whole(code, stripped):
            return self.statement - indent
        if code[-1] == ",":
            columns = [found.end() - indent for found in _AFTER_SPACE.finditer(code, self.own + 1)]
            if indent <= self.own and context.language.ends_by_word and columns:
                return Point(columns[0])  # left of the call whose arguments go on
            nearest = min(columns, key=abs, default=0)
            if abs(nearest) <= _NEAR:
                return Point(nearest)
        return None

    def _is_flush_left(self, code: str, stripped: str) -> bool:
        """Whether a statement at the left margin goes on the block of the whole statement above it, not outside it."""
        language, depth = self.context.language, len(self.stack)
        if language.blocks is not Blocks.BRACES or not depth or depth != len(self.context.openings):
            return False
        is_next = bool(self.text.partition("\n")[0].strip()) and stripped[0] not in ")]}"
        return is_next and not (goes_on(code) or continues_above(stripped) or defines(stripped))

    def _mark(self, code: str, below: str) -> str:
        """Return how the header opens a body, under the marks of `IndentStyle`, "" if it does not."""
        context, stack = self.context, self.stack
        language = context.language
        prose = language.key_value or language.layout.markup or language.layout.style_sheet
        if code[-1] not in CLOSERS and not prose and len(stack) >= context.line_depth:
            if below[0] == ".":
                return "."
            if (continues_above(below) and below[0] not in "-<") or below.startswith("<< "):
                return operator_mark(below)
        mark = mark_of(code.strip(), below)
        if mark in (":", "-"):
            known = language.indentation_based or is_case(code) or language.layout.style_sheet
            return mark if known else ""
        if language.key_value and not mark and opens_block(code, context):
            return ":"  # a block scalar
        if mark == "w" and (below[0] == "{" or (not language.ends_by_word and _DEFINED.match(code))):
            return ""
        closure = mark in ("", ">") and len(stack) >= len(context.openings) and stack
        if closure and stack[-1].mark == "{" and opens_closure(code):
            return "{"
        return mark

    def _whole(self, code: str, stripped: str) -> bool:
        """Whether the header is a whole statement, in a language where the end of the line ends it."""
        context = self.context
        if context.language.layout.markup:
            return code.strip()[0] not in "<{" and stripped[0] not in "<{" and context.lex_state.is_code
        if goes_on(code) or continues_above(stripped):
            return False
        if is_clause(stripped) or ends_block(stripped, context.language):
            return False
        if context.language.case_patterns and code[-1] == ")" and "(" not in code:
            return False  # the pattern of a ``case``
        return context.language.ends_by_word or (context.language.key_value and not self.stack)

    def _offside(self, stripped: str, indent: int, code: str) -> int | None:
        """Where indentation is syntax, a line after a whole statement may not be deeper, nor between two levels."""
        own = self.statement
        if goes_on(code) and not self.context.language.key_value:
            return None
        if self.context.language.key_value and self.header.strip().startswith("- "):
            if stripped.startswith("-"):
                return own - indent if indent != own and indent not in self._levels(own, items=True) else None
            own += 2
        left = indent < self.statement and self._fits_left()
        return own - indent if indent != own and not left else None

    def _fits_left(self) -> bool:
        """Whether every line that leaves a block of the document goes on one that is there."""
        lowest = self.statement
        for line in filter(str.strip, self.text.split("\n")):
            indent = indent_width(line)
            if indent < lowest:
                lowest = indent
                item = self.context.language.key_value and line.lstrip().startswith("- ")
                if indent not in self._levels(self.statement, items=item):
                    return False
        return True

    def _levels(self, own: int, *, items: bool = False) -> set[int]:
        """Return the indentations that the lines above and below allow a new line, or a new list item, to have.

        A block that goes on below the cursor cannot be left above it. Keys and items do not mix.
        """
        levels = {own}
        lowest, least = 1 << 30, max(0, self.context.next_indent)
        for line in reversed(self.context.head.split("\n")[:-1]):
            if lowest <= least and lowest < own:
                break
            indent = indent_width(line)
            if not line.strip() or indent > lowest:
                continue
            lowest = indent
            item = self.context.language.key_value and line.lstrip().startswith("- ")
            if item and not items and least <= indent + 2 < own:
                levels.add(indent + 2)
            if least <= indent < own and item == items:
                levels.add(indent)
        return levels
