"""Where the comments and strings of a file are, without a grammar: fast enough for every candidate file."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import lru_cache

from segue_syntax import language_of

_STRINGS = r'"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\''
_TRIPLE = r'"""[\s\S]*?(?:"""|\Z)|\'\'\'[\s\S]*?(?:\'\'\'|\Z)'


@lru_cache(maxsize=64)
def _pattern(language_id: str) -> re.Pattern[str]:
    language = language_of(language_id)
    comments = []
    if language.block_comment:
        opening, closing = map(re.escape, language.block_comment)
        comments.append(rf"{opening}[\s\S]*?(?:{closing}|\Z)")
    if language.line_comment:
        comments.append(rf"{re.escape(language.line_comment)}[^\n]*")
    comment = "|".join(comments) or r"(?!)"
    string = f"{_TRIPLE}|{_STRINGS}" if language_id == "python" else _STRINGS
    if language_id in ("go", "javascript", "typescript", "typescriptreact", "javascriptreact"):
        string += r"|`[^`]*`"
    return re.compile(f"(?P<string>{string})|(?P<comment>{comment})")


class Lexed:
    """Comment and string stretches of one text."""

    def __init__(self, text: str, language_id: str) -> None:
        self._starts: list[int] = []
        self._stretches: list[tuple[int, str]] = []
        for match in _pattern(language_id).finditer(text):
            self._starts.append(match.start())
            self._stretches.append((match.end(), match.lastgroup or ""))

    def at(self, offset: int) -> str:
        """Return ``comment``, ``string`` or ``code`` for the character at `offset`."""
        index = bisect_right(self._starts, offset) - 1
        if index >= 0 and offset < self._stretches[index][0]:
            return self._stretches[index][1]
        return "code"


@lru_cache(maxsize=128)
def lexed(text: str, language_id: str) -> Lexed:
    """Return the comments and strings of `text` (remembered: rules ask for the same files again)."""
    return Lexed(text, language_id)


def on_line(line: str, column: int, language_id: str) -> str:
    """Return what `Lexed.at` would, told from the line alone: for files that are only glanced at."""
    language = language_of(language_id)
    text = line.lstrip()
    marker = language.line_comment
    if (marker and text.startswith(marker)) or (
        language.block_comment and text.startswith(("/*", "* ", "<!--"))
    ):
        return "comment"
    quote = ""
    for at in range(min(column, len(line))):
        character = line[at]
        if quote:
            if character == quote and line[at - 1] != "\\":
                quote = ""
        elif character in "\"'`":
            quote = character
        elif marker and line.startswith(marker, at):
            return "comment"
    return "string" if quote else "code"
