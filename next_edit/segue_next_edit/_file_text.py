"""One file's present text, by lines and by offset, and what rules have found out about it."""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections import OrderedDict
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING

from segue_next_edit._calls import head_of
from segue_next_edit._import_habits import ImportHabits
from segue_next_edit._test_files import TestFiles
from segue_syntax import ImportStatement, TreeStore, code_statements, language_of, syntax_errors
from segue_syntax.scopes import scopes_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Tree

    from segue_syntax.scopes import Scopes

_DENSE = 200
_SMALL = 20_000
_FUNCTION_LINES = 300
_KEPT_CHARS = 3_000_000
_KEPT_SCOPED_CHARS = 1_500_000
_MAX_SCOPED_CHARS = 400_000


class FileText:
    """One file's present text by lines and by offset."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.crlf = "\r\n" in text
        self.text = text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
        self.lines = self.text.split("\n")
        self._functions: dict[int, int] = {}
        self._lines_of: dict[str, list[int]] = {}

    @property
    def generated(self) -> bool:
        """Whether nobody writes this file by hand: minified or packed lines."""
        return len(self.text) > _DENSE * len(self.lines) and len(self.text) > _SMALL

    def function_at(self, line: int) -> int:
        """Return the line of the function head around `line` (or at it), -1 outside of functions."""
        if line not in self._functions:
            self._functions[line] = self._function_above(line)
        return self._functions[line]

    def _function_above(self, line: int) -> int:
        least = 1000
        for at in range(min(line, len(self.lines) - 1), max(-1, line - _FUNCTION_LINES), -1):
            text = self.lines[at]
            indent = len(text) - len(text.lstrip())
            if not text.strip() or indent >= least:
                continue
            if len(text) < _DENSE and text.strip()[0] not in "})]#/" and head_of(text):
                return at
            if indent == 0 and at != line:
                return -1
            least = max(indent, 1) if at == line else indent
        return -1

    @cached_property
    def language(self) -> str:
        """The language that the name suggests."""
        return language_of(path=self.path).id

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
        """Return the lines on which `word` stands, once for each time it does."""
        if word not in self._lines_of:
            self._lines_of[word] = [self.line_at(at) for at in self.offsets_of(word)]
        return self._lines_of[word]

    @cached_property
    def imports(self) -> list[ImportStatement]:
        """The import statements."""
        return code_statements(self.lines, self.language)

    @cached_property
    def import_lines(self) -> frozenset[int]:
        """The lines that import statements take."""
        return frozenset(line for s in self.imports for line in range(s.start, s.end))

    @cached_property
    def starts(self) -> list[int]:
        """The offset of every line."""
        return list(accumulate(map((1).__add__, map(len, self.lines)), initial=0))

    def lines_with(self, text: str) -> Iterator[tuple[int, str]]:
        """Yield the lines that hold `text`, with their numbers."""
        position = self.text.find(text)
        while position >= 0:
            number = self.line_at(position)
            yield number, self.lines[number]
            position = self.text.find(text, self.starts[number + 1])

    def line_at(self, offset: int) -> int:
        """Return the line that holds the character at `offset`."""
        return bisect_right(self.starts, offset) - 1


def _is_word(character: str) -> bool:
    return character.isalnum() or character == "_"


class FileTexts:
    """Files as they were when they were last looked at, and which test which; safe to use from any thread.

    Most of them are the same when the next prediction is made, one key later: what was found out stays known.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._files: OrderedDict[str, tuple[str, FileText]] = OrderedDict()
        self._chars = 0
        self._trees = TreeStore()
        self._scopes: OrderedDict[tuple[str, str], Scopes | None] = OrderedDict()
        self._scoped_chars = 0
        self.tests = TestFiles()
        self.habits = ImportHabits()

    def tree(self, text: str, language_id: str) -> Tree | None:
        """Return the syntax tree of a text; None without a grammar."""
        return self._trees.tree(text.encode("utf-8", "surrogatepass"), language_id)

    def scopes(self, text: str, language_id: str) -> Scopes | None:
        """Return the scopes of a text; None for a language without a table of scopes, or a text that is too long."""
        if len(text) > _MAX_SCOPED_CHARS:
            return None
        key = language_id, text
        with self._lock:
            if key in self._scopes:
                self._scopes.move_to_end(key)
                return self._scopes[key]
        found = scopes_of(text, language_id, self.tree(text, language_id))
        with self._lock:
            if key not in self._scopes:
                self._scopes[key] = found
                self._scoped_chars += len(text)
            while self._scoped_chars > _KEPT_SCOPED_CHARS and len(self._scopes) > 1:
                (_, dropped), _ = self._scopes.popitem(last=False)
                self._scoped_chars -= len(dropped)
        return found

    def errors(self, text: str, language_id: str) -> int | None:
        """Return how many syntax errors a text has; None without a grammar. Quick for one like a text just parsed."""
        tree = self.tree(text, language_id)
        return None if tree is None else syntax_errors(tree)

    def of(self, path: str, text: str) -> FileText:
        """Return the file at `path` with this text."""
        with self._lock:
            known = self._files.get(path)
            if known is not None and (known[0] is text or known[0] == text):
                self._files.move_to_end(path)
                return known[1]
        file = FileText(path, text)
        with self._lock:
            known = self._files.pop(path, None)
            self._chars += len(text) - (len(known[0]) if known else 0)
            self._files[path] = text, file
            while self._chars > _KEPT_CHARS and len(self._files) > 1:
                _, (dropped, _) = self._files.popitem(last=False)
                self._chars -= len(dropped)
        return file
