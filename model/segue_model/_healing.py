"""Token healing: a prompt is cut back to where a token surely ends, and the answer put right again.

A prompt that ends in a space, or in the middle of a word, makes the model continue with tokens it has hardly seen in
such a place (``return ␣`` continues with ``0``). The tail is taken off the prompt and the answer has to begin with
it: servers that take a grammar are made to, from others the first whitespace is corrected.
"""

from __future__ import annotations

import json
import re

_SPACE_TAIL = re.compile(r"[ \t]+\Z")
# A word and the one space in front of it: byte-level tokenizers keep both in one token.
_WORD_TAIL = re.compile(r" ?\w+\Z")
_MAX_TAIL = 64


def split_tail(prefix: str, *, words: bool) -> tuple[str, str]:
    """Return `prefix` without its unfinished tail, and the tail (spaces, or with `words` a word begun)."""
    match = _SPACE_TAIL.search(prefix) or (_WORD_TAIL.search(prefix) if words else None)
    if match is None or match.start() == 0 or len(match[0]) > _MAX_TAIL:
        return prefix, ""
    return prefix[: match.start()], match[0]


def grammar_for(tail: str) -> str:
    """Return a GBNF grammar whose texts begin with `tail` and go on freely."""
    return f"root ::= {json.dumps(tail, ensure_ascii=False)} [^\\x00]*"


class TailRemover:
    """Takes the healed tail off the beginning of a streamed answer.

    An answer that was not forced may begin with other whitespace, or with none: then what whitespace it has is
    taken as standing for the tail. `feed` returns the text that belongs after the cursor, and how many characters
    of the piece came before the cursor.
    """

    def __init__(self, tail: str) -> None:
        self._left = tail
        self._spaces = not tail.strip()

    @property
    def pending(self) -> bool:
        """Whether the tail has not been seen whole yet."""
        return bool(self._left)

    def feed(self, piece: str) -> str:
        """Return what of `piece` belongs after the cursor."""
        if not self._left:
            return piece
        common = 0
        while common < min(len(piece), len(self._left)) and piece[common] == self._left[common]:
            common += 1
        if common == len(piece):
            self._left = self._left[common:]
            return ""
        if common < len(self._left):
            rest = piece[common:].lstrip(" \t") if self._spaces else piece[common:]
            if self._spaces and not rest:
                return ""
            self._left = ""
            return rest
        self._left = ""
        return piece[common:]
