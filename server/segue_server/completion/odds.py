"""Chances as log-odds, the scale on which evidence adds up."""

from __future__ import annotations

import math

_LEAST = 0.005


def logit(chance: float) -> float:
    """Return the log-odds of a chance, which is kept away from 0 and 1."""
    chance = min(max(chance, _LEAST), 1 - _LEAST)
    return math.log(chance / (1 - chance))


def sigmoid(score: float) -> float:
    """Return the chance of log-odds."""
    return 1 / (1 + math.exp(-score))
