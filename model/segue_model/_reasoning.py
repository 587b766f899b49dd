"""Keeps a model's reasoning out of its answer, where the server leaves the two in one text."""

from __future__ import annotations

_MARKS = (
    ("<think>", "</think>"),
    ("<thinking>", "</thinking>"),
    ("<reasoning>", "</reasoning>"),
    ("[THINK]", "[/THINK]"),
    ("<|channel|>analysis<|message|>", "<|channel|>final<|message|>"),
)
_LONGEST = max(len(opening) for opening, _ in _MARKS)


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
        for opening, closing in _MARKS:
            if begun.startswith(opening):
                self._held, self._closing = begun[len(opening) :], closing
                return self.feed("", last=last)
        if not last and len(begun) < _LONGEST and any(opening.startswith(begun) for opening, _ in _MARKS):
            return ""
        held, self._held, self._past = self._held, "", True
        return held
