"""Where two texts begin and end alike."""

from __future__ import annotations

_BLOCKS = (16384, 1024, 64, 8, 1)


def common_head(first: bytes, second: bytes) -> int:
    """Return how many bytes two texts begin with in common."""
    at, limit = 0, min(len(first), len(second))
    for block in _BLOCKS:
        while at + block <= limit and first[at : at + block] == second[at : at + block]:
            at += block
    return at


def common_tail(first: bytes, second: bytes, limit: int) -> int:
    """Return how many bytes, at most `limit`, two texts end with in common."""
    at, one, two = 0, len(first), len(second)
    for block in _BLOCKS:
        while (
            at + block <= limit and first[one - at - block : one - at] == second[two - at - block : two - at]
        ):
            at += block
    return at
