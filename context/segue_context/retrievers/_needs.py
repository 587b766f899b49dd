"""Which names of other files the code at the cursor is likely to need."""

from __future__ import annotations

import heapq
import math
import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from segue_context.retrievers._cursor_features import WORD
from segue_context.test_files import is_test
from segue_syntax import KEYWORDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue_context._types import Snippet, Symbol, WorkspaceReader
    from segue_context.retrievers._cursor_features import CursorFeatures
    from segue_context.retrievers._related_files import Nearby
    from segue_context.retrievers._remembered import Remembered

MOST_VOTING = 18
LEAST_VOTE = 0.3
"""Similar windows that vote for the names in them, and what a word needs to be looked up."""

MOST_SYMBOLS = 1000
MOST_LOOKED_UP = 24
MOST_WEIGHED = 120
MOST_KEPT = 300
"""Definitions read of one file, words of windows that are looked up, names that are weighed in full, and kept."""

NAMES = (
    "bias",
    "imported",
    "same_package",
    "paired",
    "second_hand",  # defined in a file that an imported file imports
    "elsewhere",  # stands in a similar window, defined anywhere
    "votes",
    "best_vote",
    "follows",  # stands after the same token in a window
    "line_overlap",
    "near_overlap",
    "member_fits",
    "member_misfits",
    "top_level_after_dot",
    "receiver_is_container",
    "receiver_is_module",
    "container_near",
    "container_known",
    "siblings_used",
    "inherited",
    "private",
    "test",
    "crowd",
    "signature_overlap",
    "type_like",
    "short",
    "type_after_keyword",
)

_PARTS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")
_MEMBERS = frozenset({"method", "field"})
_TYPES = frozenset({"class", "interface", "enum", "struct", "trait", "type"})
_NEW = re.compile(
    r"(?:\bnew|\bextends|\bimplements|\bexcept|\braise|\bthrow|\bthrows|\bisinstance\(.*,|:|->|<|\[)\s*$"
)
_BASES = re.compile(
    r"^\s*(?:export\s+)?(?:abstract\s+|public\s+|final\s+)*class\s+\w+\s*(?:\(([^)]*)\)|(?:extends|implements|:)\s*([^{]*))"
)


@lru_cache(maxsize=50_000)
def parts_of(name: str) -> frozenset[str]:
    """Return the words that a name is made of, in lower case."""
    return frozenset(part.lower() for part in _PARTS.findall(name) if len(part) > 1)


@dataclass(slots=True)
class Need:
    """A name that may be needed, and its definition; `elsewhere` when no related file defines it.

    `values` are what speaks for it; those of little promise at a `glance` have none.
    """

    name: str
    symbol: Symbol
    elsewhere: bool = False
    values: list[float] = field(default_factory=list)
    glance: float = 0.0
    chance: float = 0.0


@dataclass(slots=True)
class _Votes:
    """What the similar windows say: how often, and how well, each unknown word stands in them."""

    sums: dict[str, float] = field(default_factory=dict)
    best: dict[str, float] = field(default_factory=dict)
    follows: dict[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, features: CursorFeatures, windows: Sequence[Snippet]) -> _Votes:
        """Count the words of `windows` that the file does not have."""
        votes = cls()
        known = features.names
        top = windows[0].score if windows else 1.0
        mark = re.compile(re.escape(features.left_mark) + r"\s*([^\W\d]\w+)") if features.left_mark else None
        for rank, window in enumerate(windows[:MOST_VOTING]):
            worth = (window.score / top) ** 2
            for word in set(WORD.findall(window.text)):
                if word not in known and word not in KEYWORDS:
                    votes.sums[word] = votes.sums.get(word, 0.0) + worth
                    votes.best.setdefault(word, worth / (1 + rank / 4))
            if mark is not None:
                for word in mark.findall(window.text):
                    votes.follows[word] = votes.follows.get(word, 0.0) + worth
        return votes


def needs(
    features: CursorFeatures,
    reader: WorkspaceReader,
    remembered: Remembered,
    nearby: Nearby,
    windows: Sequence[Snippet],
) -> list[Need]:
    """Return names absent from the file that may be needed, with what speaks for each."""
    votes = _Votes.of(features, windows)
    found: dict[str, Need] = {}
    used: dict[str, int] = {}
    for path in nearby.order:
        for symbol in remembered.symbols_in(path)[:MOST_SYMBOLS]:
            name = symbol.name
            if name in features.names:
                if symbol.container:
                    used[symbol.container] = used.get(symbol.container, 0) + 1
            elif name not in found and len(name) > 2 and not name.startswith("__"):
                found[name] = Need(name, symbol)
    unseen = [(vote, word) for word, vote in votes.sums.items() if word not in found and vote > LEAST_VOTE]
    for _, word in heapq.nlargest(MOST_LOOKED_UP, unseen):
        if len(word) > 3:
            symbols = [s for s in reader.definitions(word, limit=6) if s.path != features.query.path]
            if symbols:
                found[word] = Need(word, symbols[0], elsewhere=True)
    return _Weighing(features, nearby, votes, used).weighed(found)


