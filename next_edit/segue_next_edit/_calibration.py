"""From evidence to the chance of being right, by weights fitted on the histories of public repositories.

`segue_bench.next_edit_fit` writes ``calibration.json``: for each kind of candidate two logistic models, one for
"the user edits this place next or soon" and one for "with exactly this content". Cases that were already finished
are among the examples, so that the chances also say whether there is anything left to do.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib.resources import files
from math import exp
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from segue_next_edit._candidates import Candidate

STEPS: dict[str, tuple[float, ...]] = {
    "support": (1, 2, 3),
    "age": (0, 1, 3, 7),
    "length": (2, 4, 7, 12),
    "places": (0, 1.2, 2.2, 3.5),
    "places_here": (0, 1.2, 2.2),
    "distance": (1.2, 2.2, 3.3, 4.5, 6),
    "passed_share": (0, 0.3, 0.7),
    "edits": (0, 0.8, 1.5, 2.2),
    "weight": (3, 6, 10, 20),
    "lines": (1, 2, 4),
    "seen": (0, 1, 3),
    "count": (1, 2),
    "order": (1, 2, 4),
    "shared": (0.5, 1, 2, 3.5),
    "size": (1, 3, 8),
}
"""Evidence whose effect is not a straight line: each step it exceeds has a weight of its own."""


_NAMED_STEPS = {name: [(step, f"{name}>{step:g}") for step in steps] for name, steps in STEPS.items()}


def features(evidence: Mapping[str, float]) -> Iterator[tuple[str, float]]:
    """Yield what the models see of the evidence: names and values, zeros left out."""
    for name, value in evidence.items():
        steps = _NAMED_STEPS.get(name)
        if steps is None:
            if value:
                yield name, value
            continue
        for step, step_name in steps:
            if value > step:
                yield step_name, 1.0


Models = dict[str, dict[str, dict[str, float]]]

_in_use: ContextVar[Models | None] = ContextVar("calibration", default=None)


@cache
def _shipped() -> Models:
    text = files("segue_next_edit").joinpath("calibration.json").read_text("utf-8")
    models: Models = json.loads(text)
    return models


def _models() -> Models:
    return _in_use.get() or _shipped()


@contextmanager
def calibrated(models: Models) -> Iterator[None]:
    """Use `models` instead of the shipped ones: for fitting."""
    token = _in_use.set(models)
    try:
        yield
    finally:
        _in_use.reset(token)


def chances(candidate: Candidate) -> tuple[float, float]:
    """Return the chance, 0..1, that the place is right, and that the content is too."""
    model = _models().get(candidate.kind)
    if model is None:
        return 0.05, 0.0
    seen = list(features(candidate.evidence))
    place = _logistic(model["location"], seen)
    content = _logistic(model["exact"], seen) if candidate.new is not None and "exact" in model else 0.0
    return place, min(place, content)


def threshold(kind: str) -> float:
    """Return the worth from which an edit of this kind is shown; more than 1.5 means never."""
    return _models().get("thresholds", {}).get("worth", {}).get(kind, 9.0)


def _logistic(weights: Mapping[str, float], seen: list[tuple[str, float]]) -> float:
    score = weights["bias"]
    for name, value in seen:
        if name in weights:
            score += weights[name] * value
    return 1 / (1 + exp(-max(-30.0, min(30.0, score))))
