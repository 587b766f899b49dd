"""Secrets inside a text, replaced before the text goes anywhere."""

from __future__ import annotations

import re
from functools import lru_cache, partial
from itertools import islice
from typing import TYPE_CHECKING

from segue_context.masking._assignments import assigned_secrets
from segue_context.masking._contexts import gives_context, secrets_in_context
from segue_context.masking._names import may_name_a_secret
from segue_context.masking._token_shapes import EDGE, INSIDE_KINDS, TOKEN_KINDS
from segue_context.masking._values import MASK, encodes_something_else, irregular, surprise
from segue_context.masking._words import Vocabulary, words_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_Extent = tuple[int, int]
_LEAST_TOKEN_CHARS = 16
_DIGIT = re.compile(r"\d")
_SEPARATOR = re.compile(r"[_-](?=[A-Za-z])")
_MOST_STARTS = 6
_AROUND = 220
_DISPATCH_CHARS = 2
_LEAST_TOKEN_BITS = 4.0
_LOOSE = re.compile(r"""["'`]([A-Za-z0-9+/_=-]{32,200})["'`]""")
_LOOSE_BITS = 5.6
_KEY_TITLE = r"(?:(?:[A-Z0-9]+ ){0,4}PRIVATE KEY(?: BLOCK)?|OpenVPN Static key V\d)"
_KEY_BLOCK = re.compile(
    rf"-----BEGIN {_KEY_TITLE}-----(?P<body>.*?)(?:-----END {_KEY_TITLE}-----|\Z)", re.DOTALL
)
_KEY_END = re.compile(rf"-----END {_KEY_TITLE}-----")
_KEY_LINE = re.compile(r"[+\- \t]*[\"']?[A-Za-z0-9+/=]{1,120}(?:\\n)?[\"',+]{0,3}[ \t\r]*")
_PUTTY = re.compile(r"Private-Lines: \d{1,3}(?P<body>(?:\r?\n[+\- \t]*[A-Za-z0-9+/=]{1,100}){1,100})")
_LINE_BODY = re.compile(r"[^\n+\- \t][^\n]*")
_MAX_REMEMBERED_CHARS = 20_000


def _by_beginning() -> dict[str, list[tuple[str, str]]]:
    table: dict[str, list[tuple[str, str]]] = {}
    for beginning, rest in TOKEN_KINDS:
        table.setdefault(beginning[:_DISPATCH_CHARS], []).append((beginning, rest))
    return table


_KINDS = _by_beginning()
_SHORT_BEGINNINGS = frozenset(re.split(r"[^A-Za-z0-9_$-]", beginning)[0] for beginning, _ in TOKEN_KINDS) | {
    "atlasv1"
}
_INTERRUPTED = tuple(
    beginning for beginning, rest in TOKEN_KINDS if rest.startswith("[A-Za-z0-9+/") and len(beginning) > 3
)


def mask_secrets(text: str) -> str:
    """Return `text` with what looks like a secret replaced by `MASK`; lines stay where they were.

    Tokens of known shape, private key blocks, passwords in addresses and connection strings, values of headers and
    command lines, values given to names like ``password`` and quoted strings as random as keys are replaced. Words,
    placeholders, digests and references to variables stay. The time is linear in the length.
    """
    return _mask_remembered(text) if len(text) <= _MAX_REMEMBERED_CHARS else _mask(text)


def mask_around(before: str, after: str) -> tuple[str, str]:
    """Return the texts before and after a place with secrets masked, one that the place cuts in two included."""
    extents = secret_extents(before + after)
    cut = len(before)
    halves = [(begin, min(end, cut)) for begin, end in extents if begin < cut]
    rest = [(max(begin, cut) - cut, end - cut) for begin, end in extents if end > cut]
    return _replaced(before, halves), _replaced(after, rest)


def secret_extents(text: str) -> list[_Extent]:
    """Return where the secrets in `text` are: sorted extents (begin, end) that do not overlap."""
    words = words_of(text, _vocabulary)
    return _merged(
        [
            *_key_blocks(text),
            *_tokens(text, [place for place in words if _TOKENS[place[0]]]),
            *secrets_in_context(text, [place for place in words if gives_context(place[0])]),
            *assigned_secrets(text, [place for place in words if _NAMES[place[0]]]),
            *_loose(text),
        ]
    )


