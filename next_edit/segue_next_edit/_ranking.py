"""Candidates of all rules, weighed against each other."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from math import log
from typing import TYPE_CHECKING

from segue_next_edit._calibration import chances, gate
from segue_next_edit._tokens import words_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from segue_next_edit._candidates import Candidate
    from segue_next_edit._situation import Situation


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate with the chance that its place is right, and that its content is too."""

    candidate: Candidate
    place: float
    content: float

    @property
    def rank(self) -> float:
        """What candidates are ordered by: a place alone is never shown unasked, so content counts most."""
        return self.place + gate().order * self.content

    @property
    def worth(self) -> float:
        """What the gate asks for."""
        return self.place + gate().worth * self.content


LEAST_SHARE = 0.03
"""From this chance on, given the place, content is put to a place that another rule found."""
_LIKELY = 0.35
"""From this chance on, given the place, content that does more takes the place of a rename alone."""
_KEPT = 50
_MANY_PLACES = 1000
_BY_BINDING = frozenset({"rename", "signature"})


def ranked(situation: Situation, candidates: list[Candidate]) -> list[Ranked]:
    """Return the candidates, best first, without those that touch a better one."""
    weigh(situation, candidates)
    return best_of(candidates, lambda c: situation.lines(c.path)[c.start : c.end])


def best_of(candidates: Sequence[Candidate], old_of: Callable[[Candidate], Sequence[str]]) -> list[Ranked]:
    """Return candidates with all their evidence, best first, without those that touch a better one.

    `old_of` gives the lines that a candidate replaces.
    """
    scored = [Ranked(candidate, *chances(candidate)) for candidate in candidates]
    order = _order_of(scored)
    scored.sort(key=order)
    taken: dict[str, list[int]] = {}
    best: list[Ranked] = []
    for row in scored:
        overlapped = [
            at for at in taken.get(row.candidate.path, ()) if _overlap(best[at].candidate, row.candidate)
        ]
        if overlapped:
            holder = best[overlapped[0]]
            share = row.content / row.place  # how likely the content is, given that the place is right
            if _is_surer(row.candidate, holder.candidate) or (
                len(overlapped) == 1
                and share >= _LIKELY
                and _does_more(row.candidate, holder.candidate, old_of(row.candidate))
            ):
                best[overlapped[0]] = Ranked(row.candidate, holder.place, holder.content)
            elif len(overlapped) == 1 and holder.candidate.new is None and share >= LEAST_SHARE:
                best[overlapped[0]] = Ranked(row.candidate, holder.place, holder.place * share)
        elif len(best) < _KEPT:
            taken.setdefault(row.candidate.path, []).append(len(best))
            best.append(row)
    best.sort(key=order)
    return best


def _order_of(rows: Sequence[Ranked]) -> Callable[[Ranked], tuple[float, float, float, float]]:
    """Return what rows are sorted by: of equally good places the nearest below the cursor comes first, another file's last.

    What follows a binding is equally good at all of its places.
    """
    best: dict[str, float] = {}
    for row in rows:
        if _follows(row):
            best[row.candidate.group] = max(row.rank, best.get(row.candidate.group, 0.0))

    def order(row: Ranked) -> tuple[float, float, float, float]:
        evidence = row.candidate.evidence
        rank = best[row.candidate.group] if _follows(row) else row.rank
        return -round(rank, 3), -evidence["same_file"], -evidence["below"], evidence["distance"]

    return order


def _follows(row: Ranked) -> bool:
    return row.candidate.kind in _BY_BINDING and bool(row.candidate.evidence.get("resolved"))


def _is_surer(one: Candidate, other: Candidate) -> bool:
    """Whether a candidate says the same as another of which only the word tells that it is meant."""
    same = (one.start, one.end, one.new) == (other.start, other.end, other.new)
    return same and other.evidence.get("resolved") == 0.0 and one.evidence.get("resolved") != 0.0


def _does_more(one: Candidate, other: Candidate, old: Sequence[str]) -> bool:
    """Whether a candidate makes all changes of another, a rename, and further ones in the same lines.

    A rename that the history made together with something else is repeated with it.
    """
    if other.kind != "rename" or one.new is None or other.new is None:
        return False
    if (one.start, one.end) != (other.start, other.end) or not len(old) == len(one.new) == len(other.new):
        return False
    return one.new != other.new and all(
        Counter(words_of([renamed])) - Counter(words_of([before])) <= Counter(words_of([now]))
        and not (Counter(words_of([before])) - Counter(words_of([renamed]))).keys() & set(words_of([now]))
        for before, renamed, now in zip(old, other.new, one.new, strict=True)
    )


def _overlap(one: Candidate, other: Candidate) -> bool:
    return one.start < max(other.end, other.start + 1) and other.start < max(one.end, one.start + 1)


def weigh(situation: Situation, candidates: list[Candidate]) -> None:
    """Add the evidence that every kind of candidate has: how many there are, how near, and what was passed."""
    cursor_path, cursor_line = situation.cursor
    left = Counter(c.group for c in candidates)
    left_here = Counter((c.group, c.path) for c in candidates)
    passed: Counter[str] = Counter()
    span = {
        path: (
            min(e.line for e in situation.done if e.path == path),
            max(e.end for e in situation.done if e.path == path),
        )
        for path in situation.paths
    }
    for c in candidates:
        low, high = span.get(c.path, (1, 0))
        skipped = low < c.start < high
        c.evidence["passed"] = float(skipped)
        passed[c.group] += skipped
    for c in candidates:
        same = c.path == cursor_path
        evidence = c.evidence
        evidence["same_file"] = float(same)
        evidence["known_file"] = float(c.path in situation.touched)
        evidence["below"] = float(same and c.start >= cursor_line)
        evidence["same_function"] = float(
            c.path in situation.touched and situation.same_function(c.path, c.start)
        )
        evidence["distance"] = log(1 + abs(c.start - cursor_line)) if same else 0.0
        evidence["places"] = log(min(left[c.group], _MANY_PLACES))
        evidence["places_here"] = log(min(left_here[c.group, c.path], _MANY_PLACES))
        evidence["passed_share"] = passed[c.group] / left[c.group]
        fails = evidence.get("required") and evidence.get("resolved")
        evidence["edits"] = 0.0 if fails else log(len(situation.done))  # it fails whatever is done meanwhile
