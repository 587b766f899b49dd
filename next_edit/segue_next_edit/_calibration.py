"""From evidence to the chance of being right, by weights fitted on the histories of public repositories and on plays.

`segue_bench.next_edit_fit` writes ``calibration.json``: for each kind of candidate two logistic models, one for
"the user edits this place next or soon" and one for "with exactly this content". Cases that were already finished
are among the examples, so that the chances also say whether there is anything left to do.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
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
    "context": (2, 4, 6, 9),
    "edits": (0, 0.8, 1.5, 2.2),
    "weight": (3, 6, 10, 20),
    "lines": (1, 2, 4),
    "seen": (0, 1, 3),
    "count": (1, 2),
    "order": (1, 2, 4),
    "shared": (0.5, 1, 2, 3.5),
    "size": (1, 3, 8),
    "left": (0, 1, 2, 4),
    "right": (0, 1, 2, 4),
    "kinds": (2, 4, 6, 9),
    "varied": (0, 1),
    "rewritten": (0, 1, 3),
}
"""Evidence whose effect is not a straight line: each step it exceeds has a weight of its own."""


def features(evidence: Mapping[str, float]) -> Iterator[tuple[str, float]]:
    """Yield what the models see of the evidence: names and values, zeros left out."""
    for name, value in evidence.items():
        steps = STEPS.get(name)
        if steps is None:
            if value:
                yield name, value
            continue
        for step in steps:
            if value > step:
                yield _step(name, step), 1.0


def _step(name: str, step: float) -> str:
    return f"{name}>{step:g}"


NEVER = 9.0

Models = dict[str, dict[str, dict[str, float]]]
_Pair = tuple[float, float]


@dataclass(frozen=True, slots=True)
class _Weights:
    """Two models of one kind as they are asked, hundreds of times in a prediction: for the place and the content."""

    bias: _Pair
    straight: dict[str, _Pair]
    steps: dict[str, list[tuple[float, float, float]]]
    writes: bool

    @classmethod
    def of(cls, model: Mapping[str, Mapping[str, float]]) -> _Weights:
        location = model["location"]
        exact = model.get("exact", {})
        straight = {name: (location.get(name, 0.0), exact.get(name, 0.0)) for name in {*location, *exact}}
        bias = straight.pop("bias")
        steps = {
            name: [(step, *straight.pop(_step(name, step), (0.0, 0.0))) for step in values]
            for name, values in STEPS.items()
        }
        return cls(bias, straight, steps, "exact" in model)

    def chances(self, evidence: Mapping[str, float]) -> _Pair:
        place, content = self.bias
        for name, value in evidence.items():
            weights = self.straight.get(name)
            if weights is not None:
                place += weights[0] * value
                content += weights[1] * value
                continue
            for step, of_place, of_content in self.steps.get(name, ()):
                if value <= step:
                    break
                place += of_place
                content += of_content
        return _logistic(place), _logistic(content)


@dataclass(frozen=True, slots=True)
class Gate:
    """How much the chance of the content counts, beside that of the place, in the `order` of edits and in their `worth`.

    The first edit is shown when its worth is `least` or more.
    """

    order: float
    worth: float
    least: float


@dataclass(frozen=True, slots=True)
class _Calibration:
    weights: dict[str, _Weights]
    gate: Gate

    @classmethod
    def of(cls, models: Models) -> _Calibration:
        weights = {kind: _Weights.of(model) for kind, model in models.items() if "location" in model}
        gate = models["gate"]
        worth = gate.get("worth", {"content": 0.0, "least": NEVER})
        return cls(weights, Gate(gate["order"]["content"], worth["content"], worth["least"]))


_in_use: ContextVar[_Calibration | None] = ContextVar("calibration", default=None)


@cache
def _shipped() -> _Calibration:
    text = files("segue_next_edit").joinpath("calibration.json").read_text("utf-8")
    return _Calibration.of(json.loads(text))


def _current() -> _Calibration:
    return _in_use.get() or _shipped()


@contextmanager
def calibrated(models: Models) -> Iterator[None]:
    """Use `models` instead of the shipped ones: for fitting."""
    token = _in_use.set(_Calibration.of(models))
    try:
        yield
    finally:
        _in_use.reset(token)


def chances(candidate: Candidate) -> _Pair:
    """Return the chance, 0..1, that the place is right, and that the content is too."""
    weights = _current().weights.get(candidate.weighed_as)
    if weights is None:
        return 0.05, 0.0
    place, content = weights.chances(candidate.evidence)
    return place, min(place, content) if candidate.new is not None and weights.writes else 0.0


def gate() -> Gate:
    """Return what candidates are ordered and shown by."""
    return _current().gate


def _logistic(score: float) -> float:
    return 1 / (1 + exp(-max(-30.0, min(30.0, score))))
