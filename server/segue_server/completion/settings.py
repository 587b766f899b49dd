"""The settings the pipeline needs, as plain values."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PipelineSettings:
    """One immutable set of them; a change of configuration makes a new one.

    `min_confidence` and `min_model_confidence` are the least at which an answer of either engine is shown unasked;
    `model_trust` is how much better (in log-odds) than the embedded model this one is believed to be; `confident` the least at which a statistical
    answer is given without waiting for the model to a client that cannot be told to ask again.
    """

    enabled: bool = True
    paused: bool = False
    disabled_languages: frozenset[str] = frozenset()
    statistical: bool = True
    min_confidence: float = 0.35
    min_model_confidence: float = 0.0
    model_trust: float = 0.0
    confident: float = 0.7
    debounce_ms: int | None = None
    least_debounce_ms: float = 0.0
    most_debounce_ms: float = 400.0
    multiline: bool = True
    max_lines: int = 40
    candidates: int = 3
    prefetch: bool = False
    prefix_chars: int = 6000
    suffix_chars: int = 1500
    context_chars: int = 4000
    max_tokens: int = 96
    temperature: float = 0.0
