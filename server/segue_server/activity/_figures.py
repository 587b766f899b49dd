"""The figures made of the event log."""

from __future__ import annotations

import contextlib
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby
from time import time
from typing import TYPE_CHECKING, Any

from segue_server.activity._events import COLUMNS, Event

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Counts:
    """What happened, counted; a suggestion that was shown or taken several times counts once.

    The rates multiply: attempt rate x feedback rate x acceptance rate x characters per acceptance is the number of
    characters that suggestions wrote per opportunity (CPO).
    """

    opportunities: int = 0
    attempts: int = 0
    displays: int = 0
    acceptances: int = 0
    accepted_chars: int = 0
    rejections: int = 0

    @property
    def attempt_rate(self) -> float:
        """Attempts per opportunity."""
        return _ratio(self.attempts, self.opportunities)

    @property
    def feedback_rate(self) -> float:
        """Displays per attempt; above 1 where suggestions come from the cache."""
        return _ratio(self.displays, self.attempts)

    @property
    def acceptance_rate(self) -> float:
        """Acceptances per display."""
        return _ratio(self.acceptances, self.displays)

    @property
    def chars_per_acceptance(self) -> float:
        """Characters that one accepted suggestion wrote."""
        return _ratio(self.accepted_chars, self.acceptances)

    @property
    def written(self) -> int:
        """Characters written, about: those that suggestions wrote, and a key for each opportunity."""
        return self.accepted_chars + self.opportunities

    @property
    def completed(self) -> float:
        """The share of the characters that suggestions wrote, 0..1."""
        return _ratio(self.accepted_chars, self.written)

    @property
    def keys_saved(self) -> int:
        """Characters that suggestions wrote, less the key that each acceptance took."""
        return max(0, self.accepted_chars - self.acceptances)

    @property
    def cpo(self) -> float:
        """Characters per opportunity."""
        return _ratio(self.accepted_chars, self.opportunities)


@dataclass(frozen=True, slots=True)
class Latency:
    """Percentiles of a latency in milliseconds."""

    count: int
    p50: float
    p90: float
    p99: float


@dataclass(frozen=True, slots=True)
class Statistics:
    """Everything `segue stats` shows about a span of days.

    `by_day` has every day from the first event on, also those on which nothing happened.
    """

    days: int
    total: Counts
    by_engine: dict[str, Counts] = field(default_factory=dict)
    by_language: dict[str, Counts] = field(default_factory=dict)
    by_day: dict[str, Counts] = field(default_factory=dict)
    other_features: dict[str, Counts] = field(default_factory=dict)
    display_latency: dict[str, Latency] = field(default_factory=dict)
    answer_latency: dict[str, Latency] = field(default_factory=dict)
    rejections: dict[str, int] = field(default_factory=dict)
    silences: dict[str, int] = field(default_factory=dict)
    parts: dict[str, int] = field(default_factory=dict)


Row = tuple[float, Event]


def read_statistics(path: Path, *, days: int = 30) -> Statistics:
    """Return the figures of the last `days` days; an absent log gives zeros."""
    rows = _rows(path, time() - days * 86400)
    completion = [row for row in rows if row[1].feature == "completion"]
    displayed = [row for row in completion if row[1].kind == "display"]
    answered = [row for row in completion if row[1].kind == "answer"]
    return Statistics(
        days=days,
        total=_counts(completion),
        by_engine=_grouped(completion, lambda row: row[1].engine),
        by_language=_grouped(completion, lambda row: row[1].language),
        by_day=_by_day(completion, days),
        other_features=_grouped(
            [row for row in rows if row[1].feature != "completion"], lambda row: row[1].feature
        ),
        display_latency=_latencies(displayed, lambda event: event.engine),
        answer_latency=_latencies(answered, lambda event: event.model or event.engine),
        rejections=_tally(event.reason for _, event in completion if event.kind == "rejection"),
        silences=_tally(event.reason for _, event in completion if event.kind == "opportunity"),
        parts=_tally(event.part for _, event in completion if event.kind == "acceptance"),
    )


