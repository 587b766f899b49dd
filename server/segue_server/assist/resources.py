"""What the assistant is given: the prompts of each layer, a project's own where the user trusts it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from segue_assist import AssistError, PromptLibrary
from segue_server.workspace.trust import team_rules, trusted_root

if TYPE_CHECKING:
    from segue_context.privacy import SendingRules
    from segue_server.configuration import Settings
    from segue_server.runtime.paths import Directories

PROJECT_PROMPTS = Path(".segue/prompts")
"""Where a project keeps its prompts and rules, below its root."""


def prompt_library(
    settings: Settings, directories: Directories, root: Path | None, sending: SendingRules
) -> PromptLibrary:
    """Return the prompts that count in a workspace; the project's own only where the user trusts the folder."""
    trusted = trusted_root(settings, root)
    return PromptLibrary(
        user_dir=directories.prompts,
        project_dir=trusted / PROJECT_PROMPTS if trusted is not None else None,
        rules=team_rules(settings, directories, root, sending),
    )


def check_writable(path: Path, shown: str) -> None:
    """Raise `AssistError` (read_only) for a file that may not be written; one that does not exist yet may."""
    if path.exists() and not (os.access(path, os.W_OK) and path.stat().st_mode & 0o222):
        raise AssistError("read_only", f"{shown or path.name} is read-only, so it is not changed.")
