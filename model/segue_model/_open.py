"""From settings to a model: the one place that knows every provider."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segue_model._address import is_azure, parse_address
from segue_model._capabilities import CapabilityStore
from segue_model._errors import ConfigurationError, ModelError
from segue_model._families import FORMATS
from segue_model._formats import PromptFormat, custom_format
from segue_model._providers import PROVIDERS
from segue_model._settings import DEFAULT_MODEL
from segue_model._status import StatusTracker

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from segue_model._address import Address
    from segue_model._completion import Dialect
    from segue_model._embeddings import EmbeddingModel
    from segue_model._http import HttpClient
    from segue_model._providers import Provider
    from segue_model._settings import ModelSettings, Timeouts
    from segue_model._status import ModelStatus
    from segue_model._types import JsonClient, OpenedChat, OpenedModel
    from segue_model.embedded._engine import Engine


_ENCODER_TOKENS = 512
"""How much of a text small encoders read at most."""


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
    """Return a model for instructions: every provider has one. Errors as for `open_model`."""
    from segue_model.providers._chat import AnthropicDialect, HttpChatModel, OpenAIChatDialect

    provider = _provider(settings)
    board = StatusTracker(on_status)
    if settings.provider == "embedded":
        from segue_model.embedded._chat import EmbeddedChat

        return EmbeddedChat(
            _embedded_engine(settings, cache_dir, board), model=model_label(settings.model or DEFAULT_MODEL)
        )
    # A key of the completion section is one for its endpoint.
    apart = settings.section == "chat" and provider.chat_endpoint
    address = _address(settings, apart or provider.endpoint)
    anthropic = settings.provider == "anthropic"
    model = settings.model or provider.model
    return HttpChatModel(
        _http(settings, address),
        AnthropicDialect(model) if anthropic else OpenAIChatDialect(model, address.api),
        name=f"{settings.provider}/{model_label(model)}",
        board=board,
        store=CapabilityStore(cache_dir / "json"),
        loading_s=settings.timeouts.loading_s,
    )


def open_json(
    endpoint: str, *, setting: str, timeouts: Timeouts, proxy: str = "", ca_file: str = ""
) -> JsonClient:
    """Return a client of a server that speaks JSON over HTTP. ConfigurationError without an address in `setting`."""
    from segue_model._http import Endpoint, HttpClient

    if not endpoint:
        raise ConfigurationError(f"No address is set: set `{setting}`.")
    address = parse_address(endpoint)
    return HttpClient(
        Endpoint(address.base, proxy=proxy, ca_file=ca_file, query=address.query, timeouts=timeouts)
    )


def open_embeddings(settings: ModelSettings, *, cache_dir: Path) -> EmbeddingModel:
    """Return a model for embeddings: the embedded engine's, or that of any server with ``/v1/embeddings``.

    Errors as for `open_model`.
    """
    from segue_model._embeddings import EngineEmbeddings, HttpEmbeddings

    if settings.provider == "embedded":
        engine = _embedded_engine(settings, cache_dir, StatusTracker(None), embeddings=True)
        return EngineEmbeddings(engine, model=model_label(settings.model))
    address = _address(settings, _provider(settings).endpoint)
    name = f"{settings.provider}/{model_label(settings.model)}"
    return HttpEmbeddings(_http(settings, address), model=settings.model, api=address.api, name=name)


def _open_one(
    settings: ModelSettings, cache_dir: Path, on_status: Callable[[ModelStatus], None] | None
) -> OpenedModel:
    board = StatusTracker(on_status)
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
    provider = _provider(settings)
    if provider.instructed:
        from segue_model.providers._chat_fim import ChatCompletionModel

        return ChatCompletionModel(open_chat(settings, cache_dir=cache_dir, on_status=on_status))
    address = _address(settings, provider.endpoint)
    from segue_model._completion import HttpCompletionModel

    return HttpCompletionModel(
        _http(settings, address),
        _dialect(settings, address),
        model=settings.model,
        format=style,
        fim=settings.fim,
        store=CapabilityStore(cache_dir / "json"),
        board=board,
        loading_s=settings.timeouts.loading_s,
        context_tokens=settings.context_tokens,
    )


def _provider(settings: ModelSettings) -> Provider:
    provider = PROVIDERS.get(settings.provider)
    if provider is None or provider.name == "none":
        names = ", ".join(name for name in PROVIDERS if name != "none")
        raise ConfigurationError(
            f"There is no provider {settings.provider!r}: set `{settings.section}.provider` to one of {names} or none."
        )
    if provider.needs_model and not settings.model:
        raise ConfigurationError(
            f"The provider {provider.name} needs the name of a model: set `{settings.section}.name`."
        )
    return provider


def _dialect(settings: ModelSettings, address: Address) -> Dialect:
    """Return the dialect of a provider: one line a provider."""
    match settings.provider:
        case "llamacpp":
            from segue_model.providers._llamacpp import LlamaCppDialect

            return LlamaCppDialect()
        case "ollama":
            from segue_model.providers._ollama import OllamaDialect

            return OllamaDialect(settings.model, settings.context_tokens)
        case "mistral":
            from segue_model.providers._mistral import MistralDialect

            return MistralDialect(settings.model or PROVIDERS["mistral"].model)
        case "openai":
            from segue_model.providers._openai import OpenAIDialect

            return OpenAIDialect(settings.model, address.api)
        case other:
            raise AssertionError(f"{other} has no dialect")


def _embedded_engine(
    settings: ModelSettings, cache_dir: Path, board: StatusTracker, *, embeddings: bool = False
) -> Engine:
    from segue_model.embedded._engine import Engine
    from segue_model.embedded._supervisor import EngineRequest, Supervisor
    from segue_model.weights import find_weights

    path = find_weights(settings.model, cache_dir)
    context = _ENCODER_TOKENS if embeddings else settings.context_tokens
    request = EngineRequest(path, context, settings.threads, settings.idle_exit_s, embeddings)
    return Engine(Supervisor(request, cache_dir), timeouts=settings.timeouts, board=board)


def _http(settings: ModelSettings, address: Address) -> HttpClient:
    from segue_model._http import Endpoint, HttpClient

    return HttpClient(
        Endpoint(
            address.base,
            headers=(*settings.headers, *key_headers(settings, address)),
            proxy=settings.proxy,
            ca_file=settings.ca_file,
            query=address.query,
            timeouts=settings.timeouts,
        )
    )


def key_headers(settings: ModelSettings, address: Address) -> tuple[tuple[str, str], ...]:
    """Return the headers that let a request in: each kind of server wants the key elsewhere."""
    version = (("anthropic-version", "2023-06-01"),) if settings.provider == "anthropic" else ()
    if not settings.api_key:
        return version
    if settings.provider == "anthropic":
        return (*version, ("x-api-key", settings.api_key))
    if is_azure(address):
        return (("api-key", settings.api_key),)
    return (("Authorization", f"Bearer {settings.api_key}"),)


def _address(settings: ModelSettings, default: str) -> Address:
    endpoint = settings.endpoint or default
    if not endpoint:
        raise ConfigurationError(
            f"The provider {settings.provider} needs an address: set `{settings.section}.endpoint`, or run"
            " `segue connect`."
        )
    return parse_address(endpoint)


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
