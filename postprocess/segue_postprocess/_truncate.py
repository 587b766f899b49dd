"""How much of a completion to keep: the line, the statement, the block or the definition that was begun."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from segue_postprocess._construct import CompletionLines, construct_end, dead_from, header_end
from segue_postprocess._lines import (
    asks_more,
    closes_only,
    ends_block,
    goes_on,
    introduces,
    is_clause,
    opens_block,
)
from segue_postprocess._types import LONG_ANSWER, Reason
from segue_syntax import indent_width

if TYPE_CHECKING:
    from segue_postprocess._context import CursorContext
    from segue_postprocess._types import Candidate
    from segue_syntax import Literal


def truncate(candidate: Candidate, context: CursorContext) -> Candidate:
    """Keep the start of the answer that ends with what the cursor's place asks for."""
    text = candidate.text
    if "\n" not in text:
        return candidate
    if is_one_line(context):
        return candidate.with_reason(Reason.SINGLE_LINE, text=text[: text.index("\n")])
    if context.lex_state.line_comment and text[: text.index("\n")].strip():
        return candidate.changed(_comment_lines(text, context), Reason.COMMENT_END)
    literal = context.lex_state.literal
    if literal is not None and literal.multiline:
        ended = _literal_end(text, literal, context)
        if ended < 0 or not text[ended:].strip():
            return candidate
        if ended:
            return candidate.with_reason(Reason.LITERAL_END, text=text[:ended])
    if context.language.prose:
        return candidate.changed(_paragraph(text, context), Reason.UNIT_END)
    runaway = Reason.DRIFT in candidate.reasons
    kept, reason = Truncator(CompletionLines(text, context), runaway=runaway).kept()
    return candidate.changed(kept, reason)


def cut_to_max_lines(candidate: Candidate, context: CursorContext) -> Candidate:
    """Cut to as many lines as the caller allows."""
    lines = candidate.text.split("\n")
    return candidate.changed("\n".join(lines[: context.cursor.max_lines]), Reason.MAX_LINES)


def is_one_line(context: CursorContext) -> bool:
    """Whether only the rest of the line may be written: by request, or since other text follows on it."""
    if context.cursor.multiline is False:
        return True
    return context.in_line and not (context.cursor.multiline and context.on_blank_line)


def _comment_lines(text: str, context: CursorContext) -> str:
    lines = text.split("\n")
    marks = context.language.line_comments
    keep = 1
    if context.line_before.strip().startswith(marks):
        while (
            keep < len(lines)
            and lines[keep].strip().startswith(marks)
            and indent_width(lines[keep]) == context.indent
        ):
            keep += 1
    return "\n".join(lines[:keep])


def _literal_end(text: str, literal: Literal, context: CursorContext) -> int:
    """Return where the line ends that ends the comment or string at the cursor.

    -1 when it does not end: the brackets of a comment or string mean nothing; 0 when code goes on after it.
    """
    tokens, _ = context.scanner.scan(text, 0, context.lex_state)
    is_ended = bool(tokens) and tokens[0][0] == literal.mark
    newline = text.find("\n", tokens[0][2]) if is_ended else -1
    goes_further = newline > 0 and not literal.comment and goes_on(text[tokens[0][2] : newline])
    return 0 if goes_further else newline


def _paragraph(text: str, context: CursorContext) -> str:
    """Prose goes on to the next heading, and a line in a paragraph to the end of the paragraph."""
    lines = text.split("\n")
    at_line_start = context.cursor.prefix.rstrip(" \t").endswith("\n")
    in_paragraph = not context.on_blank_line and bool(lines[0].strip())
    for number, line in enumerate(lines[1:], 1):
        heading = line.startswith("#") and at_line_start
        ended = in_paragraph and not lines[number - 1].strip()
        if line.strip() and (heading or ended) and any(text.strip() for text in lines[:number]):
            return "\n".join(lines[:number]).rstrip("\n")
    return text


