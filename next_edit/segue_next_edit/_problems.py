"""Problems that language servers and linters report, as places where a model may write the next edit."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from segue_next_edit._types import Problem

PROBLEM = "problem"
"""The kind of a place where somebody reports a problem; it is only asked about, never offered without content."""
_MOST = 8


def nearest_first(problems: Iterable[Problem], cursor: tuple[str, int]) -> tuple[Problem, ...]:
    """Return a few problems: those of the cursor's file by their distance, then those of other files."""
    path, line = cursor
    ordered = sorted(problems, key=lambda one: (one.path != path, one.path, abs(one.line - line)))
    return tuple(ordered[:_MOST])
