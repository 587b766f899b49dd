"""Identifiers and windows of lines: the units of the lexical index."""

from __future__ import annotations

import re

WINDOW_LINES = 20
WORD = re.compile(r"[^\W\d]\w{1,63}")


def words_of(text: str) -> list[str]:
    """Return the identifiers of `text` in order, repeated as they occur; single letters do not count."""
    return WORD.findall(text)


def windows_of(text: str) -> list[tuple[int, list[str]]]:
    """Return the first line (0-based) and the words of each stretch of `WINDOW_LINES` lines that has any."""
    lines = text.split("\n")
    result = []
    for start in range(0, len(lines), WINDOW_LINES):
        words = WORD.findall("\n".join(lines[start : start + WINDOW_LINES]))
        if words:
            result.append((start, words))
    return result
