"""The embedded model as a `ChatModel`."""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING

from segue_model.providers._chat import HttpChatModel, OpenAIChatDialect

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from segue_model._http import HttpClient
    from segue_model._status import ModelStatus
    from segue_model._types import ChatMessage, Chunk, GenerationOptions
    from segue_model.embedded._engine import Engine


class EmbeddedChat:
    """Instructions for a model of the shared engine, through its chat template."""

    def __init__(self, engine: Engine, *, model: str) -> None:
        self._engine = engine
        self._model = model

    @property
    def name(self) -> str:
        """``embedded/`` and the model."""
        return f"embedded/{self._model}"

    @property
    def status(self) -> ModelStatus:
        """How the model is doing."""
        return self._engine.board.status

    @property
    def local(self) -> bool:
        """The engine is on this machine."""
        return True

    async def chat(
        self, messages: Sequence[ChatMessage], options: GenerationOptions
    ) -> AsyncGenerator[Chunk]:
        """Yield the answer piece by piece. EngineError at once when the engine ends meanwhile."""

        def ask(client: HttpClient) -> AsyncGenerator[Chunk]:
            dialect = OpenAIChatDialect("")
            remote = HttpChatModel(client, dialect, name=self.name, board=self._engine.board)
            return remote.chat(messages, options)

        async with aclosing(self._engine.restarted(ask)) as chunks:
            async for chunk in chunks:
                yield chunk

    def reset(self) -> None:
        """Forget past failures, so that the next request is made at once."""
        self._engine.reset()

    async def aclose(self) -> None:
        """Close connections and give the lease up."""
        await self._engine.aclose()
