"""Questions about a repository: read by rules, answered by ranked places, refused when it cannot answer them."""

from __future__ import annotations

from segue_context.search._question import Question, read_question
from segue_context.search._ranking import WEIGHTS, Weights
from segue_context.search._searcher import Searcher
from segue_context.search._types import ChangedIn, Intent, Place, SearchResult

__all__ = [
    "WEIGHTS",
    "ChangedIn",
    "Intent",
    "Place",
    "Question",
    "SearchResult",
    "Searcher",
    "Weights",
    "read_question",
]
