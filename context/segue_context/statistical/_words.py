"""The word that is being typed: which of the names known here it becomes."""

from __future__ import annotations

import heapq
import math
from typing import TYPE_CHECKING

from segue_context.statistical._matches import TRUST
from segue_context.statistical._sources import HERE
from segue_syntax import KEYWORDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue_context.statistical._candidates import Cursor
    from segue_context.statistical._sources import Source

MOST_WEIGHED = 24
"""Names that are weighed in full: those that are used most."""

NAMES = (
    "bias",
    "here",  # uses in this file
    "elsewhere",  # uses in the other places
    "near",  # the nearer the last use before the cursor, the higher
    "after_same",  # uses after the same token, here
    "after_same_elsewhere",
    "after_same_share",  # of all uses after that token, the share of this name
    "after_two",  # uses after the same two tokens: members of the same receiver
    "after_two_share",
    "member_fits",  # share of its uses that are members as this one is, or are not
    "fresh",  # introduced just above and not used yet
    "left_out",  # characters that are still to be typed
    "typed",  # share of the characters that are typed
    "rivals",
    "keyword",
    "on_line",  # stands on this line already
    "echo",  # stands last before the "=" or ":" of the line
    "below",  # the nearer the next use after the cursor, the higher
)


class Words:
    """The names that begin as the word at the cursor does, and the chance of each to be that word."""

    def __init__(
        self,
        cursor: Cursor,
        sources: Sequence[Source],
        *,
        line: int,
        fresh: Sequence[str] = (),
        echo: str = "",
    ) -> None:
        self.weighed: list[tuple[str, list[float]]] = []
        partial = cursor.partial.strip()
        if not partial or not (partial[0].isalpha() or partial[0] in "_$@"):
            return
        before = cursor.context[-1] if cursor.context else ""
        before_that = cursor.context[-2] if len(cursor.context) > 1 else ""
        uses = _uses(partial, sources)
        if not uses:
            return
        member = before.strip() in {".", "->", "::", "?."}
        counts = {name: _Count() for name in uses}
        for source in sources:
            singles = source.chunk.singles
            names = source.chunk.names_from(partial)
            for name in names:
                count = counts.get(name)
                if count is not None:
                    for token in (name, " " + name):
                        for position in singles.get(token, ()):
                            count.add(source, position - 1, (before_that, before), line)
        chosen = heapq.nlargest(MOST_WEIGHED, counts, key=lambda name: counts[name].total)
        after_two = sum(counts[name].after_two for name in chosen)
        after = sum(counts[name].after + counts[name].after_elsewhere for name in chosen)
        left = {token.strip() for token in cursor.left}
        rivals = math.log1p(len(counts))
        for name in chosen:
            count = counts[name]
            self.weighed.append(
                (
                    name,
                    [
                        1.0,
                        math.log1p(count.here),
                        math.log1p(count.elsewhere) / 2,
                        1 / (1 + count.distance / 10) if count.distance >= 0 else 0.0,
                        math.log1p(count.after),
                        math.log1p(count.after_elsewhere) / 2,
                        (count.after + count.after_elsewhere) / after if after else 0.0,
                        math.log1p(count.after_two),
                        count.after_two / after_two if after_two else 0.0,
                        count.fitting(member=member),
                        float(name in fresh),
                        math.log1p(len(name) - len(partial)),
                        len(partial) / len(name),
                        rivals,
                        float(name in KEYWORDS),
                        float(name in left),
                        float(name == echo),
                        1 / (1 + count.below / 10) if count.below >= 0 else 0.0,
                    ],
                )
            )

    def chances(self, weights: Sequence[float]) -> dict[str, float]:
        """Return the chance of each name; what is left is the chance that it is another one."""
        scores = [sum(map(float.__mul__, weights, values)) for _, values in self.weighed]
        highest = max(0.0, *scores) if scores else 0.0
        powers = [math.exp(score - highest) for score in scores]
        total = math.exp(-highest) + sum(powers)
        return {name: power / total for (name, _), power in zip(self.weighed, powers, strict=True)}


class _Count:
    """How often, where and after what one name is used."""

    __slots__ = ("after", "after_elsewhere", "after_two", "below", "distance", "elsewhere", "here", "members")

    def __init__(self) -> None:
        self.here = self.elsewhere = self.after = self.after_elsewhere = self.members = 0
        self.after_two = 0.0
        self.distance = self.below = -1

    @property
    def total(self) -> float:
        return self.here + self.elsewhere / 2 + 2 * self.after + self.after_elsewhere

    def add(self, source: Source, position: int, context: tuple[str, str], line: int) -> None:
        chunk = source.chunk
        before_that, before = context
        previous = chunk.tokens[position - 1] if position else ""
        if (
            previous == before
            and position > 1
            and chunk.tokens[position - 2].lstrip() == before_that.lstrip()
        ):
            self.after_two += TRUST[source.kind]
        self.members += previous in {".", "->", "::"}
        if source.kind == HERE:
            self.here += 1
            self.after += previous == before
            at = (
                line - source.first_line - chunk.numbers[min(chunk.line_at(position), len(chunk.numbers) - 1)]
            )
            if at >= 0 and (self.distance < 0 or at < self.distance):
                self.distance = at
            elif at < 0 and (self.below < 0 or -at < self.below):
                self.below = -at
        else:
            self.elsewhere += 1
            self.after_elsewhere += previous == before

    def fitting(self, *, member: bool) -> float:
        uses = self.here + self.elsewhere
        if not uses:
            return 0.5
        share = self.members / uses
        return share if member else 1 - share


def _uses(partial: str, sources: Sequence[Source]) -> set[str]:
    found: set[str] = set()
    for source in sources:
        found.update(source.chunk.names_from(partial))
    found.discard(partial)
    return found
