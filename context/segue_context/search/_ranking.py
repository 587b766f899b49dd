"""From what the fields say to files and places in order.

A file's score is made of its best three chunks, its path, the names it defines, what it says of itself, the commits
that changed it, and definitions of the names in the question. The weights were fitted by coordinate ascent on
questions about repositories that no figure is reported on (docs/ask.md).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from segue_context.index._question_words import stems
from segue_context.search._priors import prior

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from segue_context._types import Symbol
    from segue_context.index._question_search import Match, Matches
    from segue_context.search._question import Question


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each field tells. `second` and `third` weigh further chunks of a file."""

    body: float = 0.74
    name: float = 0.6
    head: float = 0.37
    second: float = 0.59
    third: float = 0.56
    path: float = 1.57
    path_begins: float = 0.7
    names: float = 0.3
    about: float = 0.38
    subjects: float = 0.6
    definition: float = 0.54
    stem: float = 0.6
    own: float = 0.36
    again: float = 0.61

    def of(self, field: str) -> float:
        """Return the weight of a field."""
        return float(getattr(self, field))


WEIGHTS = Weights()


@dataclass(slots=True)
class Candidate:
    """A chunk with its score and the fields that found it."""

    match: Match
    score: float = 0.0
    found_by: set[str] = field(default_factory=set)


@dataclass(slots=True)
class RankedFile:
    """A file with its score, what it is made of, and its chunks, best first."""

    path: str
    score: float = 0.0
    parts: dict[str, float] = field(default_factory=dict)
    chunks: list[Candidate] = field(default_factory=list)


def ranked_files(
    question: Question,
    found: Matches,
    definitions: Mapping[str, list[Symbol]],
    asked: frozenset[str],
    weights: Weights = WEIGHTS,
) -> list[RankedFile]:
    """Return the files that match, best first."""
    files: dict[str, RankedFile] = {}
    chunks: dict[tuple[int, int], Candidate] = {}
    for name in ("body", "name", "head"):
        for match in found.fields.get(name, ()):
            chunk = chunks.setdefault((match.file, match.line), Candidate(match))
            chunk.score += weights.of(name) * match.score
            chunk.found_by.add(name)
    for chunk in chunks.values():
        files.setdefault(chunk.match.path, RankedFile(chunk.match.path)).chunks.append(chunk)
    for name in ("path", "names", "about", "subjects"):
        for match in found.fields.get(name, ()):
            file = files.setdefault(match.path, RankedFile(match.path))
            file.parts[name] = weights.of(name) * match.score
    for symbol, bonus in _definition_bonuses(question, definitions, weights):
        file = files.setdefault(symbol.path, RankedFile(symbol.path))
        file.parts["definition"] = max(file.parts.get("definition", 0.0), bonus)
        for chunk in file.chunks:
            if chunk.match.line <= symbol.line < chunk.match.end:
                chunk.score += bonus
                chunk.found_by.add("definition")
    for file in files.values():
        file.chunks.sort(key=lambda chunk: (-chunk.score, chunk.match.line))
        best = [chunk.score for chunk in file.chunks[:3]] + [0.0] * 3
        file.parts["chunks"] = best[0] + weights.second * best[1] + weights.third * best[2]
        if "path" in found.fields:
            file.parts["path_begins"] = weights.path_begins * _path_share(file.path, found)
        file.score = sum(file.parts.values()) * prior(file.path, asked)
    return sorted(files.values(), key=lambda file: (-file.score, file.path))


def ranked_places(files: Iterable[RankedFile], weights: Weights = WEIGHTS) -> list[tuple[float, Candidate]]:
    """Return the chunks of files in the order of an answer, with their scores: a file's further chunks count for less."""
    places = []
    for file in files:
        whole = sum(file.parts.values()) or 1.0
        factor = file.score / whole
        for count, chunk in enumerate(file.chunks[:5]):
            score = file.score + weights.own * chunk.score * factor
            places.append((score * weights.again**count, chunk))
    places.sort(key=lambda place: (-place[0], place[1].match.path, place[1].match.line))
    return places


def _definition_bonuses(
    question: Question, definitions: Mapping[str, list[Symbol]], weights: Weights
) -> Iterable[tuple[Symbol, float]]:
    for name, symbols in definitions.items():
        own = 1.0 if question.is_name else 0.6
        for symbol in symbols:
            bonus = weights.definition * own / len({s.path for s in symbols}) ** 0.5
            if symbol.kind not in {
                "class",
                "interface",
                "struct",
                "trait",
                "module",
                "type",
                "enum",
                "function",
            }:
                bonus *= 0.7
            stem = symbol.path.rpartition("/")[2].partition(".")[0].lower().replace("_", "").replace("-", "")
            if stem == name.lower().replace("_", ""):
                bonus += weights.stem * own
            if _is_qualified(name, symbol, question.qualified):
                bonus *= 1.5
            yield symbol, bonus


def _is_qualified(name: str, symbol: Symbol, qualified: Iterable[str]) -> bool:
    """Return whether the question names the symbol with its container."""
    return bool(symbol.container) and any(
        written.endswith(name) and symbol.container in written and written != name for written in qualified
    )


def _path_share(path: str, found: Matches) -> float:
    """Return the share of the question's words, by weight, that the words of a path begin with or are the beginning of."""
    total = sum(found.weights.values())
    if not total:
        return 0.0
    folders, _, name = path.rpartition("/")
    inner = _path_stems(name.partition(".")[0])
    outer = _path_stems("/".join(folders.split("/")[-3:]))
    share = 0.0
    for word, weight in found.weights.items():
        if any(_alike(word, other) for other in inner):
            share += weight
        elif any(_alike(word, other) for other in outer):
            share += 0.4 * weight
    return share / total


def _alike(one: str, other: str) -> bool:
    short = min(len(one), len(other))
    return (
        one == other or (short >= 4 and one[:short] == other[:short]) or (short >= 6 and one[:5] == other[:5])
    )


@lru_cache(maxsize=20_000)
def _path_stems(text: str) -> tuple[str, ...]:
    return tuple(stems(text))