def delete_log(path: Path) -> int:
    """Forget every event and return how many there were; servers that run go on with an empty log."""
    import sqlite3

    path.with_name(path.name + ".damaged").unlink(missing_ok=True)
    if not path.exists():
        return 0
    try:
        with contextlib.closing(sqlite3.connect(path, timeout=10.0)) as connection:
            connection.execute("PRAGMA secure_delete=ON")
            with connection:
                forgotten = connection.execute("DELETE FROM events").rowcount
            connection.execute("VACUUM")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.OperationalError as error:
        if "no such table" not in str(error):
            raise
        forgotten = 0
    except sqlite3.DatabaseError:
        path.unlink()
        forgotten = 0
    return forgotten


def _rows(path: Path, since: float) -> list[Row]:
    import sqlite3

    if not path.exists():
        return []
    query = f"SELECT {','.join(COLUMNS)} FROM events WHERE at >= ? ORDER BY at"  # noqa: S608
    try:
        with contextlib.closing(
            sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=5.0)
        ) as connection:
            return [(row[0], _event(row)) for row in connection.execute(query, (since,))]
    except sqlite3.OperationalError as error:
        if "no such table" in str(error):
            return []
        raise


def _event(row: tuple[Any, ...]) -> Event:
    return Event(**dict(zip(COLUMNS[1:], row[1:], strict=True)))


def _counts(rows: Iterable[Row]) -> Counts:
    numbers = {"opportunity": 0, "attempt": 0, "rejection": 0}
    shown: set[str] = set()
    taken: dict[str, int] = {}
    for index, (_, event) in enumerate(rows):
        name = event.suggestion or f"#{index}"
        if event.kind in numbers:
            numbers[event.kind] += 1
        elif event.kind == "display":
            shown.add(name)
        elif event.kind == "acceptance":
            # Words taken one by one report the whole beginning each time: the longest report counts.
            taken[name] = max(taken.get(name, 0), event.chars)
    return Counts(
        opportunities=numbers["opportunity"],
        attempts=numbers["attempt"],
        displays=len(shown | taken.keys()),
        acceptances=len(taken),
        accepted_chars=sum(taken.values()),
        rejections=numbers["rejection"],
    )


def _grouped(rows: list[Row], key: Callable[[Row], str]) -> dict[str, Counts]:
    ordered = sorted((row for row in rows if key(row)), key=key)
    return {name: _counts(group) for name, group in groupby(ordered, key)}


def _by_day(rows: list[Row], days: int) -> dict[str, Counts]:
    known = _grouped(rows, lambda row: _day_of(row[0]))
    if not known:
        return {}
    today = date.fromtimestamp(time())  # noqa: DTZ012 - the user's own days
    span = (today - timedelta(days=ago) for ago in range(days, -1, -1))
    first = min(known)
    return {day: known.get(day, Counts()) for day in map(date.isoformat, span) if day >= first}


def _day_of(at: float) -> str:
    return date.fromtimestamp(at).isoformat()  # noqa: DTZ012 - the user's own days


def _latencies(rows: list[Row], key: Callable[[Event], str]) -> dict[str, Latency]:
    values: dict[str, list[float]] = {}
    for _, event in rows:
        if event.latency_ms is not None and key(event):
            values.setdefault(key(event), []).append(event.latency_ms)
    return {name: _percentiles(sorted(found)) for name, found in sorted(values.items())}


def _percentiles(values: list[float]) -> Latency:
    def at(share: float) -> float:
        return values[min(len(values) - 1, round(share * (len(values) - 1)))]

    return Latency(len(values), at(0.5), at(0.9), at(0.99))


def _tally(names: Iterable[str]) -> dict[str, int]:
    return dict(Counter(filter(None, names)).most_common())


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else 0.0
