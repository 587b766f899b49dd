"""Weights of what speaks for a name being needed; `segue bench fit-needs` prints them anew.

Fitted on repositories of nine languages, none of which is measured by the quality benchmarks.
"""

from __future__ import annotations

BY_NAME: dict[str, float] = {
    "bias": 0.0,
    "imported": 3.943,
    "same_package": 2.26,
    "paired": 1.197,
    "second_hand": -0.005,
    "elsewhere": -0.14,
    "votes": 1.679,
    "best_vote": 1.19,
    "follows": 2.667,
    "line_overlap": 1.644,
    "near_overlap": 1.877,
    "member_fits": 0.365,
    "member_misfits": 0.114,
    "top_level_after_dot": -0.365,
    "receiver_is_container": 2.349,
    "receiver_is_module": 2.966,
    "container_near": 0.988,
    "container_known": 0.005,
    "siblings_used": 0.527,
    "inherited": 1.915,
    "private": -1.414,
    "test": -1.484,
    "crowd": -0.0,
    "signature_overlap": 2.308,
    "type_like": 0.191,
    "short": 0.16,
    "type_after_keyword": 0.892,
}
