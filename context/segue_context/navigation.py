"""Definitions and uses across a repository: by name, or by what a name means at a place.

Within a file the scopes tell what a name is; other files are reached by imports (`segue_context.references`). In a
language without scopes the name alone tells.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from segue_context._types import Symbol
from segue_context.references import BoundName, OtherFiles
from segue_syntax import SourceFile
from segue_syntax.scopes import SIGILS, has_scopes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from segue_context._types import WorkspaceReader
    from segue_syntax.scopes import Binding, Occurrence, Scopes

__all__ = ["Navigator", "SymbolName", "UseOf"]

_SEPARATOR = re.compile(r"::|->|[.#/\\]")
_MOST_DEFINITIONS, _MOST_NAMESAKES = 200, 8
_MOST_HOPS = 6
_MOST_FILES = 400
_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class SymbolName:
    """A symbol as people write it: `name`, and `container`, the class or module in front of it ("" for none)."""

    name: str
    container: str = ""

    @classmethod
    def parse(cls, written: str) -> SymbolName:
        """Read ``name``, ``Class.method``, ``module.name``, ``Type::method``, ``Class#method`` or ``name()``."""
        parts = [part for part in _SEPARATOR.split(written.strip().removesuffix("()")) if part]
        return cls(parts[-1] if parts else "", parts[-2] if len(parts) > 1 else "")


@dataclass(frozen=True, slots=True)
class UseOf:
    """A use at a 0-based line and code-point column; `inside` names the definition around it.

    It is `sure` when the name is known to mean the symbol there, and not only called the same.
    """

    path: str
    line: int
    column: int
    text: str
    inside: str
    sure: bool


