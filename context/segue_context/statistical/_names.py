"""Names that were just introduced and wait to be used."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from segue_syntax import KEYWORDS

if TYPE_CHECKING:
    from collections.abc import Sequence

_WORD = re.compile(r"[^\W\d]\w*")
_ASSIGNED = re.compile(
    r"^\s*(?:[\w<>\[\]:*&?. ]*?\s[*&]?)?((?:[^\W\d]\w*\s*,\s*)*[^\W\d]\w*)\s*(?::[^=]*?)?\s*:?=(?!=)"
)
_BOUND = re.compile(
    r"\b(?:for|as|in|catch|with)\b[\s(]*(?:const |let |var |auto&? )?((?:[^\W\d]\w*\s*,\s*)*[^\W\d]\w*)\s*(?:\bin\b|\bof\b|:|$|\))"
)
_HEAD = re.compile(
    r"\b(?:def|func|fn|function|public|private|protected|static|async|lambda)\b[^()]*\(([^()]*)\)?|\(([^()]*)\)\s*(?:=>|\{|:|const)"
)
_PARAMETER = re.compile(r"([^\W\d]\w*)\s*(?::[^,]*|=[^,]*|\s[\w.*\[\]<>&]+)?\s*(?:,|$)")
_TYPED = re.compile(r"[\w>\]*&]\s+[*&]?([^\W\d]\w*)\s*(?:=[^,]*)?(?:,|$)")


def introduced(line: str) -> list[str]:
    """Return the names that a line introduces: assigned, bound by a loop, or parameters."""
    names: list[str] = []
    head = _HEAD.search(line)
    if head is not None:
        inside = head[1] if head[1] is not None else head[2] or ""
        names += _TYPED.findall(inside) if _TYPED.search(inside) and ":" not in inside else []
        names += _PARAMETER.findall(inside)
    for pattern in (_ASSIGNED, _BOUND):
        found = pattern.search(line)
        if found is not None:
            names += _WORD.findall(found[1])
    return [
        name for name in dict.fromkeys(names) if name not in KEYWORDS and name not in {"self", "cls", "_"}
    ]


def fresh_names(lines: Sequence[str], *, limit: int = 5) -> list[str]:
    """Return names introduced in the last `lines` and not used since, the latest first.

    The last of `lines` is the cursor's line up to the cursor.
    """
    fresh: list[str] = []
    used: set[str] = set()
    for line in reversed(lines):
        words = _WORD.findall(line)
        new = introduced(line) if line is not lines[-1] else []
        for name in new:
            if name not in used and words.count(name) == 1 and name not in fresh:
                fresh.append(name)
        used.update(words)
        if len(fresh) >= limit:
            break
    return fresh[:limit]
