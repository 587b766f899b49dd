"""Changes that the history made, what they have in common, and where that applies."""

from __future__ import annotations

from segue_next_edit.patterns._changes import Change, NewName, names_replaced
from segue_next_edit.patterns._learn import patterns_in
from segue_next_edit.patterns._names import may_be_replaced
from segue_next_edit.patterns._pattern import Match, Pattern, build_of, is_ahead, keyword_of

__all__ = [
    "Change",
    "Match",
    "NewName",
    "Pattern",
    "build_of",
    "is_ahead",
    "keyword_of",
    "may_be_replaced",
    "names_replaced",
    "patterns_in",
]
