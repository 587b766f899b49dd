"""A logistic regression with a ridge, by Newton's method."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def fit_logistic(
    rows: Sequence[Sequence[float]], right: Sequence[bool], *, ridge: float = 3.0, steps: int = 60
) -> list[float]:
    """Return the weights under which `right` is likeliest; the first value of each row is the constant 1."""
    import numpy as np

    table, wanted = np.asarray(rows, dtype=float), np.asarray(right, dtype=float)
    mean, spread = table.mean(axis=0), table.std(axis=0) + 1e-6
    mean[0], spread[0] = 0.0, 1.0
    scaled = (table - mean) / spread
    weights = np.zeros(scaled.shape[1])
    penalty = np.eye(scaled.shape[1]) * ridge
    penalty[0, 0] = 1e-6
    for _ in range(steps):
        chance = 1 / (1 + np.exp(-scaled @ weights))
        slope = scaled.T @ (chance - wanted) + penalty @ weights
        bend = (scaled * (chance * (1 - chance))[:, None]).T @ scaled + penalty
        step = np.linalg.solve(bend, slope)
        weights -= step
        if float(abs(step).max()) < 1e-7:
            break
    plain = weights / spread
    plain[0] = weights[0] - float((mean[1:] * weights[1:] / spread[1:]).sum())
    return [float(weight) for weight in plain]
