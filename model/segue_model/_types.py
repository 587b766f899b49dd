"""What passes between the model client and the other rooms."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping, Sequence

    from segue_model._status import ModelStatus


@dataclass(frozen=True, slots=True)
class ContextFile:
    """A piece of another file, shown to the model before the current one."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class CompletionPrompt:
    """What a completion is asked about; the family's format decides how it is written down.

    With `raw`, `prefix` is the whole text to send, in a format that the model knows: it is sent as it is.
    `comment` is what the language writes before and after the text of a comment line. `rules` are those of the team, for
    models that follow instructions; those that fill in are not shown them.
    """

    prefix: str
    suffix: str
    path: str = ""
    language_id: str = ""
    repository: str = ""
    context: tuple[ContextFile, ...] = ()
    raw: bool = False
    comment: tuple[str, str] = ("# ", "")
    rules: str = ""


@dataclass(frozen=True, slots=True)
class GenerationOptions:
    """How long and how freely to generate.

    `schema` is a JSON schema that the answer follows where the server can see to that; elsewhere it is left out.
    """

    max_tokens: int = 64
    temperature: float = 0.0
    stop: tuple[str, ...] = ()
    seed: int | None = None
    logprobs: bool = True
    schema: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of a streamed answer.

    `logprobs` holds the natural-log probability of each token of this piece, where the server tells them;
    `finish` is set on the last piece only; `stats` (last piece) may hold prompt_tokens, cached_tokens,
    prompt_ms, predicted_ms.
    """

    text: str
    logprobs: tuple[float, ...] = ()
    finish: Literal["", "stop", "length", "error"] = ""
    stats: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LikelyToken:
    """One token of a model's most likely continuation and how likely it is; all logarithms are natural.

    `text` is what the token adds after the cursor, "" for the end (a stop string or the model's own end). `logprob`
    is the token's log-probability, given all that was written before it and that the begun word is as typed.
    `cumulated` is the logarithm of the chance that the text goes on with everything up to and including this token;
    other tokens that spell the same text are counted in. `others` are the likely tokens that were not taken, each
    with its text after the cursor and its log-probability. `surprise` is the log-probability that the model gave to the
    begun word as typed: far below 0 where it expected something else.
    """

    text: str
    logprob: float
    cumulated: float
    others: tuple[tuple[str, float], ...] = ()
    surprise: float = 0.0


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One turn of a conversation."""

    role: Literal["system", "user", "assistant"]
    content: str


class CompletionModel(Protocol):
    """A model that completes code.

    Closing a stream (`aclose`, or cancelling the task that reads it) closes the socket at once, so that the
    server stops generating. Failures are raised as `ModelError`.
    """

    @property
    def name(self) -> str:
        """Name for status and statistics, e.g. ``embedded/smollm2-135m``."""

    @property
    def control_tokens(self) -> tuple[str, ...]:
        """The family's special tokens, which must never reach the screen."""

    def render(self, prompt: CompletionPrompt) -> str:
        """Return the exact prompt text that `stream` would send (for ``--show-prompt`` and budgets)."""

    def stream(self, prompt: CompletionPrompt, options: GenerationOptions) -> AsyncGenerator[Chunk]:
        """Yield the completion piece by piece."""

    @property
    def token_chances(self) -> bool | None:
        """Whether `tokens` can answer: the server tells how likely its tokens are; None before it was asked."""

    @property
    def local(self) -> bool:
        """Whether the model runs on this machine, so that asking it costs nothing but time."""

    @property
    def reading_speed(self) -> float | None:
        """Characters of a prompt that the server evaluates in a second, as measured; None where unknown."""

    def tokens(
        self, prompt: CompletionPrompt, *, least: float, max_tokens: int = 12, stop: tuple[str, ...] = ("\n",)
    ) -> AsyncGenerator[LikelyToken]:
        """Yield the most likely continuation token by token, as far as it is likely.

        It ends after the first token with which the chance falls below `least` (that token is yielded too), at a stop
        string or the model's end (a last token without text tells their chance), or after `max_tokens`.
        NoProbabilities where the server does not tell how likely its tokens are.
        """

    async def warm(self, prompt: CompletionPrompt) -> None:
        """Let the server evaluate the prompt without generating, so that the next answer starts at once."""

    async def aclose(self) -> None:
        """Release connections."""


class OpenedModel(CompletionModel, Protocol):
    """A completion model that also tells how it is doing."""

    @property
    def status(self) -> ModelStatus:
        """How the model is doing now."""

    def reset(self) -> None:
        """Forget past failures, so that the next request is made at once (the user asked to try again)."""


class JsonClient(Protocol):
    """A server that answers JSON documents with JSON documents."""

    async def fetch(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """Return the document at `path`. Failures are raised as `ModelError`."""

    async def aclose(self) -> None:
        """Release connections."""


class ChatModel(Protocol):
    """A model that answers instructions."""

    @property
    def name(self) -> str:
        """Name for status and statistics."""

    def chat(self, messages: Sequence[ChatMessage], options: GenerationOptions) -> AsyncGenerator[Chunk]:
        """Yield the answer piece by piece."""

    async def aclose(self) -> None:
        """Release connections."""


class OpenedChat(ChatModel, Protocol):
    """A chat model that also tells how it is doing."""

    @property
    def status(self) -> ModelStatus:
        """How the model is doing now."""

    def reset(self) -> None:
        """Forget past failures, so that the next request is made at once (the user asked to try again)."""

    @property
    def local(self) -> bool:
        """Whether the model runs on this machine."""
