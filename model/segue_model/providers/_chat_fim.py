"""Fill-in-the-middle with a chat model: the hole is described, the answer stripped to the code."""

from __future__ import annotations

import re
from contextlib import aclosing
from typing import TYPE_CHECKING

from segue_model._errors import NoProbabilities
from segue_model._types import ChatMessage, Chunk, CompletionPrompt, GenerationOptions

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from segue_model._status import ModelStatus
    from segue_model._types import LikelyToken, OpenedChat

HOLE = "<|hole|>"
_SYSTEM = (
    "You complete code at the mark "
    + HOLE
    + ". Answer with the text that replaces the mark and nothing else: no"
    " explanation, no code fence, no repetition of what stands before or after the mark. Keep the file's style and"
    " indentation. Answer with nothing when nothing is missing."
)
_RULES = "The code keeps to these rules of its team:"
_CLOSING = "\n```"
_FENCE = re.compile(r"\A\s*```[\w+#.-]*\n")
_LATER_FENCE = re.compile(r"\n[ \t]*```[\w+#.-]*\n")
# A sentence in front of the code: words with spaces between them, no sign that only code has.
_SENTENCE = re.compile(r"\s*[A-Z][\w'’]*(?:,? [\w'’`\"<|>.()-]*)*[,:.!]?\s*\Z")
_SENTENCE_WORDS = 3


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

    @property
    def token_chances(self) -> bool | None:
        """False: an answer in a chat begins where it likes, its tokens are not those after the cursor."""
        return False

    @property
    def local(self) -> bool:
        """Whether the model runs on this machine."""
        return self._chat.local

    @property
    def reading_speed(self) -> float | None:
        """None: a chat endpoint does not tell."""
        return None

    async def tokens(
        self,
        prompt: CompletionPrompt,  # noqa: ARG002 - other models use it
        *,
        least: float,  # noqa: ARG002
        max_tokens: int = 12,  # noqa: ARG002
        stop: tuple[str, ...] = ("\n",),  # noqa: ARG002
    ) -> AsyncGenerator[LikelyToken]:
        """Raise NoProbabilities."""
        raise NoProbabilities(f"{self.name} does not tell how likely its tokens are.")
        yield

    async def warm(self, prompt: CompletionPrompt) -> None:
        """Do nothing: chat endpoints cannot evaluate a prompt without answering it."""

    def reset(self) -> None:
        """Forget past failures, so that the next request is made at once."""
        self._chat.reset()

    async def aclose(self) -> None:
        """Close every connection."""
        await self._chat.aclose()


def _messages(prompt: CompletionPrompt) -> list[ChatMessage]:
    parts = [f"File {item.path}:\n```\n{item.text.rstrip()}\n```" for item in prompt.context]
    hole = prompt.prefix + HOLE + prompt.suffix
    parts.append(f"Complete {prompt.path or 'this file'} ({prompt.language_id or 'text'}):\n```\n{hole}\n```")
    system = f"{_SYSTEM}\n\n{_RULES}\n{prompt.rules}" if prompt.rules else _SYSTEM
    return [ChatMessage("system", system), ChatMessage("user", "\n\n".join(parts))]


class _Unwrapper:
    """Takes the code out of an answer that may be fenced or begin with the line it continues."""

    def __init__(self, prefix: str) -> None:
        self._line = prefix.rpartition("\n")[2]
        self._held = ""
        self._fenced: bool | None = None
        self._echo_checked = False
        self._done = False

    def feed(self, piece: str, *, last: bool) -> str:
        """Return the code that is certain by now."""
        if self._done:
            return ""
        self._held += piece
        if not last and not self._decided():
            return ""
        self._decided(last=True)
        end = self._held.find("\n```") if self._fenced else -1
        if end >= 0:
            text, self._held, self._done = self._held[:end], "", True
            return text
        keep = len(_CLOSING) if self._fenced and not last else 0
        certain = max(0, len(self._held) - keep)
        text, self._held = self._held[:certain], self._held[certain:]
        return text.removesuffix("```") if last and self._fenced else text

    def _decided(self, *, last: bool = False) -> bool:
        """Find out whether the answer is fenced and whether it repeats its line; False while too little is known."""
        if self._fenced is None:
            begun = self._held.lstrip()
            if not last and (not begun or ("```".startswith(begun[:3]) and "\n" not in begun)):
                return False
            fence = _FENCE.match(self._held) or (
                _LATER_FENCE.search(self._held) if self._explains() else None
            )
            if fence is None and not last and self._explains():
                return False
            self._fenced = fence is not None
            self._held = self._held[fence.end() :] if fence else self._held
        if not self._echo_checked:
            lines = [line for line in (self._line, self._line.lstrip()) if len(line.strip()) > 2]
            if not last and any(line.startswith(self._held) for line in lines):
                return False
            self._echo_checked = True
            echoed = next((line for line in lines if self._held.startswith(line)), "")
            self._held = self._held[len(echoed) :]
        return True

    def _explains(self) -> bool:
        """Return whether the answer begins with a sentence, or may yet: the code may follow it in a fence."""
        line, ended, _ = self._held.lstrip().partition("\n")
        if _SENTENCE.match(line) is None:
            return False
        return not ended or len(line.split()) >= _SENTENCE_WORDS or line.rstrip().endswith((".", ":", "!"))
