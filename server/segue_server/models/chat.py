"""The chat model: chosen by the settings, opened when first needed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from segue_model import ModelSettings, Timeouts, WeightsError, open_chat
from segue_server.configuration import key_of
from segue_server.models.completion import model_settings

if TYPE_CHECKING:
    from pathlib import Path

    from segue_model import ChatModel
    from segue_server.configuration import Settings
    from segue_server.runtime.tasks import TaskRegistry


def chat_settings(settings: Settings) -> ModelSettings | None:
    """Return the model that answers instructions: the chat section's, else the completion model; None for none."""
    chosen = settings.chat
    if not chosen.provider:
        return completion_chat_settings(settings)
    if chosen.provider == "none":
        return None
    base = model_settings(settings)
    return ModelSettings(
        provider=chosen.provider,
        endpoint=chosen.endpoint,
        model=chosen.name,
        api_key=key_of(chosen.api_key, chosen.provider, chosen.endpoint),
        proxy=base.proxy,
        ca_file=base.ca_file,
        timeouts=Timeouts.of(chosen.timeout_s),
        threads=base.threads,
        section="chat",
    )


def completion_chat_settings(settings: Settings) -> ModelSettings | None:
    """Return the completion model as one that is given instructions; None when there is none."""
    base = model_settings(settings)
    if base.provider == "none":
        return None
    return replace(base, fallbacks=(), timeouts=Timeouts.of(settings.chat.timeout_s))


class ChatManager:
    """Holds one chat model, and opens another when its settings change."""

    def __init__(self, tasks: TaskRegistry, cache_dir: Path) -> None:
        self._tasks = tasks
        self._cache_dir = cache_dir
        self._chat: ChatModel | None = None
        self._opened_for: ModelSettings | None = None

    async def of(self, chosen: ModelSettings | None) -> ChatModel | None:
        """Return the model of these settings, None for none. Raises ModelError for settings that cannot work.

        The embedded default is none while it is not on this machine: nobody has chosen it.
        """
        if self._chat is None or chosen != self._opened_for:
            await self.aclose()
            if chosen is not None:
                self._chat = await self._tasks.in_thread(self._open, chosen)
            self._opened_for = chosen
        return self._chat

    def _open(self, chosen: ModelSettings) -> ChatModel | None:
        try:
            return open_chat(chosen, cache_dir=self._cache_dir)
        except WeightsError:
            if chosen.section == "chat" or chosen.model:
                raise
            return None

    async def aclose(self) -> None:
        """Release the model."""
        chat, self._chat, self._opened_for = self._chat, None, None
        if chat is not None:
            await chat.aclose()
