"""From a server's tokens to what follows the cursor, as far as it is likely.

The begun word is healed by choice: the prompt is cut before it, and of the tokens that the server finds likely there
the likeliest that agrees with the typed characters is taken. Its probability is divided by that of all tokens that
agree, since the typed characters are certain. A word that the model did not expect stays in the prompt.
"""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import dataclass, replace
from math import exp, log
from typing import TYPE_CHECKING, Protocol

from segue_model._healing import TailRemover
from segue_model._types import LikelyToken

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

_LEAST_FITTING = 1e-3
"""The least probability of all tokens that agree with a begun word: below it, the choice would be made among noise."""

_OTHERS = 8
_LEAST_LOG = -100.0
_TORN = "\N{REPLACEMENT CHARACTER}"

Others = tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One token of a server's answer: what it took ("" at its end), and the likeliest tokens there, that one included.

    `id` is the token's number, where the server tells it.
    """

    text: str
    logprob: float
    id: int | None = None
    likeliest: tuple[Step, ...] = ()


class Ask(Protocol):
    """Asks a server for tokens."""

    def __call__(self, written: Sequence[Step], count: int) -> AsyncGenerator[Step]:
        """Yield at most `count` tokens that follow the prompt and `written`, the likeliest each time."""


async def likely_tokens(
    ask: Ask, whole: Ask, tail: str, *, least: float, max_tokens: int, stop: Sequence[str]
) -> AsyncGenerator[LikelyToken]:
    """Yield what follows the cursor token by token, as `CompletionModel.tokens` describes.

    `ask` continues the prompt without its begun word `tail`, `whole` continues all of it.
    """
    begun = await _begun(ask, tail) if tail else _Begun()
    path = _Path(stop, begun.surprise)
    if not begun.written:
        ask = whole
    if begun.rest:
        for token in path.add(begun.rest, begun.logprob, begun.others):
            yield token
        if path.is_over(least):
            return
        begun = _Begun(begun.written)
    async with aclosing(ask(begun.written, max_tokens - bool(path.text))) as steps:
        async for step in steps:
            others = tuple((item.text, item.logprob) for item in step.likeliest if item.text != step.text)
            shifted = tuple((text, begun.logprob + logprob) for text, logprob in others)
            for token in path.add(step.text, begun.logprob + step.logprob, shifted + begun.others):
                yield token
            if path.is_over(least):
                return
            begun = _Begun()


def after_spaces(ask: Ask, tail: str) -> Ask:
    """Return `ask` for a prompt whose spaces at the end were taken off: its answer begins with them, or should have."""

    async def asked(written: Sequence[Step], count: int) -> AsyncGenerator[Step]:
        remover = TailRemover(tail)
        async with aclosing(ask(written, count)) as steps:
            async for step in steps:
                if not remover.pending or not step.text:
                    yield step
                elif rest := remover.feed(step.text):
                    cut = step.text[: len(step.text) - len(rest)]
                    likeliest = tuple(
                        replace(other, text=other.text[len(cut) :])
                        for other in step.likeliest
                        if other.text.startswith(cut)
                    )
                    yield replace(step, text=rest, likeliest=likeliest)

    return asked


@dataclass(frozen=True, slots=True)
class _Begun:
    """The begun word as the model writes it.

    `written` are its tokens, none where it stays in the prompt; `logprob` is theirs, given the typed characters, and
    `rest` what the last one adds after the cursor. `others` add something else. `surprise` is as in `LikelyToken`.
    """

    written: tuple[Step, ...] = ()
    logprob: float = 0.0
    others: Others = ()
    rest: str = ""
    surprise: float = 0.0


async def _begun(ask: Ask, tail: str) -> _Begun:
    """Return the likeliest way to write `tail`."""
    written: list[Step] = []
    others: list[tuple[str, float]] = []
    logprob = surprise = 0.0
    while True:
        step = await _first(ask, written)
        fitting = [item for item in step.likeliest if _agree(item.text, tail)] if step else []
        expected = sum(exp(item.logprob) for item in fitting)
        surprise += log(max(expected, _LEAST_FITTING))
        if expected < _LEAST_FITTING:
            return _Begun(surprise=surprise)
        best = max(fitting, key=lambda item: item.logprob)
        given = logprob - log(expected)
        others.extend(
            (item.text[len(tail) :], given + item.logprob)
            for item in fitting
            if item is not best and len(item.text) > len(tail)
        )
        written.append(best)
        logprob = given + best.logprob
        if len(best.text) >= len(tail):
            return _Begun(tuple(written), logprob, tuple(others), best.text[len(tail) :], surprise)
        tail = tail[len(best.text) :]


async def _first(ask: Ask, written: Sequence[Step]) -> Step | None:
    async with aclosing(ask(written, 1)) as steps:
        return await anext(steps, None)


def _agree(text: str, tail: str) -> bool:
    return bool(text) and (text.startswith(tail) or tail.startswith(text))


class _Path:
    """The tokens taken so far, and the chance of the text that they spell."""

    def __init__(self, stop: Sequence[str], surprise: float) -> None:
        self.text = ""
        self._ended = False
        self._surprise = surprise
        self._stop = tuple(item for item in stop if item)
        self._exact = 0.0
        self._others: list[tuple[str, float]] = []
        self._last = 0.0

    def is_over(self, least: float) -> bool:
        """Return whether the text has ended, or has become less likely than `least`."""
        return self._ended or exp(self._last) < least

    def add(self, text: str, logprob: float, others: Others) -> list[LikelyToken]:
        """Take a token, and return what it is after the cursor: its text, the end that it holds, both or nothing.

        `logprob` and those of `others` are given the tokens before.
        """
        if _TORN in text:
            self._ended = True
            return []
        readable = [item for item in others if item[0] and _TORN not in item[0]]
        readable.sort(key=lambda item: -item[1])
        self._others.extend((self.text + item[0], self._exact + item[1]) for item in readable)
        self._exact += logprob
        start = len(self.text)
        self.text += text
        cut, end = self._cut(start)
        self._ended = end is not None
        told = tuple(readable[:_OTHERS])
        found = []
        if text[:cut]:
            chance = self._chance(self.text[: start + cut])
            found.append(LikelyToken(text[:cut], logprob, chance, told, self._surprise))
        if end is not None:
            chance = self._chance(self.text[: start + cut] + end) if end else self._exact
            alone = not found
            found.append(
                LikelyToken("", logprob if alone else 0.0, chance, told if alone else (), self._surprise)
            )
        self._last = found[-1].cumulated if found else self._last
        return found

    def _cut(self, start: int) -> tuple[int, str | None]:
        """Return how much of the newest token counts, and the stop string that ends the text, "" for its own end."""
        fresh = len(self.text) - start
        if not fresh:
            return 0, ""
        found = [
            (at, stop)
            for stop in self._stop
            if (at := self.text.find(stop, max(0, start - len(stop) + 1))) >= 0
        ]
        if not found:
            return fresh, None
        at, stop = min(found)
        return max(0, at - start), stop

    def _chance(self, text: str) -> float:
        """Return the logarithm of the chance of `text`, which the tokens taken spell: others may spell it too."""
        spelled = sum(exp(chance) for other, chance in self._others if other.startswith(text))
        return min(0.0, log(exp(max(self._exact, _LEAST_LOG)) + spelled))
