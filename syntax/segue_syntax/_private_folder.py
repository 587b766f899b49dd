"""Folders of the user's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def private_folder(folder: Path) -> Path:
    """Create `folder`, and what is missing above it, so that only the user can enter; returns it."""
    for missing in [place for place in (*reversed(folder.parents), folder) if not place.exists()]:
        missing.mkdir(mode=0o700, exist_ok=True)
    return folder
