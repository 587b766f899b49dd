"""One version of one file: its lines, tree, tokens, imports and symbols, each found out when first asked."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING

from segue_syntax._imports import code_statements
from segue_syntax._lexer import Regions
from segue_syntax._parsing import parse
from segue_syntax._registry import language_of_text
from segue_syntax._symbols import FileSymbols, file_symbols
from segue_syntax._text import line_content, split_lines
from segue_syntax.scopes import scopes_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node, Tree

    from segue_syntax._import_syntax import ImportStatement
    from segue_syntax._language import Language
    from segue_syntax._trees import TreeStore
    from segue_syntax.scopes import Scopes

_PACKAGE = re.compile(r"^\s*(?:package|namespace)\s+([\w.\\]+)\s*[;{]?\s*$", re.MULTILINE)
_DENSE = 200
_SMALL = 20_000


class SourceFile:
    """One version of a text, with what is known of it. It never changes; any thread may read it.

    `language_id` is the language that an editor named; without one `path` tells. `trees` remembers trees of texts like
    this one, which makes parsing it cheap.
    """

    def __init__(
        self, text: str, language_id: str = "", path: str = "", *, trees: TreeStore | None = None
    ) -> None:
        self.text = text
        self.path = path
        self.language: Language = language_of_text(language_id, path, text)
        self.language_id = self.language.id
        self._trees = trees
        self._lines_of: dict[str, list[int]] = {}

    # -- text --------------------------------------------------------------------------------------------------

    @cached_property
    def lines(self) -> list[str]:
        """The lines without their terminators; there is always one."""
        return [line_content(line) for line in split_lines(self.text)]

    @cached_property
    def starts(self) -> list[int]:
        """The offset of every line, and of the end."""
        return list(accumulate(map(len, split_lines(self.text)), initial=0))

    @cached_property
    def newline(self) -> str:
        """What ends its lines."""
        return "\r\n" if "\r\n" in self.text else "\n"

    @property
    def generated(self) -> bool:
        """Whether nobody writes this file by hand: minified or packed lines."""
        return len(self.text) > _SMALL and len(self.text) > _DENSE * len(self.lines)

    def line_at(self, offset: int) -> int:
        """Return the line that holds the character at `offset`."""
        return bisect_right(self.starts, offset) - 1

    def offsets_of(self, word: str) -> Iterator[int]:
        """Yield where `word` begins as a whole word."""
        text = self.text
        at = text.find(word) if word else -1
        while at >= 0:
            end = at + len(word)
            if not (_is_word(text[at - 1 : at]) or _is_word(text[end : end + 1])):
                yield at
            at = text.find(word, end)

    def lines_of(self, word: str) -> list[int]:
        """Return the lines that hold `word` as a whole word, once for each time they do."""
        if word not in self._lines_of:
            self._lines_of[word] = [self.line_at(at) for at in self.offsets_of(word)]
        return self._lines_of[word]

    def lines_with(self, text: str) -> Iterator[tuple[int, str]]:
        """Yield the lines that hold `text`, with their numbers."""
        position = self.text.find(text)
        while position >= 0:
            number = self.line_at(position)
            yield number, self.lines[number]
            position = self.text.find(text, self.starts[number + 1])

    # -- without a grammar -------------------------------------------------------------------------------------

    @cached_property
    def regions(self) -> Regions:
        """The comments and strings, by offset."""
        return Regions(self.text, self.language_id)

    def uses(self, name: str, line: int) -> bool:
        """Whether `name` is more than mentioned on a line: it stands there as code, or quoted like a name."""
        if not self.language.grammar or not self.language.has_code:
            return False
        text = self.lines[line]
        for match in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", text):
            where = self.regions.at(self.starts[line] + match.start())
            if where == "code" or (where == "string" and _is_quoted_name(text, match.start(), match.end())):
                return True
        return False

    @cached_property
    def imports(self) -> list[ImportStatement]:
        """The import statements."""
        return code_statements(self.lines, self.language_id)

    @cached_property
    def import_lines(self) -> frozenset[int]:
        """The lines that import statements take."""
        return frozenset(line for s in self.imports for line in range(s.start, s.end))

    @cached_property
    def package(self) -> str:
        """The package or namespace that the file says it is part of, as written; "" for none."""
        found = _PACKAGE.search(self.text)
        return found[1] if found else ""

    # -- with the grammar --------------------------------------------------------------------------------------

    @cached_property
    def data(self) -> bytes:
        """The text in UTF-8, as the tree counts it."""
        return self.text.encode("utf-8", "surrogatepass")

    @cached_property
    def tree(self) -> Tree | None:
        """The syntax tree; None without a grammar that copes with the text."""
        if self._trees is not None:
            return self._trees.tree(self.data, self.language_id)
        return parse(self.data, self.language_id)

    @property
    def is_known(self) -> bool:
        """Whether its tree was asked for before."""
        return "tree" in self.__dict__

    @property
    def parsed(self) -> bool:
        """Whether there is a tree."""
        return self.tree is not None

    @property
    def root(self) -> Node:
        """The root of the tree; only for a text that is `parsed`."""
        assert self.tree is not None
        return self.tree.root_node

    @cached_property
    def symbols(self) -> FileSymbols:
        """The definitions, imported names and package that the tree shows."""
        return file_symbols(self.data, self.language_id, self.tree)

    @cached_property
    def scopes(self) -> Scopes | None:
        """What binds the names; None where Segue has no table of that for the language."""
        return scopes_of(self.data, self.language_id, self.tree)

    def scopes_of(self, *names: str) -> Scopes | None:
        """Return what binds `names`: a fraction of the work of `scopes`, which know all of them."""
        if "scopes" in self.__dict__ or not names:
            return self.scopes
        if names not in self._scopes_of:
            self._scopes_of[names] = scopes_of(self.data, self.language_id, self.tree, names=names)
        return self._scopes_of[names]

    @cached_property
    def _scopes_of(self) -> dict[tuple[str, ...], Scopes | None]:
        return {}

    def offset(self, byte: int) -> int:
        """Return the code-point offset of a byte of `data`."""
        return byte if self._ascii else len(self.data[:byte].decode("utf-8", "surrogatepass"))

    def byte(self, offset: int) -> int:
        """Return the byte of `data` at a code-point offset."""
        return offset if self._ascii else len(self.text[:offset].encode("utf-8", "surrogatepass"))

    def line_prefix(self, byte: int) -> str:
        """Return what stands before a byte of `data` on its line."""
        start = self.data.rfind(b"\n", 0, byte) + 1
        return self.data[start:byte].decode("utf-8", "replace")

    @cached_property
    def _ascii(self) -> bool:
        return len(self.data) == len(self.text)


def _is_quoted_name(text: str, start: int, end: int) -> bool:
    before = re.search(r"[\"'`][\w.\[]*\Z", text[:start])
    return before is not None and re.match(r"[\w.\]]*[\"'`]", text[end:]) is not None


def _is_word(character: str) -> bool:
    return character.isalnum() or character == "_"
