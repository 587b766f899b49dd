"""What an index says about itself."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """How far the index of a workspace is.

    `state` is one of off (not started), starting, indexing (`phase` scan, lexical or symbols, `done` of `total`
    files), ready, following (another process indexes), refused (`reason` says why and what to do) and failed
    (`reason`; answers come from what there is). `files` and `symbols` count what is indexed.
    """

    state: str
    phase: str = ""
    done: int = 0
    total: int = 0
    files: int = 0
    symbols: int = 0
    reason: str = ""