@dataclass(slots=True)
class Truncator:
    """Takes the constructs of an answer one by one until one belongs to something else.

    `runaway` says that the model did not know where to stop.
    """

    answer: CompletionLines
    runaway: bool = False

    def kept(self) -> tuple[str, Reason]:
        """Return the part of the answer to keep, and why it ends there."""
        answer = self.answer
        dead = dead_from(answer)
        if dead < len(answer.lines):
            del answer.lines[dead:], answer.states[dead + 1 :]
        first = answer.first_said()
        if self._begun(first):
            end, reason = self._rest_of_construct()
        else:
            indent = indent_width(answer.line(first))
            end, reason = self._siblings(first, indent)
        end = self._without_introduction(end, first)
        while end > 1 and not answer.lines[end - 1].strip():
            end -= 1
        if any(line.strip() for line in answer.text.split("\n")[end:]):
            return "\n".join(answer.lines[:end]), reason
        return answer.text, reason

    def _begun(self, first: int) -> bool:
        """Whether the answer goes on with what the cursor's line has begun."""
        context = self.answer.context
        before = context.line_before.rstrip()
        if first == 0:
            return not context.on_blank_line
        return bool(before) and (asks_more(before, context.language) or opens_block(before, context))

    @property
    def _long(self) -> bool:
        return self.runaway or len(self.answer.lines) >= LONG_ANSWER

    def _without_introduction(self, end: int, first: int) -> int:
        """Return `end` before the comments and decorators just above a line that is not kept: they belong to it."""
        lines = self.answer.lines
        if end >= len(lines) or not lines[end].strip():
            return end
        keep = end
        while (
            keep > first + 1
            and lines[keep - 1].strip()
            and introduces(lines[keep - 1], self.answer.context.language)
        ):
            keep -= 1
        return keep

    def _has_its_block(self, indent: int) -> bool:
        """Whether the block of what begins at `indent` is there below the cursor: deeper lines, or a brace on its own."""
        context = self.answer.context
        following = context.next_line
        if following.strip() == "{":
            return context.next_indent == indent
        return context.next_indent > indent and following.strip()[:1] not in ")]}"

    def _rest_of_construct(self) -> tuple[int, Reason]:
        """Keep what was begun on the cursor's line; fields and elements beside it where nothing else follows in their block."""
        answer, context = self.answer, self.answer.context
        if self._has_its_block(context.indent):
            end = header_end(answer, 0, context.line_depth)
            if end:
                return end, Reason.UNIT_END
        end = construct_end(answer, 0, context.indent, context.line_depth)
        if introduces(answer.line(0), context.language) and any(map(str.strip, answer.lines[end : end + 1])):
            end = construct_end(answer, end, context.indent, context.line_depth)
        item = context.language.key_value and context.line_before.lstrip().startswith("- ")
        is_field = end == 1 and (item or context.container in ("members", "elements"))
        further = self._beside(end) if is_field and context.next_indent < context.indent else end
        return further if self._ends_well(further) else end, Reason.UNIT_END

    def _beside(self, end: int) -> int:
        """Return where the short lines end that follow a construct at once and stand beside it."""
        answer, context = self.answer, self.answer.context
        while end < len(answer.lines) and answer.lines[end].strip():
            line = answer.lines[end]
            is_beside = indent_width(line) == context.indent and not closes_only(line)
            if not is_beside or construct_end(answer, end, context.indent, context.line_depth) > end + 1:
                break
            end += 1
        return end

    def _ends_well(self, end: int) -> bool:
        """Whether the answer, kept up to `end`, stopped by itself or ran into the end of its block."""
        rest = [line for line in self.answer.lines[end:] if line.strip()]
        closes = bool(rest) and (closes_only(rest[0]) or ends_block(rest[0], self.answer.context.language))
        return not self._long and (not rest or closes)

    def _siblings(self, first: int, floor: int) -> tuple[int, Reason]:
        """Keep the constructs beside the cursor's line, as many as its block and the rest of the answer suggest."""
        answer, context = self.answer, self.answer.context
        base = len(answer.states[first].stack)
        if self._has_its_block(floor):
            end = header_end(answer, first, base)
            if end:
                return end, Reason.UNIT_END
        ends: list[int] = []
        blanks: list[int] = []
        k, level = first, floor
        while k < len(answer.lines):
            line = answer.lines[k]
            if not line.strip():
                k += 1
                continue
            indent = floor if k == first else indent_width(line)
            depth = len(answer.states[k].stack)
            is_deeper = indent > level and not introduces(line, context.language)
            leaves = (
                is_deeper
                or indent < floor
                or line.lstrip().startswith("</")
                or depth < base
                or (closes_only(line) and depth == base)
            )
            if ends and leaves:
                break
            if ends and ends[-1] < k:
                blanks.append(ends[-1])
            k = construct_end(answer, k, floor, base)
            ends.append(k)
            level = max(level, answer.closing_level(k))
        stop = ends[-1] if ends else first
        if k < len(answer.lines) or not ends:
            beyond = self._leave_scope(k)
            if beyond > k and (not self._long or not any(map(str.strip, answer.lines[beyond:]))):
                return beyond, Reason.SCOPE_END
        return self._choose(first, floor, ends, blanks, stop)

    def _choose(
        self, first: int, floor: int, ends: list[int], blanks: list[int], stop: int
    ) -> tuple[int, Reason]:
        """Return how many of the constructs that end at `ends` to keep."""
        context = self.answer.context
        if not ends:
            return stop, Reason.SCOPE_END
        container = context.container
        if container == "members" or (container == "file" and floor == 0):
            return self._definition(first, ends, blanks)
        fills_block = context.previous_indent < floor and context.next_indent < floor
        is_between = container == "statements" and context.next_indent >= floor and ends[0] == first + 1
        if fills_block or (not is_between and self._ends_well(stop)):
            return stop, Reason.SCOPE_END
        drifted = self._long and not is_between
        return self._first_said(first, ends), Reason.DRIFT if drifted else Reason.UNIT_END

    def _first_said(self, first: int, ends: list[int]) -> int:
        """Return the end of the first construct that is more than a comment or decorator."""
        language = self.answer.context.language
        start = first
        for end in ends:
            if not all(introduces(line, language) for line in self.answer.lines[start:end] if line.strip()):
                return end
            start = end
        return ends[-1]

    def _definition(self, first: int, ends: list[int], blanks: list[int]) -> tuple[int, Reason]:
        """Among definitions keep one, with the comments and decorators above it; or one group of short lines."""
        language = self.answer.context.language
        start = first
        for end in ends:
            said = [line for line in self.answer.lines[start:end] if line.strip()]
            if not all(introduces(line, language) for line in said):
                if len(said) > 1 or end in blanks:
                    return end, Reason.UNIT_END
                if not self._ends_well(ends[-1]) and end == self._first_said(first, ends):
                    return end, Reason.DRIFT
            start = end
        return ends[-1], Reason.UNIT_END

    def _leave_scope(self, k: int) -> int:
        """Return how far the answer may go on past its block: closing what nothing else closes, other clauses."""
        answer, end = self.answer, k
        while k < len(answer.lines):
            line = answer.lines[k]
            if not line.strip():
                k += 1
                continue
            if is_clause(line):
                k = construct_end(answer, k, indent_width(line), self._lowest_depth(k))
            elif (closes_only(line) and answer.unclosed(k)) or ends_block(line, answer.context.language):
                k += 1
            else:
                break
            end = k
        return end

    def _lowest_depth(self, k: int) -> int:
        """Return the number of brackets open after the closing ones that line `k` starts with."""
        line = self.answer.lines[k]
        closing = line[: len(line) - len(line.lstrip(")]} \t"))]
        return max(0, len(self.answer.states[k].stack) - len("".join(closing.split())))
