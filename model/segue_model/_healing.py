"""Token healing: a prompt is cut back to where a token surely ends, and the answer put right again.

A prompt that ends in a space, or in the middle of a word, makes the model continue with tokens it has hardly seen in
such a place (``return ␣`` continues with ``0``). The tail is taken off the prompt and the answer has to begin with
it: servers that take a grammar are made to, from others the first whitespace is corrected.
"""

from __future__ import annotations

import re

_SPACE_TAIL = re.compile(r"[ \t]+\Z")
# Byte-level tokenizers cut a text into such pieces before anything else; no token crosses a piece's border.
_PIECE = re.compile(r" ?[^\W\d_]+| ?\d| ?(?:[^\s\w]|_)+|\s+(?!\S)|\s+")
# Control characters and halves of surrogate pairs: a grammar cannot spell them.
_UNUSUAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_ESCAPES = str.maketrans({'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"})
_LOOK_BACK = 128
_MAX_TAIL = 64


def split_tail(prefix: str, *, forced: bool) -> tuple[str, str]:
    """Return `prefix` without its last, perhaps unfinished piece, and that piece.

    With `forced` (the server can be made to begin with it) the piece is what a tokenizer would see as one: a word
    begun with the space in front of it, a line break with its indentation, a run of punctuation. Otherwise it is
    trailing spaces only.
    """
    if forced:
        start = max(0, len(prefix) - _LOOK_BACK)
        last = None
        for last in _PIECE.finditer(prefix, start):  # noqa: B007 - only the last one counts
            pass
    else:
        last = _SPACE_TAIL.search(prefix)
    if last is None or last.start() == 0 or len(last[0]) > _MAX_TAIL or _UNUSUAL.search(last[0]):
        return prefix, ""
    return prefix[: last.start()], last[0]


def grammar_for(tail: str) -> str:
    """Return a GBNF grammar whose texts begin with `tail` and go on freely."""
    return f'root ::= "{tail.translate(_ESCAPES)}" [^\\x00]*'


def crosses(tail: str, stop: str) -> bool:
    """Tell whether `stop` could be found in an answer with a part of it inside the forced `tail`."""
    return stop in tail or any(tail.endswith(stop[:size]) for size in range(1, len(stop)))


class TailRemover:
    """Takes the healed tail off the beginning of a streamed answer.

    An answer that was not forced may begin with other whitespace, or with none: then what whitespace it has is
    taken as standing for the tail. An answer that contradicts a tail of letters is none, and gives nothing.
    """

    def __init__(self, tail: str) -> None:
        self._left = tail
        self._spaces = not tail.strip()
        self._contradicted = False

    @property
    def pending(self) -> bool:
        """Whether the tail has not been seen whole yet."""
        return bool(self._left)

    def feed(self, piece: str) -> str:
        """Return what of `piece` belongs after the cursor."""
        if not self._left or self._contradicted:
            return "" if self._contradicted else piece
        common = 0
        while common < min(len(piece), len(self._left)) and piece[common] == self._left[common]:
            common += 1
        if common == len(piece):
            self._left = self._left[common:]
            return ""
        if common < len(self._left) and not self._spaces:
            self._contradicted = True
            return ""
        if common < len(self._left):
            rest = piece[common:].lstrip(" \t")
            self._left = self._left if not rest else ""
            return rest
        self._left = ""
        return piece[common:]