class _Weighing:
    """One cursor's measure of names."""

    def __init__(self, features: CursorFeatures, nearby: Nearby, votes: _Votes, used: dict[str, int]) -> None:
        self.features = features
        self.nearby = nearby
        self.votes = votes
        self.used = used
        near_words = features.words(8, 4)
        self.near = frozenset(near_words)
        self.near_parts = frozenset[str]().union(*map(parts_of, near_words))
        self.line_parts = frozenset[str]().union(*map(parts_of, WORD.findall(features.line)))
        self.own = features.receiver in {"self", "this", "cls", "super"}
        self.receiver_parts = frozenset[str]() if self.own else parts_of(features.receiver)
        self.bases = _bases(features) if self.own or not features.is_member else frozenset[str]()
        self.modules = {i.alias or i.name or i.module.rsplit(".", 1)[-1]: i.target for i in nearby.imports}
        self.wants_type = bool(_NEW.search(features.line))
        self.in_test = is_test(features.query.path)

    def weighed(self, found: dict[str, Need]) -> list[Need]:
        """Return the needs worth weighing, with their values."""
        chosen = list(found.values())
        if len(chosen) > MOST_WEIGHED:
            for need in chosen:
                need.glance = self._at_a_glance(need)
            chosen = heapq.nlargest(MOST_KEPT, chosen, key=lambda need: need.glance)
        crowd = math.log1p(len(chosen)) / 5
        for need in chosen[:MOST_WEIGHED]:
            need.values = self._values(need, crowd)
        return chosen

    def _at_a_glance(self, need: Need) -> float:
        parts = parts_of(need.name)
        path = need.symbol.path
        nearby = self.nearby
        place = (
            3.3
            if path in nearby.imported
            else 0.9
            if path in nearby.paired or path in nearby.package
            else 0.0
        )
        return (
            place
            + 2.0 * len(parts & self.near_parts) / (len(parts) or 1)
            + 1.6 * math.log1p(self.votes.sums.get(need.name, 0.0))
            + (2.5 if parts_of(need.symbol.container) & self.receiver_parts else 0.0)
            + (1.8 if need.symbol.container in self.bases else 0.0)
            + 0.3 * math.log1p(self.used.get(need.symbol.container, 0))
            - 1.3 * need.name.startswith("_")
        )

    def _values(self, need: Need, crowd: float) -> list[float]:
        name, symbol, features, nearby = need.name, need.symbol, self.features, self.nearby
        parts = parts_of(name)
        size = len(parts) or 1
        kind, path, container = symbol.kind, symbol.path, symbol.container
        member = kind in _MEMBERS or bool(container)
        return [
            1.0,
            float(path in nearby.imported),
            float(path in nearby.package),
            float(path in nearby.paired),
            float(path in nearby.second),
            float(need.elsewhere),
            math.log1p(self.votes.sums.get(name, 0.0)),
            self.votes.best.get(name, 0.0),
            math.log1p(self.votes.follows.get(name, 0.0)),
            len(parts & self.line_parts) / size,
            len(parts & self.near_parts) / size,
            float(features.is_member and member),
            float(not features.is_member and member),
            float(features.is_member and not member),
            float(bool(container) and bool(self.receiver_parts & parts_of(container))),
            float(bool(features.receiver) and self.modules.get(features.receiver) == path),
            float(bool(container) and container in self.near),
            float(bool(container) and container in features.names),
            math.log1p(self.used.get(container, 0)) / 2 if container else 0.0,
            float(bool(container) and container in self.bases),
            float(name.startswith("_")),
            float(not self.in_test and is_test(path)),
            crowd,
            len(parts_of(symbol.signature) & self.near_parts) / 8,
            float(kind in _TYPES),
            float(len(name) < 5),
            float(self.wants_type and kind in _TYPES),
        ]


def _bases(features: CursorFeatures) -> frozenset[str]:
    for line in reversed(features.before):
        found = _BASES.match(line)
        if found:
            return frozenset(WORD.findall(found[1] or found[2] or ""))
    return frozenset()
