"""Writes explanations to files, for editors that show Markdown by opening it."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from segue_syntax.storage import private_folder

if TYPE_CHECKING:
    from pathlib import Path

_KEPT = 20


def write_explanation(cache_dir: Path, markdown: str) -> Path:
    """Write an explanation to a file of its own, readable by the user alone, and return its path.

    The last twenty are kept.
    """
    folder = private_folder(cache_dir / "explanations")
    path = folder / f"explanation-{time.time_ns()}.md"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(markdown if markdown.endswith("\n") else markdown + "\n")
    for old in sorted(folder.glob("explanation-*.md"))[:-_KEPT]:
        with suppress(OSError):
            old.unlink()
    return path
