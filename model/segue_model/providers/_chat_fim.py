"""Fill-in-the-middle with a chat model: the hole is described, the answer stripped to the code."""

from __future__ import annotations

import re
from contextlib import aclosing
from typing import TYPE_CHECKING

from segue_model._types import ChatMessage, Chunk, CompletionPrompt, GenerationOptions

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from segue_model._open import OpenedChat
    from segue_model._status import ModelStatus

HOLE = "<|hole|>"
_SYSTEM = (
    "You complete code at the mark "
    + HOLE
    + ". Answer with the text that replaces the mark and nothing else: no"
    " explanation, no code fence, no repetition of what stands before or after the mark. Keep the file's style and"
    " indentation. Answer with nothing when nothing is missing."
)
_FENCE = re.compile(r"\A\s*```[\w+#.-]*\n")


class ChatCompletionModel:
    """A `CompletionModel` made of a chat model."""

    def __init__(self, chat: OpenedChat) -> None:
        self._chat = chat

    @property
    def name(self) -> str:
        """Provider and model."""
        return self._chat.name

    @property
    def control_tokens(self) -> tuple[str, ...]:
        """The mark and what chat templates are made of."""
        return (HOLE, "<|im_start|>", "<|im_end|>", "<|endoftext|>")

    @property
    def status(self) -> ModelStatus:
        """How the model is doing."""
        return self._chat.status

    def render(self, prompt: CompletionPrompt) -> str:
        """Return the messages as one text."""
        return "\n\n".join(f"[{item.role}]\n{item.content}" for item in _messages(prompt))

    async def stream(self, prompt: CompletionPrompt, options: GenerationOptions) -> AsyncGenerator[Chunk]:
        """Yield the completion piece by piece, without fences and without the line it continues."""
        # A stop at a line break would end the answer at a fence's first line: it is applied by the caller's filters.
        lines = tuple(stop for stop in options.stop if stop.strip())
        asked = GenerationOptions(
            max_tokens=options.max_tokens + 16,
            temperature=options.temperature,
            stop=lines,
            seed=options.seed,
            logprobs=False,
        )
        answer = _Unwrapper(prompt.prefix)
        async with aclosing(self._chat.chat(_messages(prompt), asked)) as chunks:
            async for chunk in chunks:
                text = answer.feed(chunk.text, last=bool(chunk.finish))
                if any(stop in text for stop in options.stop):
                    cut = min(text.find(stop) for stop in options.stop if stop in text)
                    yield Chunk(text[:cut], (), "stop", chunk.stats)
                    return
                if text or chunk.finish:
                    yield Chunk(text, chunk.logprobs, chunk.finish, chunk.stats)

    async def warm(self, prompt: CompletionPrompt) -> None:
        """Do nothing: chat endpoints cannot evaluate a prompt without answering it."""

    async def aclose(self) -> None:
        """Close every connection."""
        await self._chat.aclose()


def _messages(prompt: CompletionPrompt) -> list[ChatMessage]:
    parts = [f"File {item.path}:\n```\n{item.text.rstrip()}\n```" for item in prompt.context]
    hole = prompt.prefix + HOLE + prompt.suffix
    parts.append(f"Complete {prompt.path or 'this file'} ({prompt.language_id or 'text'}):\n```\n{hole}\n```")
    return [ChatMessage("system", _SYSTEM), ChatMessage("user", "\n\n".join(parts))]


class _Unwrapper:
    """Takes the code out of an answer that may be fenced or begin with the line it continues."""

    def __init__(self, prefix: str) -> None:
        self._line = prefix.rpartition("\n")[2]
        self._held = ""
        self._begun = False
        self._fenced = False
        self._done = False

    def feed(self, piece: str, *, last: bool) -> str:
        """Return the code that is certain by now."""
        if self._done:
            return ""
        self._held += piece
        if not self._begun:
            undecided = "\n" not in self._held and len(self._held) <= max(len(self._line), 24)
            if undecided and not last:
                return ""
            self._begun = True
            fence = _FENCE.match(self._held)
            if fence:
                self._fenced, self._held = True, self._held[fence.end() :]
            self._held = self._without_echo(self._held)
        if self._fenced and (end := self._held.find("\n```")) >= 0:
            text, self._held, self._done = self._held[:end], "", True
            return text
        if self._fenced and not last:
            safe = max(0, len(self._held) - 4)
            text, self._held = self._held[:safe], self._held[safe:]
            return text
        text, self._held = self._held, ""
        return text.removesuffix("```") if self._fenced else text

    def _without_echo(self, text: str) -> str:
        for line in (self._line, self._line.lstrip()):
            if len(line.strip()) > 2 and text.startswith(line):
                return text[len(line) :]
        return text
