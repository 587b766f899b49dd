"""The words that questions and code are compared by: parts of identifiers and words of prose, stemmed."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

TOKENIZER = "question"
_WORD_START = re.compile(r"[A-Z](?:(?<=[a-z0-9][A-Z])|(?=[a-z])(?<=[A-Z][A-Z]))")
_LONGEST_WORD = 40


def analyzer() -> Any:
    """Return the tantivy analyzer of every text field: words of `prepared` text, lowered and stemmed.

    The stemmer is Porter's second one for English.
    """
    import tantivy

    return (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        .filter(tantivy.Filter.remove_long(_LONGEST_WORD))
        .filter(tantivy.Filter.lowercase())
        .filter(tantivy.Filter.stemmer("english"))
        .build()
    )


def prepared(text: str) -> str:
    """Return `text` with a space where a word begins inside an identifier (`getHTTPResponse` → `get HTTP Response`).

    The analyzer could do this too, by a regular expression, at four times the cost of everything else that it does.
    """
    return _WORD_START.sub(r" \g<0>", text)


def stems(text: str) -> list[str]:
    """Return the words of a text in order, as they are in the index."""
    return list(_analyzer().analyze(prepared(text)))


@cache
def _analyzer() -> Any:
    return analyzer()
