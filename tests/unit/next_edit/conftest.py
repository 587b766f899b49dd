"""Files in memory instead of an index."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from segue_context import Import, LineEdit, Snippet, Symbol
from segue_next_edit import Candidate, NextEdit, NextEditEngine, Prediction, proposed_for
from segue_syntax import FileIndex, file_of_import, file_symbols, language_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path


class Reader:
    """A workspace of a few texts."""

    def __init__(self, files: dict[str, str]) -> None:
        self.texts = files

    @property
    def root(self) -> Path | None:
        return None

    def read_text(self, path: str) -> str | None:
        return self.texts.get(path)

    def files(self) -> Sequence[str]:
        return list(self.texts)

    def files_with(self, words: Iterable[str], *, limit: int = 200) -> list[str]:
        wanted = set(words)
        return [p for p, t in self.texts.items() if wanted <= set(re.findall(r"\w+", t))][:limit]

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
        language, files = language_of(path=path).id, FileIndex(self.texts)
        return [
            Import(i.name, i.module, i.line, file_of_import(files, path, i.name, i.module, language), i.alias)
            for i in file_symbols(self.texts[path], language).imports
        ]

    def importers_of(self, path: str) -> list[str]:
        return [other for other in self.texts if any(one.target == path for one in self.imports_of(other))]


class Clock:
    """A clock that tests set."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Scene:
    """A workspace in which lines are edited, and an engine that watches."""

    def __init__(self, files: dict[str, str]) -> None:
        self.reader = Reader(dict(files))
        self.clock = Clock()
        self.engine = NextEditEngine(self.reader, clock=self.clock, budget_s=60)
        self.history: list[LineEdit] = []

    def edit(self, path: str, line: int, old: list[str], new: list[str]) -> None:
        """Replace lines and remember it."""
        text = self.reader.texts[path]
        ending = "\r\n" if "\r\n" in text else "\n"
        lines = text.split(ending)
        assert lines[line : line + len(old)] == old
        lines[line : line + len(old)] = new
        self.reader.texts[path] = ending.join(lines)
        self.history.append(LineEdit(path, line, tuple(old), tuple(new)))

    @property
    def cursor(self) -> tuple[str, int]:
        return self.history[-1].path, self.history[-1].line

    def predict(self, action: str = "typed", top: int = 20) -> Prediction:
        return self.engine.predict(self.history, self.cursor, top, action=action)

    def proposed(self) -> list[Candidate]:
        """Return what the rules propose, before anything is chosen."""
        return [c for c, _, _ in proposed_for(self.reader, self.history, self.cursor, budget_s=float("inf"))]

    def found(self, *kinds: str) -> list[NextEdit]:
        return [edit for edit in self.predict().edits if edit.kind in kinds]

    def apply(self, edit: NextEdit) -> None:
        """Do what the user does on acceptance."""
        assert edit.new is not None
        self.edit(edit.path, edit.start_line, list(edit.old), list(edit.new))


@pytest.fixture
def scene() -> type[Scene]:
    return Scene
