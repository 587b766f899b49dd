"""Where the user will edit next, and what."""

from __future__ import annotations

from segue_next_edit._calibration import calibrated
from segue_next_edit._calibration import features as calibration_features
from segue_next_edit._types import NextEdit, Prediction, Problem, Series
from segue_next_edit.engine import NextEditEngine, candidates_for, first_answer
from segue_next_edit.formats import format_of

__all__ = [
    "NextEdit",
    "NextEditEngine",
    "Prediction",
    "Problem",
    "Series",
    "calibrated",
    "calibration_features",
    "candidates_for",
    "first_answer",
    "format_of",
]
