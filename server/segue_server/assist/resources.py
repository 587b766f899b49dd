"""What the assistant is given: the prompts of each layer and the privacy rules."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from segue_assist import PromptLibrary
from segue_context.patterns import is_named
from segue_context.privacy import mask_secrets, verdict

if TYPE_CHECKING:
    from segue_server.configuration import Settings
    from segue_server.runtime.paths import Directories

PROJECT_PROMPTS = Path(".segue/prompts")
"""Where a project keeps its prompts and rules, below its root."""


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
    """Applies the privacy rules of completion to what the assistant sends: denied files are refused, secrets masked."""

    def __init__(self, settings: Settings) -> None:
        self._deny = tuple(settings.privacy.deny)
        self._allow = tuple(settings.privacy.allow)

    def refusal(self, path: str, text: str) -> str:
        """Return why the file may not be sent, "" when it may."""
        if is_named(path, self._allow):
            return ""
        if is_named(path, self._deny):
            return "the settings deny this file."
        judged = verdict(path, text)
        return "" if judged.allowed else judged.reason

    def mask(self, text: str) -> str:
        """Return `text` with secrets masked."""
        return mask_secrets(text)
