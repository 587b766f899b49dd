"""What every next-edit format is given, and what it must be able to do."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Event:
    """One event of the history: its hunks (``@@ … @@`` and lines, no file header), and the lines of each side."""

    path: str
    diff: str
    old: tuple[str, ...] = ()
    new: tuple[str, ...] = ()
    accepted: bool = False


@dataclass(frozen=True, slots=True)
class EditPrompt:
    """A place to rewrite. Lines carry no terminators; `region` and `excerpt` are half-open stretches of `lines`.

    The model may rewrite `region` and sees `excerpt` around it; `cursor` is a line and a column in code points.
    `original` are all lines as they were before the newest events. `related` are pieces of other files, `places`
    those in which an edit is likely, each a path, its first line and its lines. `problems` are what others report: path,
    line and message.
    """

    path: str
    lines: tuple[str, ...]
    cursor: tuple[int, int]
    region: tuple[int, int]
    excerpt: tuple[int, int]
    events: tuple[Event, ...] = ()
    original: tuple[str, ...] = ()
    related: tuple[tuple[str, str], ...] = ()
    places: tuple[tuple[str, int, tuple[str, ...]], ...] = ()
    problems: tuple[tuple[str, int, str], ...] = ()

    def region_with(self, marker: str) -> list[str]:
        """Return the region's lines with `marker` at the cursor, if the cursor is in it."""
        start, end = self.region
        lines = list(self.lines[start:end])
        line, column = self.cursor
        if start <= line < end:
            text = lines[line - start]
            lines[line - start] = text[:column] + marker + text[column:]
        return lines

    @property
    def before(self) -> tuple[str, ...]:
        """The excerpt's lines before the region."""
        return self.lines[self.excerpt[0] : self.region[0]]

    @property
    def after(self) -> tuple[str, ...]:
        """The excerpt's lines after the region."""
        return self.lines[self.region[1] : self.excerpt[1]]


class EditFormat(Protocol):
    """A model family's way to ask for the next edit of a region."""

    @property
    def chat(self) -> bool:
        """Whether the prompt goes into a user message of a chat; else it is completed as it is."""

    @property
    def stop(self) -> tuple[str, ...]:
        """What ends the answer."""

    @property
    def special(self) -> tuple[str, ...]:
        """What the code must not hold, because the model would take it for its own marks."""

    def render(self, prompt: EditPrompt) -> str:
        """Return the exact text to send."""

    def parse(self, answer: str, prompt: EditPrompt) -> tuple[str, ...] | None:
        """Return the region's new lines; None when the model wants no edit or the answer makes no sense."""


_FAMILIES = (
    ("zeta-2", "zeta", "Zeta2"),
    ("zeta2", "zeta", "Zeta2"),
    ("zeta", "zeta", "Zeta1"),
    ("sweep", "sweep", "Sweep"),
    ("instinct", "instinct", "Instinct"),
    ("mercury", "mercury", "Mercury"),
)


def format_of(model: str) -> EditFormat | None:
    """Return the format of the next-edit model with this name, or None for a model of another kind."""
    name = model.lower()
    for part, module, cls in _FAMILIES:
        if part in name:
            found: EditFormat = getattr(importlib.import_module(f"segue_next_edit.formats.{module}"), cls)()
            return found
    return None


def block(lines: tuple[str, ...] | list[str]) -> str:
    """Return lines as a block of text that ends in a line break; "" for none."""
    return "".join(line + "\n" for line in lines)


def lines_of(text: str) -> tuple[str, ...]:
    """Return the lines of an answer, one final line break left out."""
    return tuple(text.removesuffix("\n").split("\n")) if text else ()
