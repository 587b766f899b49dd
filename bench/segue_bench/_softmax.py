"""Fitting a choice among candidates, one of which may be "none of them": a softmax over weighted features."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

Choice = tuple[list[list[float]], int | None]
"""The features of each candidate (the first one is the constant 1), and the right one or None."""


def fit_choice(
    choices: Sequence[Choice], *, prior: Sequence[float] = (), ridge: float = 2.0, steps: int = 600
) -> list[float]:
    """Return the weights under which the right choices are likeliest; "none" has the score 0.

    The ridge keeps them near `prior`, the weights that were fitted on other choices before, or near zero.
    """
    import numpy as np

    rows, right, owner = _table(choices)
    count = len(choices)
    mean, spread = rows.mean(axis=0), rows.std(axis=0) + 1e-6
    mean[0], spread[0] = 0.0, 1.0
    scaled = (rows - mean) / spread
    weights = np.zeros(scaled.shape[1])
    known = rows @ np.asarray(prior) if prior else np.zeros(len(rows))
    first, second = np.zeros_like(weights), np.zeros_like(weights)
    for step in range(1, steps + 1):  # Adam, with a step that shrinks to nothing
        slope = (
            scaled.T @ (_chances(known + scaled @ weights, owner, count) - right) / count
            + ridge * weights / count
        )
        slope[0] -= ridge * weights[0] / count
        first, second = 0.9 * first + 0.1 * slope, 0.99 * second + 0.01 * slope**2
        size = 0.05 * (1 - step / (steps + 1)) ** 0.5
        weights -= size * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.99**step)) + 1e-8)
    plain = weights / spread
    plain[0] = weights[0] - float((mean[1:] * weights[1:] / spread[1:]).sum())
    return [float(weight + before) for weight, before in zip(plain, prior or [0.0] * len(plain), strict=True)]


def right_share(choices: Sequence[Choice], weights: Sequence[float]) -> float:
    """Return the share of cases whose best candidate is the right one."""
    hits = 0
    for candidates, right in choices:
        scores = [sum(w * v for w, v in zip(weights, values, strict=True)) for values in candidates]
        hits += bool(scores) and right is not None and scores[right] == max(scores)
    return hits / (len(choices) or 1)


def choice_loss(choices: Sequence[Choice], weights: Sequence[float]) -> float:
    """Return the mean negative log chance of what was right, be it "none of them"."""
    import numpy as np

    rows, right, owner = _table(choices)
    chances = _chances(rows @ np.asarray(weights), owner, len(choices))
    none = np.ones(len(choices))
    np.add.at(none, owner, -chances)
    settled = np.zeros(len(choices))
    np.add.at(settled, owner, right)
    found = np.concatenate([chances[right > 0], none[settled == 0]])
    return float(-np.log(found + 1e-9).mean())


def _table(choices: Sequence[Choice]) -> tuple[Any, Any, Any]:
    import numpy as np

    rows = np.array([values for candidates, _ in choices for values in candidates], dtype=float)
    right = np.array([float(at == good) for candidates, good in choices for at in range(len(candidates))])
    owner = np.array([number for number, (candidates, _) in enumerate(choices) for _ in candidates])
    return rows, right, owner


def _chances(scores: Any, owner: Any, count: int) -> Any:
    import numpy as np

    highest = np.zeros(count)
    np.maximum.at(highest, owner, scores)
    powers = np.exp(scores - highest[owner])
    totals = np.exp(-highest)
    np.add.at(totals, owner, powers)
    return powers / totals[owner]
