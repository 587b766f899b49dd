"""Weights of the features; `python -m segue_bench.fit_certainty` fits them anew.

Fitted on lines of fourteen repositories of nine languages, none of which the quality benchmarks measure. The score of a
candidate is the weighted sum of its features; among all candidates, and "none of them" with the score 0, a softmax
of the scores gives the chance that a candidate is exactly right.
"""

from __future__ import annotations

from segue_context.statistical import _words
from segue_context.statistical._features import NAMES

BY_NAME: dict[str, float] = {
    "bias": -4.002,
    "match_length": 0.704,
    "match_long": -0.188,
    "match_line": 0.510,
    "match_above": -0.663,
    "agree_longest": 0.169,
    "agree_all": 1.937,
    "first": -0.576,
    "lead": -0.024,
    "alone": 0.963,
    "places": 0.684,
    "files": 0.210,
    "decoded": -0.190,
    "decoded_first": 0.112,
    "chance": 0.193,
    "chance_token": -0.030,
    "chance_worst": 0.264,
    "tokens": -0.605,
    "shaped": 0.478,
    "shaped_aligned": 1.464,
    "only_shaped": 1.495,
    "near": -0.510,
    "here": -0.578,
    "next_agrees": 0.854,
    "next_differs": -0.306,
    "repeats_next": -2.342,
    "repeats_above": -2.731,
    "exists": 0.150,
    "balance_closed": 0.252,
    "balance_left_open": -0.543,
    "balance_over": -0.786,
    "opens_block_rightly": 0.897,
    "opens_block_wrongly": -2.156,
    "misses_block": -0.708,
    "new_names": -1.254,
    "recent_names": 0.383,
    "strings": -0.272,
    "numbers": 0.062,
    "starts_word": 0.054,
    "starts_call": 0.046,
    "starts_closer": -1.720,
    "starts_assign": 0.063,
    "partial_word": 0.618,
    "similar": 2.485,
    "left_tokens": 0.158,
    "series": 1.006,
    "filled": -0.570,
    "filled_share": -1.259,
    "uses_fresh": 0.490,
    "ignores_fresh": 0.031,
    "repeats_near": -0.578,
    "agree_long": 0.387,
    "agree_often": 0.527,
    "next_agrees_line": 0.534,
    "closer_closes": 1.251,
    "unlikely_long": 0.104,
    "word": 0.333,
    "from_word": 0.262,
    "word_gap": -0.517,
}

WEIGHTS: tuple[float, ...] = tuple(BY_NAME[name] for name in NAMES)

BY_WORD_NAME: dict[str, float] = {
    "bias": 0.570,
    "here": 0.735,
    "elsewhere": -0.028,
    "near": 1.170,
    "after_same": 0.371,
    "after_same_elsewhere": 1.997,
    "after_same_share": 1.776,
    "member_fits": 0.231,
    "fresh": 1.368,
    "left_out": -0.063,
    "typed": -0.803,
    "rivals": -0.880,
    "keyword": -0.031,
    "needed": 0.000,
    "on_line": 0.199,
}

WORD_WEIGHTS: tuple[float, ...] = tuple(BY_WORD_NAME[name] for name in _words.NAMES)
