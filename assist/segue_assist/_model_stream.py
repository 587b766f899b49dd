"""One answer of a chat model as a stream, with what it cost."""

from __future__ import annotations

import time
from contextlib import aclosing
from typing import TYPE_CHECKING

from segue_assist._errors import AssistError
from segue_assist._types import Usage
from segue_model import ModelError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from segue_assist._assist_request import Answer
    from segue_model import ChatMessage, ChatModel, GenerationOptions

_MOST_CHARS = 60_000


async def model_stream(
    chat: ChatModel,
    messages: Sequence[ChatMessage],
    options: GenerationOptions,
    answer: Answer,
    *,
    prepare_ms: float = 0.0,
) -> AsyncGenerator[str]:
    """Yield the answer piece by piece, and note in `answer` what it cost and whether a limit cut it.

    Raises `AssistError` (model_failed, empty_answer).
    """
    began = time.perf_counter()
    first = 0.0
    size = 0
    stats: dict[str, float] = {}
    count = 0
    try:
        async with aclosing(chat.chat(messages, options)) as stream:
            async for chunk in stream:
                if chunk.text:
                    first = first or (time.perf_counter() - began) * 1000
                    size += len(chunk.text)
                    count += 1
                    yield chunk.text
                if chunk.finish:
                    answer.cut = chunk.finish != "stop"
                    stats = chunk.stats
                if size > _MOST_CHARS:
                    answer.cut = True
                    break
    except ModelError as error:
        raise AssistError("model_failed", str(error)) from error
    if not size:
        raise AssistError("empty_answer", "The model answered nothing.")
    answer.usage = Usage(
        model=chat.name,
        prompt_tokens=int(stats.get("prompt_tokens", 0)),
        answer_tokens=int(stats.get("predicted_tokens", 0)) or count,
        first_token_ms=first,
        prepare_ms=prepare_ms,
        total_ms=(time.perf_counter() - began) * 1000,
        prompt_chars=sum(len(message.content) for message in messages),
    )
