"""The words that questions and code are compared by: parts of identifiers and words of prose, stemmed."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

TOKENIZER = "question"
_ACRONYM = re.compile(r"([A-Z]+)([A-Z][a-z])")
_WORD = r"\p{Lu}?\p{Ll}+|\p{Lu}+|\p{Nd}+|\p{Lo}+"
_LONGEST_WORD = 40


def analyzer() -> Any:
    """Return the tantivy analyzer of every text field of the question index.

    It cuts identifiers at underscores and changes of case, lowers and stems them (Porter's second stemmer, English).
    """
    import tantivy

    return (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.regex(_WORD))
        .filter(tantivy.Filter.remove_long(_LONGEST_WORD))
        .filter(tantivy.Filter.lowercase())
        .filter(tantivy.Filter.stemmer("english"))
        .build()
    )


def prepared(text: str) -> str:
    """Return `text` as it is given to the analyzer: acronyms are set apart from the words that follow them."""
    return _ACRONYM.sub(r"\1 \2", text)


def stems(text: str) -> list[str]:
    """Return the words of a text in order, as they are in the index."""
    return list(_analyzer().analyze(prepared(text)))


@cache
def _analyzer() -> Any:
    return analyzer()
