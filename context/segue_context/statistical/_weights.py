"""Weights of the features; `python -m segue_bench.fit_copy` fits them anew.

Fitted on lines of 24 repositories of nine languages, none of which the quality benchmarks measure. The score of a
candidate is the weighted sum of its features; among all candidates, and "none of them" with the score 0, a softmax
of the scores gives the chance that a candidate is exactly right.
"""

from __future__ import annotations

from segue_context.statistical import _words
from segue_context.statistical._features import NAMES

BY_NAME: dict[str, float] = {
    "bias": -5.277,
    "match_length": 0.478,
    "match_long": -0.253,
    "match_line": 0.677,
    "match_above": 0.255,
    "agree_longest": 0.497,
    "agree_all": 1.916,
    "first": -0.394,
    "lead": -0.637,
    "alone": -0.553,
    "places": 0.776,
    "files": 0.164,
    "decoded": 0.168,
    "decoded_first": 0.069,
    "chance": 0.027,
    "chance_token": -0.284,
    "chance_worst": 0.606,
    "tokens": -0.464,
    "shaped": 0.539,
    "shaped_aligned": 1.381,
    "only_shaped": 0.954,
    "near": -0.031,
    "here": -0.155,
    "next_agrees": 1.326,
    "next_differs": -0.42,
    "repeats_next": -1.914,
    "repeats_above": -1.298,
    "exists": -0.304,
    "balance_closed": 0.252,
    "balance_left_open": -0.635,
    "balance_over": -1.067,
    "opens_block_rightly": 1.034,
    "opens_block_wrongly": -2.62,
    "misses_block": -0.581,
    "new_names": -1.805,
    "recent_names": 0.985,
    "strings": -0.564,
    "numbers": -0.48,
    "starts_word": 0.269,
    "starts_call": -0.167,
    "starts_closer": -4.067,
    "starts_assign": 0.703,
    "partial_word": 0.716,
    "similar": 2.202,
    "left_tokens": 0.265,
    "series": 1.365,
    "filled": -0.756,
    "filled_share": 1.499,
    "uses_fresh": 0.362,
    "ignores_fresh": -0.044,
    "repeats_near": -0.885,
    "agree_long": 0.915,
    "agree_often": 0.364,
    "next_agrees_line": -0.314,
    "closer_closes": -2.22,
    "unlikely_long": 0.046,
    "word": 0.0,
    "from_word": 0.0,
    "word_gap": 0.0,
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
