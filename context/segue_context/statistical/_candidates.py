"""Continuations of the line at the cursor, from every place that suggests one."""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING

from segue_context.statistical._matches import TRUST, Continuations, Evidence, Match, places, weak_places
from segue_context.statistical._sources import HERE
from segue_context.statistical._tokens import (
    BREAKS,
    DEEPER,
    OUTER,
    SAME,
    is_name,
    shape_of,
    tokens_of,
)
from segue_syntax import indent_width

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from segue_context.statistical._sources import Source


BEGINS_OPERATOR = frozenset("=!<>+-*/%&|^:")

MOST_SHAPED = 40
"""Lines that look like the one at the cursor: those of the same file come first."""

MOST_WORDS = 3
LEAST_WORD = 0.04
"""How many names of a begun word get a line of their own, and the chance that each needs."""

GREEDY_COST = 3.0
"""Where the tokens after such a name become too unlikely (negative log), the candidate ends."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """The code before the cursor as tokens.

    `context` ends before `partial`, the part of a token that is already typed ("" when none is); `left` is the
    part of `context` on the cursor's line. `operator` is its last token where that may become a longer operator.
    """

    context: list[str]
    left: list[str]
    partial: str
    previous: list[list[str]]
    operator: str = ""

    @classmethod
    def of(cls, prefix: str) -> Cursor:
        """Return the cursor at the end of `prefix`."""
        tail = prefix[-6000:].split("\n")
        line = tail[-1]
        lines = [text for text in tail[:-1] if text.strip()][-6:]
        context: list[str] = []
        previous = []
        indent = -1
        for raw in lines:
            depth = indent_width(raw)
            context.append(_break(indent, depth))
            tokens = tokens_of(raw.strip())
            previous.append(tokens)
            context.extend(tokens)
            indent = depth
        context.append(_break(indent, indent_width(line) if line.strip() else len(line.expandtabs(4))))
        left = tokens_of(line.lstrip())
        partial = ""
        if left and (left[-1].isspace() or left[-1][-1].isalnum() or left[-1][-1] == "_"):
            partial = left.pop()
        context.extend(left)
        operator = left[-1] if left and not partial and left[-1].strip() in BEGINS_OPERATOR else ""
        return cls(context, left, partial, previous, operator)

    @property
    def ways(self) -> list[tuple[list[str], str]]:
        """What may be typed of the next token already, each with the context before it, the likeliest way first."""
        found = [(self.context, self.partial)]
        if self.partial.strip():
            found.append(([*self.context, self.partial], ""))
        if self.operator:
            found.append((self.context[:-1], self.operator))
        return found

    def read(self, text: str) -> tuple[list[str], list[str]]:
        """Return the tokens that typing `text` makes, the first with what is begun of it, and the context before them."""
        if self.operator:
            tokens = tokens_of(self.operator + text)
            if tokens[0] != self.operator:
                return tokens, self.context[:-1]
        return tokens_of(self.partial + text), self.context


def _break(indent: int, depth: int) -> str:
    return SAME if depth == indent or indent < 0 else DEEPER if depth > indent else OUTER


@dataclass(slots=True)
class Candidate:
    """One continuation of the line and everything that speaks for it."""

    text: str
    tokens: tuple[str, ...]
    places: list[Match] = field(default_factory=list)
    weight: float = 0.0
    longest: int = 0
    shaped: int = 0
    aligned: int = 0
    decoded: float = 0.0
    series: bool = False
    filled: int = 0
    parent: float = 0.0
    word: float = 0.0


class Collector:
    """Gathers candidates; the same text from several places becomes one."""

    def __init__(
        self, cursor: Cursor, sources: Sequence[Source], evidence: Evidence, begun: Sequence[Source] = ()
    ) -> None:
        self.cursor = cursor
        self.sources = [*begun, *sources]
        self.found: dict[str, Candidate] = {}
        self.continuations = Continuations(evidence, begun)

    def add(self, tokens: Sequence[str], partial: str) -> Candidate | None:
        """Return the candidate that types `tokens`, of which `partial` is already there."""
        text = "".join(tokens)[len(partial) :].rstrip()
        if not text.strip():
            return None
        candidate = self.found.get(text)
        if candidate is None:
            candidate = self.found[text] = Candidate(text, tuple(tokens))
        return candidate

    def add_text(self, text: str) -> Candidate | None:
        """Return the candidate that types `text`."""
        tokens, context = self.cursor.read(text)
        typed = self.cursor.partial if context is self.cursor.context else self.cursor.operator
        return self.add(tokens, typed)

    def copies(self) -> None:
        """Add the rest of the line of every place that agrees with the code before the cursor."""
        for context, partial in self.cursor.ways:
            self._copies(context, partial)

    def _copies(self, context: list[str], partial: str) -> None:
        matches = list(places(context, self.sources))
        if len(matches) < 3:
            matches += weak_places(context[-1], self.sources)
        if len(matches) > 400:
            matches = heapq.nlargest(400, matches, key=lambda match: match.length)
        for match in matches:
            chunk = match.source.chunk
            position = match.position
            tokens = chunk.tokens
            if (
                position >= len(tokens)
                or not tokens[position].startswith(partial)
                or tokens[position] in BREAKS
            ):
                continue
            if tokens[position] == partial:
                continue
            candidate = self.add(tokens[position : chunk.line_end(position)], partial)
            if candidate is not None:
                candidate.places.append(match)
                candidate.weight += TRUST[match.source.kind] * 1.6 ** min(match.length, 12)
                candidate.longest = max(candidate.longest, match.length)

    def shapes(self) -> None:
        """Add the rest of lines that look like this one, with their names replaced by those used here."""
        cursor = self.cursor
        self._shapes(cursor.left, cursor.partial)
        if cursor.partial.strip():
            self._shapes([*cursor.left, cursor.partial], "")

    def _shapes(self, left: list[str], partial: str) -> None:
        if not any(map(is_name, left)):
            return
        cursor = self.cursor
        wanted = shape_of(left)
        size = len(wanted)
        above = [shape_of(tokens) for tokens in cursor.previous]
        alike = ((source, index) for source in self.sources for index in source.chunk.shaped(wanted))
        for source, index in islice(alike, MOST_SHAPED):
            chunk = source.chunk
            start = chunk.starts[index] + 1
            there = chunk.tokens[start : start + size]
            renamed = _renaming(there, left)
            aligned = 0
            for back, (names, lines) in enumerate(
                zip(reversed(above), reversed(cursor.previous), strict=True), 1
            ):
                if back > index or chunk.shapes[index - back] != names:
                    break
                at = chunk.starts[index - back] + 1
                renamed = {**_renaming(chunk.tokens[at : at + len(lines)], lines), **renamed}
                aligned += 1
            if not renamed:
                continue
            rest = chunk.tokens[start + size : chunk.starts[index + 1]]
            fresh = _rename(rest, renamed)
            if fresh == rest and there == left:
                continue
            if not fresh[0].startswith(partial) or fresh[0] == partial:
                continue
            candidate = self.add(fresh, partial)
            if candidate is not None:
                candidate.shaped += 1
                candidate.aligned = max(candidate.aligned, aligned)
                candidate.places.append(Match(source, start + size, 0))

    def series(self) -> None:
        """Add the line above with its names moved on to the next of their kind.

        After ``self.width = width`` in a constructor that takes ``width, height`` comes ``self.height = height``.
        """
        cursor = self.cursor
        for back, above in enumerate(reversed(cursor.previous[-2:])):
            for name in dict.fromkeys(token.lstrip(" ") for token in above if is_name(token)):
                for successor in self._successors(name, above):
                    line = _rename(above, {name: successor})
                    if line == above:
                        continue
                    size = len(cursor.left)
                    if line[:size] != cursor.left or len(line) <= size:
                        continue
                    if not line[size].startswith(cursor.partial) or line[size] == cursor.partial:
                        continue
                    candidate = self.add(line[size:], cursor.partial)
                    if candidate is not None and not back:
                        candidate.series = True

    def _successors(self, name: str, above: Sequence[str]) -> list[str]:
        found: dict[str, None] = {}
        for source in reversed(self.sources):
            if source.kind != HERE:
                continue
            tokens = source.chunk.tokens
            positions = [*source.chunk.singles.get(name, ()), *source.chunk.singles.get(" " + name, ())]
            for position in positions[:12]:
                stop = min(position + 9, len(tokens))
                for token in tokens[position:stop]:
                    if is_name(token):
                        bare = token.lstrip(" ")
                        if bare != name:
                            found[bare] = None
                            break
            if len(found) > 8:
                break
        return [other for other in found if other not in above and " " + other not in above][:6]

    def filled(self, fresh: Sequence[str], known: Callable[[str], bool]) -> None:
        """Add the best candidates with free names replaced by those just introduced and not yet used."""
        if not fresh:
            return
        partial = self.cursor.partial
        for base in heapq.nlargest(6, self.found.values(), key=lambda c: c.weight):
            tokens = list(base.tokens)
            slots = [
                index
                for index, token in enumerate(tokens[:16])
                if is_name(token)
                and (index == 0 or tokens[index - 1] != ".")
                and (index + 1 >= len(tokens) or tokens[index + 1] not in {"(", "=", "::"})
            ]
            variants: list[dict[int, str]] = [{slot: name} for slot in slots[:3] for name in fresh[:3]]
            unknown = [slot for slot in slots if not known(tokens[slot].lstrip(" "))]
            if 0 < len(unknown) <= len(fresh):
                variants.append(dict(zip(unknown, reversed(fresh[: len(unknown)]), strict=True)))
            for variant in variants:
                fresh_tokens = [
                    token[: len(token) - len(token.lstrip(" "))] + variant[index]
                    if index in variant
                    else token
                    for index, token in enumerate(tokens)
                ]
                if not fresh_tokens[0].startswith(partial) or fresh_tokens[0] == partial:
                    continue
                candidate = self.add(fresh_tokens, partial)
                if candidate is not None and not candidate.places and not candidate.filled:
                    candidate.filled = len(variant)
                    candidate.parent = base.weight

    def worded(self, chances: Mapping[str, float]) -> None:
        """Add, for the likeliest names that the begun word may become, the likeliest line that goes on from each."""
        partial = self.cursor.partial
        space = partial[: len(partial) - len(partial.lstrip(" "))]
        for name in heapq.nlargest(MOST_WORDS, chances, key=chances.__getitem__):
            if chances[name] >= LEAST_WORD:
                tokens = self._greedily([space + name])
                candidate = self.add(tokens, partial)
                if candidate is not None:
                    candidate.word = chances[name]

    def _greedily(self, tokens: list[str], longest: int = 12) -> list[str]:
        """Return `tokens` and the likeliest token after them, again and again, up to the end of the line."""
        context = list(self.cursor.context[-8:])
        cost = 0.0
        while len(tokens) < longest:
            weights, total = self.continuations.after([*context, *tokens])
            if not weights:
                break
            token = max(weights, key=weights.__getitem__)
            cost -= math.log(weights[token] / (total + 0.05))
            if token in BREAKS or cost > GREEDY_COST:
                break
            tokens.append(token)
        return tokens

    def decoded(self, beams: int = 3, longest: int = 24) -> None:
        """Add lines put together token by token, each the likeliest after those before it."""
        for context, partial in self.cursor.ways:
            self._decode(list(context[-8:]), partial, beams, longest)

    def _decode(self, context: list[str], partial: str, beams: int, longest: int) -> None:
        live: list[tuple[float, list[str]]] = [(0.0, [])]
        done = 0
        for step in range(longest):
            grown: list[tuple[float, list[str]]] = []
            for cost, tokens in live:
                weights, total = self.continuations.after([*context, *tokens])
                options = weights.items()
                if step == 0:
                    options = [
                        (t, w)
                        for t, w in options
                        if t.startswith(partial) and t != partial and t not in BREAKS
                    ]  # type: ignore[assignment]
                    total = sum(w for _, w in options)
                for token, weight in heapq.nlargest(beams, options, key=lambda item: item[1]):
                    price = cost - math.log(weight / (total + 0.05))
                    if price < 9:
                        grown.append((price, [*tokens, token]))
            live = []
            for cost, tokens in heapq.nsmallest(beams, grown, key=lambda item: item[0]):
                if tokens[-1] in BREAKS:
                    candidate = self.add(tokens[:-1], partial)
                    if candidate is not None:
                        candidate.decoded = max(candidate.decoded, math.exp(-cost))
                    done += 1
                else:
                    live.append((cost, tokens))
            if not live or done >= beams:
                break


def _renaming(there: Sequence[str], here: Sequence[str]) -> dict[str, str]:
    return {
        old.lstrip(" "): new.lstrip(" ")
        for old, new in zip(there, here, strict=True)
        if old.lstrip(" ") != new.lstrip(" ")
    }


def _rename(tokens: Sequence[str], renamed: dict[str, str]) -> list[str]:
    parts = {old: new for old, new in map(_difference, renamed.items()) if old}
    fresh = []
    for token in tokens:
        bare = token.lstrip(" ")
        new = renamed.get(bare)
        if new is None and is_name(token):
            for old, part in parts.items():
                if old in bare:
                    new = bare.replace(old, part)
                    break
        fresh.append(token if new is None else token[: len(token) - len(bare)] + new)
    return fresh


@lru_cache(maxsize=4096)
def _difference(names: tuple[str, str]) -> tuple[str, str]:
    """Return the part in which two names differ: ``set_width``, ``set_height`` gives ``width``, ``height``."""
    old, new = names
    head = 0
    while head < min(len(old), len(new)) and old[head] == new[head]:
        head += 1
    while (
        head and old[head - 1].isalnum() and not (old[head - 1].islower() and old[head : head + 1].isupper())
    ):
        head -= 1
    tail = 0
    while tail < min(len(old), len(new)) - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    while tail and old[-tail].isalnum() and not old[-tail].isupper():
        tail -= 1
    old, new = old[head : len(old) - tail], new[head : len(new) - tail]
    return (old, new) if len(old) >= 3 and new else ("", "")
