"""What passes between the model client and the other rooms."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence


@dataclass(frozen=True, slots=True)
class ContextFile:
    """A piece of another file, shown to the model before the current one."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class CompletionPrompt:
    """What a completion is asked about; the family's format decides how it is written down.

    With `raw`, `prefix` is the whole text to send, in a format that the model knows: it is sent as it is.
    `comment` is what the language writes before and after the text of a comment line.
    """

    prefix: str
    suffix: str
    path: str = ""
    language_id: str = ""
    repository: str = ""
    context: tuple[ContextFile, ...] = ()
    raw: bool = False
    comment: tuple[str, str] = ("# ", "")


@dataclass(frozen=True, slots=True)
class GenerationOptions:
    """How long and how freely to generate."""

    max_tokens: int = 64
    temperature: float = 0.0
    stop: tuple[str, ...] = ()
    seed: int | None = None
    logprobs: bool = True


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

    async def warm(self, prompt: CompletionPrompt) -> None:
        """Let the server evaluate the prompt without generating, so that the next `stream` starts at once."""

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
