"""Weights of what speaks for a beginning; `python -m segue_bench.fit_beginnings` fits them anew.

Fitted on lines of twelve repositories of nine languages, none of which a quality benchmark measures.
"""

from __future__ import annotations

BY_NAME: dict[str, float] = {
    "bias": 3.340,
    "share": 1.274,
    "share_of_found": 1.715,
    "weight": -0.247,
    "agree": 1.367,
    "agree_line": 1.029,
    "places_line": 0.421,
    "files_line": -0.180,
    "match_length": 0.359,
    "chance": 1.089,
    "chance_worst": -0.407,
    "tokens": 0.574,
    "characters": -2.420,
    "partial": -0.340,
    "left_tokens": -0.704,
    "new_names": 0.370,
    "ends_open": 0.142,
    "ends_space": -0.519,
    "ends_word": -0.223,
    "whole_line": -0.254,
    "rivals": 1.300,
    "share_plain": -1.574,
    "word": 0.025,
    "word_plain": 0.0,
    "in_word": 0.0,
    "chance_last": 0.0,
    "ends_closed": 0.0,
}

WEIGHTS: tuple[float, ...] = tuple(BY_NAME.values())
