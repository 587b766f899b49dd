"""A model whose tokens are real and whose time is reckoned: by what it reads and writes, not by the machine's load."""

from __future__ import annotations

import asyncio
import math
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from segue_bench._simulated_time import SimulatedLoop

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from segue_model import CompletionModel, CompletionPrompt, LikelyToken

READ_CHARS_PER_S = 860.0
FIRST_TOKEN_MS = 20.0
TOKEN_MS = 17.0
"""SmolLM2-135M Q8_0 on two idle cores: 263 tokens read and 59 written a second."""

_HEARD_TO = 0.02


@dataclass(frozen=True, slots=True)
class _Heard:
    tokens: tuple[LikelyToken, ...]


class SimulatedModel:
    """Asks `model` once for each prompt, and gives the answer at the pace of the figures above."""

    local = True
    token_chances = True
    reading_speed = READ_CHARS_PER_S

    def __init__(self, model: CompletionModel) -> None:
        self._model = model
        self._known: dict[str, _Heard] = {}
        self._read = ""
        self._busy = asyncio.Lock()
        self.asked = 0

    @property
    def name(self) -> str:
        """The model's own name."""
        return self._model.name

    @property
    def control_tokens(self) -> tuple[str, ...]:
        """The model's own."""
        return self._model.control_tokens

    def render(self, prompt: CompletionPrompt) -> str:
        """Return the exact text of a prompt."""
        return self._model.render(prompt)

    def stream(self, prompt: CompletionPrompt, options: Any) -> Any:
        """Answer as the model itself does; a replay asks for tokens only."""
        return self._model.stream(prompt, options)

    async def tokens(
        self, prompt: CompletionPrompt, *, least: float, max_tokens: int = 12, stop: tuple[str, ...] = ("\n",)
    ) -> AsyncGenerator[LikelyToken]:
        """Yield the tokens, each after the time it takes."""
        heard = self._known.get(prompt.prefix)
        if heard is None:
            loop = asyncio.get_running_loop()
            assert isinstance(loop, SimulatedLoop)
            heard = self._known[prompt.prefix] = await loop.outside(self._hear(prompt, max_tokens, stop))
        async with self._busy:
            await self._reads(prompt.prefix)
            written = prompt.prefix
            for number, token in enumerate(heard.tokens[:max_tokens]):
                await asyncio.sleep((TOKEN_MS if number else FIRST_TOKEN_MS) / 1000)
                self.asked += 1
                written += token.text
                self._read = written
                yield token
                if math.exp(token.cumulated) < least:
                    return

    async def warm(self, prompt: CompletionPrompt) -> None:
        """Take the time that reading the prompt takes."""
        async with self._busy:
            await self._reads(prompt.prefix)

    async def aclose(self) -> None:
        """The model belongs to the caller."""

    async def _reads(self, text: str) -> None:
        common = next(
            (at for at, (old, new) in enumerate(zip(self._read, text, strict=False)) if old != new),
            min(len(self._read), len(text)),
        )
        step = int(READ_CHARS_PER_S / 10)
        while common < len(text):
            size = min(step, len(text) - common)
            await asyncio.sleep(size / READ_CHARS_PER_S)
            common += size
            self._read = text[:common]

    async def _hear(self, prompt: CompletionPrompt, max_tokens: int, stop: tuple[str, ...]) -> _Heard:
        stream = self._model.tokens(prompt, least=_HEARD_TO, max_tokens=max_tokens, stop=stop)
        async with aclosing(stream) as tokens:
            return _Heard(tuple([token async for token in tokens]))
