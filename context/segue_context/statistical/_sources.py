"""Where continuations are copied from: the current file, files beside it, open files, matching places."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zlib import crc32

from segue_context.statistical._tokenized_chunk import TokenizedChunk
from segue_syntax import RecentlyUsed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue_context._types import Snippet

HERE, OPEN, BESIDE, MATCH, SESSION = "here", "open", "beside", "match", "session"
"""Kinds of source: the current file, an open or recent file, a neighbouring file, a matching window, typed lines."""

LINES_BEFORE, LINES_AFTER = 900, 400
"""How much of the current file is read around the cursor."""


@dataclass(frozen=True, slots=True)
class Source:
    """A chunk at its place: `first_line` is the 0-based line of `path` where the chunk begins."""

    chunk: TokenizedChunk
    path: str
    kind: str
    first_line: int


class PieceCache:
    """Chunks by their text, least recently used ones forgotten; safe to use from several threads."""

    def __init__(self, limit_chars: int = 400_000) -> None:
        self._chunks: RecentlyUsed[str, TokenizedChunk] = RecentlyUsed(limit_chars)

    def known(self, text: str) -> bool:
        """Tell whether the chunk of `text` costs nothing."""
        return text in self._chunks

    def chunk(self, text: str) -> TokenizedChunk:
        """Return the chunk of `text`."""
        chunk = self._chunks.get(text)
        if chunk is None:
            chunk = TokenizedChunk.of(text.split("\n"))
            self._chunks.put(text, chunk, len(text))
        return chunk


def chunks(lines: Sequence[str], *, smallest: int = 24, largest: int = 96) -> list[tuple[int, int]]:
    """Cut lines where their content says so, so that an edit moves only the borders next to it."""
    borders: list[tuple[int, int]] = []
    start = 0
    for number, line in enumerate(lines):
        size = number - start
        if size >= largest or (
            size >= smallest and line and not line[0].isspace() and crc32(line.encode()) % 3 == 0
        ):
            borders.append((start, number))
            start = number
    if start < len(lines):
        borders.append((start, len(lines)))
    return borders


def current_file(cache: PieceCache, path: str, prefix: str, suffix: str) -> list[Source]:
    """Return the current file around the cursor, without the line of the cursor."""
    before = prefix.split("\n")[:-1]
    after = suffix.split("\n")[1:]
    skipped = max(0, len(before) - LINES_BEFORE)
    sources = []
    for lines, first in ((before[skipped:], skipped), (after[:LINES_AFTER], len(before) + 1)):
        for start, end in chunks(lines):
            chunk = cache.chunk("\n".join(lines[start:end]))
            sources.append(Source(chunk, path, HERE, first + start))
    return sources


def begun_line(path: str, prefix: str, left: Sequence[str]) -> Source:
    """Return what is typed of the cursor's line, its tokens `left`: what it says may well be said again on it."""
    return Source(TokenizedChunk.begun(left), path, HERE, prefix.count("\n"))


def other_places(cache: PieceCache, snippets: Sequence[Snippet]) -> list[Source]:
    """Return the snippets as sources; those of one file that touch each other become one."""
    sources: list[Source] = []
    by_path: dict[str, list[Snippet]] = {}
    for snippet in snippets:
        if snippet.source == SESSION:
            chunk = cache.chunk(snippet.text)
            sources.append(Source(chunk, snippet.path, SESSION, snippet.start_line))
        else:
            by_path.setdefault(snippet.path, []).append(snippet)
    for path, found in by_path.items():
        joined: list[tuple[int, list[str], str]] = []
        for snippet in sorted(found, key=lambda snippet: snippet.start_line):
            lines = snippet.text.split("\n")
            if joined and snippet.start_line <= joined[-1][0] + len(joined[-1][1]):
                first, before, _ = joined[-1]
                before.extend(lines[first + len(before) - snippet.start_line :])
            else:
                joined.append((snippet.start_line, lines, snippet.source))
        for first, lines, kind in joined:
            source = kind if kind in {OPEN, BESIDE} else MATCH
            sources.append(Source(cache.chunk("\n".join(lines)), path, source, first))
    return sources
