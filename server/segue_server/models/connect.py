"""Chooses a model server for the user: what it is good for is tried out, and what works is written to the settings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from segue_model import PROVIDERS, ModelSettings, Timeouts, look_at, parse_address
from segue_server.configuration import set_in_user_file, store_key
from segue_server.models.trial import Trial, try_chat, try_completion

if TYPE_CHECKING:
    from pathlib import Path

    from segue_model import FoundServer
    from segue_server.runtime.paths import Directories

_LIMITS = Timeouts(connect_s=5.0, read_s=60.0, total_s=120.0, loading_s=120.0)
_ANOTHER_WAY = frozenset(
    {"not_found", "bad_request", "not_supported", "malformed", "server_error", "no_text"}
)
"""Failures of a completion after which the same model is asked through its chat."""


@dataclass(frozen=True, slots=True)
class Connected:
    """What was tried and chosen: `provider` is "" where nothing works."""

    provider: str
    endpoint: str
    model: str
    completion: Trial
    chat: Trial

    @property
    def works(self) -> bool:
        """Whether the model can be used for anything."""
        return not (self.completion.failure and self.chat.failure)

    def section(self, *, chat_only: bool = False) -> str:
        """Return the section of the settings that the model is written to: `model` or `chat`."""
        return "chat" if chat_only or self.completion.failure else "model"


async def find_at(endpoint: str, api_key: str = "") -> FoundServer:
    """Return the server at an address that the user gave, or of a provider that they named. ModelError when there is none."""
    provider = PROVIDERS.get(endpoint.strip().lower())
    if provider is not None and provider.endpoint:
        return await look_at(provider.chat_endpoint or provider.endpoint, api_key)
    return await look_at(endpoint, api_key)


async def try_out(server: FoundServer, model: str, api_key: str, cache_dir: Path) -> Connected:
    """Ask a model for a completion and for a chat message."""
    settings = ModelSettings(
        provider=server.provider, endpoint=server.endpoint, model=model, api_key=api_key, timeouts=_LIMITS
    )
    chat = await try_chat(settings, cache_dir)
    completion = await try_completion(settings, cache_dir)
    provider = server.provider
    if completion.reason in _ANOTHER_WAY and provider == "openai" and not chat.failure:
        provider = "chat"
        completion = await try_completion(
            ModelSettings(
                provider=provider, endpoint=server.endpoint, model=model, api_key=api_key, timeouts=_LIMITS
            ),
            cache_dir,
        )
    return Connected(provider, server.endpoint, model, completion, chat)


def write_down(chosen: Connected, api_key: str, places: Directories, *, chat_only: bool = False) -> list[str]:
    """Write a choice to the user's settings and keep its key; return what was done, a sentence each.

    A model that completes is for completion, and for chat as well unless it only completes: the chat section then
    stays as it is. UserFileError when the file cannot be changed.
    """
    section = chosen.section(chat_only=chat_only)
    endpoint = _plain(chosen)
    values = {"provider": chosen.provider, "endpoint": endpoint, "name": chosen.model}
    set_in_user_file(places.user_file, section, values)
    uses = {"chat": "Chat", "model": "Completion" if chosen.chat.failure else "Completion and chat"}
    done = [
        f"{uses[section]} will use {chosen.model or 'the default model'} of {endpoint} ({places.user_file})."
    ]
    if api_key:
        done.append(f"The key is kept {store_key(endpoint or chosen.provider, api_key)}.")
    return done


def _plain(chosen: Connected) -> str:
    """Return the address to write: as it was given where its path or query says more than the provider does."""
    address = parse_address(chosen.endpoint)
    if address.query or chosen.provider in {"openai", "chat"}:
        return chosen.endpoint.strip()
    return address.base
