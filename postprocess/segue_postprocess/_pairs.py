"""Brackets and quotes around the cursor: what is open before it, what closes after it, and how the two fit."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from segue_syntax import CLOSERS, Language, LexState, Opening, Token, indent_width

if TYPE_CHECKING:
    from collections.abc import Sequence


_DEPTH: Final = 7
_SKIP: Final = 1.0
_OUTER_CLOSER: Final = 1.5
_DEEPER_CLOSER: Final = 0.4
_Begun = tuple[str, int, "_Begun | None", int]
"""A mark, its offset, and the pair closed last before it with the offset of that pair's closing."""

_CASE_PATTERN: Final = re.compile(
    r"""[ \t]*(?:"[^"\n]*"|'[^'\n]*'|[^\s()|;&]+)(?:\s*\|\s*(?:"[^"\n]*"|'[^'\n]*'|[^\s()|;&]+))*[ \t]*"""
)


class BracketState(NamedTuple):
    """The brackets open after the first `end` characters of a completion.

    `starts` is where the closing bracket that led here begins, else -1; it is `foreign` when it closes something
    older than the completion, or nothing. `closed` is what it closes. `mismatched` counts closing brackets that
    fit nothing.
    """

    end: int
    stack: tuple[Opening, ...]
    mismatched: int = 0
    starts: int = -1
    foreign: bool = False
    closed: Opening | None = None


@dataclass(frozen=True, slots=True)
class Closing:
    """A closing bracket or quote after the cursor whose opening is not after the cursor."""

    mark: str
    offset: int
    indent: int
    leading: bool


class Followed(NamedTuple):
    """The marks that are open after some tokens, and the pair closed last; `inside` while the first literal goes on."""

    begun: tuple[_Begun, ...] = ()
    popped: _Begun | None = None
    closed_at: int = -1
    inside: bool = False


def ends_case_pattern(text: str, offset: int) -> bool:
    """Whether the ``)`` at `offset` of a shell script ends the pattern of a ``case``, so that nothing opens it."""
    line = text[text.rfind("\n", 0, offset) + 1 : offset]
    return bool(_CASE_PATTERN.fullmatch(line)) and line.strip() not in ("done", "fi", "esac", "}")


def closing_mark(mark: str) -> str:
    """Return the mark that closes `mark`; a quote closes itself."""
    return CLOSERS.get(mark, mark)


def align(
    openings: tuple[Opening, ...] | list[Opening], closings: tuple[Closing, ...], *, whole: tuple[bool, bool]
) -> tuple[float, list[int]]:
    """Match what is open with what closes; return how badly they fit, and which openings nothing closes.

    An editing distance: skipping an opening or a closing costs 1. Indentation tells them apart when a file is
    half typed: a closing bracket that starts its line left of the opening's line belongs to an outer one.
    `whole` says whether all of the text before and after was read; what lies beyond it costs nothing.
    """
    inner = list(reversed(openings))[:_DEPTH]
    after = closings[:_DEPTH]
    rows, columns = len(inner), len(after)
    openings_end = 0.0 if not whole[1] or len(closings) > _DEPTH else _SKIP
    closings_end = 0.0 if not whole[0] or len(openings) > _DEPTH else _SKIP
    costs = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    for i in range(rows - 1, -1, -1):
        costs[i][columns] = costs[i + 1][columns] + openings_end
    for j in range(columns - 1, -1, -1):
        costs[rows][j] = costs[rows][j + 1] + closings_end
    for i in range(rows - 1, -1, -1):
        row, below = costs[i], costs[i + 1]
        for j in range(columns - 1, -1, -1):
            best = min(below[j], row[j + 1]) + _SKIP
            match = _fit(inner[i], after[j])
            if match is not None and below[j + 1] + match <= best:
                best = below[j + 1] + match
            row[j] = best
    unclosed: list[int] = []
    i = j = 0
    while i < rows:
        if j == columns:
            unclosed.extend(len(openings) - 1 - k for k in range(i, rows) if openings_end)
            break
        match = _fit(inner[i], after[j])
        if match is not None and costs[i][j] == costs[i + 1][j + 1] + match:
            i, j = i + 1, j + 1
        elif costs[i][j] == costs[i + 1][j] + _SKIP:
            unclosed.append(len(openings) - 1 - i)
            i += 1
        else:
            j += 1
    return costs[0][0], unclosed


