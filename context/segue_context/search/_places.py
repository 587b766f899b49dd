"""From ranked chunks to places that exist: current lines, the definition there, the lines that matched, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from segue_context.index._question_words import stems
from segue_context.search._telling_lines import telling_lines
from segue_context.search._types import Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from segue_context._types import Symbol
    from segue_context.index import WorkspaceIndex
    from segue_context.search._ranking import Candidate

_MATCHED = {"name": "name", "head": "summary", "body": "code"}
"""What a field of the index is called where it says why a place was found."""


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
        words_on = self._words_on(lines, start, end)
        found = set[str]().union(*words_on.values())
        shares = {number: self._share(words) for number, words in words_on.items()}
        numbers = telling_lines(lines, range(start, end), symbol, match.path, shares)
        place = Place(match.path, start, end, "", round(score, 4), self._why(chunk, found), lines=numbers)
        head = "" if symbol is None else f"{symbol.name} {symbol.container}"
        covered = found | (self._words.keys() & set(stems(f"{head} {match.path}")))
        return LocatedPlace(place.of(symbol), self._share(covered), len(covered) / max(len(self._words), 1))

    def _where_now(self, symbol: Symbol) -> Symbol | None:
        same = [
            now
            for now in self._index.symbols_in(symbol.path)
            if (now.name, now.container, now.kind) == (symbol.name, symbol.container, symbol.kind)
        ]
        return min(same, key=lambda now: abs(now.line - symbol.line), default=None)

    def _words_on(self, lines: Sequence[str], start: int, end: int) -> dict[int, set[str]]:
        """Return the question's words on each of some lines that holds any."""
        words_on = {number: self._words.keys() & set(stems(lines[number])) for number in range(start, end)}
        return {number: words for number, words in words_on.items() if words}

    def _share(self, words: Iterable[str]) -> float:
        return sum(self._words[word] for word in words) / self._total

    def _why(self, chunk: Candidate, found: set[str]) -> str:
        """Return in a few words why a place was found: `name and code match: retry, timeout`."""
        if "definition" in chunk.found_by:
            return "defined here"
        words = dict.fromkeys(self._spelled.get(word, word) for word in self._words if word in found)
        matched = [name for field, name in _MATCHED.items() if field in chunk.found_by] or ["name"]
        listed = " and ".join([", ".join(matched[:-1]), matched[-1]] if len(matched) > 1 else matched)
        says = f"{listed} {'match' if len(matched) > 1 else 'matches'}"
        return f"{says}: {', '.join(words)}" if words else says


def _is_there(symbol: Symbol, lines: Sequence[str]) -> bool:
    """Return whether a definition is still where the index saw it."""
    line = symbol.name_line if symbol.name_line >= 0 else symbol.line
    return line < len(lines) and symbol.name in lines[line]
