"""Keeps a model's reasoning out of its answer, where the server leaves the two in one text.

Some chat templates open the reasoning themselves, so that an answer has only the mark that ends it.
"""

from __future__ import annotations

_MARKS = (
    ("<think>", "</think>"),
    ("<thinking>", "</thinking>"),
    ("<reasoning>", "</reasoning>"),
    ("[THINK]", "[/THINK]"),
    ("<|channel|>analysis<|message|>", "<|channel|>final<|message|>"),
)
_PHRASES = (
    *(
        "okay, so",
        "okay, the user",
        "okay, let",
        "alright, ",
        "hmm",
        "we need to ",
        "we have to ",
        "the user ",
    ),
    *(
        "let me think",
        "let's think",
        "i need to ",
        "first, i ",
        "so the user",
        "so, the user",
        "thinking process",
    ),
)
"""How reasoning begins that no mark opens: an answer that begins so is held until a mark ends it, or to its end."""


def without_reasoning(answer: str) -> str:
    """Return a whole answer without the reasoning before it, whether a mark opens that or not."""
    for opening, closing in _MARKS:
        _, closed, rest = answer.rpartition(closing)
        if closed:
            answer = rest
        elif answer.lstrip().startswith(opening):
            answer = ""
    return answer


class ReasoningFilter:
    """Drops reasoning between marks from the beginning of a streamed answer, whatever pieces it arrives in."""

    def __init__(self) -> None:
        self._held = ""
        self._closing = ""
        self._past = False

    def feed(self, piece: str, *, last: bool) -> str:
        """Return what of the answer is known not to be reasoning."""
        if self._past:
            return piece
        self._held += piece
        if self._closing:
            _, closed, rest = self._held.partition(self._closing)
            if not closed:
                self._held = self._held[-len(self._closing) :]
                return ""
            self._held, self._closing = rest.lstrip(), ""
        begun = self._held.lstrip()
        if begun.lower().startswith(_PHRASES):
            rest = without_reasoning(begun)
            if rest == begun and not last:
                return ""
            self._held, self._past = "", True
            return rest.lstrip()
        for opening, closing in _MARKS:
            if begun.startswith(opening):
                self._held, self._closing = begun[len(opening) :], closing
                return self.feed("", last=last)
        beginnings = (*(opening for opening, _ in _MARKS), *_PHRASES)
        if not last and any(one.startswith((begun, begun.lower())) for one in beginnings):
            return ""
        held, self._held, self._past = self._held, "", True
        return held
