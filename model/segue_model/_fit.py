"""Keeps a prompt within the model's context without disturbing its beginning at every key."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from segue_model._types import CompletionPrompt

_STEP = 2048
_LEAST = 256


def fit(prompt: CompletionPrompt, max_chars: int) -> CompletionPrompt:
    """Return `prompt` cut to about `max_chars`: suffix to a quarter, then context files, then the prefix's head.

    The head is cut in large steps at line starts, so that the text the server has in its cache stays the same
    while the user types.
    """
    max_chars = max(max_chars, _LEAST)
    step = min(_STEP, max_chars // 4)
    suffix = prompt.suffix
    if len(suffix) > max_chars // 4:
        suffix = suffix[: max_chars // 4]
        suffix = suffix[: suffix.rfind("\n") + 1] or suffix
    room = max_chars - len(suffix)
    prefix = prompt.prefix
    if len(prefix) > room:
        over = -(-(len(prefix) - room) // step) * step
        start = prefix.find("\n", over) + 1
        prefix = prefix[start or over :]
    room -= len(prefix)
    context = list(prompt.context)
    while context and sum(len(item.path) + len(item.text) + 32 for item in context) > room:
        context.pop(0)
    if suffix is prompt.suffix and prefix is prompt.prefix and len(context) == len(prompt.context):
        return prompt
    return replace(prompt, prefix=prefix, suffix=suffix, context=tuple(context))
