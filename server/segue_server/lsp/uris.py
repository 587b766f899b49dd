"""File URIs and paths."""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

_DRIVE = re.compile(r"^/[A-Za-z]:")


def path_of(uri: str) -> Path | None:
    """Return the path of a file URI with `..` taken out, or None for any other scheme."""
    try:
        parts = urlsplit(uri)
    except ValueError:
        return None
    if parts.scheme not in ("file", "vscode-notebook-cell"):
        return None
    text = unquote(parts.path)
    if _DRIVE.match(text):
        text = text[1:]
    elif parts.netloc and os.name == "nt":
        text = f"//{parts.netloc}{text}"
    if not text or "\0" in text:
        return None
    return Path(os.path.normpath(text))


def uri_of(path: Path) -> str:
    """Return the file URI of an absolute path."""
    return path.as_uri()
