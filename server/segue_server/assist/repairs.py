"""What mends a problem, whoever found it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from segue_syntax import Range

if TYPE_CHECKING:
    from segue_assist import Change
    from segue_next_edit.fixes import Fix
    from segue_syntax import Snapshot

NO_RULE = "No rule fixes that line: rules fix imports, misspelt names, arguments, `await` and brackets."


@dataclass(frozen=True, slots=True)
class Repair:
    """A change that mends a 0-based `line`: extents with their new texts, in order; `check` says what was tried."""

    kind: str
    title: str
    line: int
    edits: tuple[tuple[Range, str], ...]
    confidence: float = 0.0
    check: str = "not checked"

    @classmethod
    def by_rule(cls, fix: Fix) -> Repair:
        """Return what a rule found."""
        edits = tuple((Range(one.start, one.end), one.text) for one in fix.changes)
        return cls(fix.kind, fix.title, fix.line, edits, fix.confidence)

    @classmethod
    def by_model(cls, change: Change, line: int) -> Repair:
        """Return what a model wrote."""
        return cls("model", change.title, line, tuple((one.extent, one.text) for one in change.edits))

    def applied_to(self, snapshot: Snapshot) -> str:
        """Return the text of `snapshot`, which it was made for, with the change in it."""
        return snapshot.replaced(self.edits)
