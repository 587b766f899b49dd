"""Weights of what speaks for a beginning; `python -m segue_bench.fit_certainty` fits them anew.

Fitted on lines of fourteen repositories of nine languages, none of which a quality benchmark measures.
"""

from __future__ import annotations

BY_NAME: dict[str, float] = {
    "bias": 0.620,
    "share": 1.605,
    "share_of_found": 1.229,
    "weight": -0.036,
    "agree": 0.831,
    "agree_line": 0.313,
    "places_line": 0.285,
    "files_line": 0.230,
    "match_length": 0.236,
    "chance": -0.256,
    "chance_worst": 0.393,
    "tokens": -0.197,
    "characters": -0.764,
    "partial": -0.092,
    "left_tokens": 0.246,
    "new_names": -0.005,
    "ends_open": 0.046,
    "ends_space": -0.114,
    "ends_word": -0.033,
    "whole_line": -0.340,
    "rivals": -0.035,
    "share_plain": -0.122,
    "word": -0.068,
    "word_plain": 0.351,
    "in_word": 0.012,
    "chance_last": -0.553,
    "ends_closed": -0.029,
}

WEIGHTS: tuple[float, ...] = tuple(BY_NAME.values())
