"""What the import statements of a file bring in, with and without a syntax tree."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING

from segue_syntax._import_syntax import Imported, ImportStatement
from segue_syntax._lexer import Regions
from segue_syntax._registry import language_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from segue_syntax._modules import FileIndex

_HEAD_LINES = 400


@dataclass(frozen=True, slots=True)
class ImportedName:
    """A name that `line` (0-based) brings in: `name` as the module calls it, `alias` as the file does.

    `module` is written as in the source (``.models``, ``../api``, ``crate::net``). `name` is "" when the module
    itself is imported and ``*`` when everything in it is; `alias` is "" when it equals the name.
    """

    name: str
    module: str
    line: int
    alias: str = ""

    @property
    def local(self) -> str:
        """The name the file uses for it; "" when nothing is bound."""
        if self.alias or self.name == "*":
            return self.alias
        return self.name


@lru_cache(maxsize=4096)
def _read(language_id: str, text: str) -> tuple[Imported, ...]:
    return tuple(language_of(language_id).imports.read(text))


def parse_import(language_id: str, text: str, line: int) -> Iterator[ImportedName]:
    """Yield what one import statement, written `text` at `line`, brings in; nothing for what is not known."""
    for found in _read(language_id, text):
        yield ImportedName(found.name, found.module, line, found.alias)


def statements_in(lines: Sequence[str], language_id: str) -> list[ImportStatement]:
    """Return the import statements of a file in order, without a grammar: also of a file that is half written.

    Most languages have them near the head of a file, which is all that is looked at.
    """
    syntax = language_of(language_id).imports
    text = "\n".join(lines if syntax.whole_file else lines[:_HEAD_LINES])
    if "import" not in text and "require" not in text and "use" not in text:
        return []
    found: list[ImportStatement] = []
    line = counted = 0
    for start, end, indent in sorted(syntax.find(text)):
        written = text[start:end]
        imported = _read(language_id, written)
        if not imported:
            continue
        module, names = syntax.written_as(written, imported)
        line += text.count("\n", counted, start)
        counted = start
        found.append(
            ImportStatement(
                line,
                line + text.count("\n", start, end) + 1,
                indent,
                module,
                imported[-1].form,
                names,
                imported[-1].type_only,
            )
        )
    return found


def code_statements(lines: Sequence[str], language_id: str) -> list[ImportStatement]:
    """Return the import statements of a file, without what only looks like one in its comments and strings."""
    found = statements_in(lines, language_id)
    last = max((s.end for s in found if not s.indent), default=0)
    head = "\n".join(lines[:last])
    if not any(mark in head for mark in ('"""', "'''", "/*", "`")):
        return found
    code = Regions(head, language_id)
    starts = list(accumulate((len(line) + 1 for line in lines[:last]), initial=0))
    return [s for s in found if s.indent or code.at(starts[s.start]) == "code"]


def file_of_import(files: FileIndex, importer: str, name: str, module: str, language_id: str = "") -> str:
    """Return the file that `importer` gets `name` of `module` from, "" when none of `files`.

    A target that ends in a slash is a folder; `ROOT_FOLDER` is that of the workspace.
    """
    return language_of(language_id, importer).modules.resolve(files, importer, name, module)
