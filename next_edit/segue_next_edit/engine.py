"""The engine: rules propose, the calibration weighs, the gate decides whether anything is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segue_next_edit._ranking import ranked
from segue_next_edit._situation import Situation
from segue_next_edit._types import NextEdit, Prediction
from segue_next_edit.rules.repeat import RepeatRule
from segue_next_edit.rules.substitution import SubstitutionRule

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue_context import LineEdit, WorkspaceReader
    from segue_next_edit._candidates import Candidate, Rule


class NextEditEngine:
    """Predicts the next edits of a workspace."""

    def __init__(self, reader: WorkspaceReader) -> None:
        self._reader = reader
        self._rules: tuple[Rule, ...] = (RepeatRule(), SubstitutionRule())

    def candidates(self, situation: Situation) -> list[Candidate]:
        """Return what all rules propose."""
        return [candidate for rule in self._rules for candidate in rule.candidates(situation)]

    def predict(self, history: Sequence[LineEdit], cursor: tuple[str, int], top: int = 5) -> Prediction:
        """Return the `top` most likely next edits, best first."""
        if not history:
            return Prediction(silence="nothing was edited")
        situation = Situation(self._reader, history, cursor)
        edits = tuple(
            NextEdit(
                c.path,
                c.start,
                c.end,
                tuple(situation.lines(c.path)[c.start : c.end]),
                c.new,
                c.kind,
                confidence,
                c.reason,
            )
            for c, confidence in ranked(situation, self.candidates(situation))[:top]
        )
        return Prediction(edits, shown=bool(edits) and edits[0].confidence > 0.7)
