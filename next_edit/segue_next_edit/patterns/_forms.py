"""The forms of a rewriting, with holes for what may differ, and how a form is found in a text."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from segue_next_edit._common_words import COMMON_WORDS
from segue_next_edit._tokens import WORD, tokens_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

NAME, NUMBER, BREAK = "name", "number", "\n"
_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")
ENDS = frozenset({"", BREAK, ")", "]", "}", ",", ";", ":"})
"""Tokens that end a stretch: as its neighbour, each counts as any other of these."""


class Hole(NamedTuple):
    """What may differ from place to place: an operand, or what lies between two tokens of the form.

    Brackets balance in it unless it is `free`. It begins and ends with tokens of the shapes `head` and `tail`, "" any.
    """

    number: int
    head: str = ""
    tail: str = ""
    free: bool = False


Element = str | Hole
Form = tuple[Element, ...]
"""What a rewriting looks for: tokens and holes."""
Filling = tuple[str | int, ...]
"""What it writes: texts, and the numbers of holes."""
Context = tuple[tuple[str, str], ...]
"""Tokens beside a rewriting, the nearest first: a kind and the token itself, "" for what is the same in kind only."""
Placed = tuple[tuple[str, int], ...]
"""Tokens, each with its column."""


@lru_cache(maxsize=4096)
def placed(text: str) -> Placed:
    """Return the tokens of a text that are not blank, and its line breaks, each with its column."""
    found: list[tuple[str, int]] = []
    column = 0
    for token in tokens_of(text):
        if not token.isspace():
            found.append((token, column))
        elif BREAK in token:
            found.append((BREAK, column + token.index(BREAK)))
        column += len(token)
    return tuple(found)


def code_of(text: str) -> tuple[str, ...]:
    """Return the tokens of a text that are not blank, and its line breaks."""
    return tuple(token for token, _ in placed(text))


@lru_cache(maxsize=8192)
def kind_of(token: str) -> str:
    """Return what kind of token it is: a name, a number, or the very mark or keyword."""
    if token[:1].isdigit():
        return NUMBER
    return NAME if WORD.fullmatch(token) and token not in COMMON_WORDS else token


def shape_of(token: str) -> str:
    """Return whether a token is a word, keywords included, or a number; or the very mark."""
    if token[:1].isdigit():
        return NUMBER
    return NAME if WORD.fullmatch(token) else token


def is_telling(token: str) -> bool:
    """Whether a token is a name that says what a place is about."""
    return len(token) > 2 and kind_of(token) == NAME


def is_balanced(tokens: Iterable[str]) -> bool:
    """Whether tokens close the brackets that they open, and no others."""
    depth = 0
    for token in tokens:
        depth += (token in _OPENING) - (token in _CLOSING)
        if depth < 0:
            return False
    return depth == 0


def open_brackets(text: str) -> tuple[int, ...]:
    """Return how many brackets of each kind stay open, and whether a quote does."""
    return (
        *(text.count(a) - text.count(b) for a, b in ("()", "[]", "{}")),
        text.count('"') % 2,
        text.count("'") % 2,
    )


def same_tokens(context: Context, tokens: Sequence[str]) -> int:
    """Return how many tokens beside a place, the nearest first, are as the context has them."""
    for at, (kind, token) in enumerate(context):
        if at >= len(tokens):
            return at
        here = tokens[at]
        same = here == token if token or not kind else kind_of(here) == kind
        if not same and not (at == 0 and token in ENDS and here in ENDS):
            return at
    return len(context)


def same_kinds(context: Context, tokens: Sequence[str]) -> int:
    """Return how many tokens beside a place, the nearest first, are of the kinds that the context has."""
    for at, (kind, _) in enumerate(context):
        if at >= len(tokens) or kind_of(tokens[at]) != kind:
            return at
    return len(context)


def found_at(form: Form, tokens: Placed, at: int) -> tuple[int, dict[int, tuple[int, int]]] | None:
    """Match a form from a token on: return the token behind it and the tokens of each hole.

    A hole takes as few tokens as it can, so that a match is found in one pass.
    """
    holes: dict[int, tuple[int, int]] = {}
    for index, element in enumerate(form):
        if isinstance(element, str):
            if at >= len(tokens) or tokens[at][0] != element:
                return None
            at += 1
            continue
        if element.number in holes:
            a, b = holes[element.number]
            if [t for t, _ in tokens[at : at + b - a]] != [t for t, _ in tokens[a:b]]:
                return None
            at += b - a
            continue
        end = _hole_end(element, tokens, at, _tokens_behind(form, index))
        if end is None:
            return None
        holes[element.number] = at, end
        at = end
    return at, holes


def _tokens_behind(form: Form, index: int) -> list[str]:
    """Return the tokens that follow an element of a form up to the next hole."""
    behind: list[str] = []
    for element in form[index + 1 :]:
        if not isinstance(element, str):
            break
        behind.append(element)
    return behind


def _hole_end(hole: Hole, tokens: Placed, at: int, behind: Sequence[str]) -> int | None:
    """Return the token behind a hole that begins at a token: where `behind` follows, or behind one operand."""
    if at >= len(tokens) or (hole.head and shape_of(tokens[at][0]) != hole.head):
        return None
    depth, end = 0, at
    while end < len(tokens) and tokens[end][0] != BREAK:
        token = tokens[end][0]
        if end > at and (depth == 0 or hole.free) and _ends(hole, tokens, end, behind):
            return end
        depth += (token in _OPENING) - (token in _CLOSING)
        if depth < 0 and not hole.free:
            return end if end > at and not behind else None
        end += 1
    whole = end > at and (depth == 0 or hole.free)
    return end if whole and _ends(hole, tokens, end, behind) else None


def _ends(hole: Hole, tokens: Placed, end: int, behind: Sequence[str]) -> bool:
    if hole.tail and shape_of(tokens[end - 1][0]) != hole.tail:
        return False
    if behind:
        return [token for token, _ in tokens[end : end + len(behind)]] == behind
    return end >= len(tokens) or not _goes_on(tokens, end)


def _goes_on(tokens: Placed, at: int) -> bool:
    """Whether the operand goes on with this token: a member or a call."""
    word, column = tokens[at]
    before, start = tokens[at - 1]
    return "." in (word, before) or (word in "([" and start + len(before) == column)


def text_of(text: str, tokens: Placed, extent: tuple[int, int]) -> str:
    """Return the stretch of a text that some of its tokens take, blanks between them included."""
    start, end = extent
    last, column = tokens[end - 1]
    return text[tokens[start][1] : column + len(last)]


def filled(filling: Filling, values: dict[int, str]) -> str:
    """Return what a rewriting writes where its holes have these texts."""
    return "".join(piece if isinstance(piece, str) else values[piece] for piece in filling)


def with_holes(filling: Filling, values: Iterable[tuple[int, str]]) -> Filling:
    """Return a filling with the numbers of holes in place of their texts, the longest first."""
    pieces = list(filling)
    for number, value in sorted(values, key=lambda pair: -len(pair[1])):
        cut: list[str | int] = []
        for piece in pieces:
            cut += _cut(piece, value, number) if isinstance(piece, str) else [piece]
        pieces = cut
    return tuple(piece for piece in pieces if piece != "")


def _cut(text: str, value: str, number: int) -> list[str | int]:
    pieces: list[str | int] = []
    start = at = 0
    while (at := text.find(value, at)) >= 0:
        end = at + len(value)
        if _is_apart(text, at, value[0]) and _is_apart(text, end, value[-1]):
            pieces += [text[start:at], number]
            start = end
        at = end
    return [*pieces, text[start:]]


def _is_apart(text: str, at: int, edge: str) -> bool:
    """Whether no word goes through a position beside a value whose character there is `edge`."""
    inside = text[at - 1 : at] + text[at : at + 1]
    return not (edge.isalnum() or edge == "_") or WORD.fullmatch("x" + inside) is None or len(inside) < 2
