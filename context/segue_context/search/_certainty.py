"""Whether a repository answers a question at all: judged by what the best places hold of its words.

The weights are a logistic regression's, fitted on questions about some repositories, on questions about others put to
them, and on questions about nothing of the kind.
"""

from __future__ import annotations

from math import exp
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue_context.index._question_search import Matches
    from segue_context.search._places import LocatedPlace
    from segue_context.search._question import Question

LEAST_CERTAINTY = 0.5
_WEIGHTS = (-8.84, 2.54, 5.6, 1.74, 4.04, 3.39, 3.74, -1.79)


def evidence(question: Question, found: Matches, places: Sequence[LocatedPlace]) -> list[float]:
    """Return the features that `certainty` weighs.

    They are 1, the coverage of the best and of the three best places, the share of known words, the best match of names
    and of code, the number of words, and whether a word with capitals or digits is unknown.
    """
    total = sum(found.weights.values()) or 1.0
    known = sum(weight for word, weight in found.weights.items() if word in found.known) / total
    covers = sorted((place.cover for place in places[:5]), reverse=True) or [0.0]
    three = sum(covers[:3]) / 3
    named = max(
        (match.score for name in ("name", "names", "path") for match in found.fields.get(name, ())[:1]),
        default=0.0,
    )
    body = max((match.score for match in found.fields.get("body", ())[:1]), default=0.0)
    strange = any(
        word not in found.known and not written.islower() for word, written in question.spelled.items()
    )
    return [
        1.0, covers[0], three, known, min(named, 1.5), min(body, 1.5), min(len(question.words), 8) / 8, float(strange),
    ]  # fmt: skip


def certainty(features: Sequence[float], weights: Sequence[float] = _WEIGHTS) -> float:
    """Return the chance, 0..1, that the repository answers."""
    return 1 / (1 + exp(-sum(weight * value for weight, value in zip(weights, features, strict=True))))
