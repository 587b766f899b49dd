"""How a language writes import statements: the base that the files in ``languages/`` refine."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from segue_syntax._project import Project


class ModuleKind(IntEnum):
    """What a module is, in the order in which blocks of imports follow each other."""

    FUTURE = -1
    STANDARD = 0
    PACKAGE = 1
    OURS = 2
    RELATIVE = 3


class Imported(NamedTuple):
    """One thing that a statement brings in: `name` of `module`, known as `alias` ("" when that is the name).

    `name` is "" for the module itself and ``*`` for everything in it. `form` is as in `ImportStatement`.
    """

    name: str
    module: str
    alias: str = ""
    form: str = "from"
    type_only: bool = False

    @property
    def pair(self) -> tuple[str, str]:
        """The name and the local name as an `ImportStatement` holds them."""
        if self.form == "module":
            return self.name or self.module, self.alias or self.name
        if self.form in ("namespace", "require"):
            return "*", self.alias or self.name
        return self.name, self.alias or self.name


@dataclass(frozen=True, slots=True)
class ImportStatement:
    """Lines `start` to `end` (exclusive) import `names` (name, local name) from `module`.

    `form` is ``from`` for a list of names, ``one`` for a single name where a list is written otherwise, ``module`` for
    the module itself, ``default`` and ``namespace`` as in JavaScript, ``require`` and ``require from`` for CommonJS.
    """

    start: int
    end: int
    indent: str
    module: str
    form: str
    names: tuple[tuple[str, str], ...]
    type_only: bool = False

    @property
    def locals(self) -> tuple[str, ...]:
        """The names that the file may use."""
        return tuple(local for _, local in self.names)


@dataclass(frozen=True, slots=True)
class NewImport:
    """An import that is to be written: `name` of `module`, known as `local`, by a statement of `form`.

    `type_only` names are needed by type checkers alone.
    """

    module: str
    name: str
    local: str
    form: str
    type_only: bool = False

    @property
    def written(self) -> str:
        """The name as a statement lists it."""
        return self.name if self.name == self.local else f"{self.name} as {self.local}"

    @property
    def statement(self) -> ImportStatement:
        """The statement of this name alone, wherever it will be."""
        return ImportStatement(0, 1, "", self.module, self.form, ((self.name, self.local),), self.type_only)


@dataclass(frozen=True, slots=True)
class FileImports:
    """The `statements` of a file with all its `lines`."""

    lines: Sequence[str]
    statements: Sequence[ImportStatement]


class ImportSyntax:
    """How one language imports. The base reads nothing and writes nothing."""

    pattern: re.Pattern[str] | None = None
    """Finds the statements in a text; its first group is the indentation."""
    whole_file = False
    """Statements are looked for in all of a file, not only near its head."""
    in_blocks = False
    """A statement may be inside the body of a function or condition."""
    grouped = False
    """One statement lists modules, one a line, indented."""
    lists_names = True
    """A statement may list several names of a module."""
    one_block = False
    """A file's imports usually form one block, whatever they import."""
    from_files = False
    """Names are imported from the file that defines them."""
    from_packages = False
    """Names are imported from the package or namespace that the file which defines them says it is part of."""
    whole_packages = False
    """Packages are always imported as a whole, and what one around the file's own holds needs no import."""
    passes_on = False
    """What a module imports can be imported from it."""
    qualified_only = False
    """Packages are imported, and their names are written behind the package's."""
    types = ""
    """Names for type checkers alone: ``declared`` as types where they come from, or ``annotated`` where they are used."""
    package_clause = False
    """A ``package`` line stands above the imports."""
    cycles_fail = False
    """Modules that import each other cannot be loaded or compiled."""
    opening_strings: tuple[str, ...] = ()
    """What may stand before the strings that a file opens with (docstrings, directives); () when it opens with none."""
    one_opening_string = False
    binds_before = re.compile(r"(?:\bfor |\bcatch \()\Z")
    """What comes before a name that a loop or a handler binds."""

    def read(self, text: str) -> Iterable[Imported]:
        """Yield what one import statement, written `text`, brings in."""
        del text
        return ()

    def written_as(self, text: str, imported: Sequence[Imported]) -> tuple[str, tuple[tuple[str, str], ...]]:
        """Return the module and the names that a statement, written `text`, itself mentions."""
        del text
        return imported[0].module, tuple(one.pair for one in imported)

    def each(self, statement: ImportStatement) -> Iterator[tuple[str, str, str]]:
        """Yield module, name there and local name of each thing that a statement brings in."""
        for name, local in statement.names:
            yield statement.module, name, local

    def opening(self, lines: Sequence[str]) -> int:
        """Return the line from which on imports may stand; -1 where there is no place for one yet."""
        del lines
        return 0

    def find(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Yield the start and end of each import statement in `text` and its indentation, without a grammar."""
        yield from found_by(self.pattern, text)

    def write(self, new: NewImport, around: FileImports) -> str | None:
        """Return a statement for `new` in the style of those `around`; None when that is not clear."""
        del new, around
        return None

    def beside(self, new: NewImport, lone: ImportStatement) -> list[str] | None:
        """Return the lines that replace a file's only statement when `new` joins it; None when it stays as it is."""
        del new, lone
        return None

    def scope(self, new: NewImport, around: FileImports) -> list[ImportStatement]:
        """Return the statements among which a new one belongs."""
        del new
        return [statement for statement in around.statements if not statement.indent]

    def category(self, module: str) -> ModuleKind:
        """Return what a module is by its name."""
        return ModuleKind.RELATIVE if module.startswith(".") else ModuleKind.STANDARD

    def standard(self, name: str) -> Imported | None:
        """Return where the language itself has `name` from, if that is nearly always meant."""
        del name
        return None

    def exported_as(self, name: str, line: str, text: str) -> str | None:
        """Return the form in which others import `name`, which `line` of `text` defines; None when they cannot."""
        del name, line, text
        return "from"

    def is_exported(self, line: str) -> bool:
        """Whether others can import what `line` declares at the left margin."""
        del line
        return True

    def is_needed(self, statement: ImportStatement, name: str) -> bool:
        """Whether an import is needed though nothing names it."""
        del statement, name
        return False

    def is_implied(self, name: str, text: str, path: str, project: Project) -> bool:
        """Whether the file at `path` needs `name` without mentioning it in its `text`."""
        del name, text, path, project
        return False

    def everywhere(self, package: str) -> str:
        """Return the statement by which one file imports a package for all files of the project; "" for none."""
        del package
        return ""

    def may_refer(self, line: str, start: int, end: int) -> bool:
        """Whether the word at `start`..`end` of `line` may refer to a name of the file: no key, no argument's name."""
        del line, start, end
        return True

    def is_code_in_string(self, text: str, offset: int) -> bool:
        """Whether the word at `offset`, inside a string, is code all the same."""
        del text, offset
        return False

    def in_package_of(self, text: str, other: str) -> bool:
        """Whether two files of one folder are of one package."""
        del text, other
        return True

    def declares_for_package(self, name: str) -> re.Pattern[str] | None:
        """Return what finds a declaration of `name` in another file of the folder that needs no import."""
        del name
        return None


NO_IMPORTS = ImportSyntax()


def listed_names(inside: str) -> tuple[tuple[str, str], ...]:
    """Return the names in (a line of) the list of an import statement: name and local name."""
    pairs: list[tuple[str, str]] = []
    for part in re.sub(r"#[^\n]*|//[^\n]*", "", inside).strip("() \n\t").split(","):
        words = part.replace("type ", " ", 1).split() if part.strip().startswith("type ") else part.split()
        if len(words) == 3 and words[1] in ("as", ":"):
            pairs.append((words[0], words[2]))
        elif len(words) == 1 and words[0] != ":":
            pairs.append((words[0].rstrip(":"), words[0]))
        elif len(words) == 2 and len(words[0]) > 1 and words[0].endswith(":"):
            pairs.append((words[0][:-1], words[1]))
    return tuple(pairs)


def found_by(pattern: re.Pattern[str] | None, text: str) -> Iterator[tuple[int, int, str]]:
    """Yield where `pattern`, whose first group is the indentation, matches: start, end and indentation."""
    for match in pattern.finditer(text) if pattern is not None else ():
        yield match.start(), match.end(), match[1]
