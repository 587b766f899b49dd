"""The present moment: what was just done, where that stands now, and the text it is part of."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from segue_next_edit._tokens import words_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue_context import LineEdit, WorkspaceReader

MAX_HISTORY = 40


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

    @cached_property
    def starts(self) -> list[int]:
        """The offset of every line."""
        starts = [0]
        for line in self.lines:
            starts.append(starts[-1] + len(line) + 1)
        return starts

    def line_at(self, offset: int) -> int:
        """Return the line that holds the character at `offset`."""
        return bisect_right(self.starts, offset) - 1


class Situation:
    """What rules look at: the edits, where they are now, and the files."""

    def __init__(self, reader: WorkspaceReader, history: Sequence[LineEdit], cursor: tuple[str, int]) -> None:
        self.reader = reader
        self.cursor = cursor
        self._files: dict[str, FileText | None] = {}
        self.done = _rebased(history[-MAX_HISTORY:])
        self.paths = list(dict.fromkeys(edit.path for edit in reversed(self.done)))

    def file(self, path: str) -> FileText | None:
        """Return a file's present text, or None when there is none to edit."""
        if path not in self._files:
            text = self.reader.read_text(path)
            self._files[path] = None if text is None else FileText(path, text)
        return self._files[path]

    def lines(self, path: str) -> list[str]:
        """Return a file's present lines without terminators; [] when there is none."""
        file = self.file(path)
        return [] if file is None else file.lines

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
        return bool(lines) and any(line in lines for line in range(start, end))

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
            if later.path == edit.path and later.line <= line:
                if later.line + len(later.old) <= line or later.line < line:
                    line = max(later.line, line + len(later.new) - len(later.old))
        done.append(Done(edit.path, line, edit.old, edit.new, len(history) - 1 - at))
    return done