def _mask(text: str) -> str:
    return _replaced(text, secret_extents(text))


_mask_remembered = lru_cache(maxsize=256)(_mask)  # the same snippets come again with every key


def _replaced(text: str, extents: Iterable[_Extent]) -> str:
    parts, at = [], 0
    for begin, end in extents:
        parts += [text[at:begin], MASK]
        at = end
    return "".join([*parts, text[at:]])


def _merged(extents: list[_Extent]) -> list[_Extent]:
    merged: list[_Extent] = []
    for begin, end in sorted(extents):
        if merged and begin < merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        elif end > begin:
            merged.append((begin, end))
    return merged


def _tokens(text: str, words: Iterable[tuple[str, int, int]]) -> Iterator[_Extent]:
    for word, begin, end in words:
        starts = [begin]
        if text[begin - 1 : begin] == "\\":
            starts.append(begin + 1)
        starts += [found.end() for found in islice(_SEPARATOR.finditer(text, begin, end), _MOST_STARTS)]
        for start, stop in zip(starts, map(partial(_token_end, text), starts), strict=True):
            if stop:
                yield start, stop
                break
        for mark, least_chars, shape in INSIDE_KINDS:
            if mark in word and len(word) >= least_chars:
                for found in _compiled(EDGE + shape).finditer(text, max(0, begin - _AROUND), end + _AROUND):
                    yield found.span()


def may_hold_a_token(word: str) -> bool:
    """Return whether a word may be a token or begin one."""
    if len(word) < _LEAST_TOKEN_CHARS:
        return (
            word in _SHORT_BEGINNINGS
            or word[1:] in _SHORT_BEGINNINGS
            or word.lstrip("nrt").startswith(_INTERRUPTED)
            or word.endswith("8Q")
        )
    return word[:_DISPATCH_CHARS] in _KINDS or _DIGIT.search(word) is not None


def _token_end(text: str, start: int) -> int:
    for beginning, rest in _KINDS.get(text[start : start + _DISPATCH_CHARS], ()):
        if text.startswith(beginning, start):
            found = _compiled(rest).match(text, start + len(beginning))
            if found is not None and _looks_made(found[0]):
                return found.end()
    return 0


def _worth_a_look(word: str) -> bool:
    return gives_context(word) or _TOKENS[word] or _NAMES[word]


_TOKENS = Vocabulary(may_hold_a_token)
_NAMES = Vocabulary(may_name_a_secret)
_vocabulary = Vocabulary(_worth_a_look)


def _looks_made(rest: str) -> bool:
    return len(set(rest)) > 4 and (any(map(str.isdigit, rest)) or surprise(rest) > _LEAST_TOKEN_BITS + 1)


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def _loose(text: str) -> Iterator[_Extent]:
    """Yield quoted strings as irregular as generated keys: digests, names, paths and encoded files are not."""
    for found in _LOOSE.finditer(text):
        value = found[1]
        mixed = any(map(str.islower, value)) and any(map(str.isupper, value)) and any(map(str.isdigit, value))
        if (
            mixed
            and not encodes_something_else(value)
            and irregular(value)
            and surprise(value) >= _LOOSE_BITS
        ):
            yield found.span(1)


def _key_blocks(text: str) -> Iterator[_Extent]:
    if "PRIVATE KEY" in text or "Static key" in text:
        covered = 0
        for block in _KEY_BLOCK.finditer(text):
            covered = block.end()
            for line in _LINE_BODY.finditer(text, *block.span("body")):
                yield line.span()
        if not covered and (end := _KEY_END.search(text)):  # the text begins inside a block
            yield from _key_lines_before(text, end.start())
    if "Private-Lines:" in text:
        for block in _PUTTY.finditer(text):
            for line in _LINE_BODY.finditer(text, *block.span("body")):
                yield line.span()


def _key_lines_before(text: str, end: int) -> Iterator[_Extent]:
    while end > 0:
        begin = text.rfind("\n", 0, end - 1) + 1 if end > 1 else 0
        if not _KEY_LINE.fullmatch(text, begin, end - 1 if text[end - 1] == "\n" else end):
            return
        yield begin, end - 1 if text[end - 1] == "\n" else end
        end = begin
