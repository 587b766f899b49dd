"""The better of two answers: what was copied from the code, and what the model says.

Both get a calibrated confidence, the chance that their first line is exactly what the user types next. What counts
most is whether the two engines, which err in different ways, agree.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from segue_server.completion.odds import logit, sigmoid

if TYPE_CHECKING:
    from segue_context import CopiedSuggestion
    from segue_server.completion.types import Engine


@dataclass(frozen=True, slots=True)
class ModelAnswer:
    """What the model answered, after post-processing.

    `logprobs` are the natural-log probabilities of its tokens; an empty tuple means that they are unknown, never
    that the model is certain. `trust` is by how much (in log-odds) the model is believed to be better than the
    embedded one, which the scales below were fitted to.
    """

    text: str
    logprobs: tuple[float, ...] = ()
    trust: float = 0.0


@dataclass(frozen=True, slots=True)
class Fused:
    """The answer to offer, where it came from, and the chance (0..1) that its first line is exactly right."""

    text: str | None
    engine: Engine
    confidence: float


UNKNOWN_LOGPROB = -2.0
"""Taken for an answer whose token probabilities are unknown."""

NOTHING = Fused(None, "none", 0.0)


# The coefficients below are logistic fits on lines of twelve repositories in six languages, completed by the embedded
# model and by the statistical engine: agreement right 83 %, one against the other right 16 % each.


def fuse(copied: CopiedSuggestion | None, model: ModelAnswer | None, judged: float = 0.0) -> Fused:
    """Return the better of the two answers with its confidence.

    `judged` is what the statistical engine thinks of the model's first line (`ContextEngine.judge`), 0 when it
    was not asked.
    """
    said = _first_line(model.text) if model is not None else ""
    if copied is None and not said:
        return NOTHING
    if model is None or not said:
        assert copied is not None
        return Fused(copied.text, "statistical", copied.confidence)
    if copied is not None and _first_line(copied.text) == said:
        text = model.text if "\n" in model.text.strip() else copied.text
        return Fused(text, "both", _agreed(copied.confidence, model))
    model_confidence = _model_confidence(model, judged, copied.confidence if copied else 0.0)
    if copied is None or model_confidence > (copied_confidence := _doubted(copied.confidence, model)):
        return Fused(model.text, "model", model_confidence)
    return Fused(copied.text, "statistical", copied_confidence)


def _first_line(text: str) -> str:
    """Return the first line that says something: after a finished line, answers begin with a line break."""
    return text.lstrip("\r\n").split("\n", 1)[0].rstrip()


def _agreed(copied: float, model: ModelAnswer) -> float:
    return max(copied, sigmoid(1.9 + 0.6 * logit(copied) + 0.3 * _certainty(model)))


def _doubted(copied: float, model: ModelAnswer) -> float:
    return sigmoid(-1.6 + 0.6 * logit(copied) - 0.3 * _certainty(model) - 0.5 * model.trust)


def _model_confidence(model: ModelAnswer, judged: float, rival: float) -> float:
    length = math.log1p(len(_first_line(model.text)))
    evidence = 0.75 * _certainty(model) + 0.15 * logit(judged) - 0.4 * max(logit(rival), -2.5)
    return sigmoid(-2.8 + evidence + 0.55 * length + model.trust)


def _certainty(model: ModelAnswer) -> float:
    """Return the log probability of the whole answer, middling where the server does not tell it."""
    return max(-6.0, sum(model.logprobs)) if model.logprobs else UNKNOWN_LOGPROB
