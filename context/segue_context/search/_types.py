"""What passes between a question and its answer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from segue_context._types import Symbol


class Intent(StrEnum):
    """What kind of answer a question wants."""

    WHERE = "where"
    HOW = "how"
    USES = "uses"
    TESTS = "tests"
    ERROR = "error"
    CHANGED = "changed"
    OVERVIEW = "overview"
    UNRELATED = "unrelated"
    VAGUE = "vague"


@dataclass(frozen=True, slots=True)
class Place:
    """Lines `start_line`..`end_line` (0-based, exclusive) that answer a question.

    `symbol` is the definition there, "" for none, and `signature` its head. `why` says in a few words what matched.
    `lines` are the numbers (0-based) of the lines that matched best. `score` orders the places of one answer.
    """

    path: str
    start_line: int
    end_line: int
    symbol: str
    score: float
    why: str
    signature: str = ""
    kind: str = ""
    container: str = ""
    lines: tuple[int, ...] = ()

    @property
    def where(self) -> str:
        """The place as a person writes it: `path:line` or `path:first-last`, from 1."""
        first = self.start_line + 1
        return f"{self.path}:{first}-{self.end_line}" if self.end_line > first else f"{self.path}:{first}"

    def of(self, symbol: Symbol | None) -> Place:
        """Return the place as that of a definition, if there is one."""
        if symbol is None:
            return self
        return replace(
            self,
            symbol=symbol.name,
            signature=symbol.signature,
            kind=symbol.kind,
            container=symbol.container,
        )


@dataclass(frozen=True, slots=True)
class ChangedIn:
    """A commit that is part of an answer; `date` is YYYY-MM-DD."""

    sha: str
    date: str
    author: str
    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The answer of the index: places best first, or a refusal.

    A refusal has its `reason`, one sentence to show, and the places that come nearest, if any. `facets` are folders or symbols to choose from where no place stands out; `commits` answer when and why. `note` is
    a sentence about the search itself: a name that was read as another, an index that is not complete. `certainty` is
    the chance, 0..1, that the repository answers the question. `is_no_question`: nobody can answer that, not even a
    model (it is empty or too long).
    """

    intent: Intent
    refused: bool
    reason: str
    places: tuple[Place, ...]
    facets: tuple[str, ...] = ()
    commits: tuple[ChangedIn, ...] = ()
    note: str = ""
    certainty: float = 0.0
    is_no_question: bool = False
