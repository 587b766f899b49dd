"""Where the first line belongs that follows the cursor's line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from segue_postprocess._blocks import opens_block
from segue_postprocess._depth import Header, Point
from segue_postprocess._indent_style import (
    mark_of,
    open_column,
    opens_closure,
    operator_mark,
    trails,
)
from segue_postprocess._lines import (
    continues_above,
    ends_block,
    ends_statement,
    goes_on,
    introduces,
    is_case,
    is_clause,
    is_directive,
    opens_tag,
    without_comment,
)
from segue_syntax import CLOSERS, Opening, indent_width

if TYPE_CHECKING:
    from segue_postprocess._context import CursorContext
    from segue_postprocess._indent_style import IndentStyle

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
        if stripped == "where" and not context.language.indentation_based:
            return self.own - indent
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
            if abs(nearest) <= _NEAR and not self._a_step_in(indent, asking):
                return Point(nearest)
        return None

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
        if not mark and opens_tag(code):
            return "<"
        closure = mark in ("", ">") and len(stack) >= len(context.openings) and stack
        if closure and stack[-1].mark == "{" and opens_closure(code):
            return "{"
        return mark

    def _a_step_in(self, indent: int, asking: Header) -> bool:
        step = asking.step() or 4
        return indent - self.own in (step, 2 * step)

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

        A block that goes on below the cursor cannot be left above it. Among keys stands no item, and among items no key.
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
