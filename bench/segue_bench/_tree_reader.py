"""A `WorkspaceReader` over plain texts: a folder or a commit, with other texts laid over it."""

from __future__ import annotations

import os
import re
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from segue_context import Import, Symbol
from segue_syntax import FileIndex, SourceFile, file_of_import, language_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from segue_context import Snippet
    from segue_syntax import FileSymbols

_WORD = re.compile(r"[^\W\d]\w*")
_MAX_BYTES = 1_000_000
_DECLARING = (
    "def",
    "class",
    "func",
    "function",
    "fn",
    "interface",
    "trait",
    "struct",
    "enum",
    "type",
    "const",
)
_SKIPPED = frozenset(
    {".git", "node_modules", ".venv", "venv", "__pycache__", "target", "dist", "build", ".tox"}
)


@lru_cache(maxsize=40_000)
def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text))


@lru_cache(maxsize=400)
def _symbols_in(path: str, text: str) -> FileSymbols:
    return SourceFile(text, path=path).symbols


class TreeReader:
    """Files by path, each read once; `overlay` texts win."""

    def __init__(
        self,
        paths: Iterable[str],
        text_of: Callable[[str], str | None],
        overlay: Mapping[str, str] | None = None,
    ) -> None:
        self._text_of = text_of
        self._overlay = dict(overlay or {})
        self._paths = list(dict.fromkeys([*self._overlay, *paths]))
        self._texts: dict[str, str | None] = {}
        self._index: dict[str, frozenset[int]] | None = None
        self._base: list[str] = self._paths
        self._known = frozenset(self._paths)

    @property
    def root(self) -> Path | None:
        """None: nothing is written anywhere."""
        return None

    def over(self, overlay: Mapping[str, str]) -> TreeReader:
        """Return a reader with `overlay` on top that shares what this one has read."""
        other = TreeReader((), self._text_of, overlay)
        other._paths = [*(path for path in overlay if path not in self._known), *self._paths]
        other._texts, other._index, other._base, other._known = (
            self._texts,
            self._index,
            self._base,
            self._known,
        )
        return other

    def index(self) -> None:
        """Read every file and note which words it holds, so that `files_with` need not look at each file."""
        index: dict[str, list[int]] = {}
        for at, path in enumerate(self._paths):
            for word in _words(self.read_text(path) or ""):
                index.setdefault(word, []).append(at)
        self._index = {word: frozenset(places) for word, places in index.items()}

    def index_overlay(self) -> None:
        """Find the symbols of the texts laid over, as an index has them before anybody asks."""
        for path, text in self._overlay.items():
            _symbols_in(path, text)

    def read_text(self, path: str) -> str | None:
        if path in self._overlay:
            return self._overlay[path]
        if path not in self._texts:
            self._texts[path] = self._text_of(path)
        return self._texts[path]

    def files(self) -> Sequence[str]:
        return self._paths

    def files_with(self, words: Iterable[str], *, limit: int = 200) -> list[str]:
        wanted = set(words)
        found = [path for path, text in self._overlay.items() if wanted <= _words(text)]
        if self._index is not None:
            places = [self._index.get(word, frozenset()) for word in wanted]
            common = frozenset.intersection(*places) if places else frozenset[int]()
            rest = [self._base[at] for at in sorted(common)]
            return (found + [path for path in rest if path not in self._overlay])[:limit]
        for path in self._paths:
            text = None if path in self._overlay else self.read_text(path)
            if text is not None and wanted <= _words(text):
                found.append(path)
                if len(found) >= limit:
                    break
        return found[:limit]

    def search(self, words: Sequence[str], *, limit: int = 20, exclude: str = "") -> list[Snippet]:
        """Return nothing: rules look for exact words only."""
        del words, limit, exclude
        return []

    def definitions(self, name: str, *, limit: int = 50) -> list[Symbol]:
        """Return the definitions of `name`: in files laid over by their trees, in others by the shape of lines.

        Parsing every file would take seconds.
        """
        over = [path for path in self.files_with([name], limit=200) if path in self._overlay]
        found = [one for path in over for one in self.symbols_in(path) if one.name == name][:limit]
        head = re.compile(rf"\b(?:{'|'.join(_DECLARING)})\s+(?:\([^)\n]*\)\s*)?{re.escape(name)}\b")
        for path in self.files_with([name], limit=200):
            text = "" if path in self._overlay else self.read_text(path) or ""
            if not any(f"{word} {name}" in text for word in _DECLARING) and f") {name}(" not in text:
                continue
            for match in head.finditer(text):
                line = text.count("\n", 0, match.start())
                found.append(
                    Symbol(name, "symbol", path, line, match[0].find(name), line + 1, match[0].strip())
                )
                if len(found) >= limit:
                    return found
        return found

    def symbols_in(self, path: str) -> list[Symbol]:
        """Return the definitions that the grammar finds."""
        text = self.read_text(path)
        return [
            Symbol(d.name, d.kind, path, d.line, d.column, d.end_line, d.signature, d.container, d.doc)
            for d in (() if text is None else _symbols_in(path, text).definitions)
        ]

    def imports_of(self, path: str) -> list[Import]:
        """Return what the grammar says a file imports, and the files that are meant."""
        text = self.read_text(path)
        language = language_of(path=path).id
        names = () if text is None else _symbols_in(path, text).imports
        files = self._file_index
        return [
            Import(i.name, i.module, i.line, file_of_import(files, path, i.name, i.module, language), i.alias)
            for i in names
        ]

    @cached_property
    def _file_index(self) -> FileIndex:
        return FileIndex(self.files())

    def importers_of(self, path: str) -> list[str]:
        """Return files that name `path`'s stem and import something: near enough for finding candidates."""
        stem = path.rsplit("/", 1)[-1].rsplit(".", 1)[0]
        return [other for other in self.files_with([stem]) if other != path]


def folder_reader(folder: Path) -> TreeReader:
    """Return a reader of the text files under `folder`."""
    paths: list[str] = []
    for base, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name not in _SKIPPED]
        relative = os.path.relpath(base, folder).replace(os.sep, "/")
        paths += [name if relative == "." else f"{relative}/{name}" for name in names]

    def text_of(path: str) -> str | None:
        try:
            data = (folder / path).read_bytes()
        except OSError:
            return None
        return None if len(data) > _MAX_BYTES or b"\0" in data else data.decode("utf-8", "replace")

    return TreeReader(sorted(paths), text_of)
