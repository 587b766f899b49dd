"""What a repository's files say, indexed for questions: chunks, outlines of files, and subjects of commits."""

from __future__ import annotations

import shutil
import uuid
from typing import TYPE_CHECKING

from segue_context.index._chunks import FUNCTIONS, chunks_of
from segue_context.index._fields import FieldReader, FieldWriter
from segue_context.index._question_words import prepared

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from segue_context._types import Symbol

FOLDER = "questions"
LAYERS = {
    "chunks": ("body", "name", "head"),
    "outlines": ("path", "names", "about"),
    "history": ("subjects",),
}
"""The indexes with their fields, every one of which can be left out of a search."""

VERSION = "2"
_SMALL = frozenset({"variable", "field", "constant"})
_BODY_CHARS = 12_000
_ABOUT_LINES = 30


class QuestionWriter:
    """Writes the question index of a workspace; `identity` changes when what was written before is gone."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / FOLDER
        stamp = self._folder / f"identity-{VERSION}"
        if not stamp.is_file():
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder.mkdir(parents=True)
            stamp.write_text(uuid.uuid4().hex, "utf-8")
        self.identity = stamp.read_text("utf-8")
        self._layers = {name: FieldWriter(self._folder / name, fields) for name, fields in LAYERS.items()}

    def put(self, file: int, path: str, text: str, symbols: Sequence[Symbol]) -> None:
        """Replace what is known of a file, except its history."""
        chunks, outlines = self._layers["chunks"], self._layers["outlines"]
        chunks.remove(file)
        outlines.remove(file)
        lines = text.split("\n")
        words = prepared(text).split("\n")
        for chunk in chunks_of(lines, symbols):
            texts = {"body": "\n".join(words[chunk.start : chunk.end])[:_BODY_CHARS]}
            if chunk.symbol >= 0:
                symbol = symbols[chunk.symbol]
                texts["name"] = prepared(symbol.name)
                texts["head"] = prepared(f"{symbol.container} {symbol.signature} {symbol.doc}")
            chunks.add((file, chunk.start, chunk.end, chunk.symbol), texts)
        names = " ".join(symbol.name for symbol in symbols if symbol.kind not in _SMALL)
        outlines.add(
            (file, 0, len(lines), -1),
            {
                "path": words_of_path(path),
                "names": prepared(names),
                "about": prepared(_about(lines, symbols)),
            },
        )

    def put_history(self, subjects: Iterable[tuple[int, str]]) -> None:
        """Replace the histories of all files: each file's number with the subjects of its last commits."""
        history = self._layers["history"]
        history.clear()
        for file, text in subjects:
            history.add((file, 0, 0, -1), {"subjects": prepared(text)})

    def remove(self, file: int) -> None:
        """Remove all that is known of a file."""
        for layer in self._layers.values():
            layer.remove(file)

    def commit(self) -> None:
        """Make the changes durable and visible."""
        for layer in self._layers.values():
            layer.commit()

    def close(self) -> None:
        """Close the files; what is not committed is dropped."""
        for layer in self._layers.values():
            layer.close()


class QuestionReader:
    """Reads the question index of a workspace. Raises OSError or ValueError when there is none."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / FOLDER
        self._stamp = self._current_stamp()
        self.layers = {name: FieldReader(self._folder / name, fields) for name, fields in LAYERS.items()}

    def follow(self) -> bool:
        """See the newest commits; return False when the index was made again, and this reader is of no more use."""
        stamp = self._current_stamp()
        if stamp != self._stamp:
            if stamp[0] != self._stamp[0]:
                return False
            for layer in self.layers.values():
                layer.reload()
            self._stamp = stamp
        return True

    def _current_stamp(self) -> tuple[int, ...]:
        stamps = [(self._folder / f"identity-{VERSION}").stat().st_ino]
        stamps += [(self._folder / name / "meta.json").stat().st_mtime_ns for name in LAYERS]
        return tuple(stamps)


def words_of_path(path: str) -> str:
    """Return the words of a path; the name of the file counts twice."""
    folders, _, name = path.rpartition("/")
    stem = name.rpartition(".")[0] or name
    return prepared(f"{folders} {stem} {stem}")


def _about(lines: Sequence[str], symbols: Sequence[Symbol]) -> str:
    """Return what a file says of itself: the lines above its first definition, and its classes' first doc lines."""
    first = min((symbol.line for symbol in symbols if symbol.kind in FUNCTIONS), default=_ABOUT_LINES)
    head = [line for line in lines[: min(first, _ABOUT_LINES)] if "import" not in line]
    return "\n".join(
        [*head, *(symbol.doc for symbol in symbols if symbol.kind not in FUNCTIONS and symbol.doc)]
    )
