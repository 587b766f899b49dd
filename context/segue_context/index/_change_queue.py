"""What servers without the indexing process want it to know: small files in a folder that it looks into."""

from __future__ import annotations

import json
import os
import uuid
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

_MAX_BYTES = 4 * 1024 * 1024


def post(folder: Path, message: dict[str, Any]) -> None:
    """Leave a message; it is lost, without an error, when it cannot be written."""
    box = folder / "inbox"
    try:
        box.mkdir(mode=0o700, exist_ok=True)
        name = uuid.uuid4().hex
        draft = box / f"{name}.tmp"
        draft.write_text(json.dumps(message), encoding="utf-8")
        draft.replace(box / f"{name}.json")
    except OSError:
        return


def take(folder: Path) -> list[dict[str, Any]]:
    """Return the messages left since the last call, and remove them."""
    box = folder / "inbox"
    try:
        names = sorted(entry.name for entry in os.scandir(box) if entry.name.endswith(".json"))
    except OSError:
        return []
    messages = []
    for name in names:
        path = box / name
        try:
            if path.stat().st_size <= _MAX_BYTES:
                message = json.loads(path.read_text("utf-8"))
                if isinstance(message, dict):
                    messages.append(message)
            path.unlink()
        except (OSError, ValueError):
            path.unlink(missing_ok=True)
    return messages
