"""The files that were looked at, and what rules have found out about them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from segue_context.test_files import TestFiles
from segue_next_edit._calls import head_of
from segue_syntax import Project, RecentlyUsed, SourceFile, TreeStore, syntax_errors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tree_sitter import Tree

    from segue_context import WorkspaceReader
    from segue_syntax.scopes import Scopes

_LONG_LINE = 200
_FUNCTION_LINES = 300
_KEPT_CHARS = 1_500_000
_KEPT_FORMER_CHARS = 500_000
_DATA_LINE = re.compile(r"^[^\r\n]{2001,}", re.MULTILINE)
_functions: WeakKeyDictionary[SourceFile, dict[int, int]] = WeakKeyDictionary()


def function_at(file: SourceFile, line: int) -> int:
    """Return the line of the function head around `line` (or at it), -1 outside of functions."""
    known = _functions.setdefault(file, {})
    if line not in known:
        known[line] = _function_above(file.lines, line)
    return known[line]


def _function_above(lines: list[str], line: int) -> int:
    least = 1000
    for at in range(min(line, len(lines) - 1), max(-1, line - _FUNCTION_LINES), -1):
        text = lines[at]
        indent = len(text) - len(text.lstrip())
        if not text.strip() or indent >= least:
            continue
        if len(text) < _LONG_LINE and text.strip()[0] not in "})]#/" and head_of(text):
            return at
        if indent == 0 and at != line:
            return -1
        least = max(indent, 1) if at == line else indent
    return -1


def without_long_lines(text: str) -> str:
    """Return `text` with a mark in place of each line that no rule should look at.

    A line of thousands of characters is data, and the expressions of some rules take the square of a word's length.
    The mark is a character that no text may hold, so that no rule finds it elsewhere.
    """
    return _DATA_LINE.sub("\ufdd0", text)


class KnownFiles:
    """Files as they were when they were last looked at, and which test which; safe to use from any thread.

    Most of them are the same when the next prediction is made, one key later: what was found out stays known.
    """

    def __init__(self) -> None:
        self._files: RecentlyUsed[str, tuple[str, SourceFile]] = RecentlyUsed(_KEPT_CHARS)
        self._trees = TreeStore()
        self._scopes: RecentlyUsed[tuple[str, str, tuple[str, ...]], tuple[Scopes | None]]
        self._scopes = RecentlyUsed(_KEPT_FORMER_CHARS)
        self.tests = TestFiles()
        self._listed: tuple[Sequence[str], frozenset[str]] = (), frozenset()

    def tree(self, text: str, language_id: str) -> Tree | None:
        """Return the syntax tree of a text; None without a grammar."""
        return self._trees.tree(text.encode("utf-8", "surrogatepass"), language_id)

    def errors(self, text: str, language_id: str) -> int | None:
        """Return how many syntax errors a text has; None without a grammar. Quick for one like a text just parsed."""
        tree = self.tree(text, language_id)
        return None if tree is None else syntax_errors(tree)

    def project(self, reader: WorkspaceReader) -> Project:
        """Return the files of the workspace, for what names modules."""
        files = reader.files()
        listed, known = self._listed
        if files is not listed:
            known = frozenset(files)
            self._listed = files, known
        return Project(known, reader.read_text)

    def scopes(self, text: str, language_id: str, names: tuple[str, ...]) -> Scopes | None:
        """Return what binds `names` in a text that no file has (as it read before); None where that is not known."""
        key = language_id, text, names
        known = self._scopes.get(key)
        if known is None:
            known = (SourceFile(text, language_id, trees=self._trees).scopes_of(*names),)
            self._scopes.put(key, known, len(text))
        return known[0]

    def of(self, path: str, text: str) -> SourceFile:
        """Return the file at `path` with this text, in which every line ends in LF."""
        known = self._files.get(path)
        if known is not None and (known[0] is text or known[0] == text):
            return known[1]
        unified = text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
        file = SourceFile(without_long_lines(unified), path=path, trees=self._trees)
        self._files.put(path, (text, file), len(text))
        return file
