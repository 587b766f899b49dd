"""Pieces of which the readers of import statements in ``languages/`` are made."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

SPACE = re.compile(r"\s+")
COMMENTS = re.compile(r"#[^\n]*|//[^\n]*|/\*.*?\*/", re.DOTALL)
QUOTED = re.compile(r"""["'`]([^"'`\n]*)["'`]""")


def name_and_alias(part: str) -> tuple[str, str]:
    """Split ``a as b`` (or ``a: b``) into name and alias; the alias is "" when it is the name."""
    words = re.split(r"\s+as\s+|\s*:\s*", part.strip(), maxsplit=1)
    name = words[0].strip()
    alias = words[1].strip() if len(words) > 1 else ""
    return name, "" if alias == name else alias


def split_commas(text: str) -> Iterator[str]:
    depth, start = 0, 0
    for at, character in enumerate(text):
        depth += (character == "{") - (character == "}")
        if character == "," and depth == 0:
            yield text[start:at]
            start = at + 1
    yield text[start:]
