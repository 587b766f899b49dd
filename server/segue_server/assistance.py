"""What the assist room needs of the world: its chat model, the prompts of each layer, the privacy rules."""

from __future__ import annotations

import os
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from segue_assist import PromptLibrary
from segue_context.privacy import mask_secrets, verdict
from segue_model import ModelSettings, open_chat
from segue_server.configuration import keyring_key
from segue_server.models import model_settings

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

    from segue_model import ChatModel
    from segue_server.configuration import Settings
    from segue_server.paths import Directories

PROJECT_PROMPTS = Path(".segue/prompts")
"""Where a project keeps its prompts and rules, below its root."""

_FALLBACK_TIMEOUT_S = 60.0


def chat_settings(settings: Settings) -> ModelSettings | None:
    """Return the model that answers instructions: the chat section's, else the completion model; None for none."""
    chosen = settings.chat
    if not chosen.provider:
        return _from_completion(settings)
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


def _from_completion(settings: Settings) -> ModelSettings | None:
    base = model_settings(settings)
    if base.provider in {"none", "mistral"}:
        return None  # the completion endpoint of mistral has no chat
    provider = "chat" if base.provider == "openai" else base.provider
    timeouts = replace(base.timeouts, read_s=max(base.timeouts.read_s, _FALLBACK_TIMEOUT_S))
    return replace(base, provider=provider, fallbacks=(), timeouts=timeouts)


def open_assistant_chat(settings: Settings, *, cache_dir: Path) -> ChatModel | None:
    """Return the chat model of the settings, None when there is none; raises ModelError for settings that cannot work."""
    chosen = chat_settings(settings)
    return None if chosen is None else open_chat(chosen, cache_dir=cache_dir)


def prompt_library(settings: Settings, directories: Directories, root: Path | None) -> PromptLibrary:
    """Return the prompts that count in a workspace; the project's own only where the user trusts the folder."""
    trusted = root is not None and is_trusted(root, settings.assist.trusted_folders)
    return PromptLibrary(
        user_dir=directories.config / "prompts",
        project_dir=root / PROJECT_PROMPTS if root is not None and trusted else None,
    )


def is_trusted(root: Path, folders: list[str]) -> bool:
    """Return whether `root` is one of `folders` or lies below one."""
    real = os.path.realpath(root)
    for folder in folders:
        trusted = os.path.realpath(Path(folder).expanduser())
        if real == trusted or real.startswith(trusted.rstrip(os.sep) + os.sep):
            return True
    return False


class PrivacyRules:
    """The rules of completion, for what the assist room sends: denied files are refused, secrets masked."""

    def __init__(self, settings: Settings) -> None:
        self._deny = tuple(settings.privacy.deny)
        self._allow = tuple(settings.privacy.allow)

    def refusal(self, path: str, text: str) -> str:
        """Return why the file may not be sent, "" when it may."""
        if self._allow and _spec(self._allow).match_file(path):
            return ""
        if self._deny and _spec(self._deny).match_file(path):
            return "the settings deny this file."
        judged = verdict(path, text)
        return "" if judged.allowed else judged.reason

    def mask(self, text: str) -> str:
        """Return `text` with secrets blotted out."""
        return mask_secrets(text)


@lru_cache(maxsize=8)
def _spec(patterns: tuple[str, ...]) -> GitIgnoreSpec:
    from pathspec import GitIgnoreSpec

    return GitIgnoreSpec.from_lines(patterns)
