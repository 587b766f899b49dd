"""Brackets and quotes balanced against what surrounds the cursor."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Final

from segue_postprocess._context import closings_for
from segue_postprocess._deduplicate import repeated_tail
from segue_postprocess._lines import closes_only
from segue_postprocess._pairs import BracketState, align, closing_mark, ends_case_pattern, opening_indent
from segue_postprocess._types import Reason
from segue_syntax import CLOSERS, OPENERS, LexState, Opening, Token

if TYPE_CHECKING:
    from segue_postprocess._context import CursorContext
    from segue_postprocess._types import Candidate

_MISMATCH = 1.5
_DEEPEST = 200  # brackets of an answer in each other: more are noise
_PASSED: Final = frozenset(["string", "comment"])
_END: Final = attrgetter("end")


@dataclass(frozen=True, slots=True)
class Balance:
    """How well a completion fits: `cost` 0 is perfect; `replaced` characters after the cursor are its own."""

    cost: float
    replaced: int


def steps(text: str, context: CursorContext) -> tuple[list[BracketState], LexState]:
    """Follow the brackets of `text` typed at the cursor; the first step is the cursor itself. Leave the list as it is."""
    known = context.followed.get(text)
    if known is None:
        _, tokens, mode = context.typed(text)
        found = _of_longer(text, tokens, context) or _follow(text, context)
        known = context.followed[text] = found, mode
    return known


def _of_longer(text: str, tokens: list[Token], context: CursorContext) -> list[BracketState] | None:
    """Return the steps of `text` as those of a longer one that begins with it, None if none with the same tokens is known."""
    longer = next((other for other in tuple(context.followed) if other.startswith(text)), None)
    if longer is None or context.typed(longer)[1][: len(tokens)] != tokens:
        return None
    return steps_within(longer, len(text), context)


def _follow(text: str, context: CursorContext) -> list[BracketState]:
    joined, tokens, _ = context.typed(text)
    typed_at = len(context.line_before)
    cases = context.language.case_patterns
    stack = context.openings
    older = len(stack)
    mismatched = 0
    found = [BracketState(0, stack)]
    inside = context.lex_state.literal is not None
    popped: Opening | None = None
    for mark, start, end in tokens:
        if len(stack) - older > _DEEPEST:
            break
        starts, foreign, closed = -1, False, None
        if mark in _PASSED:
            continue
        if mark in CLOSERS:
            stack = (*stack, Opening(mark, opening_indent(joined, start, popped), -1))
        elif mark in OPENERS or inside:
            inside = False
            if cases and mark == ")" and ends_case_pattern(joined, start):
                continue  # the end of a pattern
            starts = start - typed_at
            foreign = len(stack) <= older
            if stack and closing_mark(stack[-1].mark) == mark:
                closed, stack = stack[-1], stack[:-1]
                popped = Opening(mark, closed.indent, start)
                older = min(older, len(stack))
            else:
                foreign = True
                mismatched += 1
        else:
            stack = (*stack, Opening(mark, opening_indent(joined, start, None), -1))
        found.append(BracketState(end - typed_at, stack, mismatched, starts, foreign, closed))
    return found


def steps_within(text: str, end: int, context: CursorContext) -> list[BracketState]:
    """Return the steps of `text` up to its character `end`."""
    found, _ = steps(text, context)
    return found[: bisect_right(found, end, key=_END)]


def steps_at_lines(text: str, lines: list[str], context: CursorContext) -> list[BracketState]:
    """Return the step at the start of each of the `lines` of `text`, the last for its end; the first is at the cursor."""
    found, _ = steps(text, context)
    at_lines = found[:1]
    at = index = 0
    for line in lines:
        at += len(line) + 1
        while index + 1 < len(found) and found[index + 1].end <= at:
            index += 1
        at_lines.append(found[index])
    return at_lines


def lines_in(text: str, context: CursorContext, kind: str) -> set[int]:
    """Return the numbers of the lines of `text` that begin inside a "string" or "comment"."""
    joined, tokens, _ = context.typed(text)
    return _lines_inside(joined, _over_lines(joined, tokens, kind))


def lines_that_stay(text: str, context: CursorContext) -> set[int]:
    """Return the lines that begin inside a string, unless it is a docstring, which moves with its block."""
    joined, tokens, _ = context.typed(text)
    strings = _over_lines(joined, tokens, "string")
    if context.language.indentation_based:
        strings = [string for string in strings if not _is_docstring(string, joined, tokens, context)]
    return _lines_inside(joined, strings)


def _over_lines(joined: str, tokens: list[Token], kind: str) -> list[Token]:
    return [token for token in tokens if token[0] == kind and "\n" in joined[token[1] : token[2]]]


def _is_docstring(string: Token, joined: str, tokens: list[Token], context: CursorContext) -> bool:
    """Whether a string begins its line, and stands in no bracket."""
    _, start, _ = string
    if joined[joined.rfind("\n", 0, start) + 1 : start].strip():
        return False
    marks = [mark for mark, at, _ in tokens if at < start]
    depth = sum(opening.mark in CLOSERS for opening in context.openings)
    return depth + sum((mark in CLOSERS) - (mark in OPENERS) for mark in marks) <= 0


def _lines_inside(joined: str, strings: list[Token]) -> set[int]:
    inside: set[int] = set()
    for _, start, end in strings:
        first = joined.count("\n", 0, start)
        inside.update(range(first + 1, first + joined.count("\n", start, end) + 1))
    return inside


def balance_of(step: BracketState, mode: LexState, context: CursorContext) -> Balance:
    """Return how well the text up to `step` fits the suffix, using what editors close automatically if that helps."""
    closings = closings_for(context, mode)
    whole = context.whole
    best = Balance(align(step.stack, closings, whole=whole)[0] + step.mismatched * _MISMATCH, 0)
    if mode == context.lex_state or context.lex_state.literal is not None:
        closings = context.closings
        for count, extent in enumerate(context.auto_closed, 1):
            if best.cost == 0:
                break
            cost = align(step.stack, closings[count:], whole=whole)[0] + step.mismatched * _MISMATCH
            if cost < best.cost:
                best = Balance(cost, extent)
    return best


def fit(text: str, context: CursorContext) -> Balance:
    """Return how well the whole of `text` fits."""
    found, mode = steps(text, context)
    return balance_of(found[-1], mode, context)


def _closes_too_soon(step: BracketState, text: str) -> bool:
    """Whether nothing but closing brackets follows where a bracket is closed."""
    return step.closed is not None and closes_only(text[step.starts :].replace("\n", ""))


def cut_foreign(text: str, context: CursorContext) -> tuple[str, Balance]:
    """Cut `text` before closing brackets that are not its own to write, if that makes it fit better.

    Those are brackets that close something older than the completion, and some that close its own too soon.
    """
    found, mode = steps(text, context)
    best = balance_of(found[-1], mode, context)
    best_end = len(text)
    if best.cost == 0:
        return text, best
    code = context.lex_state if context.lex_state.literal is None else LexState()
    for index in range(len(found) - 1, 0, -1):
        start = found[index].starts
        if start < 0 or not (found[index].foreign or _closes_too_soon(found[index], text)):
            continue
        candidate = balance_of(found[index - 1], code, context)
        if candidate.cost < best.cost:
            best, best_end = candidate, start
        if best.cost == 0:
            break
    return text[:best_end], best


def cut_after_comment(text: str, context: CursorContext) -> str:
    """Cut closing brackets off the end of a line comment that does not open them."""
    _, mode = steps(text, context)
    if not mode.line_comment:
        return text
    line = (context.line_before + text).rpartition("\n")[2]
    result = text.rstrip()
    while result and result[-1] in ")]}" and line.count(result[-1]) > line.count(OPENERS[result[-1]]):
        result = result[:-1].rstrip()
        line = line.rstrip()[:-1]
    return result


def balance_brackets(candidate: Candidate, context: CursorContext) -> Candidate:
    """Leave out what the suffix already says, and match brackets; the better fit wins, then the shorter."""
    text = candidate.text
    overlap = repeated_tail(text, context)
    whole, balance = cut_foreign(text, context)
    if overlap:
        shorter = fit(text[:-overlap], context)
        if shorter.cost <= balance.cost and not shorter.replaced:
            return candidate.with_reason(Reason.SUFFIX_OVERLAP, text=text[:-overlap])
    candidate = candidate.changed(cut_after_comment(whole, context), Reason.BRACKETS_CUT)
    if not balance.replaced:
        return candidate
    following = context.line_after[balance.replaced :][:1]
    doubled = following in (";", ",") and candidate.text.rstrip().endswith(following)
    return candidate.with_reason(Reason.BRACKETS_REPLACED, replaced=balance.replaced + doubled)
