"""Code as a stream of tokens that can be put together again, for any language.

A token keeps the single space in front of it (``" ="``), so joining tokens gives the line back. A line break is a
token of its own that tells only whether the next line is indented more, less or as before: the same code nested
differently is then the same stream.
"""

from __future__ import annotations

import re
from sys import intern

from segue_syntax import KEYWORDS

TOKEN = re.compile(
    r" ?\w+| ?(?:[=!<>+\-*/%&|^:]=|->|=>|::|&&|\|\||\.\.\.|\*\*|//|<<|>>|\+\+|--)| ?[^\w\s]|\s+",
)
WORD = re.compile(r"[^\W\d]\w*")

SAME, DEEPER, OUTER = "\n", "\n>", "\n<"
"""Line breaks: the next line is indented as this one, more, or less."""

BREAKS = frozenset((SAME, DEEPER, OUTER))


def tokens_of(line: str) -> list[str]:
    """Return the tokens of one line without its indentation and terminator; equal ones are one object."""
    return list(map(intern, TOKEN.findall(line)))


def shape_of(tokens: list[str]) -> tuple[str, ...]:
    """Return the tokens with every name of the program and every number replaced by one mark."""
    return tuple(_shape(token) for token in tokens)


_shapes: dict[str, str] = {}


def _shape(token: str) -> str:
    known = _shapes.get(token)
    if known is None:
        bare = token.lstrip(" ")
        if bare and (bare[0].isalpha() or bare[0] == "_") and bare not in KEYWORDS:
            known = token[: len(token) - len(bare)] + "I"
        elif bare[:1].isdigit():
            known = token[: len(token) - len(bare)] + "0"
        else:
            known = token
        if len(_shapes) > 100_000:
            _shapes.clear()
        _shapes[token] = known
    return known


def is_name(token: str) -> bool:
    """Tell whether the token is a name of the program: a word that is neither a keyword nor a number."""
    shape = _shapes.get(token)
    if shape is None:
        shape = _shape(token)
    return shape == "I" or shape == " I"  # noqa: PLR1714 - called some hundred times a key
