"""Pieces of which the readers of import statements in ``languages/`` are made."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from segue_syntax._import_syntax import ImportStatement

SPACE = re.compile(r"\s+")
COMMENTS = re.compile(r"(?<!:)//[^\n]*|/\*.*?\*/", re.DOTALL)
TYPE_CHECKING_BLOCK = re.compile(r"if\s+(?:\w+\.)?TYPE_CHECKING\s*:")
QUOTED = re.compile(r"""["'`]([^"'`\n]*)["'`]""")


def name_and_alias(part: str) -> tuple[str, str]:
    """Split ``a as b`` (or ``a: b``) into name and alias; the alias is "" when it is the name."""
    words = re.split(r"\s+as\s+|\s*:\s*", part.strip(), maxsplit=1)
    name = words[0].strip()
    alias = words[1].strip() if len(words) > 1 else ""
    return name, "" if alias == name else alias


def split_commas(text: str) -> Iterator[str]:
    """Yield the parts of a list, in which braces may nest."""
    depth, start = 0, 0
    for at, character in enumerate(text):
        depth += (character == "{") - (character == "}")
        if character == "," and depth == 0:
            yield text[start:at]
            start = at + 1
    yield text[start:]


def constants_first(name: str) -> tuple[int, str]:
    """Return what sorts constants before classes before other names."""
    return (0 if name.isupper() and len(name) > 1 else 1 if name[:1].isupper() else 2), name


def header_of(lines: Sequence[str], statement: ImportStatement) -> str:
    """Return the nearest line above that is indented less, "" when none is."""
    above = reversed(lines[: statement.start])
    return next((line for line in above if line.strip() and not line.startswith(statement.indent)), "")
