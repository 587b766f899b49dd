"""The lines of a completion as the document would show them, with the brackets that are open at each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from segue_postprocess._brackets import lines_in_strings, steps_at_lines
from segue_postprocess._lines import closes_only
from segue_syntax import indent_width

if TYPE_CHECKING:
    from segue_postprocess._context import CursorContext
    from segue_postprocess._pairs import BracketState


@dataclass(slots=True)
class CompletionLines:
    """A completion of several lines; line 0 goes on the cursor's line. `states` has one entry more, for the end."""

    text: str
    context: CursorContext
    lines: list[str] = field(init=False)
    states: list[BracketState] = field(init=False)
    in_string: set[int] = field(init=False)

    def __post_init__(self) -> None:
        self.lines = self.text.split("\n")
        self.in_string = lines_in_strings(self.text, self.context)
        self.states = steps_at_lines(self.text, self.lines, self.context)

    def depth(self, k: int) -> int:
        """Return how many brackets are open at the start of line `k`; for line 0, of the cursor's line."""
        return len(self.states[k].stack) if k else self.context.line_depth

    def line(self, k: int) -> str:
        """Return line `k` as the document would show it."""
        return self.context.line_before + self.lines[0] if k == 0 else self.lines[k]

    def last(self, k: int) -> int:
        """Return the number of the line above line `k` that says something."""
        for number in range(k - 1, 0, -1):
            if self.lines[number].strip():
                return number
        return 0

    def first_said(self) -> int:
        """Return the number of the first line that says something, 0 if none does."""
        return next((number for number, line in enumerate(self.lines) if line.strip()), 0)

    def unclosed(self, k: int) -> bool:
        """Whether the first closing bracket of line `k` closes what nothing after the cursor does."""
        older = len(self.states[k].stack)
        return older > len(self.context.openings) or older - 1 in self.context.unclosed

    def closing_level(self, end: int) -> int:
        """Return where the construct that ends before line `end` was closed, -1 if no line closes it.

        An answer whose first line stands at the cursor may be written for another depth: its closers say which.
        """
        last = self.lines[end - 1]
        return -1 if self.context.language.indentation_based or not closes_only(last) else indent_width(last)
