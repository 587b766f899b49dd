"""The one decision about what is shown unasked: the longest beginning that is certain enough.

The statistical engine and the language model each say how likely it is that the user types exactly a given text.
Fused, they give every beginning of what may come next one calibrated chance. What is shown is the longest beginning
at a token's border whose chance reaches `completion.certainty`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from segue_server.completion.odds import logit, sigmoid
from segue_server.completion.triggers import is_word

if TYPE_CHECKING:
    from segue_server.completion.token_path import Said, TokenPath
    from segue_server.completion.types import Engine, Outlook

LEAST_CHARACTERS = 3
"""A shorter piece costs as many keys to accept and to read as it saves."""


_LEAST_LOG = -6.0

_UNASKED = 0.2
"""What the statistical engine is taken to say where there is none."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A text to show, and the chance that the user types exactly that."""

    text: str
    chance: float
    engine: Engine


def pieces(
    outlook: Outlook | None, path: TokenPath | None, certainty: float, *, trust: float = 0.0
) -> list[Piece]:
    """Return the beginnings that are certain enough, longest first; the others are for when the first may not be shown.

    `trust` is how much better than the embedded model the one that said `path` is believed to be.
    """
    found: dict[str, Piece] = {}
    ways = [outlook.likeliest_path() if outlook is not None else [], whole_words(path) if path else []]
    for way in ways:
        chance = 1.0
        for text in way:
            chance = min(chance, fused_chance(text, outlook, path, trust=trust))
            if chance < certainty:
                break
            if len(text.strip()) >= LEAST_CHARACTERS:
                found[text] = Piece(text, chance, _engine(text, outlook, path))
    return sorted(found.values(), key=lambda piece: (-len(piece.text), -piece.chance))


def fused_chance(text: str, outlook: Outlook | None, path: TokenPath | None, *, trust: float = 0.0) -> float:
    """Return the chance that the user goes on with exactly `text`, judged by whoever has something to say.

    Of further lines only the model has something to say. The more a model is trusted, the more its own word counts
    beside the mixture that was fitted to the embedded one.
    """
    if path is None:
        return outlook.chance(text) if outlook is not None else 0.0
    line = text.partition("\n")[0]
    copied = outlook.chance(line) if outlook is not None and line else _UNASKED
    said = path.says(line)
    score = sum(map(float.__mul__, _WEIGHTS, evidence(copied, said)))
    own = trust / (1.0 + trust)
    chance = sigmoid((1.0 - own) * score + own * logit(math.exp(said.log)))
    return chance * math.exp(path.says(text).log - said.log) if text != line else chance


def evidence(copied: float, said: Said) -> list[float]:
    """Return what speaks for a text: the values of `BY_NAME`, in its order."""
    spoken = math.exp(max(_LEAST_LOG, said.log))
    return [
        1.0,
        logit(copied),
        logit(spoken) if said.known else 0.0,
        0.0 if said.known else logit(spoken),
        float(said.known),
        copied * spoken,
    ]


BY_NAME: dict[str, float] = {
    "bias": 0.166,
    "copied": 0.635,
    "model": 0.539,
    "model_bound": 0.276,
    "model_known": 1.290,
    "both": 0.460,
}
"""Weights of the log-odds of both engines; `python -m segue_bench.fit_certainty` fits them anew.

Where the model was not heard to the end of a text, what it said of its beginning is an upper bound.
"""

_WEIGHTS = tuple(BY_NAME.values())


def whole_words(path: TokenPath) -> list[str]:
    """Return the path's beginnings that do not end inside a word: a model's tokens are often parts of words.

    Of further lines only whole ones are taken.
    """
    whole: list[str] = []
    text = ""
    for index, step in enumerate(path.steps):
        text += step.text
        line, broken, _ = text.rpartition("\n")
        last = index + 1 == len(path.steps)
        following = "" if last else path.steps[index + 1].text
        ends = not last or path.ended
        if broken:
            if line.strip() and line not in whole:
                whole.append(line)
            if last and path.ended:
                whole.append(text)
        elif text and (not is_word(text[-1]) or (ends and not is_word(following[:1] or " "))):
            whole.append(text)
    return whole


def _engine(text: str, outlook: Outlook | None, path: TokenPath | None) -> Engine:
    if path is None:
        return "statistical"
    copies = outlook is not None and outlook.chance(text) >= 0.2
    said = path.says(text).log >= math.log(0.2)
    return "both" if copies and said else "model" if said else "statistical"
