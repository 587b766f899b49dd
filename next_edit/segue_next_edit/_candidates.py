"""What a rule proposes, before it is weighed against what the others propose."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from segue_next_edit._situation import Situation


_SINGLE_CHANGES = frozenset({"substitution", "template", "alike", "hunk"})
"""What one change alone suggests is weighed together: there are too few examples of each."""


@dataclass(slots=True)
class Candidate:
    """Replace lines `start` to `end` of `path` by `new` (None: the place only).

    Candidates with one `group` apply the same change; `evidence` holds what speaks for and against this one, by
    the names that the calibration knows. `placeholder` as in `NextEdit`.
    """

    path: str
    start: int
    end: int
    new: tuple[str, ...] | None
    kind: str
    group: str
    reason: str
    evidence: dict[str, float] = field(default_factory=dict)
    placeholder: tuple[int, int, int] | None = None

    @property
    def sure(self) -> bool:
        """Whether the place may be shown unasked: not where only the word tells that a renamed thing is meant."""
        return bool(self.evidence.get("resolved", 1.0)) and not self.evidence.get("guessed")

    @property
    def weighed_as(self) -> str:
        """The kind by which it is weighed: what a place surely refers to makes another thing of it."""
        resolved = self.evidence.get("resolved")
        if resolved and self.kind == "moved import":
            return "resolved rename"  # what was cut in one module and put in another has a new path
        if resolved is None:
            return "single change" if self.kind in _SINGLE_CHANGES else self.kind
        return f"resolved {self.kind}" if resolved else f"unresolved {self.kind}"


class Rule(Protocol):
    """One way to know what comes next."""

    def candidates(self, situation: Situation) -> Iterable[Candidate]:
        """Yield what the rule proposes."""


def merged_lines(changes: dict[int, tuple[str, float]]) -> Iterator[tuple[int, int, tuple[str, ...], float]]:
    """Yield neighbouring changed lines as one stretch: start, end, new lines, and the sum of their weights."""
    start: int | None = None
    new: list[str] = []
    weight = 0.0
    for line in sorted(changes):
        if start is not None and line == start + len(new):
            new.append(changes[line][0])
            weight += changes[line][1]
            continue
        if start is not None:
            yield start, start + len(new), tuple(new), weight
        start, new, weight = line, [changes[line][0]], changes[line][1]
    if start is not None:
        yield start, start + len(new), tuple(new), weight
