"""The settings the pipeline needs, as plain values."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from segue_model import PROVIDERS

if TYPE_CHECKING:
    from segue_server.configuration import Settings

_FIRST_ANSWER_S = 1.0
_SHARES = (1.0, 0.5, 0.25, 0.125)
_UNKNOWN_SHARE = 0.25


@dataclass(frozen=True, slots=True)
class PipelineSettings:
    """One immutable set of them; a change of configuration makes a new one.

    `certainty` is the least chance that what is shown unasked is exactly what the user types; `model_trust` is how
    much better (in log-odds) than the embedded model this one is believed to be. With the chance `sure_alone`, the
    statistical answer needs no second opinion. With `waits`, a model is waited for however late it is.
    Where the sizes are nobody's choice, the pipeline `adapts` them to the model's speed.
    `rules_chars` is 0 for models that follow no instructions.
    After `rest_s` without a key the user is taken to read, and the model reads more of the text meanwhile.
    """

    enabled: bool = True
    paused: bool = False
    disabled_languages: frozenset[str] = frozenset()
    statistical: bool = True
    certainty: float = 0.8
    sure_alone: float = 0.9
    waits: bool = False
    rest_s: float = 0.7
    model_trust: float = 0.0
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
    rules_chars: int = 0
    adapts: bool = False
    max_tokens: int = 96
    temperature: float = 0.0

    def readable(self, chars_per_s: float | None, *, local: bool) -> PipelineSettings:
        """Return these settings with sizes that a model reads within about a second.

        `chars_per_s` is how fast it reads, as measured. Until that is known, a model on this machine gets a short prompt.
        The sizes are halved as often as it takes, so that they stay the same while the measured speed varies.
        """
        if not self.adapts or (chars_per_s is None and not local):
            return self
        whole = self.prefix_chars + self.suffix_chars + self.context_chars
        affordable = whole * _UNKNOWN_SHARE if chars_per_s is None else chars_per_s * _FIRST_ANSWER_S
        share = next((share for share in _SHARES if whole * share <= affordable), _SHARES[-1])
        return replace(
            self,
            prefix_chars=int(self.prefix_chars * share),
            suffix_chars=int(self.suffix_chars * share),
            context_chars=int(self.context_chars * share),
        )


def pipeline_settings(settings: Settings, *, paused: bool = False, local: bool = False) -> PipelineSettings:
    """Return what the pipeline needs of the settings, with the sizes that suit the provider."""
    completion, model = settings.completion, settings.model
    small = model.provider == "embedded"
    context_chars = settings.context.budget_chars or (1000 if small else 4000)
    return PipelineSettings(
        enabled=completion.enabled,
        paused=paused,
        disabled_languages=frozenset(completion.disabled_languages),
        statistical=settings.statistical.enabled,
        certainty=completion.certainty,
        model_trust=0.0 if small else 1.5,
        debounce_ms=completion.debounce_ms,
        least_debounce_ms=completion.debounce_least_ms,
        most_debounce_ms=completion.debounce_most_ms,
        multiline=completion.multiline,
        max_lines=completion.max_lines,
        candidates=completion.candidates,
        prefetch=prefetches(settings, local=local),
        prefix_chars=model.prefix_chars or (1500 if small else 6000),
        suffix_chars=model.suffix_chars or (300 if small else 1500),
        context_chars=context_chars if settings.context.enabled else 0,
        adapts=not (small or model.prefix_chars or model.suffix_chars or settings.context.budget_chars),
        rules_chars=settings.context.rules_chars if PROVIDERS[model.provider].instructed else 0,
        max_tokens=min(model.max_tokens, 64) if small else model.max_tokens,
        temperature=model.temperature,
    )


def prefetches(settings: Settings, *, local: bool) -> bool:
    """Return whether what follows a suggestion is computed ahead; `local` models cost nothing but time."""
    chosen = settings.completion.prefetch
    return chosen == "on" or (chosen == "auto" and local)
