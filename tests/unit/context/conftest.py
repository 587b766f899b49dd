"""A workspace in memory, for tests of what reads one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from segue_context import Import, Snippet, Symbol
from segue_syntax import file_symbols, language_of

if TYPE_CHECKING:
    from pathlib import Path


@dataclass
class MemoryReader:
    """Answers as an index does, from texts given by path; `targets` resolves modules to paths."""

    texts: dict[str, str]
    targets: dict[str, str] = field(default_factory=dict)
    root: Path | None = None

    def read_text(self, path):
        return self.texts.get(path)

    def files(self):
        return list(self.texts)

    def files_with(self, words, *, limit=200):
        wanted = set(words)
        return [path for path, text in self.texts.items() if wanted <= set(text.split())][:limit]

    def search(self, words, *, limit=20, exclude=""):
        wanted = set(words)
        found = []
        for path, text in self.texts.items():
            if path == exclude:
                continue
            lines = text.split("\n")
            for start in range(0, len(lines), 20):
                window = "\n".join(lines[start : start + 20])
                score = sum(word in window for word in wanted)
                if score:
                    found.append(
                        Snippet(path, start, min(start + 20, len(lines)), window, "window", float(score))
                    )
        return sorted(found, key=lambda snippet: -snippet.score)[:limit]

    def _symbols(self, path):
        return file_symbols(self.texts.get(path, ""), language_of(path=path).id)

    def symbols_in(self, path):
        return [
            Symbol(d.name, d.kind, path, d.line, d.column, d.end_line, d.signature, d.container, d.doc)
            for d in self._symbols(path).definitions
        ]

    def definitions(self, name, *, limit=50):
        return [s for path in self.texts for s in self.symbols_in(path) if s.name == name][:limit]

    def imports_of(self, path):
        return [
            Import(i.name, i.module, i.line, self.targets.get(i.module, ""), i.alias)
            for i in self._symbols(path).imports
        ]

    def importers_of(self, path):
        return [other for other in self.texts if any(i.target == path for i in self.imports_of(other))]


@pytest.fixture
def memory_reader():
    return MemoryReader
