"""Lines as tokens, and what changed between two of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from typing import TYPE_CHECKING

from rapidfuzz.fuzz import ratio

from segue_next_edit._common_words import COMMON_WORDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

WORD = re.compile(r"[^\W\d]\w*")
_TOKEN = re.compile(r"\w+|\s+|[^\w\s]")
_MAX_TOKENS = 400
_LINE_LIKENESS = 0.5
_VALUES = frozenset(
    [
        "null",
        "nil",
        "None",
        "undefined",
        "nullptr",
        "NULL",
        "true",
        "false",
        "True",
        "False",
        "this",
        "self",
        "super",
    ]
)
"""Words that stand for a value, or for the object itself: nothing is called so."""


@lru_cache(maxsize=8192)
def tokens_of(line: str) -> tuple[str, ...]:
    """Return words, runs of blanks, and single other characters; joined they are `line` again."""
    return tuple(_TOKEN.findall(line))


def words_of(lines: Sequence[str]) -> list[str]:
    """Return the identifiers of `lines` in order, with repetitions."""
    return [word for line in lines for word in WORD.findall(line)]


def kind_of(token: str) -> str:
    """Return what matches the tokens of one kind: any name, any number, any blanks, or the very mark or keyword."""
    if token.isspace():
        return r"\s*\n" + re.escape(token.rsplit("\n", 1)[1]) if "\n" in token else r"[^\S\n]+"
    if token in COMMON_WORDS:
        return re.escape(token) + r"\b"
    if token[0].isdigit():
        return r"\d\w*\b"
    return r"[^\W\d]\w*\b" if WORD.fullmatch(token) else re.escape(token)


def is_name(text: str) -> bool:
    """Whether `text` is one identifier: a name that something can be given."""
    return WORD.fullmatch(text) is not None and text not in _VALUES


@dataclass(frozen=True, slots=True)
class Replacement:
    """Tokens `old` became `new` between the tokens `left` and `right` ("" at the ends of a line).

    `first` and `last` are the columns of `old` in the old line.
    """

    old: str
    new: str
    left: str
    right: str
    first: int
    last: int


@lru_cache(maxsize=2048)
def replacements(before: str, after: str) -> tuple[Replacement, ...]:
    """Return how the tokens of `before` became those of `after`, left to right; () when too much changed."""
    old, new = tokens_of(before), tokens_of(after)
    if len(old) > _MAX_TOKENS or len(new) > _MAX_TOKENS:
        return ()
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    found: list[Replacement] = []
    columns = [0]
    for token in old:
        columns.append(columns[-1] + len(token))
    for tag, a, b, c, d in _joined(matcher.get_opcodes(), old):
        if tag == "equal":
            continue
        left = old[a - 1] if a else ""
        right = old[b] if b < len(old) else ""
        found.append(Replacement("".join(old[a:b]), "".join(new[c:d]), left, right, columns[a], columns[b]))
    return tuple(found)


def _joined(
    opcodes: Sequence[tuple[str, int, int, int, int]], old: Sequence[str]
) -> Iterator[tuple[str, int, int, int, int]]:
    """Join changes that only a blank or a dot keeps apart: `a.b` to `c.d` is one replacement."""
    merged: list[tuple[str, int, int, int, int]] = []
    for tag, a, b, c, d in opcodes:
        if (
            tag != "equal"
            and len(merged) > 1
            and merged[-1][0] == "equal"
            and merged[-1][2] - merged[-1][1] == 1
            and (old[merged[-1][1]].isspace() or old[merged[-1][1]] == ".")
            and merged[-2][0] == "replace"
            and tag == "replace"
        ):
            merged.pop()
            _, a0, _, c0, _ = merged.pop()
            merged.append(("replace", a0, b, c0, d))
        else:
            merged.append((tag, a, b, c, d))
    yield from merged


def paired_lines(old: Sequence[str], new: Sequence[str]) -> list[tuple[str, str]]:
    """Return the lines of `old` that became a similar line of `new`, in order."""
    if len(old) == len(new):
        pairs = [(a, b) for a, b in zip(old, new, strict=True) if a != b]
        return [(a, b) for a, b in pairs if len(pairs) == 1 or likeness(a, b) >= _LINE_LIKENESS]
    if len(old) * len(new) > 2500:
        return []
    pairs = []
    start = 0
    for before in old:
        scores = [(likeness(before, new[at]), ratio(before, new[at]), -at) for at in range(start, len(new))]
        if not scores or not before.strip():
            continue
        best, _, at = max(scores)
        if best == 1.0:
            start = -at + 1
        elif best >= 0.6:
            pairs.append((before, new[-at]))
            start = -at + 1
    return pairs


def likeness(one: str, other: str) -> float:
    """Return how alike two lines are as bags of tokens, 0..1, blanks left out."""
    a = [token for token in tokens_of(one) if not token.isspace()]
    b = [token for token in tokens_of(other) if not token.isspace()]
    if not a or not b:
        return float(a == b)
    rest = list(b)
    same = 0
    for token in a:
        if token in rest:
            rest.remove(token)
            same += 1
    return 2 * same / (len(a) + len(b))


def reindented(lines: Sequence[str], old_indent: str, new_indent: str) -> tuple[str, ...]:
    """Return `lines` with `new_indent` in place of `old_indent` (lines indented less are left as they are)."""
    if old_indent == new_indent:
        return tuple(lines)
    return tuple(
        new_indent + line[len(old_indent) :] if line.strip() and line.startswith(old_indent) else line
        for line in lines
    )
