"""What passes between next-edit prediction and the other rooms."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class NextEdit:
    """Replace lines `start_line` (0-based) to `end_line` (exclusive) of `path` by `new`.

    `old` are those lines as they are now, without terminators; `new` None means a place without content. `kind`
    names the rule or tier, `reason` is one phrase a person understands, `confidence` is calibrated 0..1. Edits
    with one `group` apply the same change at several places ("" for an edit of its own). `placeholder` is a stretch of
    `new` that the user fills in: line in `new`, first and last column. What stands there need not be defined, so that a
    client that cannot select it gets the `place` only.
    """

    path: str
    start_line: int
    end_line: int
    old: tuple[str, ...]
    new: tuple[str, ...] | None
    kind: str
    confidence: float
    reason: str = ""
    group: str = ""
    placeholder: tuple[int, int, int] | None = None

    @property
    def place(self) -> NextEdit:
        """The edit without content where that is not complete."""
        return self if self.placeholder is None else replace(self, new=None, placeholder=None)


@dataclass(frozen=True, slots=True)
class Series:
    """Every remaining place of one change, in the order of files and lines.

    `total` counts the places found; where it is `capped` there are more than `edits` holds. `mentions` counts those
    left out because they only mention a renamed name: in comments, strings and prose.
    """

    edits: tuple[NextEdit, ...] = ()
    total: int = 0
    capped: bool = False
    mentions: int = 0


@dataclass(frozen=True, slots=True)
class Problem:
    """What a language server or linter reports at a 0-based `line` of `path`."""

    path: str
    line: int
    message: str


@dataclass(frozen=True, slots=True)
class Prediction:
    """Edits, best first, and whether the gate would show the first of them."""

    edits: tuple[NextEdit, ...] = ()
    shown: bool = False
    silence: str = ""
