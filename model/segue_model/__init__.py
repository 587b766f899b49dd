"""The model client: providers, prompt formats, streaming, embedded engines."""

from __future__ import annotations

from segue_model._address import Address, parse_address
from segue_model._discovery import FoundModel, FoundServer, find_local_servers, look_at, uses_of
from segue_model._embeddings import EmbeddingModel
from segue_model._errors import (
    CircuitOpen,
    ConfigurationError,
    ConnectionFailed,
    Disconnected,
    EngineError,
    HttpFailure,
    MalformedAnswer,
    MissingExtra,
    ModelError,
    ModelLoading,
    NoProbabilities,
    RateLimited,
    RedirectRefused,
    TimedOut,
    WeightsError,
)
from segue_model._left_context import LeftContext
from segue_model._open import open_chat, open_embeddings, open_json, open_model
from segue_model._providers import PROVIDERS, Provider
from segue_model._reasoning import without_reasoning
from segue_model._settings import FormatSettings, Healing, ModelSettings, Timeouts
from segue_model._status import ModelStatus
from segue_model._types import (
    ChatMessage,
    ChatModel,
    Chunk,
    CompletionModel,
    CompletionPrompt,
    ContextFile,
    GenerationOptions,
    JsonClient,
    LikelyToken,
    OpenedChat,
    OpenedModel,
)

__all__ = [
    "PROVIDERS",
    "Address",
    "ChatMessage",
    "ChatModel",
    "Chunk",
    "CircuitOpen",
    "CompletionModel",
    "CompletionPrompt",
    "ConfigurationError",
    "ConnectionFailed",
    "ContextFile",
    "Disconnected",
    "EmbeddingModel",
    "EngineError",
    "FormatSettings",
    "FoundModel",
    "FoundServer",
    "GenerationOptions",
    "Healing",
    "HttpFailure",
    "JsonClient",
    "LeftContext",
    "LikelyToken",
    "MalformedAnswer",
    "MissingExtra",
    "ModelError",
    "ModelLoading",
    "ModelSettings",
    "ModelStatus",
    "NoProbabilities",
    "OpenedChat",
    "OpenedModel",
    "Provider",
    "RateLimited",
    "RedirectRefused",
    "TimedOut",
    "Timeouts",
    "WeightsError",
    "find_local_servers",
    "look_at",
    "open_chat",
    "open_embeddings",
    "open_json",
    "open_model",
    "parse_address",
    "uses_of",
    "without_reasoning",
]
