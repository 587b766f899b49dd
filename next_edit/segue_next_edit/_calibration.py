"""From evidence to the chance of being right."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from segue_next_edit._candidates import Candidate

_BASE = {"repeat": 0.75, "insertion": 0.3, "rename": 0.6, "substitution": 0.5}


def probability(candidate: Candidate) -> float:
    """Return the chance, 0..1, that the place is one the user edits next."""
    e = candidate.evidence
    score = (
        _BASE.get(candidate.kind, 0.1)
        * (0.5 + 0.5 * e.get("known_file", 0))
        * (0.7 + 0.3 * e.get("same_file", 0))
    )
    score *= 1.0 if e["places"] < 2 else 0.6
    if candidate.kind in ("rename", "substitution"):
        score *= 0.5 + 0.2 * e["left"] + 0.2 * e["right"] + 0.1 * e["both"]
        score *= 0.5 if e["common"] else 1
        score *= 1.3 if e["defines"] else 1
        score *= 0.5 if e["comment"] or e["string"] else 1
    score *= 0.95 ** e.get("age", 0)
    score *= 1 - 0.02 * e["distance"]
    return min(score, 0.99)
