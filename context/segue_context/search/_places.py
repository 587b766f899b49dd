"""From ranked chunks to places that exist: current lines, the definition there, the lines that matched, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from segue_context.index._question_words import stems
from segue_context.search._types import Place

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from segue_context._types import Symbol
    from segue_context.index import WorkspaceIndex
    from segue_context.search._ranking import Candidate

_MOST_LINES = 2
_LEAST_SHARE = 0.25
_WHY = {
    "definition": "defines it",
    "name": "its name",
    "head": "its signature and summary",
    "body": "its code",
}


@dataclass(frozen=True, slots=True)
class LocatedPlace:
    """A place, and the share of the question's words that it holds: by weight (`cover`), and each alike (`share`)."""

    place: Place
    cover: float
    share: float


class PlaceReader:
    """Makes places of one question's chunks; nothing that may not be shown, or is no longer there, becomes one."""

    def __init__(self, index: WorkspaceIndex, words: Mapping[str, float], spelled: Mapping[str, str]) -> None:
        self._index = index
        self._spelled = spelled
        self._words = {word: weight for word, weight in words.items() if weight > 0}
        self._total = sum(self._words.values()) or 1.0

    def place(self, score: float, chunk: Candidate) -> LocatedPlace | None:
        """Return the place of a chunk, None when its file no longer has it."""
        match = chunk.match
        text = self._index.read_text(match.path)
        if text is None:
            return None
        lines = text.split("\n")
        symbol = self._index.symbols_by_number([(match.file, match.symbol)]).get((match.file, match.symbol))
        start, end = match.line, min(match.end, len(lines))
        if symbol is not None and not _is_there(symbol, lines):
            now = self._where_now(symbol)
            if now is None:
                return None
            start, end, symbol = now.line - (symbol.line - start), now.end_line, now
        if not 0 <= start < end <= len(lines):
            return None
        found, numbers = self._matching(lines, start, end)
        place = Place(match.path, start, end, "", round(score, 4), self._why(chunk, found), lines=numbers)
        head = "" if symbol is None else f"{symbol.name} {symbol.container}"
        covered = found | (self._words.keys() & set(stems(f"{head} {match.path}")))
        cover = sum(self._words[word] for word in covered) / self._total
        return LocatedPlace(place.of(symbol), cover, len(covered) / max(len(self._words), 1))

    def _where_now(self, symbol: Symbol) -> Symbol | None:
        same = [
            now
            for now in self._index.symbols_in(symbol.path)
            if (now.name, now.container, now.kind) == (symbol.name, symbol.container, symbol.kind)
        ]
        return min(same, key=lambda now: abs(now.line - symbol.line), default=None)

    def _matching(self, lines: Sequence[str], start: int, end: int) -> tuple[set[str], tuple[int, ...]]:
        """Return the question's words in some lines, and the numbers of the lines that hold the most of them."""
        found: set[str] = set()
        scores: list[tuple[float, int]] = []
        for number in range(start, end):
            here = self._words.keys() & set(stems(lines[number]))
            if here:
                found |= here
                scores.append((-sum(self._words[word] for word in here), number))
        scores.sort()
        least = _LEAST_SHARE * self._total
        return found, tuple(sorted(number for score, number in scores[:_MOST_LINES] if -score >= least))

    def _why(self, chunk: Candidate, found: set[str]) -> str:
        by = [_WHY[name] for name in _WHY if name in chunk.found_by]
        words = dict.fromkeys(self._spelled.get(word, word) for word in self._words if word in found)
        return ", ".join(by) + (f": {', '.join(words)}" if words else "")


def _is_there(symbol: Symbol, lines: Sequence[str]) -> bool:
    """Return whether a definition is still where the index saw it."""
    line = symbol.name_line if symbol.name_line >= 0 else symbol.line
    return line < len(lines) and symbol.name in lines[line]
