"""Candidates of all rules, weighed against each other."""

from __future__ import annotations

from collections import Counter
from math import log
from typing import TYPE_CHECKING

from segue_next_edit._calibration import probability

if TYPE_CHECKING:
    from segue_next_edit._candidates import Candidate
    from segue_next_edit._situation import Situation


def ranked(situation: Situation, candidates: list[Candidate]) -> list[tuple[Candidate, float]]:
    """Return the candidates with their confidence, best first, without those that touch a better one."""
    weigh(situation, candidates)
    scored = [(probability(c), at, c) for at, c in enumerate(candidates)]
    scored.sort(key=lambda row: (-row[0], row[1]))
    taken: dict[str, list[tuple[int, int]]] = {}
    best: list[tuple[Candidate, float]] = []
    for confidence, _, candidate in scored:
        stretches = taken.setdefault(candidate.path, [])
        start, end = candidate.start, max(candidate.end, candidate.start + 1)
        if any(start < b and a < end for a, b in stretches):
            continue
        stretches.append((start, end))
        best.append((candidate, confidence))
        if len(best) >= 50:
            break
    return best


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
        evidence["distance"] = log(1 + abs(c.start - cursor_line)) if same else 0.0
        evidence["left"] = evidence.get("left", 0.0)
        evidence["places"] = log(left[c.group])
        evidence["places_here"] = log(left_here[c.group, c.path])
        evidence["passed_share"] = passed[c.group] / left[c.group]
        evidence["edits"] = log(len(situation.done))
