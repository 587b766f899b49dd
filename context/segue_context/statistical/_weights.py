"""Weights of the features; `python -m segue_bench.fit_copy` fits them anew.

Fitted on lines of 24 repositories of nine languages, none of which the quality benchmarks measure. The score of a
candidate is the weighted sum of its features; among all candidates, and "none of them" with the score 0, a softmax
of the scores gives the chance that a candidate is exactly right.
"""

from __future__ import annotations

from segue_context.statistical import _words
from segue_context.statistical._features import NAMES

BY_NAME: dict[str, float] = {
    "bias": -2.100,
    "match_length": 0.542,
    "match_long": 0.334,
    "match_line": 0.317,
    "match_above": -0.711,
    "agree_longest": -1.265,
    "agree_all": 1.413,
    "first": -1.032,
    "lead": 0.102,
    "alone": 0.525,
    "places": 0.725,
    "files": -0.750,
    "decoded": 0.998,
    "decoded_first": 0.247,
    "chance": 1.676,
    "chance_token": -0.198,
    "chance_worst": -0.767,
    "tokens": -0.588,
    "shaped": 0.402,
    "shaped_aligned": 0.622,
    "only_shaped": 0.599,
    "near": -0.293,
    "here": -1.084,
    "next_agrees": 1.480,
    "next_differs": -0.492,
    "repeats_next": -0.073,
    "repeats_above": -5.854,
    "exists": 0.591,
    "balance_closed": 0.266,
    "balance_left_open": -0.111,
    "balance_over": -1.611,
    "opens_block_rightly": 0.268,
    "opens_block_wrongly": -5.142,
    "misses_block": -2.195,
    "new_names": -1.070,
    "recent_names": 0.342,
    "strings": 0.316,
    "numbers": -1.654,
    "starts_word": -0.149,
    "starts_call": 0.295,
    "starts_closer": -0.432,
    "starts_assign": 0.122,
    "partial_word": 0.065,
    "similar": 4.155,
    "left_tokens": -0.607,
    "series": -2.369,
    "filled": 0.372,
    "filled_share": -2.673,
    "uses_fresh": -0.115,
    "ignores_fresh": -0.495,
    "repeats_near": -1.574,
    "agree_long": 0.371,
    "agree_often": 1.811,
    "next_agrees_line": -1.427,
    "closer_closes": 0.918,
    "unlikely_long": 0.182,
    "word": -0.181,
    "from_word": 1.190,
    "word_gap": -0.682,
}

WEIGHTS: tuple[float, ...] = tuple(BY_NAME[name] for name in NAMES)

BY_WORD_NAME: dict[str, float] = {
    "bias": -2.440,
    "here": 0.578,
    "elsewhere": 0.106,
    "near": 1.226,
    "after_same": 0.454,
    "after_same_elsewhere": 1.439,
    "after_same_share": 2.602,
    "member_fits": 0.105,
    "fresh": 2.262,
    "left_out": 0.751,
    "typed": 1.910,
    "rivals": -0.661,
    "keyword": 0.054,
    "needed": 0.000,
    "on_line": 0.867,
}

WORD_WEIGHTS: tuple[float, ...] = tuple(BY_WORD_NAME[name] for name in _words.NAMES)
