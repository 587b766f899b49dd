"""Where the user will edit next, and what."""

from __future__ import annotations

from segue_next_edit._types import NextEdit, Prediction
from segue_next_edit.engine import NextEditEngine

__all__ = ["NextEdit", "NextEditEngine", "Prediction"]
