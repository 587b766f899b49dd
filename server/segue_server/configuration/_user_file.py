"""Sets a value in the user's settings file without disturbing the rest of it."""

from __future__ import annotations

import json
import re
import tomllib
from typing import TYPE_CHECKING

from segue_syntax.storage import private_folder, write_atomically

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class UserFileError(Exception):
    """The settings file cannot be changed by a program; the message says what to do."""


def set_in_user_file(path: Path, section: str, values: Mapping[str, str]) -> None:
    """Set `values` in `[section]` of the TOML file at `path`, keeping comments and everything else."""
    try:
        text = path.read_text("utf-8") if path.exists() else ""
        tomllib.loads(text)
    except (OSError, ValueError, RecursionError) as error:
        raise UserFileError(f"{path} cannot be read ({error}): correct it first.") from error
    for name, value in values.items():
        text = _with_value(text, section, name, json.dumps(value, ensure_ascii=False))
    try:
        result = tomllib.loads(text)
    except (ValueError, RecursionError):
        result = {}
    if any(result.get(section, {}).get(name) != value for name, value in values.items()):
        wanted = ", ".join(f"{name} = {json.dumps(value)}" for name, value in values.items())
        raise UserFileError(
            f"{path} is written in a way that only you can change: set {wanted} in [{section}]."
        )
    private_folder(path.parent)
    write_atomically(path, text.encode())


def _with_value(text: str, section: str, name: str, literal: str) -> str:
    header = re.search(rf"^\[{re.escape(section)}\][^\n]*(\n|\Z)", text, re.MULTILINE)
    line = f"{name} = {literal}\n"
    if header is None:
        gap = "" if not text else "\n" if text.endswith("\n") else "\n\n"
        return f"{text}{gap}[{section}]\n{line}"
    body_start = header.end()
    following = re.search(r"^\[", text[body_start:], re.MULTILINE)
    body_end = body_start + following.start() if following else len(text)
    head, body, tail = text[:body_start], text[body_start:body_end], text[body_end:]
    if not head.endswith("\n"):
        head += "\n"
    old = re.search(rf"^[ \t]*{re.escape(name)}[ \t]*=[^\n]*(\n|\Z)", body, re.MULTILINE)
    if old is None:
        return head + line + body + tail
    return head + body[: old.start()] + line + body[old.end() :] + tail
