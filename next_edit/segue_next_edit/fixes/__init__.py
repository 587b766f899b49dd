"""Changes that mend what is wrong at a place, found without a model."""

from __future__ import annotations

from segue_next_edit.fixes._calls import KnownCall, accepts, known_calls
from segue_next_edit.fixes._engine import FixEngine, fixes_at
from segue_next_edit.fixes._types import Fix, TextChange

__all__ = ["Fix", "FixEngine", "KnownCall", "TextChange", "accepts", "fixes_at", "known_calls"]
