"""Which known name a misspelt one was meant to be."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_SHORT = 4
_QUOTED = re.compile(r"[\"'`‘“]([^\W\d]\w*)[\"'`’”]")
_CONFIDENCE = {2: 0.92, 3: 0.8, 4: 0.7}
_TOLD, _LEAST = 0.95, 0.6


@dataclass(frozen=True, slots=True)
class Known:
    """A name that could be meant: `rank` 0 is what surely can be used there, `depth` how far out that is bound."""

    name: str
    rank: int
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Nearest:
    """The name that was meant, and how sure that is."""

    name: str
    confidence: float


def nearest(name: str, known: Iterable[Known], message: str = "") -> Nearest | None:
    """Return the one known name that is nearest to `name`; None where none is near, or two are equally so.

    A transposition, a letter too many, too few or another counts one (optimal string alignment). A name that the
    `message` of a checker quotes wins.
    """
    from rapidfuzz.distance import OSA

    most = 1 if len(name) <= _SHORT else 2
    best: dict[str, tuple[int, int]] = {}
    told = set(_QUOTED.findall(message)) - {name}
    for one in known:
        if one.name == name or abs(len(one.name) - len(name)) > most or len(one.name) < 2:
            continue
        distance = OSA.distance(name, one.name, score_cutoff=most)
        if distance > most:
            continue
        key = (-1 if one.name in told else 2 * distance + one.rank, one.depth)
        if one.name not in best or key < best[one.name]:
            best[one.name] = key
    if not best:
        return None
    ordered = sorted(best.items(), key=lambda row: row[1])
    winner, key = ordered[0]
    if len(ordered) > 1 and ordered[1][1][0] == key[0] and key[0] >= 0:
        return None
    return Nearest(winner, _TOLD if key[0] < 0 else _CONFIDENCE.get(key[0], _LEAST))
