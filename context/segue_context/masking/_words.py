"""The words of a text that masking looks at: found in one pass, each kind of word judged once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_WORD = re.compile(r"[A-Za-z0-9_$-]+")
_WORD_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_$-")
_MOST_REMEMBERED = 50_000


class Vocabulary(dict[str, bool]):
    """Which words are worth a look; the answer of `judge` to each is remembered."""

    def __init__(self, judge: Callable[[str], bool]) -> None:
        self._judge = judge

    def __missing__(self, word: str) -> bool:
        if len(self) > _MOST_REMEMBERED:
            self.clear()
        answer = self[word] = self._judge(word)
        return answer


def words_of(text: str, vocabulary: Vocabulary) -> list[tuple[str, int, int]]:
    """Return (word, begin, end) for the words of `text` that `vocabulary` wants, in order."""
    words = _WORD.findall(text)
    wanted = {word for word in set(words) if vocabulary[word]}
    found = []
    at = 0
    for word in filter(wanted.__contains__, words):
        while True:
            at = text.find(word, at)
            end = at + len(word)
            if text[at - 1 : at] not in _WORD_CHARACTERS and text[end : end + 1] not in _WORD_CHARACTERS:
                break
            at += 1
        found.append((word, at, end))
        at = end
    return found
