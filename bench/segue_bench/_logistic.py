"""A logistic regression with a ridge, by Newton's method."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence


def fit_logistic(
    rows: Sequence[Sequence[float]],
    right: Sequence[bool],
    *,
    weights: Sequence[float] = (),
    prior: Sequence[float] = (),
    ridge: float = 3.0,
    steps: int = 60,
) -> list[float]:
    """Return the weights under which `right` is likeliest; the first value of each row is the constant 1.

    `weights` tell how much each row counts. The ridge keeps them near `prior`, the weights that were fitted on other rows before, or near zero.
    """
    import numpy as np

    table, wanted = np.asarray(rows, dtype=float), np.asarray(right, dtype=float)
    mean, spread = table.mean(axis=0), table.std(axis=0) + 1e-6
    mean[0], spread[0] = 0.0, 1.0
    scaled = (table - mean) / spread
    counts = np.asarray(weights, dtype=float) if weights else np.ones(len(table))
    fit = np.zeros(scaled.shape[1])
    known = table @ np.asarray(prior) if prior else np.zeros(len(table))
    penalty = np.eye(scaled.shape[1]) * ridge
    penalty[0, 0] = 1e-6
    for _ in range(steps):
        chance = 1 / (1 + np.exp(-known - scaled @ fit))
        slope = scaled.T @ (counts * (chance - wanted)) + penalty @ fit
        bend = (scaled * (counts * chance * (1 - chance))[:, None]).T @ scaled + penalty
        step = np.linalg.solve(bend, slope)
        fit -= np.clip(step, -4, 4)
        if float(abs(step).max()) < 1e-7:
            break
    plain = fit / spread
    plain[0] = fit[0] - float((mean[1:] * fit[1:] / spread[1:]).sum())
    return [float(weight + before) for weight, before in zip(plain, prior or [0.0] * len(plain), strict=True)]


def log_loss(rows: Sequence[Sequence[float]], right: Sequence[bool], weights: Sequence[float]) -> float:
    """Return the mean negative log likelihood."""
    import numpy as np

    chance, wanted = _chances(rows, weights), np.asarray(right, dtype=float)
    return float(-np.mean(wanted * np.log(chance + 1e-9) + (1 - wanted) * np.log(1 - chance + 1e-9)))


def shown_and_right(
    rows: Sequence[Sequence[float]], right: Sequence[bool], weights: Sequence[float], least: float
) -> tuple[float, float]:
    """Return the share of rows with a chance of at least `least`, and how many of these are right."""
    import numpy as np

    shown = _chances(rows, weights) >= least
    return float(shown.mean()), float(np.asarray(right, dtype=float)[shown].mean()) if shown.any() else 1.0


def _chances(rows: Sequence[Sequence[float]], weights: Sequence[float]) -> Any:
    import numpy as np

    return 1 / (1 + np.exp(-np.asarray(rows, dtype=float) @ np.asarray(weights)))
