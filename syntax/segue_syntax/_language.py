"""What Segue knows of a language: the type whose values ``languages/*.py`` hold."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, Protocol

from segue_syntax._documentation import UNDOCUMENTED, Documentation
from segue_syntax._import_syntax import NO_IMPORTS, ImportSyntax
from segue_syntax._modules import NO_MODULES, ModuleNaming

if TYPE_CHECKING:
    import re
    from collections.abc import Callable

    from tree_sitter import Tree

    from segue_syntax._literals import Literal
    from segue_syntax._scope_rules import ScopeRules


class Refusal(Protocol):
    """Says whether a compiler refuses what a text inserts, though the grammar takes it."""

    def __call__(
        self, tree: Tree, data: bytes, start: int, end: int, *, notebook: bool, may_end_with_header: bool
    ) -> bool:
        """Judge the bytes from `start` to `end` of the document `data`, parsed as `tree`.

        The cells of a `notebook` allow more, and the body of the last header may be missing if it `may_end_with_header`.
        """


class Blocks(Enum):
    """How a language marks the end of a block."""

    OTHER = auto()
    BRACES = auto()
    INDENTATION = auto()
    END_WORD = auto()


@dataclass(frozen=True, slots=True)
class Layout:
    """How the files of a language are laid out, where they do not show it themselves.

    `indent` is the step in columns that one style guide has for all, `usual_indent` the commonest of several; 0 where
    there is none. `tabs` says that lines are indented by tabs whatever the style. What continues a statement is
    indented by `wrap_steps` steps, at least by `least_wrap` columns. With
    `level_cases` a ``case`` stands level with what selects.
    """

    indent: int = 0
    usual_indent: int = 0
    tabs: bool = False
    wrap_steps: int = 1
    least_wrap: int = 0
    level_cases: bool = False

    commands: bool = False
    """A line is a command: only its `joiner`, a pipe or the like at its end continues it."""
    joiner: str = "\\"
    markup: bool = False
    style_sheet: bool = False
    listed_clauses: bool = False
    """What a clause lists stands level on lines of its own."""


@dataclass(frozen=True, slots=True, eq=False)
class Language:
    """One language as editors name it.

    `grammar` is ``package:function`` of the wheel that parses it; "" means a grammar of the optional language
    pack, or none. `advisory` marks grammars that reject valid code, so that a syntax error proves little.
    `family` is shared by languages whose files import each other (default: `id`).

    `line_comment` and `block_comment` are how comments are written; `other_line_comments` and
    `other_block_comments` are read as comments too. `strings` are tried in order.

    `tests` are the names of test files (``*IT``, ``conftest``) and of folders (``spec/``) beyond those that languages
    share. With `folder_packages` the files of a folder see each other without an import, and with `imports_folders` an
    import is of all files of a folder. With `has_headers` a header and a source of one name declare the same things.

    `queries` are the files in ``queries/`` that find definitions and imports. `builtins` are the names (keywords
    included) that need no import. `named_arguments` is what is written between the name of an argument and its value, and
    `class_arguments_are_bases` that what stands in parentheses after a class's name are no parameters. `field` finds
    the ``field`` that a line declares, where that looks different from ``name: Type``. `constructors` are the methods
    that are called by the name of their class; one that has that name itself needs no entry. `scopes` is the table of
    what binds names.
    """

    id: str
    grammar: str = ""
    extensions: tuple[str, ...] = ()
    filenames: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    family: str = ""
    advisory: bool = False

    line_comment: str = ""
    block_comment: tuple[str, str] | None = None
    other_line_comments: tuple[str, ...] = ()
    other_block_comments: tuple[tuple[str, str], ...] = ()
    strings: tuple[Literal, ...] = ()

    blocks: Blocks = Blocks.OTHER
    prose: bool = False
    key_value: bool = False
    dialects: tuple[tuple[str, re.Pattern[str], str], ...] = ()
    """Endings of files that are in another language when a pattern finds something in them, and its id."""
    case_patterns: bool = False
    """A closing parenthesis may end a ``case`` pattern and so match no opening one."""

    layout: Layout = Layout()
    code: Callable[[bytes], bytes] | None = None
    """Blanks out, byte by byte, what the grammar does not read: of files that hold more than code."""

    tests: tuple[str, ...] = ()
    folder_packages: bool = False
    imports_folders: bool = False
    has_headers: bool = False
    part_marks: tuple[str, ...] = ()
    """Endings of names of files that hold a part of what the file of the name without them declares."""

    queries: tuple[str, ...] = ()
    imports: ImportSyntax = NO_IMPORTS
    modules: ModuleNaming = NO_MODULES
    documentation: Documentation = UNDOCUMENTED
    builtins: frozenset[str] = frozenset()
    named_arguments: str = ""
    overloads: bool = False
    """Functions of one name are several where their parameters differ."""
    class_arguments_are_bases: bool = False
    modules_own_methods: bool = False
    constructors: tuple[str, ...] = ()
    field: re.Pattern[str] | None = None
    scopes: ScopeRules | None = None
    refuses: Refusal | None = None
    """What its compiler refuses beyond the grammar."""

    def __post_init__(self) -> None:
        """Make a language its own family."""
        object.__setattr__(self, "family", self.family or self.id)

    @property
    def indentation_based(self) -> bool:
        """Whether indentation alone ends a block."""
        return self.blocks is Blocks.INDENTATION

    @property
    def ends_by_word(self) -> bool:
        """Whether a word such as ``end`` ends a block."""
        return self.blocks is Blocks.END_WORD

    @property
    def has_code(self) -> bool:
        """Whether names mean something in it: neither prose nor data nor style."""
        return not (self.prose or self.key_value or self.layout.style_sheet)

    @property
    def line_comments(self) -> tuple[str, ...]:
        """Every mark that starts a comment up to the end of the line."""
        return (*filter(None, (self.line_comment,)), *self.other_line_comments)

    @property
    def block_comments(self) -> tuple[tuple[str, str], ...]:
        """Every pair of marks around a comment."""
        return (*filter(None, (self.block_comment,)), *self.other_block_comments)

    @property
    def comment_marks(self) -> tuple[str, str]:
        """What to write before and after the text of a comment on a line of its own (``//`` when nothing is known)."""
        if self.line_comment or not self.block_comment:
            return f"{self.line_comment or '//'} ", ""
        opening, closing = self.block_comment
        return f"{opening} ", f" {closing}"
