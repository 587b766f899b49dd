"""One ranked answer from the lexical index and the open documents."""

from __future__ import annotations

from math import log
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from segue_context.index._lexical import LexicalReader
    from segue_context.index._overlay import Analysis

_K1, _B = 1.2, 0.75  # tantivy's, so that scores of the two sources compare


def score_overlays(
    words: Mapping[str, float],
    analyses: Iterable[tuple[str, Analysis]],
    lexical: LexicalReader | None,
    mean_words: float,
) -> list[tuple[float, str, int]]:
    """Return (score, path, first line) of the windows of open documents that hold any of `words`.

    `mean_words` is the mean number of words in an indexed document, 0 when that is not known.
    """
    analyses = list(analyses)
    count = (lexical.window_count() if lexical is not None else 0) + sum(
        len(item.lengths) for _, item in analyses
    )
    weights: dict[str, float] = {}
    for word, weight in words.items():
        holders = lexical.frequency(word) if lexical is not None else 0
        holders += sum(len(item.postings.get(word, ())) for _, item in analyses)
        if holders:
            holders = min(holders, count)
            weights[word] = weight * log(1 + (count - holders + 0.5) / (holders + 0.5)) * (_K1 + 1)
    if not mean_words:
        lengths = [length for _, item in analyses for length in item.lengths.values()]
        mean_words = sum(lengths) / len(lengths) if lengths else 1.0
    result: list[tuple[float, str, int]] = []
    for path, item in analyses:
        scores: dict[int, float] = {}
        for word, weight in weights.items():
            for line, times in item.postings.get(word, ()):
                norm = _K1 * (1 - _B + _B * item.lengths[line] / mean_words)
                scores[line] = scores.get(line, 0.0) + weight * times / (times + norm)
        result.extend((score, path, line) for line, score in scores.items())
    return result
