"""A file cut into chunks: one for each function, one for what lies between them; the units of an answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from segue_context._types import Symbol

FUNCTIONS = frozenset({"function", "method", "macro"})
_CONTAINERS = frozenset({"class", "interface", "enum", "struct", "trait", "module"})
_MOST_LINES = 120
_PIECE_LINES = 60
_WINDOW_LINES = 40
_COMMENT_STARTS = ("#", "//", "/*", "*", "--", "@", "///", ";", "%", '"""', "<!--")


@dataclass(frozen=True, slots=True)
class Chunk:
    """Lines `start`..`end` (0-based, exclusive); `symbol` is the number of the definition they belong to, -1 for none."""

    start: int
    end: int
    symbol: int


def chunks_of(lines: Sequence[str], symbols: Sequence[Symbol]) -> list[Chunk]:
    """Return the chunks of a file, in order; `symbols` are its definitions as the catalogue numbers them.

    A function is one chunk with the comment and the decorators above it, never cut up to 120 lines. The head of a class,
    up to its first method, is one; so are groups of smaller definitions and of other lines.
    """
    chunks: list[Chunk] = []
    free = 0
    for number, symbol in enumerate(symbols):
        if symbol.kind not in FUNCTIONS and not (
            symbol.kind in _CONTAINERS and symbol.end_line - symbol.line > 1
        ):
            continue
        if symbol.line < free:
            if symbol.kind in FUNCTIONS:
                continue  # a function inside a function belongs to it
            free = min(free, symbol.line)
        start = _with_comment(lines, symbol.line, free)
        chunks.extend(_between(lines, free, start))
        end = min(symbol.end_line, len(lines))
        if symbol.kind not in FUNCTIONS:
            end = _head_end(number, symbols, end)
        chunks.extend(_pieces(start, max(end, start + 1), number))
        free = max(end, start + 1)
    chunks.extend(_between(lines, free, len(lines)))
    return chunks


def _is_chunk(symbol: Symbol) -> bool:
    return symbol.kind in FUNCTIONS or (symbol.kind in _CONTAINERS and symbol.end_line - symbol.line > 1)


def _head_end(number: int, symbols: Sequence[Symbol], end: int) -> int:
    """Return where the head of the container `number` ends: before its first function or container, if it has one."""
    for symbol in symbols[number + 1 :]:
        if symbol.line >= end:
            break
        if _is_chunk(symbol):
            return max(symbol.line, symbols[number].line + 1)
    return end


def _with_comment(lines: Sequence[str], line: int, free: int) -> int:
    """Return the first line of the comment and the decorators directly above `line`, not before `free`."""
    while line > free and (above := lines[line - 1].strip()) and above.startswith(_COMMENT_STARTS):
        line -= 1
    return line


def _pieces(start: int, end: int, symbol: int) -> Iterator[Chunk]:
    if end - start <= _MOST_LINES:
        yield Chunk(start, end, symbol)
        return
    for at in range(start, end, _PIECE_LINES):
        yield Chunk(at, min(at + _PIECE_LINES, end), symbol)


def _between(lines: Sequence[str], start: int, end: int) -> Iterator[Chunk]:
    """Cut lines that belong to no function into windows, at empty lines where there are some."""
    while start < end:
        stop = min(start + _WINDOW_LINES, end)
        if stop < end:
            stop = next(
                (at for at in range(stop, start + _WINDOW_LINES // 2, -1) if not lines[at - 1].strip()), stop
            )
        if any(line.strip() for line in lines[start:stop]):
            first = next(at for at in range(start, stop) if lines[at].strip())
            yield Chunk(first, stop, -1)
        start = stop
