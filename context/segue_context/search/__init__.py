"""Questions about a repository: read by rules, answered by ranked places, refused when it cannot answer them."""

from __future__ import annotations

from segue_context.search._meaning import Embedder, EmbeddingFailed, Meaning, VectorFiller
from segue_context.search._question import Question, read_question
from segue_context.search._ranking import WEIGHTS, Weights
from segue_context.search._searcher import Searcher
from segue_context.search._types import ChangedIn, Intent, Place, SearchResult
from segue_context.search._zoekt import Retriever, ZoektFailed, ZoektSearcher

__all__ = [
    "WEIGHTS",
    "ChangedIn",
    "Embedder",
    "EmbeddingFailed",
    "Intent",
    "Meaning",
    "Place",
    "Question",
    "Retriever",
    "SearchResult",
    "Searcher",
    "VectorFiller",
    "Weights",
    "ZoektFailed",
    "ZoektSearcher",
    "read_question",
]
