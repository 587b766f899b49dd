"""The name that a misspelt one was meant to be."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_LEAST_LIKENESS = 82
_LEAST_LENGTH = 5


def nearest_name(name: str, names: Sequence[str]) -> str:
    """Return the one of `names` that is most like `name`, "" when none is like it (rapidfuzz, letter case aside)."""
    from rapidfuzz import fuzz, process

    if len(name) < _LEAST_LENGTH:
        return ""
    found = process.extractOne(
        name, names, scorer=fuzz.ratio, processor=str.lower, score_cutoff=_LEAST_LIKENESS
    )
    return str(found[0]) if found is not None else ""
