"""The embedded model as a `CompletionModel`: the llama.cpp dialect, spoken to the user's own engine."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import TYPE_CHECKING

from segue_model._breaker import CircuitBreaker
from segue_model._completion import HttpCompletionModel
from segue_model._errors import ConnectionFailed, Disconnected, HttpFailure
from segue_model._families import PREFIX_ONLY, family_of_name
from segue_model._http import Endpoint, HttpClient
from segue_model.embedded._supervisor import EngineAddress, Supervisor
from segue_model.providers._llamacpp import LlamaCppDialect

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from segue_model._formats import PromptFormat
    from segue_model._settings import Timeouts
    from segue_model._status import ModelStatus, StatusBoard
    from segue_model._types import Chunk, CompletionPrompt, GenerationOptions


class EmbeddedModel:
    """A model of the shared engine, which is started on first use and again after a crash."""

    def __init__(
        self,
        supervisor: Supervisor,
        *,
        model: str,
        format: PromptFormat | None,  # noqa: A002 - the word that users know
        timeouts: Timeouts,
        board: StatusBoard,
        context_tokens: int,
    ) -> None:
        self._supervisor = supervisor
        self._model = model
        self._format = format
        self._timeouts = timeouts
        self._board = board
        self._breaker = CircuitBreaker()
        self._context_tokens = context_tokens
        self._address: EngineAddress | None = None
        self._http: HttpCompletionModel | None = None
        self._starting = asyncio.Lock()

    @property
    def name(self) -> str:
        """``embedded/`` and the model."""
        return f"embedded/{self._model}"

    @property
    def control_tokens(self) -> tuple[str, ...]:
        """The special tokens of the format in use."""
        if self._http is not None:
            return self._http.control_tokens
        return self._expected_format().control_tokens

    @property
    def status(self) -> ModelStatus:
        """How the model is doing."""
        return self._board.status

    def render(self, prompt: CompletionPrompt) -> str:
        """Return the prompt text that would be sent."""
        return self._client_for(EngineAddress("http://127.0.0.1:1", "", 0)).render(prompt)

    async def stream(self, prompt: CompletionPrompt, options: GenerationOptions) -> AsyncGenerator[Chunk]:
        """Yield the completion piece by piece; an engine that died before the first piece is started again."""
        for last in (False, True):
            model = await self._connected()
            begun = False
            try:
                async with aclosing(model.stream(prompt, options)) as chunks:
                    async for chunk in chunks:
                        begun = True
                        yield chunk
            except (ConnectionFailed, Disconnected, HttpFailure) as error:
                if last or begun or not self._engine_is_gone(error):
                    raise
            else:
                return

    async def warm(self, prompt: CompletionPrompt) -> None:
        """Start the engine where needed and let it evaluate the prompt."""
        try:
            await (await self._connected()).warm(prompt)
        except (ConnectionFailed, Disconnected, HttpFailure) as error:
            if not self._engine_is_gone(error):
                raise
            await (await self._connected()).warm(prompt)

    async def start(self) -> EngineAddress:
        """Start the engine or join the running one, and return where it listens."""
        await self._connected()
        assert self._address is not None
        return self._address

    async def aclose(self) -> None:
        """Close connections and give the lease up."""
        if self._http is not None:
            await self._http.aclose()
        await asyncio.to_thread(self._supervisor.release)

    async def _connected(self) -> HttpCompletionModel:
        if self._http is not None:
            return self._http
        async with self._starting:
            if self._http is None:
                if self._supervisor.running() is None:
                    self._board.show("starting", "The embedded model is starting.")
                with self._breaker.request(), self._board.busy():
                    self._address = await asyncio.to_thread(self._supervisor.ensure)
                self._http = self._client_for(self._address)
        return self._http

    def _engine_is_gone(self, error: ConnectionFailed | Disconnected | HttpFailure) -> bool:
        """Tell whether the engine we knew is dead or another one; if so, forget it."""
        if isinstance(error, HttpFailure) and error.reason != "unauthorized":
            return False
        self._http = None
        return True

    def _client_for(self, address: EngineAddress) -> HttpCompletionModel:
        endpoint = Endpoint(
            address.url, headers=(("Authorization", f"Bearer {address.key}"),), timeouts=self._timeouts
        )
        return HttpCompletionModel(
            HttpClient(endpoint),
            LlamaCppDialect(),
            model=self._model,
            format=self._format,
            board=self._board,
            breaker=CircuitBreaker(),  # a new engine has no past
            context_tokens=self._context_tokens,
            name=self.name,
        )

    def _expected_format(self) -> PromptFormat:
        return self._format or family_of_name(self._model) or PREFIX_ONLY
