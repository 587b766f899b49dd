"""Asks a model for one completion or one chat message, and tells how that went."""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Literal

from segue_model import (
    ChatMessage,
    CompletionPrompt,
    GenerationOptions,
    ModelError,
    open_chat,
    open_model,
)

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from segue_model import Chunk, ModelSettings, OpenedChat, OpenedModel

_PREFIX = "def add(left, right):\n    return left"
_QUESTION = "Answer with one word: what colour is the sky on a clear day?"
_COMPLETION_TOKENS, _CHAT_TOKENS = 16, 48


@dataclass(frozen=True, slots=True)
class Trial:
    """How one request went.

    `first_ms` is the time to the first piece of text, `tokens_per_s` how fast the others followed (None where too
    few came to tell), `facts` what was found out about the server. With `failure`, a sentence that says what to do,
    and its `reason`, there is no answer.
    """

    kind: Literal["completion", "chat"]
    model: str
    text: str = ""
    first_ms: float = 0.0
    tokens_per_s: float | None = None
    facts: tuple[str, ...] = ()
    failure: str = ""
    reason: str = ""

    def sentence(self) -> str:
        """Return how it went in one sentence."""
        if self.failure:
            return self.failure
        speed = (
            f", {self.tokens_per_s:.{0 if self.tokens_per_s >= 10 else 1}f} tokens a second"
            if self.tokens_per_s
            else ""
        )
        facts = "".join(f"; {fact}" for fact in self.facts)
        return f"{self.model} answers after {self.first_ms:.0f} ms{speed}{facts}."


async def try_completion(settings: ModelSettings, cache_dir: Path) -> Trial:
    """Ask for one completion. Never raises ModelError: it is told."""
    try:
        model = open_model(settings, cache_dir=cache_dir)
    except ModelError as error:
        return Trial("completion", settings.model, failure=error.message, reason=error.reason)
    prompt = CompletionPrompt(_PREFIX, "\n", "add.py", "python")
    options = GenerationOptions(max_tokens=_COMPLETION_TOKENS)
    try:
        return await _tried("completion", model, model.stream(prompt, options))
    finally:
        await model.aclose()


async def try_chat(settings: ModelSettings, cache_dir: Path) -> Trial:
    """Ask for one chat message. Never raises ModelError: it is told."""
    try:
        model = open_chat(settings, cache_dir=cache_dir)
    except ModelError as error:
        return Trial("chat", settings.model, failure=error.message, reason=error.reason)
    messages = [ChatMessage("user", _QUESTION)]
    try:
        return await _tried("chat", model, model.chat(messages, GenerationOptions(max_tokens=_CHAT_TOKENS)))
    finally:
        await model.aclose()


async def _tried(
    kind: Literal["completion", "chat"], model: OpenedModel | OpenedChat, answer: AsyncGenerator[Chunk]
) -> Trial:
    started, times, text = perf_counter(), [], ""
    try:
        async with aclosing(answer) as chunks:
            async for chunk in chunks:
                if chunk.text:
                    times.append(perf_counter())
                text += chunk.text
    except ModelError as error:
        return Trial(kind, model.name, failure=error.message, reason=error.reason)
    if not times:
        message = f"{model.name} answers, but with no text: choose another model with `segue connect`."
        return Trial(kind, model.name, failure=message, reason="no_text")
    after = times[-1] - times[0]
    speed = (len(times) - 1) / after if after > 0 else None
    return Trial(kind, model.name, text, 1000 * (times[0] - started), speed, await _facts(model))


async def _facts(model: OpenedModel | OpenedChat) -> tuple[str, ...]:
    if not hasattr(model, "capabilities"):
        return ()
    known = await model.capabilities()
    facts = [f"context {known.context_length} tokens"] if known.context_length else []
    named = (("fills in by `suffix`", known.accepts_suffix), ("tells probabilities", known.logprobs))
    facts += [f"{what}: {'yes' if value else 'no'}" for what, value in named if value is not None]
    if known.single_tokens:
        facts.append(f"special tokens {' '.join(known.single_tokens)}")
    return tuple(facts)
