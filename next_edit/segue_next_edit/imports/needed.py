"""The imports that a changed text newly needs, for those who changed it."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from segue_context import LineEdit
from segue_next_edit._situation import Situation
from segue_next_edit.imports.add import with_import
from segue_next_edit.imports.detect import is_bound, missing_names, uses_of
from segue_next_edit.imports.resolve import source_of
from segue_next_edit.imports.write import with_name
from segue_syntax import code_statements

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from segue_context import Import, Snippet, Symbol, WorkspaceReader
    from segue_syntax import NewImport


def with_imports(
    reader: WorkspaceReader, path: str, before: str, after: str, wanted: Sequence[NewImport] = ()
) -> str:
    """Return the text `after` of a file, which read `before`, with the imports that it newly needs.

    Those `wanted` are written where the text uses their names; for other new names the workspace tells where they come
    from. A name of which that is not clear gets no import. Every line ends as it did.
    """
    newline = "\r\n" if "\r\n" in after else "\n"
    old, new = _lines(before), _lines(after)
    situation = Situation(_Changed(reader, path, "\n".join(new)), list(_edits(path, old, new)), (path, 0))
    file = situation.read(path)
    if file is None or "\ufdd0" in file.text:
        return after
    lines = list(file.lines)
    written = set()
    for one in wanted:
        now = code_statements(lines, file.language_id)
        if any(one.local in s.locals for s in now) or not any(True for _ in uses_of(file, one.local)):
            continue
        lines = with_name(lines, now, path, one, situation.project) or lines
        written.add(one.local)
    own = file.language.modules.module_of(path)
    for name in missing_names(situation, file):
        source = source_of(situation, file, name) if name not in written else None
        if source is not None and source.module != own and not is_bound(situation, file, name):
            lines = with_import(situation, file, lines, name, source) or lines
    return newline.join(lines) if lines != file.lines else after


def _lines(text: str) -> list[str]:
    return text.replace("\r\n", "\n").split("\n")


def _edits(path: str, old: Sequence[str], new: Sequence[str]) -> Iterator[LineEdit]:
    """Yield how a text changed, each edit at the line where it is after those above it."""
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            yield LineEdit(path, c, tuple(old[a:b]), tuple(new[c:d]))


class _Changed:
    """A workspace in which one file has another text."""

    def __init__(self, reader: WorkspaceReader, path: str, text: str) -> None:
        self._reader, self._path, self._text = reader, path, text

    @property
    def root(self) -> Path | None:
        return self._reader.root

    def read_text(self, path: str) -> str | None:
        return self._text if path == self._path else self._reader.read_text(path)

    def files(self) -> Sequence[str]:
        return self._reader.files()

    def files_with(self, words: Iterable[str], *, limit: int = 200) -> list[str]:
        return self._reader.files_with(words, limit=limit)

    def search(self, words: Sequence[str], *, limit: int = 20, exclude: str = "") -> list[Snippet]:
        return self._reader.search(words, limit=limit, exclude=exclude)

    def definitions(self, name: str, *, limit: int = 50) -> list[Symbol]:
        return self._reader.definitions(name, limit=limit)

    def symbols_in(self, path: str) -> list[Symbol]:
        return self._reader.symbols_in(path)

    def imports_of(self, path: str) -> list[Import]:
        return self._reader.imports_of(path)

    def importers_of(self, path: str) -> list[str]:
        return self._reader.importers_of(path)
