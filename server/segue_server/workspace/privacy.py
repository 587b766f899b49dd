"""What of a workspace may be sent, from the settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segue_context.privacy import SendingRules

if TYPE_CHECKING:
    from pathlib import Path

    from segue_server.configuration import Settings


def sending_rules(settings: Settings, root: Path | None) -> SendingRules:
    """Return the door for what is sent of a workspace, under `settings`."""
    return SendingRules(root, deny=settings.privacy.deny, allow=settings.privacy.allow)
