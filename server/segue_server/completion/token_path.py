"""What a language model says next, token by token, with how sure it is of each: read again as the user types on."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

DECISIVE = 0.25
"""Tokens less likely than this are no part of what is shown, whatever the statistical engine says of them."""

UNKNOWN = -9.0
"""Natural log taken for a text that the model's tokens rule out."""

_UNHEARD = 0.05
"""Most that a text is given which is none of the tokens told of."""


@dataclass(frozen=True, slots=True)
class Step:
    """One token: `logprob` is the natural log of its chance after those before it.

    `others` are the rivals that the server told of, likeliest first.
    """

    text: str
    logprob: float
    others: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """What a path says of one text: the log of its chance, and whether that is known or only an upper bound."""

    log: float
    known: bool


@dataclass(frozen=True, slots=True)
class TokenPath:
    """The likeliest tokens from one place on, in order.

    `ended` tells that the model ends the text after them; else it only has not been heard further.
    """

    steps: tuple[Step, ...] = ()
    ended: bool = False

    @property
    def text(self) -> str:
        """The whole path."""
        return "".join(step.text for step in self.steps)

    @property
    def log(self) -> float:
        """The natural log of the chance of the whole path."""
        return sum(step.logprob for step in self.steps)

    def within(self, length: int) -> TokenPath:
        """Return the tokens that end within the first `length` characters."""
        kept = tuple(
            step for step, text in zip(self.steps, self.beginnings(), strict=True) if len(text) <= length
        )
        return self if len(kept) == len(self.steps) else TokenPath(kept, ended=True)

    def after(self, typed: str) -> TokenPath | None:
        """Return the path as it reads once `typed` has been typed, None when the model has said nothing of that.

        A token of which a part is typed gets its chance among the rivals that begin with that part too.
        """
        if not typed:
            return self
        at = 0
        for index, step in enumerate(self.steps):
            left = typed[at:]
            if not left:
                return TokenPath(self.steps[index:], self.ended)
            if left.startswith(step.text):
                at += len(step.text)
                continue
            begun = _begun(step, left)
            if not begun:
                return None
            text, logprob = begun[0]
            first = Step(text[len(left) :], logprob, tuple((t[len(left) :], log) for t, log in begun[1:]))
            if text == step.text:
                return TokenPath((first, *self.steps[index + 1 :]), self.ended)
            return TokenPath((first,))
        return None if typed[at:] or not self.ended else TokenPath((), ended=True)

    def beginnings(self) -> list[str]:
        """Return the texts up to each token's end, shortest first."""
        found = []
        text = ""
        for step in self.steps:
            text += step.text
            found.append(text)
        return found

    def says(self, text: str) -> Said:
        """Return the chance that what comes next begins with `text`, rivals that spell it counted in."""
        spelled, log, before = 0.0, 0.0, ""
        for step in self.steps:
            here = before + step.text
            spelled += sum(
                math.exp(log + rival) for other, rival in step.others if (before + other).startswith(text)
            )
            if here.startswith(text):
                return _said(spelled + math.exp(log + step.logprob), known=True)
            if not text.startswith(here):
                return self._said_by_rivals(step, text[len(before) :], log, spelled)
            log += step.logprob
            before = here
        return _said(spelled, known=True) if self.ended else _said(spelled + math.exp(log), known=False)

    def _said_by_rivals(self, step: Step, left: str, log: float, spelled: float) -> Said:
        """Return the chance of a text that goes on with `left` where the path goes on with another token."""
        if spelled:
            return _said(spelled, known=True)
        shorter = [chance for other, chance in step.others if other and left.startswith(other)]
        if shorter:
            return Said(log + max(shorter), known=False)
        unheard = 1.0 - sum(math.exp(chance) for _, chance in _all(step))
        return _said(math.exp(log) * min(max(unheard, 0.0), _UNHEARD), known=True)


def _said(chance: float, *, known: bool) -> Said:
    return Said(max(UNKNOWN, math.log(min(chance, 1.0))) if chance > 0 else UNKNOWN, known)


def _all(step: Step) -> Sequence[tuple[str, float]]:
    return [(step.text, step.logprob), *(other for other in step.others if other[0] != step.text)]


def _begun(step: Step, typed: str) -> list[tuple[str, float]]:
    """Return the tokens that begin with `typed` and go on, with their chances among themselves, likeliest first."""
    agreeing = [(text, log) for text, log in _all(step) if text.startswith(typed) and len(text) > len(typed)]
    if not agreeing:
        return []
    total = _log_sum([log for _, log in agreeing])
    return sorted(((text, log - total) for text, log in agreeing), key=lambda pair: -pair[1])


def _log_sum(logs: Sequence[float]) -> float:
    highest = max(logs)
    return highest + math.log(sum(math.exp(log - highest) for log in logs))