def _fit(opening: Opening, closing: Closing) -> float | None:
    if closing_mark(opening.mark) != closing.mark:
        return None
    if not closing.leading or closing.indent == opening.indent:
        return 0.0
    return _OUTER_CLOSER if closing.indent < opening.indent else _DEEPER_CLOSER


def follow(tokens: Sequence[Token], since: Followed) -> Followed:
    """Return what is open after `tokens`, where `since` was before them."""
    stack = list(since.begun)
    _, popped, at, inside = since
    for mark, start, _ in tokens:
        if mark in ("string", "comment"):
            continue
        if mark in CLOSERS:
            stack.append((mark, start, popped, at))
        elif mark in ")]}":
            if stack and CLOSERS.get(stack[-1][0], stack[-1][0]) == mark:
                popped, at = stack.pop(), start
            elif any(closing_mark(begun[0]) == mark for begun in stack):
                while closing_mark(stack.pop()[0]) != mark:
                    pass
        elif inside:
            inside = False  # the end of the literal that the window starts in
        else:
            stack.append((mark, start, None, -1))
    return Followed(tuple(stack), popped, at, inside)


def openings_in(text: str, followed: Followed) -> tuple[Opening, ...]:
    """Return the openings of `text` that are `followed` to its end."""
    return tuple(Opening(begun[0], _begun_indent(text, begun), begun[1]) for begun in followed.begun)


def _begun_indent(text: str, begun: _Begun) -> int:
    """Return what `opening_indent` says of each bracket in turn; few are still open, so few are asked for."""
    _, offset, popped, closed_at = begun
    indent = _line_indent(text, offset)
    while popped is not None and text.find("\n", closed_at, offset) < 0:
        _, offset, popped, closed_at = popped
        indent = min(indent, _line_indent(text, offset))
    return indent


def opening_indent(text: str, offset: int, popped: Opening | None) -> int:
    r"""Return the indentation of the construct that opens a bracket at `offset`.

    That is where its first line starts: in ``foo(\n    a) {`` the brace belongs to the line of ``foo``, whose
    bracket was closed (`popped`, with the offset of its closing) on the line of the brace.
    """
    indent = _line_indent(text, offset)
    if popped is not None and text.find("\n", popped.offset, offset) < 0:
        return min(indent, popped.indent)
    return indent


def _line_indent(text: str, offset: int) -> int:
    start = text.rfind("\n", 0, offset) + 1
    return indent_width(text[start : offset + 1])


def closings_in(
    text: str, tokens: Sequence[Token], mode: LexState, language: Language
) -> tuple[Closing, ...]:
    """Return the marks of `text`, read in `mode`, that close what is not opened in it."""
    depth: list[str] = []
    found: list[Closing] = []
    inside = mode.literal is not None
    for mark, start, _ in tokens:
        if mark in CLOSERS:
            depth.append(mark)
        elif mark in ")]}":
            if depth and closing_mark(depth[-1]) == mark:
                depth.pop()
            elif not depth:
                if mark != ")" or not language.case_patterns or not ends_case_pattern(text, start):
                    found.append(_closing(text, mark, start))
            elif any(closing_mark(opening) == mark for opening in depth):
                while closing_mark(depth.pop()) != mark:
                    pass
        elif inside and mark not in ("string", "comment"):
            found.append(_closing(text, mark, start))
            inside = False
    return tuple(found)


def _closing(text: str, mark: str, offset: int) -> Closing:
    start = text.rfind("\n", 0, offset) + 1
    before = text[start:offset]
    return Closing(mark, offset, indent_width(before), leading=start > 0 and not before.strip())


def auto_closed(line_after: str, closings: tuple[Closing, ...]) -> tuple[int, ...]:
    """Return the extents up to which 1, 2, ... `closings` stand right after the cursor."""
    extents: list[int] = []
    at = 0
    for closing in closings:
        end = closing.offset + len(closing.mark)
        if end > len(line_after) or line_after[at : closing.offset].strip():
            break
        extents.append(end)
        at = end
    return tuple(extents)
