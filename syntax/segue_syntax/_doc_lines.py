"""The first line of a definition's documentation: a docstring, or the comment above it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from segue_syntax._registry import language_of

if TYPE_CHECKING:
    from collections.abc import Sequence

DOC_CHARS = 160
_COMMENT_LINES = 60  # a longer comment's first line is not looked for
_DOCSTRING = re.compile(rb"""[rRuUbB]{0,2}("{3}|'{3}|"|')((?:(?!\1)[\s\S]){0,600})""")
_C_MARKS = re.compile(r"^\s*(?:/\*+!?|//[/!]*|\*+/?)\s?|\*+/\s*$")
_HASH_MARKS = re.compile(r"^\s*#+!?\s?")
_BETWEEN = (b"@", b"#[", b"[", b"template")  # what stands between a comment and what it documents
_TAG = re.compile(r"<[^>]{1,80}>")


def doc_line(language: str, lines: Sequence[bytes], line: int, data: bytes, body_start: int) -> str:
    """Return the first line of what documents the definition that starts at `line`, or "".

    `body_start` is the byte where its body starts, -1 without one: that is where Python keeps it.
    """
    written = language_of(language)
    if written.documentation.docstring:
        found = _DOCSTRING.match(data, body_start) if body_start >= 0 else None
        text = found.group(2).decode("utf-8", "replace") if found else ""
        return next((part.strip() for part in text.splitlines() if part.strip()), "")[:DOC_CHARS]
    hashes = written.line_comment == "#"
    first = _comment_above(lines, line, (b"#",) if hashes else (b"//", b"/*", b"*"))
    marks = _HASH_MARKS if hashes else _C_MARKS
    for raw in lines[first:line]:
        text = marks.sub("", raw.decode("utf-8", "replace").rstrip())
        text = _TAG.sub("", text).strip(" *-=")
        if text:
            return text[:DOC_CHARS]
    return ""


def _comment_above(lines: Sequence[bytes], line: int, marks: tuple[bytes, ...]) -> int:
    """Return the first of the comment lines that end right above `line`, or `line` when there are none."""
    first = at = line
    while at > 0 and line - at < _COMMENT_LINES:
        text = lines[at - 1].strip()
        if text.startswith(marks):
            first = at - 1
            if text.startswith(b"/*"):
                break
        elif first < line or not text.startswith(_BETWEEN) or text.endswith((b"{", b"}", b";")):
            break
        at -= 1
    return first
