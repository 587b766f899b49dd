"""The statistical engine: suffix matches, look-alike lines and local n-grams, weighed by a small logistic model."""

from __future__ import annotations

from segue_context.statistical._features import NAMES as FEATURES
from segue_context.statistical._outlook import NAMES as BEGINNING_FEATURES
from segue_context.statistical._outlook import Outlook
from segue_context.statistical._words import NAMES as WORD_FEATURES

__all__ = ["BEGINNING_FEATURES", "FEATURES", "WORD_FEATURES", "Outlook"]
