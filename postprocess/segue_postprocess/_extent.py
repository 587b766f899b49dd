"""How much of a completion to keep: the line, the statement, the block or the definition that was begun."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from segue_postprocess._brackets import lines_in_strings, steps
from segue_postprocess._lexis import indent_of
from segue_postprocess._lines import (
    closes_only,
    continues_above,
    ends_block,
    goes_on,
    introduces,
    is_clause,
    opens_tag,
    without_comment,
)
from segue_postprocess._reasons import Reason

if TYPE_CHECKING:
    from segue_postprocess._brackets import Step
    from segue_postprocess._lexis import Opening
    from segue_postprocess._situation import Situation

_LONG_ANSWER: Final = 25
_STYLES: Final = ("css", "scss", "less")
_BLOCK_SCALAR: Final = re.compile(r"(?::|[|>][+-]?\d?|-)$")
_SCALAR_HEADER: Final = re.compile(r"[|>][+-]?\d?$")
_KEYED_LINE: Final = re.compile(r"\s*(?:- |[\w.\"'-]+\s*:)")
_BLOCK_WORDS: Final = frozenset(
    [
        "def",
        "class",
        "module",
        "if",
        "unless",
        "while",
        "until",
        "case",
        "for",
        "begin",
        "do",
        "function",
        "struct",
        "else",
        "elsif",
        "elif",
        "when",
        "rescue",
        "ensure",
        "repeat",
        "select",
        "try",
        "let",
        "quote",
        "macro",
    ]
)


def one_line(situation: Situation) -> bool:
    """Whether only the rest of the line may be written: by request, or since other text follows on it."""
    if situation.cursor.multiline is False:
        return True
    return situation.in_line and not (situation.cursor.multiline and situation.on_blank_line)


def limit(text: str, situation: Situation, reasons: list[Reason], *, synced: bool = False) -> str:
    """Return the start of `text` that ends with what the cursor's place asks for.

    `synced` says that what followed was cut for repeating the text below: the model itself knew where to stop.
    """
    if "\n" not in text:
        return text
    if one_line(situation):
        reasons.append(Reason.SINGLE_LINE)
        return text[: text.index("\n")]
    if situation.mode.line_comment and text[: text.index("\n")].strip():
        return _comment_lines(text, situation, reasons)
    if situation.mode.literal >= 0 and situation.profile.literals[situation.mode.literal].multiline:
        return _literal(text, situation, reasons)
    if situation.profile.prose:
        return _paragraph(text, situation, reasons)
    return _Walk(text, situation, reasons, synced=synced).run()


def opens_block(code: str, situation: Situation) -> bool:
    """Whether the line `code` begins a block that deeper lines fill, brackets apart."""
    profile = situation.profile
    stripped = without_comment(code, profile)
    if opens_tag(code):
        return True
    if profile.keyed:
        return bool(_BLOCK_SCALAR.search(stripped))
    if profile.offside:
        return stripped.endswith((":", "=", "->", "do", "where", "of", "then", "else", "let", "in"))
    if profile.ends_by_word:
        words = re.findall(r"[A-Za-z_]+", stripped)
        return bool(words) and (
            words[0] in _BLOCK_WORDS
            or words[-1] in ("do", "then", "begin", "else", "in")
            or stripped.endswith("|")
            or any(word in ("function", "do", "case", "fn") for word in words)
        )
    return stripped.endswith((":", "=>", "->")) or stripped.startswith(("#if", "#el", "case ", "default"))


def _comment_lines(text: str, situation: Situation, reasons: list[Reason]) -> str:
    lines = text.split("\n")
    marks = situation.profile.line_comments
    keep = 1
    if situation.line_before.strip().startswith(marks):
        while (
            keep < len(lines)
            and lines[keep].strip().startswith(marks)
            and indent_of(lines[keep]) == situation.indent
        ):
            keep += 1
    if keep < len(lines):
        reasons.append(Reason.COMMENT_END)
    return "\n".join(lines[:keep])


def _literal(text: str, situation: Situation, reasons: list[Reason]) -> str:
    tokens, _ = situation.scanner.scan(text, 0, situation.mode)
    literal = situation.profile.literals[situation.mode.literal]
    if not tokens or tokens[0][0] != literal.mark:
        return text  # it does not end: the brackets of a comment or string mean nothing
    end = tokens[0][2]
    newline = text.find("\n", end)
    if newline < 0 or not text[newline:].strip():
        return text
    if not literal.comment and goes_on(text[end:newline]):
        return text
    reasons.append(Reason.LITERAL_END)
    return text[:newline]


def _paragraph(text: str, situation: Situation, reasons: list[Reason]) -> str:
    """Prose goes on to the next heading, and a line in a paragraph to the end of the paragraph."""
    lines = text.split("\n")
    for number, line in enumerate(lines[1:], 1):
        heading = line.startswith("#") and situation.cursor.prefix.rstrip(" \t").endswith("\n")
        ended = not lines[number - 1].strip() and not situation.on_blank_line and bool(lines[0].strip())
        if line.strip() and (heading or ended) and any(text.strip() for text in lines[:number]):
            reasons.append(Reason.UNIT_END)
            return "\n".join(lines[:number]).rstrip("\n")
    return text


@dataclass(slots=True)
class _Walk:
    """Takes the constructs of a completion one by one until one belongs to something else."""

    text: str
    situation: Situation
    reasons: list[Reason]
    synced: bool = False
    lines: list[str] = field(init=False)
    states: list[Step] = field(init=False)
    in_string: set[int] = field(init=False)

    def __post_init__(self) -> None:
        self.lines = self.text.split("\n")
        self.in_string = lines_in_strings(self.text, self.situation)
        self.states = self._states()

    def run(self) -> str:
        situation = self.situation
        before = situation.line_before.rstrip()
        first = next((k for k, line in enumerate(self.lines) if line.strip()), 0)
        if (first == 0 and not situation.on_blank_line) or (
            first and before and (self._opened_here() or goes_on(before) or opens_block(before, situation))
        ):
            end, reason = self._rest_of_construct()
        else:
            indent = (
                indent_of(situation.line_before + self.lines[0])
                if first == 0
                else indent_of(self.lines[first])
            )
            end, reason = self._siblings(first, indent)
        while end > 1 and not self.lines[end - 1].strip():
            end -= 1
        if any(line.strip() for line in self.lines[end:]):
            self.reasons.append(reason)
            return "\n".join(self.lines[:end])
        return self.text

    def _states(self) -> list[Step]:
        """Return the state of the brackets at the start of each line, and one more for the end."""
        found, _ = steps(self.text, self.situation)
        states: list[Step] = []
        at = 0
        index = 0
        for line in [*self.lines, ""]:
            while index + 1 < len(found) and found[index + 1].end <= at:
                index += 1
            states.append(found[index])
            at += len(line) + 1
        states[-1] = found[-1]
        return states

    def _depth(self, k: int) -> int:
        return len(self.states[k].stack)

    def _begins_block(self, before: str) -> bool:
        """Whether the line before the cursor begins a block; what a directive holds need not be deeper."""
        return opens_block(before, self.situation) and not before.lstrip().startswith("#")

    def _opened_here(self) -> bool:
        situation = self.situation
        line_start = len(situation.head) - len(situation.line_before)
        return any(opening.offset >= line_start for opening in situation.openings)

    def _rest_of_construct(self) -> tuple[int, Reason]:
        """Keep what was begun on the cursor's line; fields and elements beside it if the answer ends with them."""
        situation = self.situation
        end = self._construct(0, situation.indent, situation.line_depth)
        if introduces(self._line(0), situation.profile) and end < len(self.lines) and self.lines[end].strip():
            return self._construct(end, situation.indent, situation.line_depth), Reason.UNIT_END
        if situation.container not in ("members", "elements") or end > 1 + self._blank_lines(end):
            return end, Reason.UNIT_END
        further = end
        while further < len(self.lines) and self.lines[further].strip():
            line = self.lines[further]
            if (
                indent_of(line) != situation.indent
                or closes_only(line)
                or introduces(line, situation.profile)
            ):
                break
            beyond = self._construct(further, situation.indent, situation.line_depth)
            if beyond > further + 1:
                break
            further = beyond
        return (further if self._ends_well(further) else end), Reason.UNIT_END

    def _blank_lines(self, end: int) -> int:
        return sum(1 for line in self.lines[1:end] if not line.strip())

    def _ends_well(self, end: int) -> bool:
        """Whether the answer, kept up to `end`, stopped by itself or ran into the end of its block."""
        if self.synced and end < _LONG_ANSWER:
            return True
        rest = [line for line in self.lines[end:] if line.strip()]
        if len(self.lines) >= _LONG_ANSWER:
            return False
        return not rest or closes_only(rest[0]) or ends_block(rest[0], self.situation.profile)

    def _construct(self, start: int, floor: int, base: int) -> int:
        """Return where the construct that line `start` begins ends: its brackets, deeper lines and clauses."""
        situation = self.situation
        profile = situation.profile
        k = start + 1
        end = k
        has_block = self._depth(k) > base
        header = self._line(start)
        word_block = opens_block(header, situation)
        tags = 1 if opens_tag(header) else 0
        while k < len(self.lines):
            line = self.lines[k]
            if not line.strip():
                k += 1
                continue
            indent = indent_of(line)
            last = self._last(k)
            blank = end < k
            if tags and indent == floor and self._depth(k) <= base:
                tags += 1 if opens_tag(line) else -1 if line.strip().startswith("</") else 0
                if not tags:
                    return k + 1
            elif k in self.in_string:
                pass
            elif line.strip() == ";" and not last.rstrip().endswith(";"):
                return k + 1
            elif self._depth(k) > base:
                if self._stands_out(k, line, indent) or self._stands_deep(k, line, last):
                    return end
                has_block = True
            elif indent == floor and is_clause(line) and (has_block or word_block):
                pass
            elif indent == floor and ends_block(line, profile) and word_block:
                return k + 1
            elif indent == floor and line.strip().startswith("{") and not has_block and not blank:
                has_block = True
            elif blank and not (word_block and indent > floor):
                return end
            elif indent > floor and not closes_only(line):
                if self._too_deep(k, indent, last) or not (
                    word_block or self._carries_on(line, last) or self._asks_more(last)
                ):
                    return end
            elif closes_only(line) and self._owed(k):
                has_block = True
            elif indent == floor and self._carries_on(line, last):
                pass
            else:
                return end
            k += 1
            end = k
        return end

    def _asks_more(self, last: str) -> bool:
        """Whether the line above asks for more; the comma after an element on its own line does not."""
        if last.rstrip().endswith(",") and self.situation.profile.keyed:
            return False
        return goes_on(last)

    def _too_deep(self, k: int, indent: int, last: str) -> bool:
        """Whether line `k` stands deeper than a line that nothing may hang on, where indentation is syntax."""
        situation = self.situation
        above = indent_of(last) + (2 if last.lstrip().startswith("- ") else 0)
        if not situation.profile.offside or indent <= above or self._depth(k) or self._in_scalar(k):
            return False
        return not (
            opens_block(last, situation)
            or self._asks_more(last)
            or introduces(self.lines[k], situation.profile)
            or introduces(last, situation.profile)
        )

    def _in_scalar(self, k: int) -> bool:
        """Whether line `k` is text of a block scalar, or may be of a plain one over several lines."""
        if not self.situation.profile.keyed:
            return False
        lowest = indent_of(self.lines[k])
        for number in range(k - 1, -1, -1):
            line = self._line(number)
            if line.strip() and indent_of(line) < lowest:
                if _SCALAR_HEADER.search(line.rstrip()):
                    return True
                lowest = indent_of(line)
        return not _KEYED_LINE.match(self.lines[k])

    def _stands_out(self, k: int, line: str, indent: int) -> bool:
        """Whether `line` stands left of the block it is in: it was meant for another place.

        Labels, directives and comments may stand anywhere, and a block whose first line is not indented has none
        to compare with.
        """
        opening = self.states[k].stack[-1]
        if indent > opening.indent or line.strip()[0] in ")]}#:/*<|\"'`":
            return False
        if self.situation.profile.ends_by_word or re.match(r"\s*[\w.-]+\s*:", line):
            return False
        inside = self._first_inside(k, opening)
        return inside > opening.indent

    def _stands_deep(self, k: int, line: str, last: str) -> bool:
        """Whether `line` stands deeper than the ended statement above it, though nothing was opened between."""
        if (
            not last.rstrip().endswith((";", "}"))
            or indent_of(line) <= indent_of(last)
            or self.situation.profile.offside
        ):
            return False
        if line.strip()[0] in ")]}#:/*<|\"'`&.?" or last.strip()[0] in "#/*<" or continues_above(line):
            return False
        return self._depth(k) == self._depth(k - 1) and not opens_block(last, self.situation)

    def _first_inside(self, k: int, opening: Opening) -> int:
        """Return the indentation of the first line inside `opening`, -1 if line `k` is the first."""
        for number in range(1, k):
            if opening in self.states[number].stack and self.lines[number].strip():
                return indent_of(self.lines[number])
        return -1

    def _carries_on(self, line: str, last: str) -> bool:
        """Whether `line`, level with the line above, still belongs to it: an expression over several lines."""
        if self.situation.profile.keyed or closes_only(line) or self.situation.language.id in _STYLES:
            return False
        if continues_above(line):
            return not last.rstrip().endswith(";")
        return goes_on(last) and not last.rstrip().endswith((":", ",", ".", "-", "return"))

    def _siblings(self, first: int, floor: int) -> tuple[int, Reason]:
        """Keep the constructs beside the cursor's line, as many as its block and the rest of the answer suggest."""
        situation = self.situation
        base = self._depth(first)
        level = floor
        ends: list[int] = []
        blanks: list[int] = []
        k = first
        while k < len(self.lines):
            line = self.lines[k]
            if not line.strip():
                k += 1
                continue
            indent = floor if k == first else indent_of(line)
            if ends and (
                indent < floor or self._depth(k) < base or (closes_only(line) and self._depth(k) == base)
            ):
                break
            if not ends and closes_only(line):
                break
            if (
                ends
                and indent > level
                and not (introduces(line, situation.profile) or line.strip()[0] == "#")
            ):
                break
            if ends and ends[-1] < k:
                blanks.append(ends[-1])
            k = self._construct(k, floor, base)
            ends.append(k)
            level = max(level, self._closing_level(k))
        stop = ends[-1] if ends else first
        if k < len(self.lines) or not ends:
            beyond = self._leave_scope(k)
            if beyond > k and (
                len(self.lines) < _LONG_ANSWER or not any(map(str.strip, self.lines[beyond:]))
            ):
                return beyond, Reason.SCOPE_END
        return self._choose(first, floor, ends, blanks, stop)

    def _closing_level(self, end: int) -> int:
        """Return where the construct that ends before line `end` was closed, -1 if no line closes it.

        An answer whose first line stands at the cursor may be written for another depth: its closers say which.
        """
        last = self.lines[end - 1]
        return -1 if self.situation.profile.offside or not closes_only(last) else indent_of(last)

    def _choose(
        self, first: int, floor: int, ends: list[int], blanks: list[int], stop: int
    ) -> tuple[int, Reason]:
        """Return how many of the constructs that end at `ends` to keep."""
        situation = self.situation
        if not ends:
            return stop, Reason.SCOPE_END
        container = situation.container
        if container == "members" or (container == "file" and floor == 0):
            return self._definition(first, ends, blanks)
        if self._ends_well(stop):
            return stop, Reason.SCOPE_END
        fills_block = situation.previous_indent < floor and situation.next_indent < floor
        short = len(self.lines) < _LONG_ANSWER
        if container != "elements" and (fills_block or (short and self._may_leave())):
            return stop, Reason.SCOPE_END
        if blanks and short and situation.line_after_blank:
            return blanks[0], Reason.DRIFT
        return self._first_said(first, ends), Reason.DRIFT

    def _may_leave(self) -> bool:
        """Whether a block may end here without a word: nothing follows in it, and indentation alone ends it."""
        situation = self.situation
        offside = situation.profile.offside and not situation.profile.keyed
        return offside and situation.next_indent < situation.indent

    def _first_said(self, first: int, ends: list[int]) -> int:
        """Return the end of the first construct that is more than a comment or decorator."""
        start = first
        for end in ends:
            if not all(
                introduces(line, self.situation.profile) for line in self.lines[start:end] if line.strip()
            ):
                return end
            start = end
        return ends[-1]

    def _definition(self, first: int, ends: list[int], blanks: list[int]) -> tuple[int, Reason]:
        """Among definitions keep one, with the comments and decorators above it; or one group of short lines."""
        start = first
        for end in ends:
            said = [line for line in self.lines[start:end] if line.strip()]
            if not all(introduces(line, self.situation.profile) for line in said):
                if len(said) > 1 or end in blanks:
                    return end, Reason.UNIT_END
                if (
                    not self._ends_well(ends[-1])
                    and end == self._first_said(first, ends)
                    and not self._grouped(end)
                ):
                    return end, Reason.DRIFT
            start = end
        return ends[-1], Reason.UNIT_END

    def _grouped(self, end: int) -> bool:
        """Whether the line before `end` and the next one are of a kind, as imports and fields are."""
        if end >= len(self.lines):
            return False
        one = re.findall(r"\w+", self._line(end - 1))
        two = re.findall(r"\w+", self.lines[end])
        return (
            bool(one)
            and bool(two)
            and one[0] == two[0]
            and self.situation.next_indent != self.situation.indent
        )

    def _leave_scope(self, k: int) -> int:
        """Return how far the answer may go on past its block: closing what nothing else closes, other clauses."""
        situation = self.situation
        end = k
        floor = -1
        while k < len(self.lines):
            line = self.lines[k]
            if not line.strip():
                k += 1
                continue
            indent = indent_of(line)
            if is_clause(line) and (floor < 0 or indent <= floor) and self._may_branch(indent):
                floor = indent
                k = self._construct(k, indent, self._lowest_depth(k))
            elif (closes_only(line) and self._owed(k)) or (
                ends_block(line, situation.profile)
                and self._word_owed(indent)
                and (floor < 0 or indent <= floor)
            ):
                floor = indent
                k += 1
            else:
                break
            end = k
        return end

    def _lowest_depth(self, k: int) -> int:
        """Return the number of brackets open after the closing ones that line `k` starts with."""
        leading = len(re.match(r"[\s)\]}]*", self.lines[k])[0].replace(" ", "").replace("\t", ""))  # type: ignore[index]
        return max(0, self._depth(k) - leading)

    def _owed(self, k: int) -> bool:
        """Whether the line's first closing bracket closes what nothing after the cursor does."""
        older = self._depth(k)
        return older > len(self.situation.openings) or older - 1 in self.situation.owed

    def _word_owed(self, indent: int) -> bool:
        situation = self.situation
        for line in situation.tail.split("\n"):
            if line.strip() and indent_of(line) <= indent:
                return not (indent_of(line) == indent and ends_block(line, situation.profile))
        return True

    def _may_branch(self, indent: int) -> bool:
        """Whether another clause may be added: none follows the cursor at that indentation."""
        for line in self.situation.tail.split("\n")[1:]:
            if line.strip() and indent_of(line) <= indent:
                return not (is_clause(line) and indent_of(line) == indent)
        return True

    def _line(self, k: int) -> str:
        return self.situation.line_before + self.lines[0] if k == 0 else self.lines[k]

    def _last(self, k: int) -> str:
        for number in range(k - 1, 0, -1):
            if self.lines[number].strip():
                return self.lines[number]
        return self._line(0)