class Navigator:
    """Answers from one reader; files are parsed once in its life, which is one question long."""

    def __init__(self, reader: WorkspaceReader) -> None:
        self._reader = reader
        self._files: dict[str, SourceFile | None] = {}
        self._resolved: dict[tuple[Symbol, SourceFile], frozenset[int]] = {}
        self._until = time.monotonic() + _SECONDS

    def definitions(self, name: SymbolName, path: str = "") -> list[Symbol]:
        """Return the definitions that a name means, in the file or below the folder `path` when it is given."""
        found = self._reader.definitions(name.name, limit=_MOST_DEFINITIONS)
        if path:
            below = path.rstrip("/") + "/"
            found = [symbol for symbol in found if symbol.path == path or symbol.path.startswith(below)]
        if name.container:
            inside = [symbol for symbol in found if symbol.container == name.container]
            found = inside or [
                symbol for symbol in found if _is_module(symbol.path, name.container) and not symbol.container
            ]
        return found

    def meant_at(self, path: str, line: int, name: str) -> list[Symbol]:
        """Return the definitions that `name` means where it is written on a 0-based line of a file.

        What the file does not tell, such as whose method is called, is found by its name: then there may be several.
        """
        file = self._read(path)
        scopes = None if file is None else file.scopes
        occurrence = None if file is None or scopes is None else _named_on(file, scopes, line, name)
        if file is None or scopes is None or occurrence is None:
            return self.definitions(SymbolName(name))
        binding = occurrence.binding
        if binding is None:
            return self.definitions(SymbolName(name))
        if binding.form == "import":
            return self._imported(path, binding.name) or self.definitions(SymbolName(name))
        return [self._bound(file, scopes, binding)]

    def certain(self, file: SourceFile, at: Occurrence) -> Symbol | None:
        """Return the definition that a name in a file with scopes surely means; None where the imports do not tell."""
        binding, name = at.binding, at.name.lstrip(SIGILS)
        if binding is not None and binding.form != "import":
            assert file.scopes is not None
            return self._bound(file, file.scopes, binding)
        if binding is not None and (found := self._imported(file.path, binding.name)):
            return found[0] if len(found) == 1 else None
        named = self._reader.definitions(name, limit=_MOST_NAMESAKES)
        meant = [symbol for symbol in named if symbol.path != file.path and self._is_meant(symbol, file, at)]
        return meant[0] if len(meant) == 1 else None

    def _is_meant(self, symbol: Symbol, file: SourceFile, at: Occurrence) -> bool:
        known = self._resolved.get((symbol, file))
        if known is None:
            owner = symbol.container
            bound = BoundName(symbol.path, symbol.name, public=True, member=bool(owner), owner=owner)
            uses = OtherFiles(bound, self._reader, self._read).uses_in(file)
            known = frozenset(id(use.occurrence) for use in uses if use.resolved)
            self._resolved[symbol, file] = known
        return id(at) in known

    def uses(self, symbol: Symbol) -> Iterator[UseOf]:
        """Yield the uses of a definition, in its own file first; the definition itself is none of them.

        It ends after some seconds: the last files may be missing then.
        """
        file = self._read(symbol.path)
        if file is None:
            return
        if not has_scopes(file.language_id) or file.scopes is None:
            yield from self._by_name(symbol)
            return
        scopes = file.scopes
        occurrence = _named_on(file, scopes, symbol.name_line if symbol.name_line >= 0 else symbol.line,
                               symbol.name, symbol.column)  # fmt: skip
        binding = None if occurrence is None else occurrence.binding
        if binding is None:
            yield from self._by_name(symbol)
            return
        own = [(one, True) for one in scopes.references(binding) if one is not binding.definition]
        if binding.member:
            own += [
                (one, False)
                for one in scopes.occurrences
                if one.binding is None
                and one.role == "member"
                and one.name.lstrip(SIGILS) == binding.name.lstrip(SIGILS)
            ]
        yield from self._places(file, own)
        bound = BoundName.of(binding, symbol.path)
        others = OtherFiles(bound, self._reader, self._read, lambda: self.is_late)
        for other, uses in others.uses(_MOST_FILES):
            found = [(use.occurrence, use.resolved) for use in uses]
            if any(use.occurrence.role == "import" for use in uses):
                found += [(one, True) for one in self._under_another_name(other, symbol.name)]
            yield from self._places(other, found)

    def _under_another_name(self, file: SourceFile, name: str) -> Iterator[Occurrence]:
        """Yield the uses of what a file imports by `name` and calls otherwise."""
        scopes = file.scopes
        assert scopes is not None
        aliases = {one.alias for one in self._reader.imports_of(file.path) if one.name == name} - {"", name}
        for binding in scopes.bindings:
            if binding.form == "import" and binding.name in aliases:
                yield from scopes.references(binding)

    @property
    def is_late(self) -> bool:
        """Whether the time for one question is over."""
        return time.monotonic() > self._until

    def _by_name(self, symbol: Symbol) -> Iterator[UseOf]:
        defined = {
            (one.path, one.name_line if one.name_line >= 0 else one.line)
            for one in self._reader.definitions(symbol.name, limit=_MOST_DEFINITIONS)
        }
        paths = self._reader.files_with((symbol.name,), limit=_MOST_FILES)
        for path in dict.fromkeys((symbol.path, *paths)):
            file = self._read(path)
            if self.is_late or file is None:
                continue
            for line in dict.fromkeys(file.lines_of(symbol.name)):
                if (path, line) not in defined and file.uses(symbol.name, line):
                    yield self._place(file, line, file.lines[line].find(symbol.name), sure=False)

    def _places(self, file: SourceFile, found: Iterable[tuple[Occurrence, bool]]) -> Iterator[UseOf]:
        assert file.scopes is not None
        at: dict[int, tuple[int, bool]] = {}
        for occurrence, sure in found:
            line, column, _ = file.scopes.place(occurrence)
            if line not in at or (sure and not at[line][1]):
                at[line] = column, sure
        for line in sorted(at):
            column, sure = at[line]
            yield self._place(file, line, column, sure=sure)

    def _place(self, file: SourceFile, line: int, column: int, *, sure: bool) -> UseOf:
        inside = ""
        for symbol in file.symbols.definitions:
            if symbol.line <= line < symbol.end_line and symbol.kind not in ("variable", "field", "constant"):
                inside = f"{symbol.container}.{symbol.name}" if symbol.container else symbol.name
        return UseOf(file.path, line, column, file.lines[line].strip(), inside, sure)

    def _imported(self, path: str, name: str) -> list[Symbol]:
        """Return the definitions that an imported name comes from, through the files that hand it on."""
        seen: set[str] = set()
        for _ in range(_MOST_HOPS):
            seen.add(path)
            named = [
                one for one in self._reader.imports_of(path) if name in (one.alias or one.name, one.name)
            ]
            if not named or not named[0].target or named[0].target in seen:
                return []
            path, name = named[0].target, named[0].name
            found = [symbol for symbol in self._reader.symbols_in(path) if symbol.name == name]
            if found:
                return [symbol for symbol in found if not symbol.container] or found
        return []

    def _bound(self, file: SourceFile, scopes: Scopes, binding: Binding) -> Symbol:
        """Return the binding as a symbol: that of the index where there is one, with its signature and its end."""
        line, column, _ = scopes.place(binding.definition)
        for symbol in file.symbols.definitions:
            if (symbol.name_line, symbol.column) == (line, column):
                return Symbol(
                    symbol.name, symbol.kind, file.path, symbol.line, symbol.column, symbol.end_line,
                    symbol.signature, symbol.container, symbol.doc, symbol.name_line,
                )  # fmt: skip
        return Symbol(
            binding.name,
            binding.kind,
            file.path,
            line,
            column,
            line + 1,
            file.lines[line].strip(),
            "",
            "",
            line,
        )

    def _read(self, path: str) -> SourceFile | None:
        if path not in self._files:
            text = self._reader.read_text(path)
            file = None if text is None else SourceFile(text, path=path)
            self._files[path] = None if file is None or file.generated else file
        return self._files[path]


def _named_on(
    file: SourceFile, scopes: Scopes, line: int, name: str, column: int | None = None
) -> Occurrence | None:
    """Return the occurrence of `name` on a line, at `column` when that is given."""
    if not 0 <= line < len(file.lines):
        return None
    text = file.lines[line]
    columns = [column] if column is not None else [m.start() for m in re.finditer(re.escape(name), text)]
    for at in columns:
        found = scopes.at(line, at)
        if found is not None and found.name.lstrip(SIGILS) == name.lstrip(SIGILS):
            return found
    return None


def _is_module(path: str, name: str) -> bool:
    """Whether a file, or the folder it is in, is called `name`."""
    folder, _, file = path.rpartition("/")
    return file.partition(".")[0] == name or folder.rpartition("/")[2] == name
