"""The chat model: chosen by the settings, opened when first needed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from segue_model import ModelSettings, open_chat
from segue_server.configuration import keyring_key
from segue_server.models.completion import model_settings

if TYPE_CHECKING:
    from pathlib import Path

    from segue_model import ChatModel
    from segue_server.configuration import Settings
    from segue_server.runtime.tasks import TaskRegistry

_FALLBACK_TIMEOUT_S = 60.0


def chat_settings(settings: Settings) -> ModelSettings | None:
    """Return the model that answers instructions: the chat section's, else the completion model; None for none."""
    chosen = settings.chat
    if not chosen.provider:
        return completion_chat_settings(settings)
    if chosen.provider == "none":
        return None
    key = chosen.api_key.get_secret_value()
    if not key and chosen.provider not in {"embedded", "llamacpp", "ollama"}:
        key = keyring_key(chosen.endpoint or chosen.provider)
    base = model_settings(settings)
    timeouts = replace(base.timeouts, read_s=max(base.timeouts.read_s, _FALLBACK_TIMEOUT_S))
    provider = "chat" if chosen.provider in {"openai", "mistral"} else chosen.provider
    return ModelSettings(
        provider=provider,
        endpoint=chosen.endpoint or ("https://api.mistral.ai" if chosen.provider == "mistral" else ""),
        model=chosen.name,
        api_key=key,
        proxy=base.proxy,
        ca_file=base.ca_file,
        timeouts=timeouts,
        threads=base.threads,
    )


def completion_chat_settings(settings: Settings) -> ModelSettings | None:
    """Return the completion model as one that is given instructions; None when it cannot be."""
    base = model_settings(settings)
    if base.provider in {"none", "mistral"}:
        return None  # the completion endpoint of mistral has no chat
    provider = "chat" if base.provider == "openai" else base.provider
    timeouts = replace(base.timeouts, read_s=max(base.timeouts.read_s, _FALLBACK_TIMEOUT_S))
    return replace(base, provider=provider, fallbacks=(), timeouts=timeouts)


class ChatManager:
    """Holds one chat model, and opens another when its settings change."""

    def __init__(self, tasks: TaskRegistry, cache_dir: Path) -> None:
        self._tasks = tasks
        self._cache_dir = cache_dir
        self._chat: ChatModel | None = None
        self._opened_for: ModelSettings | None = None

    async def of(self, chosen: ModelSettings | None) -> ChatModel | None:
        """Return the model of these settings, None for none. Raises ModelError for settings that cannot work."""
        if chosen != self._opened_for:
            await self.aclose()
            if chosen is not None:
                self._chat = await self._tasks.in_thread(lambda: open_chat(chosen, cache_dir=self._cache_dir))
            self._opened_for = chosen
        return self._chat

    async def aclose(self) -> None:
        """Release the model."""
        chat, self._chat, self._opened_for = self._chat, None, None
        if chat is not None:
            await chat.aclose()
