"""The present moment: what was just done, where that stands now, and the text it is part of."""

from __future__ import annotations

import time
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING

from segue_next_edit._calls import head_of
from segue_next_edit._imports import statements_in
from segue_next_edit._lexing import lexed, on_line
from segue_next_edit._tokens import words_of
from segue_syntax import language_of, parse, syntax_errors

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from segue_context import LineEdit, WorkspaceReader
from segue_next_edit._imports import Statement

MAX_HISTORY = 40
_DENSE = 200
_SMALL = 20_000
_FUNCTION_LINES = 300


@dataclass(frozen=True, slots=True)
class Done:
    """An edit of the history: its new lines stand at `line` now; `age` is 0 for the newest."""

    path: str
    line: int
    old: tuple[str, ...]
    new: tuple[str, ...]
    age: int

    @property
    def end(self) -> int:
        """The line after the new lines."""
        return self.line + len(self.new)


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
    def imports(self) -> list[Statement]:
        """The import statements."""
        return statements_in(self.lines, self.language)

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


class Situation:
    """What rules look at: the edits, where they are now, and the files."""

    def __init__(
        self,
        reader: WorkspaceReader,
        history: Sequence[LineEdit],
        cursor: tuple[str, int],
        *,
        budget_s: float = float("inf"),
    ) -> None:
        """Look at the moment; once `budget_s` of CPU time is spent, no further file is read but the edited ones."""
        self.reader = reader
        self.cursor = cursor
        self._until_s = time.thread_time() + budget_s
        self._files: dict[str, FileText | None] = {}
        self._errors: dict[str, int | None] = {}
        self.done = _rebased(history[-MAX_HISTORY:])
        self.paths = list(dict.fromkeys(edit.path for edit in reversed(self.done)))

    def file(self, path: str) -> FileText | None:
        """Return a file's present text, or None when there is none to edit."""
        if path not in self._files:
            text = self.text_of(path)
            if text is None and self._is_late(path):
                return None
            file = None if text is None else FileText(path, text)
            self._files[path] = None if file is None or file.generated else file
        return self._files[path]

    def text_of(self, path: str) -> str | None:
        """Return a file's present text as it is; None when there is none, or no time left to read it."""
        return None if self._is_late(path) else self.reader.read_text(path)

    def _is_late(self, path: str) -> bool:
        return time.thread_time() > self._until_s and path not in self.paths

    @cached_property
    def known_files(self) -> frozenset[str]:
        """The paths of all files of the workspace."""
        return frozenset(self.reader.files())

    def lines(self, path: str) -> list[str]:
        """Return a file's present lines without terminators; [] when there is none."""
        file = self.file(path)
        return [] if file is None else file.lines

    def errors(self, path: str) -> int | None:
        """Return how many syntax errors a file has now; None without a grammar."""
        if path not in self._errors:
            file = self.file(path)
            tree = None if file is None else parse(file.text, file.language)
            self._errors[path] = None if tree is None else syntax_errors(tree)
        return self._errors[path]

    def syntax_at(self, file: FileText, line: int, column: int) -> str:
        """Return ``code``, ``string`` or ``comment``; told exactly in edited files, from the line alone in others."""
        if file.path in self.touched:
            return lexed(file.text, file.language).at(file.starts[line] + column)
        return on_line(file.lines[line], column, file.language)

    @cached_property
    def touched(self) -> dict[str, set[int]]:
        """The lines of each file that the history wrote."""
        touched: dict[str, set[int]] = {path: set() for path in self.paths}
        for edit in self.done:
            touched[edit.path].update(range(edit.line, edit.end))
        return touched

    def is_touched(self, path: str, start: int, end: int) -> bool:
        """Whether some line of the stretch was just written."""
        lines = self.touched.get(path)
        return lines is not None and any(line in lines for line in range(start, end))

    @cached_property
    def removed_words(self) -> Counter[str]:
        """How often each identifier went, by all edits together."""
        counts: Counter[str] = Counter()
        for edit in self.done:
            counts.update(words_of(edit.old))
            counts.subtract(words_of(edit.new))
        return +counts

    @cached_property
    def added_words(self) -> Counter[str]:
        """How often each identifier came, by all edits together."""
        counts: Counter[str] = Counter()
        for edit in self.done:
            counts.update(words_of(edit.new))
            counts.subtract(words_of(edit.old))
        return +counts

    def same_function(self, path: str, line: int) -> bool:
        """Whether a line lies in a function that was just edited (outside of functions nothing does)."""
        file = self.file(path)
        here = -1 if file is None else file.function_at(line)
        return here >= 0 and here in self._edited_functions.get(path, ())

    @cached_property
    def _edited_functions(self) -> dict[str, set[int]]:
        functions: dict[str, set[int]] = {}
        for edit in self.done:
            file = self.file(edit.path)
            if file is not None:
                functions.setdefault(edit.path, set()).add(file.function_at(edit.line))
        return functions

    def files_with(self, *words: str, limit: int = 60) -> list[str]:
        """Return files that hold all `words`: those just edited first."""
        near = [path for path in self.paths if all(self._holds(path, word) for word in words)]
        far = [path for path in self.reader.files_with(words, limit=limit + len(near)) if path not in near]
        return (near + far)[:limit]

    def _holds(self, path: str, word: str) -> bool:
        file = self.file(path)
        return file is not None and word in file.text


def _rebased(history: Sequence[LineEdit]) -> list[Done]:
    """Return the edits with the line at which each stands after all later ones."""
    done: list[Done] = []
    for at, edit in enumerate(history):
        line = edit.line
        for later in history[at + 1 :]:
            above = later.line < line or (later.line == line and not later.old)
            if later.path == edit.path and above:
                line = max(later.line, line + len(later.new) - len(later.old))
        done.append(Done(edit.path, line, edit.old, edit.new, len(history) - 1 - at))
    return done
