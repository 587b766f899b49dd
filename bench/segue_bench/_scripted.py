"""What benchmarks of assist actions share: real functions, a model that answers to order, and an empty workspace."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from segue_assist import Places
from segue_model import Chunk
from segue_syntax import Snapshot, language_of

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from segue_context import Import, Snippet, Symbol
    from segue_model import ChatMessage, GenerationOptions

_LARGEST_FILE = 80_000
_FUNCTION_KINDS = {"function", "method", "constructor"}


class ScriptedChat:
    """A chat model that answers what it is told to."""

    name = "scripted"

    def __init__(self) -> None:
        self.answer = ""
        self.cut = False

    async def chat(
        self, messages: Sequence[ChatMessage], options: GenerationOptions
    ) -> AsyncGenerator[Chunk]:
        del messages, options
        yield Chunk(self.answer)
        yield Chunk("", finish="length" if self.cut else "stop")

    async def aclose(self) -> None:
        pass


class NoRepository:
    """A workspace about which nothing is known."""

    root = None

    def read_text(self, path: str) -> str | None:
        del path
        return None

    def files(self) -> Sequence[str]:
        return ()

    def files_with(self, words: Iterable[str], *, limit: int = 200) -> list[str]:
        del words, limit
        return []

    def search(self, words: Sequence[str], *, limit: int = 20, exclude: str = "") -> list[Snippet]:
        del words, limit, exclude
        return []

    def definitions(self, name: str, *, limit: int = 50) -> list[Symbol]:
        del name, limit
        return []

    def symbols_in(self, path: str) -> list[Symbol]:
        del path
        return []

    def imports_of(self, path: str) -> list[Import]:
        del path
        return []

    def importers_of(self, path: str) -> list[str]:
        del path
        return []


class NoSecrets:
    """Lets everything through: the files are public packages and nothing leaves the process."""

    def refusal(self, path: str, text: str) -> str:
        del path, text
        return ""

    def mask(self, text: str) -> str:
        return text


def source_files(folders: Sequence[Path]) -> dict[str, list[Path]]:
    found: dict[str, list[Path]] = {}
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            language = language_of("", path.name)
            if language.grammar and path.is_file() and 200 < path.stat().st_size < _LARGEST_FILE:
                found.setdefault(language.id, []).append(path)
    return found


def drawn_files(
    folders: Sequence[Path], functions: Mapping[str, int], *, most: int, seed: int
) -> Iterator[tuple[Path, str, random.Random]]:
    """Yield files in a drawn order with their language and its draw, until `functions` counts `most` of a language."""
    for language, files in sorted(source_files(folders).items()):
        draw = random.Random(seed)
        draw.shuffle(files)
        for path in files:
            if functions[language] >= most:
                break
            yield path, language, draw


def text_of(path: Path) -> str:
    """Return the file's text, "" when it is no UTF-8."""
    try:
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        return ""


def function_rows(text: str, language: str, name: str) -> list[int]:
    """Return the rows on which functions begin."""
    places = Places()
    snapshot = Snapshot.of(text, language_id=language)
    rows = []
    for row, line in enumerate(snapshot.lines):
        symbol = places.at(snapshot, name, row) if line.strip() else None
        if symbol is not None and symbol.line == row and symbol.kind in _FUNCTION_KINDS:
            rows.append(row)
    return rows
