"""The present moment: what was just done, where that stands now, and the text it is part of."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from segue_next_edit._known_files import KnownFiles, function_at, without_long_lines
from segue_next_edit._tokens import words_of
from segue_syntax import SourceFile, defined_by, kind_on_line, language_of, parser_of, syntax_errors
from segue_syntax.scopes import has_scopes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from segue_context import LineEdit, WorkspaceReader
    from segue_syntax import Project
    from segue_syntax.scopes import Scopes

__all__ = ["MAX_HISTORY", "Done", "Situation"]

Found = TypeVar("Found")

MAX_HISTORY = 40
MAX_PLACES = 10_000
_MAX_WEIGHED = 200
_OVERDRAFT = 1.5
_SECONDS_EACH = 4e-7
"""What parsing a file and finding the scopes of one name in it takes for each of its characters."""


@dataclass(frozen=True, slots=True)
class Done:
    """An edit of the history: its new lines are at `line` now; `age` is 0 for the newest, `steps` as in `LineEdit`."""

    path: str
    line: int
    old: tuple[str, ...]
    new: tuple[str, ...]
    age: int
    steps: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = ()
    time_s: float = 0.0

    @property
    def when(self) -> tuple[float, int]:
        """What orders edits by their last keystroke: a line that was changed again is as new as its last change."""
        return self.time_s, -self.age

    @property
    def end(self) -> int:
        """The line after the new lines."""
        return self.line + len(self.new)


class Situation:
    """What rules look at: the edits, where they are now, and the files."""

    def __init__(
        self,
        reader: WorkspaceReader,
        history: Sequence[LineEdit],
        cursor: tuple[str, int],
        *,
        budget_s: float = float("inf"),
        texts: KnownFiles | None = None,
    ) -> None:
        """Look at the moment; once `budget_s` of CPU time is spent, rules see no other files than the edited ones.

        `texts` remembers from one moment to the next what is known of files.
        """
        self.reader = reader
        self.cursor = cursor
        self._share = 1.0
        self._texts = texts or KnownFiles()
        self._once: dict[Callable[[Situation], Any], Any] = {}
        self._files: dict[str, SourceFile | None] = {}
        self._found: dict[tuple[tuple[str, ...], int], list[str]] = {}
        self.done = _rebased(history[-MAX_HISTORY:])
        self.paths = list(dict.fromkeys(edit.path for edit in reversed(self.done)))
        self._edited = frozenset(self.paths)
        for path in self.paths:  # made once a process: no part of what one prediction may take
            parser_of(language_of(path=path).id)
            has_scopes(language_of(path=path).id)
        self._began_s, self._budget_s = time.thread_time(), budget_s
        self.most_places = _MAX_WEIGHED if budget_s < float("inf") else MAX_PLACES

    def begin_with(self, edit: Done) -> None:
        """Count an older edit among what was done; what was found out `once` is looked for again."""
        self.done.insert(0, edit)
        self._once.clear()
        if edit.path not in self._edited:
            self.paths.append(edit.path)
            self._edited = frozenset(self.paths)

    @property
    def spent(self) -> bool:
        """Whether the time to look at further files is over."""
        return time.thread_time() > self._began_s + self._share * self._budget_s

    def is_overdrawn_by(self, file: SourceFile | None) -> bool:
        """Whether even what is surely meant must wait for the next prediction, which knows more files already.

        A `file` that nobody has looked at yet costs time by its size.
        """
        cost_s = 0.0 if file is None or file.is_known else _SECONDS_EACH * len(file.text)
        return time.thread_time() + cost_s > self._began_s + _OVERDRAFT * self._budget_s

    def allow(self, share: float) -> None:
        """Let the time for further files be over once this share of it is spent."""
        self._share = share

    def file(self, path: str) -> SourceFile | None:
        """Return a file's present text, or None when there is none to edit or no time left to look at it."""
        if path not in self._edited and self.spent:
            return None
        return self.read(path)

    def lines(self, path: str) -> list[str]:
        """Return a file's present lines without terminators; [] when there is none."""
        file = self.read(path)
        return [] if file is None else file.lines

    def errors(self, path: str) -> int | None:
        """Return how many syntax errors a file has now; None without a grammar."""
        file = self.read(path)
        return None if file is None or file.tree is None else syntax_errors(file.tree)

    def errors_with(self, path: str, lines: Sequence[str]) -> int | None:
        """Return how many syntax errors a file would have with other `lines`."""
        return self._texts.errors("\n".join(lines), language_of(path=path).id)

    def text_of(self, path: str) -> str | None:
        """Return a file's present text as it is; None when there is none, or no time left to read it."""
        return self.reader.read_text(path) if path in self._edited or not self.spent else None

    def scopes(self, text: str, language_id: str, *names: str) -> Scopes | None:
        """Return what binds `names` in a text that no file has; None where a language's scopes are not known."""
        return self._texts.scopes(text, language_id, names)

    def once(self, find: Callable[[Situation], Found]) -> Found:
        """Return what `find` makes of the moment; it is asked once."""
        if find not in self._once:
            self._once[find] = find(self)
        found: Found = self._once[find]
        return found

    @cached_property
    def project(self) -> Project:
        """The files of the workspace, for what names modules."""
        return self._texts.project(self.reader)

    def read(self, path: str) -> SourceFile | None:
        """Return a file's present text however late it is: for places that are known already."""
        if path not in self._files:
            text = self.reader.read_text(path)
            file = None if text is None else self._texts.of(path, text)
            self._files[path] = None if file is None or file.generated else file
        return self._files[path]

    def syntax_at(self, file: SourceFile, line: int, column: int) -> str:
        """Return ``code``, ``string`` or ``comment``; told exactly in edited files, from the line alone in others."""
        if file.path in self.touched:
            return file.regions.at(file.starts[line] + column)
        return kind_on_line(file.lines[line], column, file.language_id)

    def lines_holding(self, file: SourceFile, text: str) -> Iterator[int]:
        """Yield the lines that hold a text within one line: from the newest edit of the file on, then from its top."""
        begin = next((edit.line for edit in reversed(self.done) if edit.path == file.path), 0)
        starts = file.starts
        middle = starts[min(begin, len(file.lines))]
        for low, high in ((middle, len(file.text)), (0, middle)):
            at = file.text.find(text, low, high)
            while at >= 0:
                line = file.line_at(at)
                yield line
                at = file.text.find(text, starts[line + 1], high) if starts[line + 1] < high else -1

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
        here = -1 if file is None else function_at(file, line)
        return here >= 0 and here in self._edited_functions.get(path, ())

    @cached_property
    def _edited_functions(self) -> dict[str, set[int]]:
        functions: dict[str, set[int]] = {}
        for edit in self.done:
            file = self.file(edit.path)
            if file is not None:
                functions.setdefault(edit.path, set()).add(function_at(file, edit.line))
        return functions

    def files_with(self, *words: str, limit: int = 60) -> list[str]:
        """Return files that hold all `words`: those just edited first."""
        key = (words, limit)
        if key not in self._found:
            near = [path for path in self.paths if all(self._holds(path, word) for word in words)]
            far = [] if self.spent else self.reader.files_with(words, limit=limit + len(near))
            self._found[key] = (near + [path for path in far if path not in near])[:limit]
        return list(self._found[key])

    def tests_of(self, subject: str) -> list[str]:
        """Return the test files about `subject`, what `subject_of` says of a path."""
        return self._texts.tests.about(subject, self.reader.files())

    def is_defined(self, name: str) -> bool:
        """Whether something is still defined under this name: the index may be a moment behind the edited files."""
        for symbol in self.reader.definitions(name, limit=4):
            if symbol.path not in self._edited:
                return True
            file = self.read(symbol.path)
            if file is not None and any(
                name in defined_by(file.lines[line], file.language_id) for line in file.lines_of(name)
            ):
                return True
        return False

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
        old, new = (tuple(map(without_long_lines, lines)) for lines in (edit.old, edit.new))
        done.append(Done(edit.path, line, old, new, len(history) - 1 - at, edit.steps, edit.time_s))
    return done
