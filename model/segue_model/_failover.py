"""Several models as one: the next is asked when the first cannot answer."""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING

from segue_model._errors import ModelError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from segue_model._status import ModelStatus
    from segue_model._types import Chunk, CompletionPrompt, GenerationOptions, LikelyToken, OpenedModel


class FailoverModel:
    """A `CompletionModel` that asks its models in order until one answers.

    A model that failed is left alone by its own circuit breaker, so the next one is asked without waiting for it. An
    answer that has begun is never mixed with another model's.
    """

    def __init__(self, models: Sequence[OpenedModel]) -> None:
        self._models = tuple(models)
        self._current = self._models[0]

    @property
    def name(self) -> str:
        """The model that answered last."""
        return self._current.name

    @property
    def control_tokens(self) -> tuple[str, ...]:
        """The special tokens of every model that may answer."""
        return tuple(dict.fromkeys(token for model in self._models for token in model.control_tokens))

    @property
    def status(self) -> ModelStatus:
        """How the model that answered last is doing."""
        return self._current.status

    def render(self, prompt: CompletionPrompt) -> str:
        """Return the prompt for the model that answered last."""
        return self._current.render(prompt)

    async def stream(self, prompt: CompletionPrompt, options: GenerationOptions) -> AsyncGenerator[Chunk]:
        """Yield the completion of the first model that answers."""
        failure: ModelError | None = None
        for model in self._models:
            begun = False
            try:
                async with aclosing(model.stream(prompt, options)) as chunks:
                    async for chunk in chunks:
                        begun, self._current = True, model
                        yield chunk
            except ModelError as error:
                if begun:
                    raise
                failure = failure or error
            else:
                return
        assert failure is not None
        raise failure

    @property
    def token_chances(self) -> bool | None:
        """Whether the model that answered last tells how likely its tokens are."""
        return self._current.token_chances

    @property
    def local(self) -> bool:
        """Whether the model that answered last runs on this machine."""
        return self._current.local

    @property
    def reading_speed(self) -> float | None:
        """How fast the model that answered last reads."""
        return self._current.reading_speed

    async def tokens(
        self, prompt: CompletionPrompt, *, least: float, max_tokens: int = 12, stop: tuple[str, ...] = ("\n",)
    ) -> AsyncGenerator[LikelyToken]:
        """Yield the likeliest tokens of the model that answered last: asked at every key, another one is no help."""
        likely = self._current.tokens(prompt, least=least, max_tokens=max_tokens, stop=stop)
        async with aclosing(likely) as tokens:
            async for token in tokens:
                yield token

    async def warm(self, prompt: CompletionPrompt) -> None:
        """Warm the model that answered last."""
        await self._current.warm(prompt)

    def reset(self) -> None:
        """Forget past failures, so that the next request is made at once."""
        for model in self._models:
            model.reset()

    async def aclose(self) -> None:
        """Close every model."""
        for model in self._models:
            await model.aclose()
