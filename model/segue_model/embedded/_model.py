"""The embedded model as a `CompletionModel`: the llama.cpp dialect, spoken to the user's own engine."""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING

from segue_model._completion import HttpCompletionModel
from segue_model._http import Endpoint, HttpClient
from segue_model.providers._llamacpp import LlamaCppDialect

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from segue_model._capabilities import Capabilities
    from segue_model._formats import PromptFormat
    from segue_model._status import ModelStatus, StatusTracker
    from segue_model._types import Chunk, CompletionPrompt, GenerationOptions, LikelyToken
    from segue_model.embedded._engine import Engine
    from segue_model.embedded._supervisor import EngineAddress


class EmbeddedModel:
    """A model of the shared engine, which is started on first use and again after a crash."""

    def __init__(
        self,
        engine: Engine,
        *,
        model: str,
        format: PromptFormat | None,  # noqa: A002 - the word that users know
        board: StatusTracker,
        context_tokens: int,
    ) -> None:
        self._engine = engine
        self._model = model
        self._format = format
        self._board = board
        self._context_tokens = context_tokens
        self._client: HttpClient | None = None
        self._remote = self._spoken_to(HttpClient(Endpoint("http://127.0.0.1:1")))

    @property
    def name(self) -> str:
        """``embedded/`` and the model."""
        return f"embedded/{self._model}"

    @property
    def control_tokens(self) -> tuple[str, ...]:
        """The special tokens of the format in use."""
        return self._remote.control_tokens

    @property
    def status(self) -> ModelStatus:
        """How the model is doing."""
        return self._board.status

    def render(self, prompt: CompletionPrompt) -> str:
        """Return the prompt text that would be sent."""
        return self._remote.render(prompt)

    async def capabilities(self) -> Capabilities:
        """Return what the engine can do, starting it where needed."""
        return await (await self._connected()).capabilities()

    @property
    def token_chances(self) -> bool:
        """The engine tells how likely its tokens are."""
        return True

    @property
    def local(self) -> bool:
        """The engine is on this machine."""
        return True

    @property
    def reading_speed(self) -> float | None:
        """Characters of a prompt that the engine evaluated in a second when it was last measured."""
        return self._remote.reading_speed

    async def stream(self, prompt: CompletionPrompt, options: GenerationOptions) -> AsyncGenerator[Chunk]:
        """Yield the completion piece by piece. EngineError at once when the engine ends meanwhile."""

        def ask(client: HttpClient) -> AsyncGenerator[Chunk]:
            return self._remote_of(client).stream(prompt, options)

        async with aclosing(self._engine.restarted(ask)) as chunks:
            async for chunk in chunks:
                yield chunk

    async def tokens(
        self, prompt: CompletionPrompt, *, least: float, max_tokens: int = 12, stop: tuple[str, ...] = ("\n",)
    ) -> AsyncGenerator[LikelyToken]:
        """Yield the likeliest tokens. EngineError at once when the engine ends meanwhile."""

        def ask(client: HttpClient) -> AsyncGenerator[LikelyToken]:
            return self._remote_of(client).tokens(prompt, least=least, max_tokens=max_tokens, stop=stop)

        async with aclosing(self._engine.restarted(ask)) as tokens:
            async for token in tokens:
                yield token

    async def warm(self, prompt: CompletionPrompt) -> None:
        """Start the engine where needed and let it evaluate the prompt."""
        await self._engine.answered(lambda client: self._remote_of(client).warm(prompt))

    async def start(self) -> EngineAddress:
        """Start the engine or join the running one, and return where it listens."""
        await self._engine.connect()
        assert self._engine.address is not None
        return self._engine.address

    def reset(self) -> None:
        """Forget past failures, so that the next request is made at once."""
        self._engine.reset()
        self._remote.reset()

    async def aclose(self) -> None:
        """Close connections and give the lease up."""
        await self._engine.aclose()

    async def _connected(self) -> HttpCompletionModel:
        return self._remote_of(await self._engine.connect())

    def _remote_of(self, client: HttpClient) -> HttpCompletionModel:
        if client is not self._client:  # another engine process: nothing learned about the last one counts
            self._client, self._remote = client, self._spoken_to(client)
        return self._remote

    def _spoken_to(self, client: HttpClient) -> HttpCompletionModel:
        return HttpCompletionModel(
            client,
            LlamaCppDialect(),
            model=self._model,
            format=self._format,
            board=self._board,
            context_tokens=self._context_tokens,
            name=self.name,
        )
