"""Post-processing as the server runs it: a stream that may be stopped early, then the whole pipeline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segue_postprocess import StreamFilter, process

if TYPE_CHECKING:
    from collections.abc import Collection

    from segue_postprocess import Cursor, Processed
    from segue_syntax import TreeStore

_CHUNK = 12
"""Characters a chunk: a few tokens. How an answer is cut never changes it, which a property test shows."""


def served(cursor: Cursor, completion: str, trees: TreeStore, without: Collection[str] = ()) -> Processed:
    """Return what the server would show for `completion`; with filters left out, the stream stops nothing."""
    if not without:
        stream = StreamFilter(cursor, trees=trees)
        text = "".join(stream.feed(completion[at : at + _CHUNK]) for at in range(0, len(completion), _CHUNK))
        completion = text + stream.finish()
    return process(cursor, completion, trees=trees, without=without)
