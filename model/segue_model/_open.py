"""From settings to a model: the one place that knows every provider."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segue_model._errors import ConfigurationError
from segue_model._families import FORMATS
from segue_model._formats import PromptFormat, custom_format
from segue_model._status import StatusBoard

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from segue_model._settings import ModelSettings
    from segue_model._status import ModelStatus
    from segue_model._types import CompletionModel


def open_model(
    settings: ModelSettings,
    *,
    cache_dir: Path,
    on_status: Callable[[ModelStatus], None] | None = None,
) -> CompletionModel:
    """Return the model that `settings` choose; nothing is connected or started before its first use.

    `on_status` hears of every change (from the event loop's thread). ConfigurationError when the settings cannot work,
    WeightsError when an embedded model's file is absent or damaged.
    """
    board = StatusBoard(on_status)
    style = chosen_format(settings)
    if settings.provider == "embedded":
        from segue_model.embedded._model import EmbeddedModel
        from segue_model.embedded._supervisor import EngineRequest, Supervisor
        from segue_model.weights._pull import find_weights

        path = find_weights(settings.model, cache_dir)
        request = EngineRequest(path, settings.context_tokens, settings.threads, settings.idle_exit_s)
        return EmbeddedModel(
            Supervisor(request, cache_dir),
            model=model_label(settings.model),
            format=style,
            timeouts=settings.timeouts,
            board=board,
            context_tokens=settings.context_tokens,
        )
    raise ConfigurationError(f"There is no provider {settings.provider!r}.")


def chosen_format(settings: ModelSettings) -> PromptFormat | None:
    """Return the format that the settings name or define, or None when it is to be recognised."""
    if settings.custom_format is not None:
        return custom_format(settings.custom_format)
    if settings.format in {"", "auto"}:
        return None
    if settings.format not in FORMATS:
        raise ConfigurationError(
            f"There is no prompt format {settings.format!r}: choose auto or one of {', '.join(FORMATS)}."
        )
    return FORMATS[settings.format]


def model_label(model: str) -> str:
    """Return a model's name for status and statistics, without the directories of a path."""
    return model.replace("\\", "/").rpartition("/")[2].removesuffix(".gguf") or "smollm2-135m"
