"""Weights of the features; `python -m segue_bench.fit_certainty` fits them anew.

Fitted on lines of fourteen repositories of nine languages, none of which the quality benchmarks measure. The score of a
candidate is the weighted sum of its features; among all candidates, and "none of them" with the score 0, a softmax
of the scores gives the chance that a candidate is exactly right.
"""

from __future__ import annotations

from segue_context.statistical import _words
from segue_context.statistical._features import NAMES

BY_NAME: dict[str, float] = {
    "bias": -6.032,
    "match_length": 0.732,
    "match_long": -0.904,
    "match_line": 0.892,
    "match_above": 0.035,
    "agree_longest": 0.433,
    "agree_all": 1.487,
    "first": -0.201,
    "lead": 0.412,
    "alone": -0.018,
    "places": 0.831,
    "files": -0.124,
    "decoded": -0.001,
    "decoded_first": -0.081,
    "chance": 0.442,
    "chance_token": -0.313,
    "chance_worst": -0.260,
    "tokens": -0.792,
    "shaped": 0.544,
    "shaped_aligned": 1.016,
    "only_shaped": 1.893,
    "near": -0.885,
    "here": 0.050,
    "next_agrees": 1.646,
    "next_differs": 0.483,
    "repeats_next": -4.928,
    "repeats_above": -4.604,
    "exists": -0.504,
    "balance_closed": 0.496,
    "balance_left_open": -0.403,
    "balance_over": -3.089,
    "opens_block_rightly": 1.042,
    "opens_block_wrongly": -3.524,
    "misses_block": -0.256,
    "new_names": -0.841,
    "recent_names": 0.457,
    "strings": 0.003,
    "numbers": -0.689,
    "starts_word": 0.123,
    "starts_call": -0.202,
    "starts_closer": -0.085,
    "starts_assign": -0.196,
    "partial_word": 0.829,
    "similar": 2.816,
    "left_tokens": 0.521,
    "series": 0.646,
    "filled": -0.553,
    "filled_share": 0.898,
    "uses_fresh": 0.250,
    "ignores_fresh": 0.361,
    "repeats_near": -0.148,
    "agree_long": 0.441,
    "agree_often": 0.275,
    "next_agrees_line": 0.470,
    "closer_closes": -0.640,
    "unlikely_long": 0.041,
    "word": 0.789,
    "from_word": 0.303,
    "word_gap": -0.267,
    "whole": -2.021,
    "whole_known": 2.280,
    "whole_shaped": -2.929,
}

WEIGHTS: tuple[float, ...] = tuple(BY_NAME[name] for name in NAMES)

BY_WORD_NAME: dict[str, float] = {
    "bias": -1.567,
    "here": 0.437,
    "elsewhere": -0.186,
    "near": 1.849,
    "after_same": -0.091,
    "after_same_elsewhere": 1.662,
    "after_same_share": 1.106,
    "after_two": 0.286,
    "after_two_share": 1.410,
    "member_fits": 0.109,
    "fresh": 0.768,
    "left_out": 0.418,
    "typed": 1.069,
    "rivals": -0.648,
    "keyword": -0.004,
    "on_line": -0.374,
    "echo": 1.064,
    "below": 1.320,
}

WORD_WEIGHTS: tuple[float, ...] = tuple(BY_WORD_NAME[name] for name in _words.NAMES)
