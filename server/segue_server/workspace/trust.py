"""What a project may tell the model: its own prompts and rules, where the user trusts its folder."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from segue_context.team_rules import TeamRules

if TYPE_CHECKING:
    from segue_context.privacy import SendingRules
    from segue_server.configuration import Settings
    from segue_server.runtime.paths import Directories


def trusted_root(settings: Settings, root: Path | None) -> Path | None:
    """Return `root` when it is one of the folders that the user trusts or lies below one, else None."""
    if root is None or not settings.assist.trusted_folders:
        return None
    real = os.path.realpath(root)
    for folder in settings.assist.trusted_folders:
        trusted = os.path.realpath(Path(folder).expanduser())
        if real == trusted or real.startswith(trusted.rstrip(os.sep) + os.sep):
            return root
    return None


def team_rules(
    settings: Settings, directories: Directories, root: Path | None, sending: SendingRules
) -> TeamRules:
    """Return the rules of the team that count in a workspace."""
    return TeamRules(
        sending,
        user=directories.rules_file,
        root=trusted_root(settings, root),
        agents=settings.assist.agent_instructions,
    )
