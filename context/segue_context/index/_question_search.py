"""What the fields of the question index answer to the words of a question."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import log
from typing import TYPE_CHECKING

from segue_context.index._questions import LAYERS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from segue_context.index._store import ReadStore

FIELDS = {name: layer for layer, names in LAYERS.items() for name in names}
"""Every field, with its layer."""

_LIMITS = {"body": 300, "name": 200, "head": 200}
_FILE_LIMIT = 120


@dataclass(frozen=True, slots=True)
class Match:
    """A chunk, or a whole file, that a field found.

    Lines `line`..`end` (0-based, exclusive) of `path`; `symbol` is the number of the definition there, -1 for none.
    `score` is BM25, divided by the sum of the words' weights: near 1 where each word occurs once.
    """

    score: float
    path: str
    file: int
    line: int
    end: int
    symbol: int


@dataclass(frozen=True, slots=True)
class Matches:
    """The matches of each field, best first; `weights` is how much each word tells (its weight times its idf in code).

    `known` are the words that occur anywhere. `files` is the number of files there are.
    """

    fields: dict[str, list[Match]] = field(default_factory=dict)
    weights: dict[str, float] = field(default_factory=dict)
    known: frozenset[str] = frozenset()
    files: int = 0


def matches(store: ReadStore, words: Mapping[str, float], *, without: Collection[str] = ()) -> Matches:
    """Return what each field but those `without` finds for weighted stems. Raises OSError or ValueError without an index."""
    questions = store.questions()
    chunks = questions.layers["chunks"]
    total = max(chunks.count(), 1)
    frequencies = {word: chunks.frequency("body", word) for word in words}
    weights = {word: weight * _idf(frequencies[word], total) for word, weight in words.items()}
    known = {word for word, count in frequencies.items() if count}
    fields: dict[str, list[Match]] = {}
    for name, layer_name in FIELDS.items():
        if name in without:
            continue
        layer = questions.layers[layer_name]
        documents = max(layer.count(), 1)
        counts = {word: layer.frequency(name, word) for word in words}
        known.update(word for word, count in counts.items() if count)
        scale = sum(weight * _idf(counts[word], documents) for word, weight in words.items()) or 1.0
        present = {word: weight for word, weight in words.items() if counts[word]}
        hits = layer.search(name, present, _LIMITS.get(name, _FILE_LIMIT))
        paths = store.catalogue.paths_of_ids(hit.file for hit in hits)
        fields[name] = [
            Match(hit.score / scale, paths[hit.file], hit.file, hit.line, hit.end, hit.symbol)
            for hit in hits
            if hit.file in paths
        ]
    return Matches(fields, weights, frozenset(known), questions.layers["outlines"].count())


def chunks_in(store: ReadStore, words: Mapping[str, float], paths: Iterable[str], limit: int) -> list[Match]:
    """Return the best chunks of some files for weighted stems, by their bodies."""
    ids = {number: path for path, number in store.catalogue.ids_of(paths).items()}
    if not ids:
        return []
    hits = store.questions().layers["chunks"].search("body", words, limit, files=ids)
    return [Match(hit.score, ids[hit.file], hit.file, hit.line, hit.end, hit.symbol) for hit in hits]


def _idf(count: int, total: int) -> float:
    return log(1 + (total - min(count, total) + 0.5) / (count + 0.5))
