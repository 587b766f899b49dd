"""From settings to a model: the one place that knows every provider."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from segue_model._capabilities import CapabilityStore
from segue_model._errors import ConfigurationError, ModelError
from segue_model._families import FORMATS
from segue_model._formats import PromptFormat, custom_format
from segue_model._settings import DEFAULT_MODEL
from segue_model._status import StatusBoard

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from segue_model._completion import Dialect
    from segue_model._http import HttpClient
    from segue_model._settings import ModelSettings
    from segue_model._status import ModelStatus
    from segue_model._types import OpenedChat, OpenedModel
    from segue_model.embedded._engine import Engine

PROVIDERS = ("embedded", "llamacpp", "ollama", "openai", "mistral", "chat", "anthropic")
_ENDPOINTS = {
    "llamacpp": "http://127.0.0.1:8080",
    "ollama": "http://127.0.0.1:11434",
    "mistral": "https://codestral.mistral.ai",
    "anthropic": "https://api.anthropic.com",
}


def open_model(
    settings: ModelSettings,
    *,
    cache_dir: Path,
    on_status: Callable[[ModelStatus], None] | None = None,
) -> OpenedModel:
    """Return the model that `settings` choose; nothing is connected or started before its first use.

    `on_status` hears of every change, in the event loop's thread. ConfigurationError when the settings cannot work,
    WeightsError when an embedded model's file is absent or damaged. With fallbacks, those that cannot
    be opened are left out.
    """
    if not settings.fallbacks:
        return _open_one(settings, cache_dir, on_status)
    models: list[OpenedModel] = []
    failure: ModelError | None = None
    for item in (settings, *settings.fallbacks):
        try:
            models.append(_open_one(item, cache_dir, on_status))
        except ModelError as error:
            failure = failure or error
    if not models:
        assert failure is not None
        raise failure
    from segue_model._failover import FailoverModel

    return FailoverModel(models)


def open_chat(
    settings: ModelSettings,
    *,
    cache_dir: Path,
    on_status: Callable[[ModelStatus], None] | None = None,
) -> OpenedChat:
    """Return a model for instructions: every provider but ``mistral`` (its chat is ``chat``) has one."""
    from segue_model.providers._chat import AnthropicDialect, HttpChatModel, OpenAIChatDialect

    board = StatusBoard(on_status)
    if settings.provider == "embedded":
        from segue_model.embedded._chat import EmbeddedChat

        return EmbeddedChat(
            _embedded_engine(settings, cache_dir, board), model=model_label(settings.model or DEFAULT_MODEL)
        )
    if settings.provider not in {"llamacpp", "ollama", "openai", "chat", "anthropic"}:
        raise ConfigurationError(
            f"The provider {settings.provider!r} has no chat: set chat, anthropic, ollama, llamacpp or embedded."
        )
    label = f"{settings.provider}/{model_label(settings.model)}"
    if settings.provider == "anthropic":
        if not settings.model:
            raise ConfigurationError("The provider anthropic needs a model name: set SEGUE_MODEL.")
        return HttpChatModel(_http(settings), AnthropicDialect(settings.model), name=label, board=board)
    base, path = api_root(_endpoint(settings))
    dialect = OpenAIChatDialect(settings.model, path)
    return HttpChatModel(_http(settings, base), dialect, name=label, board=board)


def _open_one(
    settings: ModelSettings, cache_dir: Path, on_status: Callable[[ModelStatus], None] | None
) -> OpenedModel:
    board = StatusBoard(on_status)
    style = chosen_format(settings)
    if settings.provider == "embedded":
        from segue_model.embedded._model import EmbeddedModel

        return EmbeddedModel(
            _embedded_engine(settings, cache_dir, board),
            model=model_label(settings.model or DEFAULT_MODEL),
            format=style,
            board=board,
            context_tokens=settings.context_tokens,
        )
    if settings.provider in {"chat", "anthropic"}:
        from segue_model.providers._chat_fim import ChatCompletionModel

        return ChatCompletionModel(open_chat(settings, cache_dir=cache_dir, on_status=on_status))
    base, dialect = _dialect(settings)
    from segue_model._completion import HttpCompletionModel

    return HttpCompletionModel(
        _http(settings, base),
        dialect,
        model=settings.model,
        format=style,
        fim=settings.fim,
        store=CapabilityStore(cache_dir / "json"),
        board=board,
        loading_s=settings.timeouts.loading_s,
        context_tokens=settings.context_tokens,
    )


def _dialect(settings: ModelSettings) -> tuple[str, Dialect]:
    """Return the base URL and the dialect of a provider: one line a provider."""
    endpoint = _endpoint(settings)
    match settings.provider:
        case "llamacpp":
            from segue_model.providers._llamacpp import LlamaCppDialect

            return endpoint, LlamaCppDialect()
        case "ollama":
            from segue_model.providers._ollama import OllamaDialect

            return endpoint, OllamaDialect(settings.model, settings.context_tokens)
        case "openai":
            from segue_model.providers._openai import OpenAIDialect

            base, path = api_root(endpoint)
            return base, OpenAIDialect(settings.model, path)
        case "mistral":
            from segue_model.providers._mistral import MistralDialect

            return endpoint, MistralDialect(settings.model)
    raise ConfigurationError(
        f"There is no provider {settings.provider!r}: set one of {', '.join(PROVIDERS)} or none."
    )


def _embedded_engine(settings: ModelSettings, cache_dir: Path, board: StatusBoard) -> Engine:
    from segue_model.embedded._engine import Engine
    from segue_model.embedded._supervisor import EngineRequest, Supervisor
    from segue_model.weights import find_weights

    path = find_weights(settings.model, cache_dir)
    request = EngineRequest(path, settings.context_tokens, settings.threads, settings.idle_exit_s)
    return Engine(Supervisor(request, cache_dir), timeouts=settings.timeouts, board=board)


def _http(settings: ModelSettings, base_url: str = "") -> HttpClient:
    from segue_model._http import Endpoint, HttpClient

    headers = list(settings.headers)
    if settings.provider == "anthropic":
        headers.append(("anthropic-version", "2023-06-01"))
    if settings.api_key:
        name, value = "Authorization", f"Bearer {settings.api_key}"
        if settings.provider == "anthropic":
            name, value = "x-api-key", settings.api_key
        headers.append((name, value))
    return HttpClient(
        Endpoint(
            base_url or _endpoint(settings),
            headers=tuple(headers),
            proxy=settings.proxy,
            ca_file=settings.ca_file,
            timeouts=settings.timeouts,
        )
    )


def _endpoint(settings: ModelSettings) -> str:
    endpoint = settings.endpoint or _ENDPOINTS.get(settings.provider, "")
    if not endpoint and settings.provider in PROVIDERS:
        raise ConfigurationError(f"The provider {settings.provider} needs an endpoint: set SEGUE_ENDPOINT.")
    return endpoint.rstrip("/")


def api_root(endpoint: str) -> tuple[str, str]:
    """Return base URL and API path of an OpenAI-like endpoint: users write it with and without ``/v1``."""
    match = re.search(r"/(?:v\d\w*|beta)(/.*)?\Z", endpoint)
    if match is None:
        return endpoint, "/v1"
    return (endpoint, "") if match[1] else (endpoint[: match.start()], match[0])


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
    return model.replace("\\", "/").rpartition("/")[2].removesuffix(".gguf") or "default"
