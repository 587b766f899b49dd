"""The name that a misspelt one was meant to be."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_LEAST_LIKENESS = 82
_LEAST_LENGTH = 5


def names_written(words: str, names: Sequence[str]) -> list[str]:
    """Return those of `names` that words mean: `retry policy` is `RetryPolicy`, `retry_policy` and `retryPolicy`."""
    letters = _letters(words)
    return [name for name in names if _letters(name) == letters] if letters else []


def _letters(text: str) -> str:
    return "".join(char for char in text.lower() if char.isalnum())


def nearest_name(name: str, names: Sequence[str]) -> str:
    """Return the one of `names` that is most like `name`, "" when none is like it (rapidfuzz, letter case aside)."""
    from rapidfuzz import fuzz, process

    if len(name) < _LEAST_LENGTH:
        return ""
    found = process.extractOne(
        name, names, scorer=fuzz.ratio, processor=str.lower, score_cutoff=_LEAST_LIKENESS
    )
    return str(found[0]) if found is not None else ""
