"""A stretch of code, tokenised and indexed once, from which continuations are copied."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from segue_context.statistical._tokens import DEEPER, OUTER, SAME, shape_of, tokens_of
from segue_syntax import indent_width

if TYPE_CHECKING:
    from collections.abc import Sequence


SHAPE_KEY = 2
"""Tokens of a line's shape by which it is found."""


@dataclass(slots=True)
class TokenizedChunk:
    """Tokens of consecutive lines and where each pair of tokens stands.

    `starts[k]` is the position of the line break before the k-th non-blank line, `numbers[k]` its 0-based line
    in the chunk. `shapes` are computed when first asked for.
    """

    tokens: list[str]
    starts: list[int]
    numbers: list[int]
    pairs: dict[tuple[str, str], tuple[int, ...]]
    _singles: dict[str, tuple[int, ...]] | None = None
    _shapes: list[tuple[str, ...]] | None = None
    _shaped: dict[tuple[str, ...], list[int]] | None = None
    _names: frozenset[str] | None = None
    _lines: frozenset[str] | None = None
    _sorted: list[str] | None = None

    @classmethod
    def of(cls, lines: Sequence[str]) -> TokenizedChunk:
        """Return the chunk made of `lines`."""
        tokens: list[str] = []
        starts: list[int] = []
        numbers: list[int] = []
        indent = -1
        for number, raw in enumerate(lines):
            line = raw.strip()
            if not line:
                continue
            depth = indent_width(raw)
            starts.append(len(tokens))
            numbers.append(number)
            tokens.append(SAME if depth == indent or indent < 0 else DEEPER if depth > indent else OUTER)
            tokens.extend(tokens_of(line))
            indent = depth
        starts.append(len(tokens))
        tokens.append(SAME)
        return cls(tokens, starts, numbers, _pairs(tokens))

    @classmethod
    def begun(cls, left: Sequence[str]) -> TokenizedChunk:
        """Return the chunk of a line that goes on after its tokens `left`."""
        tokens = [SAME, *left]
        return cls(tokens, [0, len(tokens)], [0], _pairs(tokens))

    @property
    def singles(self) -> dict[str, tuple[int, ...]]:
        """Where each token stands: the positions right after it."""
        if self._singles is None:
            singles: dict[str, list[int]] = defaultdict(list)
            for position, token in enumerate(self.tokens, 1):
                singles[token].append(position)
            self._singles = {token: tuple(found) for token, found in singles.items()}
        return self._singles

    @property
    def shapes(self) -> list[tuple[str, ...]]:
        """The shape of each line."""
        if self._shapes is None:
            bounds = zip(self.starts, self.starts[1:], strict=False)
            self._shapes = [shape_of(self.tokens[start + 1 : end]) for start, end in bounds]
        return self._shapes

    def shaped(self, beginning: tuple[str, ...]) -> Sequence[int]:
        """Return the indices (into `starts`) of the lines whose shape begins with `beginning` and goes on."""
        if self._shaped is None:
            shaped: dict[tuple[str, ...], list[int]] = defaultdict(list)
            for index, shape in enumerate(self.shapes):
                shaped[shape[:SHAPE_KEY]].append(index)
                if len(shape) >= SHAPE_KEY:
                    shaped[shape[: SHAPE_KEY - 1]].append(index)
            self._shaped = dict(shaped)
        size = len(beginning)
        return [
            index
            for index in self._shaped.get(beginning[:SHAPE_KEY], ())
            if len(self.shapes[index]) > size and self.shapes[index][:size] == beginning
        ]

    @property
    def names(self) -> frozenset[str]:
        """The words of the chunk."""
        if self._names is None:
            self._names = frozenset(token.lstrip(" ") for token in self.tokens)
        return self._names

    def names_from(self, start: str) -> list[str]:
        """Return the names of the chunk that begin with `start`."""
        if self._sorted is None:
            self._sorted = sorted(name for name in self.names if name[:1].isalpha() or name[:1] == "_")
        ordered = self._sorted
        first = bisect_left(ordered, start)
        last = first
        while last < len(ordered) and ordered[last].startswith(start):
            last += 1
        return ordered[first:last]

    @property
    def lines(self) -> frozenset[str]:
        """The lines of the chunk without indentation."""
        if self._lines is None:
            self._lines = frozenset(map(self.line_text, range(len(self.starts) - 1)))
        return self._lines

    def line_at(self, position: int) -> int:
        """Return the index (into `starts`) of the line that the token at `position` belongs to."""
        return bisect_right(self.starts, position) - 1

    def line_end(self, position: int) -> int:
        """Return the position of the first line break at or after `position`."""
        return self.starts[bisect_left(self.starts, position)]

    def line_text(self, index: int) -> str:
        """Return a line without its indentation."""
        return "".join(self.tokens[self.starts[index] + 1 : self.starts[index + 1]])


def _pairs(tokens: Sequence[str]) -> dict[tuple[str, str], tuple[int, ...]]:
    pairs: dict[tuple[str, str], list[int]] = defaultdict(list)
    for position, pair in enumerate(pairwise(tokens), 2):
        pairs[pair].append(position)
    return {pair: tuple(found) for pair, found in pairs.items()}
