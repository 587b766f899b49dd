"""The context engine: what matters at a cursor, from anywhere in the repository."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING

from segue_context._types import ContextPlan, Snippet
from segue_context.retrievers._cursor_features import CursorFeatures
from segue_context.retrievers._packing import HEADER, pack
from segue_context.retrievers._related_files import FileGroups, related_files
from segue_context.retrievers._remembered import Remembered
from segue_context.retrievers.changes import UncommittedChanges
from segue_context.retrievers.definitions import needed_names
from segue_context.retrievers.enclosing import enclosing_heads
from segue_context.retrievers.recent_places import EDITED, VIEWED, RecentPlaces
from segue_context.retrievers.windows import same_line_windows, similar_windows
from segue_context.statistical._engine import StatisticalEngine
from segue_context.statistical._session_lines import SessionLines
from segue_context.statistical._sources import OPEN

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from segue_context._types import CopiedSuggestion, CursorQuery, WorkspaceReader
    from segue_context.retrievers._needs import Need
    from segue_context.statistical._engine import Weighing
    from segue_context.statistical._outlook import Outlook

RETRIEVERS = frozenset({"definitions", "windows", "paired", EDITED, VIEWED, "changes", "enclosing"})
"""Every source of context, by the name its snippets carry; each can be left out."""

USAGE_WORTH = 0.07
USAGE_WORTH_AT_DEFINITIONS = 0.035
"""What the best similar window is worth besides its names, where a statement goes on and where a name is asked for."""

_TRAIL_SHARE = 0.2
_REMEMBERED_PLANS = 64


class ContextEngine:
    """Finds context and copied continuations for a cursor; safe to use from several threads."""

    def __init__(self, reader: WorkspaceReader, *, retrievers: Iterable[str] = RETRIEVERS) -> None:
        self._reader = reader
        self._enabled = frozenset(retrievers)
        self._statistical = StatisticalEngine()
        self._groups = FileGroups()
        self._remembered = Remembered(reader)
        self._recent_places = RecentPlaces()
        self._session = SessionLines()
        self._changes = UncommittedChanges(reader.root if "changes" in self._enabled else None)
        self._lock = threading.Lock()
        self._plans: OrderedDict[tuple[object, ...], ContextPlan] = OrderedDict()
        self._last: dict[str, ContextPlan] = {}

    def retrieve(self, query: CursorQuery, budget_chars: int) -> list[Snippet]:
        """Return snippets of other files, most useful first.

        Their texts, each with a one-line ``# path`` header, fit in `budget_chars` together.
        """
        features = CursorFeatures(query)
        windows = similar_windows(features, self._remembered)
        needs = self._needs(features, windows) if "definitions" in self._enabled else []
        worth = USAGE_WORTH_AT_DEFINITIONS if features.wants_definitions else USAGE_WORTH
        offered = windows if "windows" in self._enabled else []
        return pack(needs, offered, budget_chars, usage_worth=worth)

    def needs(self, query: CursorQuery) -> list[Need]:
        """Return the names of other files that the cursor may need, likeliest first, with what speaks for each."""
        features = CursorFeatures(query)
        return self._needs(features, similar_windows(features, self._remembered))

    def plan(self, query: CursorQuery, budget_chars: int) -> ContextPlan:
        """Return what to show a model, in prompt order; the same bytes while typing inside one line."""
        head = query.prefix[: query.prefix.rfind("\n") + 1]
        below = query.suffix[query.suffix.find("\n") :] if "\n" in query.suffix else ""
        key = (query.path, hash(head), hash(below), budget_chars)
        with self._lock:
            known = self._plans.get(key)
        if known is not None:
            return known
        fresh = self._chosen(query, budget_chars)
        with self._lock:
            plan = self._plans[key] = _in_stable_order(fresh, self._last.get(query.path))
            self._last = {query.path: plan}
            while len(self._plans) > _REMEMBERED_PLANS:
                self._plans.popitem(last=False)
        return plan

    def outlook(self, query: CursorQuery) -> Outlook:
        """Return what may be typed at the cursor: the ranked lines, and the chance of each beginning."""
        return self._statistical.outlook(query, self._places(query))

    def extended(
        self, query: CursorQuery, first: CopiedSuggestion, max_lines: int, least: float
    ) -> CopiedSuggestion:
        """Return `first` with the lines that follow it, as long as the chance of them all is at least `least`."""
        return self._statistical.extended(query, self._places(query), first, max_lines, least)

    def judge(self, query: CursorQuery, text: str) -> float:
        """Return the chance that the first line of `text`, a model's answer, is exactly right, by the code around alone."""
        return self._statistical.judge(query, text, self._places(query))

    def weigh(self, query: CursorQuery) -> Weighing:
        """Return the statistical engine's candidates and the names of a begun word, each with what speaks for it."""
        return self._statistical.weigh(query, self._places(query))

    def viewed(self, path: str, line: int) -> None:
        """Remember that the user looks at a place (0-based line)."""
        self._recent_places.visit(path, line, VIEWED)

    def edited(self, path: str, line: int, lines: Sequence[str] = ()) -> None:
        """Remember that the user changed a place (0-based line) of a file that now reads `lines`."""
        self._recent_places.visit(path, line, EDITED)
        self._session.edited(path, line, lines)

    def _needs(self, features: CursorFeatures, windows: list[Snippet]) -> list[Need]:
        nearby = related_files(features.query.path, self._reader, self._remembered, self._groups)
        if "paired" not in self._enabled:
            nearby.paired.clear()
        return needed_names(features, self._reader, self._remembered, nearby, windows)

    def _chosen(self, query: CursorQuery, budget_chars: int) -> list[Snippet]:
        features = CursorFeatures(query)
        extras = self._recent_places.snippets(self._reader, query.path, self._enabled & {EDITED, VIEWED})
        if "changes" in self._enabled:
            extras += self._changes.snippets(query.path)
        if "enclosing" in self._enabled:
            extras += enclosing_heads(features, self._reader)
        room = int(budget_chars * _TRAIL_SHARE)
        chosen: list[Snippet] = []
        for snippet in extras:
            cost = len(snippet.path) + len(snippet.text) + HEADER
            if cost <= room and not any(_overlap(snippet, other) for other in chosen):
                chosen.append(snippet)
                room -= cost
                budget_chars -= cost
        found = [
            s for s in self.retrieve(query, budget_chars) if not any(_overlap(s, other) for other in chosen)
        ]
        return [*found, *chosen]

    def _places(self, query: CursorQuery) -> list[Snippet]:
        """Return the stretches of other files to copy from."""
        features = CursorFeatures(query)
        found = self._session.snippets(query.path)
        found += self._recent_files(query.path)
        found += similar_windows(features, self._remembered)
        return found + same_line_windows(features, self._remembered)

    def _recent_files(self, path: str) -> list[Snippet]:
        found = []
        for other in self._recent_places.recent_paths(path):
            text = self._reader.read_text(other)
            if text is not None:
                lines = text.split("\n")[:400]
                found.append(Snippet(other, 0, len(lines), "\n".join(lines), OPEN, 0.0))
        return found


def _overlap(one: Snippet, other: Snippet) -> bool:
    same = one.path == other.path and one.source not in {"definitions", "enclosing"}
    return same and one.start_line < other.end_line and other.start_line < one.end_line


def _in_stable_order(fresh: list[Snippet], before: ContextPlan | None) -> ContextPlan:
    """Keep what was shown already where it was, and put what is new at the end, the most useful last."""
    texts = {(snippet.path, snippet.text) for snippet in fresh}
    kept = [s for s in before.snippets if (s.path, s.text) in texts] if before is not None else []
    known = {(snippet.path, snippet.text) for snippet in kept}
    return ContextPlan((*kept, *(s for s in reversed(fresh) if (s.path, s.text) not in known)))
