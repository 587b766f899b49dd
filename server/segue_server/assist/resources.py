"""What the assistant is given: the prompts of each layer, a project's own where the user trusts it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from segue_assist import AssistError, PromptLibrary

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


def check_writable(path: Path, shown: str) -> None:
    """Raise `AssistError` (read_only) for a file that may not be written; one that does not exist yet may."""
    if path.exists() and not (os.access(path, os.W_OK) and path.stat().st_mode & 0o222):
        raise AssistError("read_only", f"{shown or path.name} is read-only, so it is not changed.")
