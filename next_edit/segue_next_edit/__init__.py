"""Where the user will edit next, and what."""

from __future__ import annotations

from segue_next_edit._calibration import calibrated
from segue_next_edit._calibration import features as calibration_features
from segue_next_edit._candidates import Candidate
from segue_next_edit._ranking import Ranked, best_of
from segue_next_edit._types import NextEdit, Prediction, Problem, Series
from segue_next_edit.engine import NextEditEngine, proposed_for
from segue_next_edit.formats import format_of

__all__ = [
    "Candidate",
    "NextEdit",
    "NextEditEngine",
    "Prediction",
    "Problem",
    "Ranked",
    "Series",
    "best_of",
    "calibrated",
    "calibration_features",
    "format_of",
    "proposed_for",
]
