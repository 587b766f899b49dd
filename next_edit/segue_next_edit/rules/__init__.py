"""The rules: each one way to know, without a model, what comes next. To add one, add it to `RULES`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segue_next_edit.rules.imports import ImportRule
from segue_next_edit.rules.moved_import import MovedImportRule
from segue_next_edit.rules.nearby import NearbyRule
from segue_next_edit.rules.new_name import NewNameRule
from segue_next_edit.rules.pattern import PatternRule
from segue_next_edit.rules.removed import RemovedRule
from segue_next_edit.rules.rename import RenameRule
from segue_next_edit.rules.repeat import RepeatRule
from segue_next_edit.rules.signature import SignatureRule

if TYPE_CHECKING:
    from segue_next_edit._candidates import Rule

RULES: tuple[tuple[Rule, float], ...] = (
    (RenameRule(), 0.3),
    (SignatureRule(), 0.4),
    (RepeatRule(), 0.5),
    (PatternRule(), 0.7),
    (ImportRule(), 0.85),
    (MovedImportRule(), 0.95),
    (NewNameRule(), 1.0),
    (RemovedRule(), 1.0),
    (NearbyRule(), 1.0),
)
"""The rules in turn, each with the fraction of the reading budget that may be spent once it has run: what writes edits
comes first, and leaves something to those behind."""
