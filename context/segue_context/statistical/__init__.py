"""The statistical engine: suffix matches, look-alike lines and local n-grams, weighed by a small logistic model."""

from __future__ import annotations

from segue_context.statistical._features import NAMES as FEATURES

__all__ = ["FEATURES"]
