"""Ranking by meaning: the best places by words are ordered again by how near their vectors are to the question's."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from math import sqrt
from operator import mul
from typing import TYPE_CHECKING, Protocol

from segue_context.index._chunks import chunks_of
from segue_context.index._question_words import prepared
from segue_context.index._vectors import VectorCache

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from segue_context.index import WorkspaceIndex
    from segue_context.privacy import SendingRules
    from segue_context.search._places import LocatedPlace

RERANKED = 50
"""How many of the best places are ordered again."""

_RANK, _WEIGHT = 10, 0.3
"""Of reciprocal rank fusion; chosen on docstrings of httpx and starlette and Semble's questions about gin and express."""

_BATCH = 8
_MOST_CHARS = 4_000
_MOST_TOKENS = 128
_LONG_WORD = 16
_TOKEN = re.compile(r"[^\W_]{1,24}|[^\w\s]")


class EmbeddingFailed(Exception):
    """The embedding model did not answer; the message is one sentence for the user."""


class Embedder(Protocol):
    """A model that places texts so that those of one meaning lie near each other."""

    @property
    def name(self) -> str:
        """Which model it is: vectors of two names do not compare."""

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """Return a vector for each text, in order. Raises EmbeddingFailed."""


class Meaning:
    """Tells how near texts of a repository are to a question; safe to use from any thread.

    Nothing that `rules` deny is embedded, and secrets are masked before. Vectors are kept beside the index. A question
    waits up to `patience_s` for those that are missing.
    """

    def __init__(
        self, index: WorkspaceIndex, embedder: Embedder, rules: SendingRules, *, patience_s: float
    ) -> None:
        self._index = index
        self._embedder = embedder
        self._rules = rules
        self._patience_s = patience_s
        self._vectors = VectorCache(index.folder, embedder.name)

    def reranked(self, question: str, places: Sequence[LocatedPlace]) -> list[LocatedPlace]:
        """Return places, best first, in an order by words and by meaning: reciprocal rank fusion. Raises EmbeddingFailed."""
        if not places:
            return []
        likeness = self._likeness(question, [self._text_of_place(one) for one in places])
        order = sorted(
            (at for at, near in enumerate(likeness) if near is not None),
            key=lambda at: -(likeness[at] or 0.0),
        )
        meant = list(range(len(places)))  # a place without a vector keeps its rank by words
        for rank, at in enumerate(order):
            meant[at] = rank
        scores = [1 / (_RANK + at) + _WEIGHT / (_RANK + rank) for at, rank in enumerate(meant)]
        best = sorted(range(len(places)), key=lambda at: (-scores[at], meant[at]))
        return [
            replace(places[at], place=replace(places[at].place, score=round(scores[at], 4))) for at in best
        ]

    def learn(self, texts: Sequence[str]) -> None:
        """Embed texts that are not known yet. Raises EmbeddingFailed."""
        known = self._vectors.get(texts)
        missing = [text for text in dict.fromkeys(texts) if text not in known]
        for start in range(0, len(missing), _BATCH):
            part = missing[start : start + _BATCH]
            self._vectors.put(dict(zip(part, self._embedded(part), strict=True)))

    def texts_in(self, path: str) -> list[str]:
        """Return what is embedded of a file, a text for each of its chunks; nothing of one that may not be shown."""
        lines = self._lines_of(path)
        symbols = self._index.symbols_in(path) if lines else []
        texts = []
        for chunk in chunks_of(lines, symbols):
            symbol = symbols[chunk.symbol] if chunk.symbol >= 0 else None
            head = f"{symbol.container} {symbol.signature}" if symbol is not None else ""
            texts.append(_text(path, head, lines[chunk.start : chunk.end]))
        return texts

    def close(self) -> None:
        """Close the file of vectors."""
        self._vectors.close()

    def _text_of_place(self, located: LocatedPlace) -> str:
        place = located.place
        lines = self._lines_of(place.path)
        if not lines:
            return ""
        head = f"{place.container} {place.signature}" if place.symbol else ""
        return _text(place.path, head, lines[place.start_line : place.end_line])

    def _lines_of(self, path: str) -> list[str]:
        """Return the lines of a file, none of one that may not be shown."""
        text = self._index.read_text(path)
        return text.split("\n") if text is not None and self._rules.may_leave(path, text) else []

    def _likeness(self, question: str, texts: Sequence[str]) -> list[float | None]:
        """Return the cosine of each text's vector and the question's; None for one that is not known in time."""
        until = time.monotonic() + self._patience_s
        (asked,) = self._embedded([question[:_MOST_CHARS]])
        known = self._vectors.get(filter(None, texts))
        missing = [text for text in dict.fromkeys(texts) if text and text not in known]
        for start in range(0, len(missing), _BATCH):
            if time.monotonic() > until:
                break
            self.learn(part := missing[start : start + _BATCH])
            known.update(self._vectors.get(part))
        return [_cosine(asked, known[text]) if text in known else None for text in texts]

    def _embedded(self, texts: Sequence[str]) -> list[list[float]]:
        return self._embedder.embed([shortened(self._rules.mask(text)) for text in texts])


class VectorFiller:
    """Embeds a repository step by step, the files changed last first (`most` of them), for whoever has time to spare."""

    def __init__(self, index: WorkspaceIndex, meaning: Meaning, *, most: int | None = None) -> None:
        self._index = index
        self._meaning = meaning
        self._most = most
        self._texts: Iterator[list[str]] = self._batches()

    def step(self) -> bool:
        """Embed some more; return False when everything is embedded. Raises EmbeddingFailed."""
        texts = next(self._texts, None)
        if texts is None:
            return False
        self._meaning.learn(texts)
        return True

    def _batches(self) -> Iterator[list[str]]:
        for path in self._index.source_files()[: self._most]:
            texts = self._meaning.texts_in(path)
            for start in range(0, len(texts), _BATCH):
                yield texts[start : start + _BATCH]


def _text(path: str, head: str, lines: Sequence[str]) -> str:
    """Return what is embedded of a chunk: words of its path, its head, and its code with identifiers split."""
    code = "\n".join(line.strip() for line in lines if line.strip())[:_MOST_CHARS]
    return prepared(f"{path.replace('/', ' ')}\n{head}\n{code}").replace("_", " ")


def shortened(text: str) -> str:
    """Return the beginning of a text that surely is no longer than small encoders read (256 pieces of words)."""
    count = 0
    for match in _TOKEN.finditer(text):
        count += _pieces(match[0])
        if count > _MOST_TOKENS:
            return text[: match.start()]
    return text


def _pieces(word: str) -> int:
    """Return how many pieces an encoder surely does not cut a word into more of."""
    if not word.isascii():
        return len(word)
    return 1 + len(word) // (6 if word.isalpha() and len(word) <= _LONG_WORD else 2)


def _cosine(one: Sequence[float], other: Sequence[int]) -> float:
    length = sqrt(sum(map(mul, other, other))) * sqrt(sum(map(mul, one, one))) or 1.0
    return float(sum(map(mul, one, other))) / length
