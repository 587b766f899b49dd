"""Questions put to a Zoekt server, for repositories beyond one machine (docs/adr/009).

The server is asked by the JSON API of ``zoekt-webserver -rpc``: which files of the repository hold the question's words,
and where. What comes back is read here, in the files as they are on this machine and as the privacy rules show them:
a file that is not here, or may not be shown, is no place.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

from segue_context.index._chunks import chunks_of
from segue_context.index._overlay import symbols_of
from segue_context.search._priors import kinds_asked_for, prior
from segue_context.search._question import MOST_CHARS, read_question
from segue_context.search._types import Intent, Place, SearchResult
from segue_syntax import file_symbols, language_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from segue_context.index import WorkspaceIndex
    from segue_context.search._question import Question

_BY_INDEX = frozenset({Intent.CHANGED, Intent.USES, Intent.OVERVIEW, Intent.VAGUE})
"""What the words of files do not answer; the index of this machine does, as far as it goes."""

_MOST_WORDS = 12
_LEAST_LETTERS = 3
_LIGHT = 0.5
_AGAIN = 0.6
_LEAST_SHARE = 0.4
_MOST_CHUNKS = 3
_NEAREST = 5
_MOST_LINES = 2


class ZoektFailed(Exception):
    """The server did not answer as Zoekt does; the message is one sentence for the user."""


class Retriever(Protocol):
    """Whoever answers a question with places: the index of this machine, or a server that is asked."""

    def search(self, question: str, limit: int = 10) -> SearchResult:
        """Return up to `limit` places, best first, or a refusal with its reason; never raises."""


@dataclass(frozen=True, slots=True)
class _File:
    """A file that the server found: its score, and the numbers (0-based) of the lines that matched."""

    path: str
    score: float
    lines: tuple[int, ...]


class ZoektSearcher:
    """Asks a Zoekt server; `local` answers what words do not, and instead of a server that fails.

    `post` sends a JSON document to a path of the server and returns its answer, or raises ZoektFailed. `repository` is the
    name under which the server knows this repository.
    """

    def __init__(
        self,
        index: WorkspaceIndex,
        local: Retriever,
        post: Callable[[str, Mapping[str, Any]], Any],
        repository: str,
    ) -> None:
        self._index = index
        self._local = local
        self._post = post
        self._repository = repository

    def search(self, question: str, limit: int = 10) -> SearchResult:
        """Return up to `limit` places, best first, or a refusal with its reason; never raises."""
        asked = read_question(question)
        words = _words(asked)
        if asked.intent in _BY_INDEX or not words or len(question) > MOST_CHARS:
            return self._local.search(question, limit)
        try:
            found = self._found(words, limit)
        except ZoektFailed as failure:
            answer = self._local.search(question, limit)
            return replace(
                answer, note=f"{failure} This is from the index of this machine. {answer.note}".strip()
            )
        wanted = kinds_asked_for(question)
        ranked = sorted(found, key=lambda file: (-file.score * prior(file.path, wanted), file.path))
        held = [one for file in ranked for one in self._places(file, words, prior(file.path, wanted))]
        places = [place for place, _ in sorted(held, key=lambda one: -one[0].score)]
        if not held or max(share for _, share in held) < _LEAST_SHARE:
            reason = f"No place in {self._repository} holds enough of {', '.join(words)} together."
            return SearchResult(
                Intent.UNRELATED, refused=True, reason=reason, places=tuple(places[:_NEAREST])
            )
        return SearchResult(
            asked.intent, refused=False, reason="", places=tuple(places[:limit]), certainty=1.0
        )

    def _found(self, words: list[str], limit: int) -> list[_File]:
        alternatives = " or ".join(_quoted(re.escape(word)) for word in words)
        name = _quoted(f"^{re.escape(self._repository)}$")
        answer = self._post(
            "/api/search",
            {
                "Q": f"repo:{name} case:no ({alternatives})",
                "Opts": {
                    "ChunkMatches": True,
                    "UseBM25Scoring": True,
                    "NumContextLines": 0,
                    "MaxDocDisplayCount": 3 * limit,
                },
            },
        )
        try:
            return [_file(row) for row in answer["Result"]["Files"] or ()]
        except (AttributeError, TypeError, KeyError, ValueError) as error:
            raise ZoektFailed(
                "The server does not answer as Zoekt does: start zoekt-webserver with -rpc."
            ) from error

    def _places(self, file: _File, words: list[str], factor: float) -> Iterable[tuple[Place, float]]:
        """Yield the chunks of a file that hold the most words, best first, each with the share that it holds."""
        text = self._index.read_text(file.path)
        if text is None:
            return
        lines = text.split("\n")
        symbols = self._index.symbols_in(file.path) or symbols_of(
            file.path, file_symbols(text, language_of(path=file.path).id).definitions
        )
        held = []
        for chunk in chunks_of(lines, symbols):
            matched = [line for line in file.lines if chunk.start <= line < chunk.end]
            body = f"{file.path}\n" + "\n".join(lines[chunk.start : chunk.end])
            share = sum(word.lower() in body.lower() for word in words) / len(words)
            if matched:
                held.append((share, matched, chunk))
        held.sort(key=lambda one: (-one[0], -len(one[1]), one[2].start))
        for rank, (share, matched, chunk) in enumerate(held[:_MOST_CHUNKS]):
            symbol = symbols[chunk.symbol] if chunk.symbol >= 0 else None
            place = Place(
                file.path, chunk.start, min(chunk.end, len(lines)), "",
                round(file.score * factor * share * _AGAIN**rank, 4), "found by Zoekt", lines=tuple(matched[:_MOST_LINES]),
            )  # fmt: skip
            yield place.of(symbol), share


def _quoted(pattern: str) -> str:
    """Return a regular expression as a quoted value of Zoekt's query language."""
    escaped = pattern.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _words(question: Question) -> list[str]:
    """Return the words to search for: names of code first, then those that tell something."""
    spelled = [
        word
        for stem, word in question.spelled.items()
        if question.words.get(stem, 0) > _LIGHT and len(word) >= _LEAST_LETTERS
    ]
    return list(dict.fromkeys([*question.names, *spelled]))[:_MOST_WORDS]


def _file(row: Mapping[str, Any]) -> _File:
    """Return a file of an answer; servers from before 2023 send LineMatches."""
    numbers = [
        span["Start"]["LineNumber"]
        for chunk in row.get("ChunkMatches") or ()
        if not chunk.get("FileName")
        for span in chunk["Ranges"]
    ]
    numbers += [line["LineNumber"] for line in row.get("LineMatches") or () if not line.get("FileName")]
    return _File(
        str(row["FileName"]), float(row.get("Score", 0)), tuple(dict.fromkeys(int(n) - 1 for n in numbers))
    )
