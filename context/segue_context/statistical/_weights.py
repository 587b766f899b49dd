"""Weights of the features; `python -m segue_bench.fit_copy` fits them anew.

Fitted on lines of 24 repositories of nine languages, none of which the quality benchmarks measure. The score of a
candidate is the weighted sum of its features; among all candidates, and "none of them" with the score 0, a softmax
of the scores gives the chance that a candidate is exactly right.
"""

from __future__ import annotations

from segue_context.statistical._features import NAMES

BY_NAME: dict[str, float] = {
    "bias": -5.374,
    "match_length": 1.014,
    "match_long": -0.31,
    "match_line": 0.589,
    "match_above": 0.341,
    "agree_longest": 1.746,
    "agree_all": 2.151,
    "first": -0.54,
    "lead": -0.497,
    "alone": -0.439,
    "places": 0.904,
    "files": 0.201,
    "decoded": -0.03,
    "decoded_first": 0.009,
    "chance": 0.007,
    "chance_token": -0.287,
    "chance_worst": 0.654,
    "tokens": -0.534,
    "shaped": 0.525,
    "shaped_aligned": 1.412,
    "only_shaped": 1.323,
    "near": -0.207,
    "here": -0.008,
    "next_agrees": 0.921,
    "next_differs": -0.651,
    "repeats_next": -1.578,
    "repeats_above": -1.956,
    "exists": -0.518,
    "balance_closed": 0.349,
    "balance_left_open": -0.589,
    "balance_over": -0.968,
    "opens_block_rightly": 1.046,
    "opens_block_wrongly": -2.468,
    "misses_block": -0.533,
    "new_names": -1.84,
    "recent_names": 0.836,
    "strings": -0.548,
    "numbers": -0.426,
    "starts_word": 0.292,
    "starts_call": -0.163,
    "starts_closer": -5.331,
    "starts_assign": 0.555,
    "partial_word": 0.771,
    "similar": 1.948,
    "left_tokens": 0.265,
    "series": 1.152,
    "filled": -0.77,
    "filled_share": 1.381,
    "uses_fresh": 0.442,
    "ignores_fresh": -0.027,
}

WEIGHTS: tuple[float, ...] = tuple(BY_NAME[name] for name in NAMES)
