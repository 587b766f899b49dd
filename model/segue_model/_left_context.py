"""Which part of the text before the cursor a model reads, so that an answer can come before the next key.

A model that has read everything but the newest characters answers in a fraction of the time. What it has read counts
only while the prompt begins with the same characters: the head of the text stays where it is while the user types, and
moves when the model had time to read from another one.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from segue_model._types import CompletionModel, CompletionPrompt

_SHORT_S, _LONG_S = 1.0, 2.5
"""Seconds that the model may read before its first answer, and while the user reads."""

_LEAST_CHARS, _MOST_CHARS = 300, 6000
_DEFAULT_SPEED = 600.0
_ANCHOR_CHARS = 200
_ENOUGH = 0.7

_UNREAD_CHARS = 160
"""Text that a model reads along with an answer in time for the next key."""


class LeftContext:
    """Cuts prompts for `CompletionModel.tokens` where the model has read them, and lets it read ahead.

    Sizes follow the model's measured reading speed: one second's worth of text at first, grown to two and a half
    seconds' worth while nothing is asked. For one event loop.
    """

    def __init__(self, model: CompletionModel) -> None:
        self._model = model
        self._read = ""
        self._wish: CompletionPrompt | None = None
        self._asked = False
        self._reading = asyncio.Lock()

    def prompt(self, prompt: CompletionPrompt) -> CompletionPrompt:
        """Return `prompt` with its prefix cut to what the model has read of it, or to what it reads in a second."""
        self.hurry()
        at = self._head(prompt.prefix)
        cut = prompt.prefix[at:] if at is not None else _end_of(prompt.prefix, self._chars(_SHORT_S))
        return replace(prompt, prefix=cut)

    def is_warm(self, prefix: str) -> bool:
        """Return whether the model has read `prefix` up to its newest characters, and is not reading now."""
        at = self._head(prefix)
        return at is not None and not self._reading.locked() and self._unread(prefix, at) <= _UNREAD_CHARS

    def hurry(self) -> None:
        """Say that an answer is waited for: what is being read now is cut to what a first answer needs."""
        self._asked = True

    async def rest(self, prompt: CompletionPrompt) -> None:
        """Let the model read what is before the cursor's line: call it when the cursor rests or a file is opened.

        Let it run to its end whatever is typed: what was read stays useful. A newer call replaces one that waits.
        ModelError when the model cannot be asked.
        """
        self._wish, self._asked = prompt, False
        above = prompt.prefix[: prompt.prefix.rfind("\n") + 1]
        async with self._reading:
            for seconds in (_SHORT_S, _LONG_S):
                if self._wish is not prompt or (seconds == _LONG_S and self._asked):
                    return
                await self._read_to(self._wanted(above, self._chars(seconds)), prompt)

    async def _read_to(self, text: str, prompt: CompletionPrompt) -> None:
        if self._read.startswith(text):
            return
        # A request that is made meanwhile waits for its turn and should begin as what is being read.
        self._read = text
        try:
            await self._model.warm(replace(prompt, prefix=text))
        except BaseException:
            self._read = ""
            raise

    def _wanted(self, above: str, chars: int) -> str:
        """Return what is to be read: from the head that was read before, unless that is too near or too far."""
        at = self._head(above)
        if at is not None:
            size = len(above) - at
            if min(chars * _ENOUGH, len(above)) <= size <= 2 * self._chars(_LONG_S):
                return above[at:]
        return _end_of(above, chars)

    def _head(self, text: str) -> int | None:
        """Return where in `text` what was read begins, None where it is not near the end."""
        if not self._read:
            return None
        at = text.rfind(self._read[:_ANCHOR_CHARS], max(0, len(text) - 3 * self._chars(_LONG_S)))
        return at if at >= 0 else None

    def _unread(self, text: str, at: int) -> int:
        if text.startswith(self._read, at):
            return len(text) - at - len(self._read)
        same = next(
            (size for size, (old, new) in enumerate(zip(self._read, text[at:], strict=False)) if old != new),
            0,
        )
        return len(text) - at - same if same else 0

    def _chars(self, seconds: float) -> int:
        speed = self._model.reading_speed or _DEFAULT_SPEED
        return int(min(max(speed * seconds, _LEAST_CHARS), _MOST_CHARS))


def _end_of(text: str, chars: int) -> str:
    """Return about the last `chars` characters of `text`, from the start of a line on."""
    if len(text) <= chars:
        return text
    return text[text.find("\n", len(text) - chars) + 1 :]
