"""Chat endpoints: OpenAI-compatible and Anthropic."""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING, Any, Protocol

from segue_model._breaker import CircuitBreaker
from segue_model._errors import Disconnected, MalformedAnswer
from segue_model._http_errors import chunk_of
from segue_model._reasoning import ReasoningFilter
from segue_model._sender import Sender
from segue_model._status import ModelStatus, StatusTracker
from segue_model._stops import StopCutter
from segue_model._surrogates import SurrogateJoiner
from segue_model._types import ChatMessage, Chunk, GenerationOptions
from segue_model.providers._events import choice_of, content_text, finish_of, logprobs_of, text_of, usage_of

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from segue_model._capabilities import CapabilityStore
    from segue_model._http import HttpClient

_MAX_STOPS = 4


class ChatDialect(Protocol):
    """How one kind of chat server is spoken to."""

    @property
    def provider(self) -> str:
        """The provider's name in the settings."""

    def request(
        self, messages: Sequence[ChatMessage], options: GenerationOptions
    ) -> tuple[str, dict[str, Any]]:
        """Return path and body of a streamed answer."""

    def parse(self, event: dict[str, Any]) -> Chunk:
        """Return the piece of answer in one event."""


_EDIT_MODEL = "mercury-edit"
"""Inception's next-edit model takes chat messages at an endpoint of its own."""


class OpenAIChatDialect:
    """``/v1/chat/completions``."""

    provider = "chat"

    def __init__(self, model: str, path: str = "/v1") -> None:
        self._model = model
        self._path = path

    def request(
        self, messages: Sequence[ChatMessage], options: GenerationOptions
    ) -> tuple[str, dict[str, Any]]:
        """Return path and body of a streamed answer."""
        body: dict[str, Any] = {
            "messages": [{"role": item.role, "content": item.content} for item in messages],
            "max_tokens": options.max_tokens,
            "temperature": options.temperature,
            "stream": True,
        }
        if self._model:
            body["model"] = self._model
        if options.stop:
            body["stop"] = list(options.stop[:_MAX_STOPS])
        if options.seed is not None:
            body["seed"] = options.seed
        if options.schema is not None:
            wanted = {"name": "answer", "schema": options.schema, "strict": True}
            body["response_format"] = {"type": "json_schema", "json_schema": wanted}
        kind = "edit" if _EDIT_MODEL in self._model.lower() else "chat"
        return f"{self._path}/{kind}/completions", body

    def parse(self, event: dict[str, Any]) -> Chunk:
        """Return the piece of answer in one event."""
        choice = choice_of(event)
        if choice is None:
            return Chunk("", stats=usage_of(event))
        finish = finish_of(choice.get("finish_reason"))
        return Chunk(text_of(choice), logprobs_of(choice), finish, usage_of(event))


class AnthropicDialect:
    """``/v1/messages``; the system prompt has a field of its own."""

    provider = "anthropic"

    def __init__(self, model: str) -> None:
        self._model = model

    def request(
        self, messages: Sequence[ChatMessage], options: GenerationOptions
    ) -> tuple[str, dict[str, Any]]:
        """Return path and body of a streamed answer."""
        system = "\n\n".join(item.content for item in messages if item.role == "system")
        body: dict[str, Any] = {
            "model": self._model,
            "messages": [
                {"role": item.role, "content": item.content} for item in messages if item.role != "system"
            ],
            "max_tokens": options.max_tokens,
            "temperature": options.temperature,
            "stream": True,
        }
        if system:
            body["system"] = system
        stops = [stop for stop in options.stop if stop.strip()]  # whitespace alone is refused
        if stops:
            body["stop_sequences"] = stops
        return "/v1/messages", body

    def parse(self, event: dict[str, Any]) -> Chunk:
        """Return the piece of answer in one event."""
        delta = event.get("delta")
        delta = delta if isinstance(delta, dict) else {}
        match event.get("type"):
            case "content_block_delta":
                text = delta.get("text", "")
                return Chunk(text if isinstance(text, str) else "")
            case "message_delta":
                finish = finish_of(delta.get("stop_reason"))
                return Chunk("", (), finish, usage_of(event))
            case "message":
                return Chunk(content_text(event.get("content")), (), "stop", usage_of(event))
            case "message_stop":
                return Chunk("", (), "stop")
            case str():
                return Chunk("")
            case _:
                raise MalformedAnswer("The server sent an event without a type.")


class HttpChatModel:
    """A `ChatModel` behind HTTP."""

    def __init__(
        self,
        http: HttpClient,
        dialect: ChatDialect,
        *,
        name: str,
        board: StatusTracker | None = None,
        breaker: CircuitBreaker | None = None,
        store: CapabilityStore | None = None,
        loading_s: float = 180.0,
    ) -> None:
        self._http = http
        self._dialect = dialect
        self._name = name
        self._board = board or StatusTracker()
        self._sender = Sender(
            http, name=f"{http.base_url} {name}", board=self._board, store=store, loading_s=loading_s
        )
        self._breaker = breaker or CircuitBreaker()

    @property
    def name(self) -> str:
        """Provider and model."""
        return self._name

    @property
    def status(self) -> ModelStatus:
        """How the model is doing."""
        return self._board.status

    @property
    def local(self) -> bool:
        """Whether the server is on this machine."""
        return self._http.is_local

    async def chat(
        self, messages: Sequence[ChatMessage], options: GenerationOptions
    ) -> AsyncGenerator[Chunk]:
        """Yield the answer piece by piece; closing this closes the socket."""
        cutter, reasoning, joiner = StopCutter(options.stop), ReasoningFilter(), SurrogateJoiner()
        with self._breaker.request(), self._board.busy():
            first, events = await self._sender.opened(
                *self._dialect.request(messages, options), self._http.deadline()
            )
            async with aclosing(events):
                any_text = False
                event: dict[str, Any] | None = first
                while True:
                    if event is None and not any_text:
                        raise Disconnected("The model server ended its answer without any text.")
                    chunk = chunk_of(self._http.base_url, event, self._dialect.parse)
                    any_text = any_text or bool(chunk.text)
                    last = bool(chunk.finish)
                    text = cutter.feed(reasoning.feed(joiner.feed(chunk.text, last=last), last=last))
                    if chunk.finish and not cutter.done:
                        text += cutter.flush()
                    finish = chunk.finish or ("stop" if cutter.done else "")
                    if text or finish:
                        yield Chunk(text, chunk.logprobs, finish, chunk.stats)
                    if finish:
                        return
                    event = await anext(events, None)

    def reset(self) -> None:
        """Forget past failures, so that the next request is made at once."""
        self._breaker.reset()

    async def aclose(self) -> None:
        """Close every connection."""
        await self._http.aclose()
