"""What is learnt from changes: each alone as it stands and with holes, and what two or more of them have in common.

A pattern is a generalisation of changes (Plotkin's anti-unification): tokens that are the same stay, those that differ
become holes, and the tokens beside the change are kept as far as they are the same, or of the same kind.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from functools import lru_cache
from typing import TYPE_CHECKING

from segue_next_edit._common_words import COMMON_WORDS
from segue_next_edit._tokens import WORD, replacements, tokens_of, words_of
from segue_next_edit.patterns._changes import changes_in
from segue_next_edit.patterns._forms import (
    BREAK,
    NAME,
    NUMBER,
    Hole,
    code_of,
    filled,
    found_at,
    is_balanced,
    kind_of,
    placed,
    shape_of,
    text_of,
    with_holes,
)
from segue_next_edit.patterns._pattern import DEPTH, Pattern

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from segue_next_edit._situation import Situation
    from segue_next_edit.patterns._changes import Change
    from segue_next_edit.patterns._forms import Context, Element, Filling, Form

_MAX_HOLES = 4
_MAX_KEPT = 40
_NEWEST = 4
"""How many of the newest lines are compared with all others."""
_MAX_ALONE = 24
_MAX_CHANGES = 400

Forms = tuple["Form", "Filling"]
"""What a rewriting looks for, and what it writes."""


def patterns_in(situation: Situation) -> list[Pattern]:
    """Return what the history lets expect again: what changes have in common, the best supported first, then each alone."""
    return situation.once(_patterns)


def _patterns(situation: Situation) -> list[Pattern]:
    changes = changes_in(situation)
    together = _together([change for change in changes if change.lines == 1][:_MAX_CHANGES])
    known = {pattern.key for pattern in together}
    single: dict[str, Pattern] = {}
    for change in changes:
        for pattern in _alone(change) if change.general else ():
            if pattern.key not in known:
                pattern.changes += single[pattern.key].changes if pattern.key in single else ()
                single[pattern.key] = pattern
    back = {(pattern.sample.new, pattern.sample.old): pattern.sample.age for pattern in single.values()}
    alone = [
        pattern
        for pattern in single.values()
        if back.get((pattern.sample.old, pattern.sample.new), pattern.sample.age) >= pattern.sample.age
    ]
    alone.sort(key=lambda p: (min(c.age for c in p.changes), -len(p.sample.old)))
    return together + alone[:_MAX_ALONE]


def _together(changes: Sequence[Change]) -> list[Pattern]:
    """Return what at least two changes have in common, the best supported first."""
    found: dict[str, Pattern] = {}
    for change in _newest(changes):
        for other in changes:
            if (other.path, other.line) == (change.path, change.line):
                continue
            forms = generalised(change.old, change.new, other.old, other.new)
            if forms is None:
                continue
            pattern = Pattern(*forms, change)
            if pattern.key in found:
                continue
            pattern.changes = [one for one in changes if _explains(pattern, one)]
            sides = [_beside(one.before, one.first, one.last) for one in pattern.changes]
            pattern.left, pattern.right = (_common([side[n] for side in sides]) for n in (0, 1))
            if pattern.support > 1 and pattern.anchor:
                found[pattern.key] = pattern
    covered = {place for p in found.values() if not p.sample.part for place in p.places}
    kept = [p for p in found.values() if not p.sample.part or p.places - covered]
    return sorted(kept, key=lambda p: (-p.support, p.holes, min(c.age for c in p.changes)))


def _newest(changes: Sequence[Change]) -> list[Change]:
    """Return the changes of the newest lines."""
    lines = list(dict.fromkeys((change.path, change.line) for change in changes))[:_NEWEST]
    return [change for change in changes if (change.path, change.line) in lines]


def _alone(change: Change) -> Iterator[Pattern]:
    """Yield what one change may be an example of: its tokens as they are, and with holes for what it keeps."""
    left, right = (
        tuple((kind_of(token), token) for token in side)
        for side in _beside(change.before, change.first, change.last)
    )
    forms = opened(change.old, change.new)
    if change.lines == 1 or forms is None:
        yield Pattern(code_of(change.old), (change.new,), change, left, right, [change])
    if forms is not None:
        yield Pattern(*forms, change, left, right, [change])


@lru_cache(maxsize=4096)
def generalised(old: str, new: str, other_old: str, other_new: str) -> Forms | None:
    """Return what two rewritings have in common, with holes where they differ; None if they are not alike."""
    one, other = code_of(old), code_of(other_old)
    if (one, new) == (other, other_new):
        return one, (new,)
    if len(one) < 2 or len(other) < 2 or not any(WORD.fullmatch(t) for t in set(one) & set(other)):
        return None
    return _by_kept(old, new, other_old, other_new) or _by_likeness(old, new, other_old, other_new)


@lru_cache(maxsize=1024)
def opened(old: str, new: str) -> Forms | None:
    """Return one rewriting with holes for what it keeps between its changes and for the names that it moves.

    None where nothing would be left to know it by, or where it writes names that belong to its place.
    """
    changes = replacements(old, new)
    form: list[Element] = []
    written: list[str | int] = []
    kept: list[str] = []
    holes = 0
    for at, one in enumerate(changes):
        form += code_of(one.old)
        written.append(one.new)
        between = old[one.last : changes[at + 1].first] if at + 1 < len(changes) else ""
        for piece in re.split(r"(\s*\n\s*)", between):
            tokens = code_of(piece)
            if not tokens or BREAK in tokens:
                form += tokens
                written.append(piece)
                continue
            kept += tokens
            if one.old.strip() and changes[at + 1].old.strip():
                form.append(Hole(holes, shape_of(tokens[0]), shape_of(tokens[-1]), not is_balanced(tokens)))
                written += [piece[: len(piece) - len(piece.lstrip())], holes, piece[len(piece.rstrip()) :]]
                holes += 1
                continue
            for token in tokens_of(piece):  # nothing but its own marks tells where such a piece ends
                is_word = token[0].isalnum() or token[0] == "_"
                form += [] if token.isspace() else [Hole(holes, shape_of(token))] if is_word else [token]
                written.append(holes if is_word else token)
                holes += is_word
    came = set(words_of([one.new for one in changes])) - COMMON_WORDS
    if came & set(kept) - {t for t in form if isinstance(t, str)} or holes > _MAX_KEPT:
        return None
    filling: Filling = tuple(written)
    for name in dict.fromkeys(t for t in form if isinstance(t, str) and t in came):
        opened_more = with_holes(filling, [(holes, name)])
        if opened_more != filling:
            form = [Hole(holes) if token == name else token for token in form]
            filling = opened_more
            holes += 1
    fixed = [e for e in form if isinstance(e, str) and e != BREAK]
    marks = [token for token in kept if not WORD.fullmatch(token)]
    if not holes or not (len(fixed) > 1 or (fixed and kept) or len(marks) > 1):
        return None
    return tuple(form), tuple(piece for piece in filling if piece != "")


def _by_kept(old: str, new: str, other_old: str, other_new: str) -> Forms | None:
    """Generalise rewritings that change the same tokens: what they keep between those may differ."""
    changes, others = replacements(old, new), replacements(other_old, other_new)
    if [(c.old, c.new) for c in changes] != [(c.old, c.new) for c in others] or len(changes) < 2:
        return None
    form: list[Element] = []
    written: list[str | int] = []
    holes = 0
    for at, (one, other) in enumerate(zip(changes, others, strict=True)):
        form += code_of(one.old)
        written.append(one.new)
        if at + 1 == len(changes):
            break
        kept = old[one.last : changes[at + 1].first]
        other_kept = other_old[other.last : others[at + 1].first]
        if kept == other_kept:
            form += code_of(kept)
            written.append(kept)
            continue
        if not all(text.strip() and is_balanced(code_of(text)) for text in (kept, other_kept)):
            return None
        form.append(Hole(holes))
        written += [kept[: len(kept) - len(kept.lstrip())], holes, kept[len(kept.rstrip()) :]]
        holes += 1
    if not 0 < holes <= _MAX_HOLES or not any(WORD.fullmatch(e) for e in form if isinstance(e, str)):
        return None
    return tuple(form), tuple(piece for piece in written if piece != "")


def _by_likeness(old: str, new: str, other_old: str, other_new: str) -> Forms | None:
    """Generalise rewritings by what their old texts share: names may have moved, too."""
    one, other = code_of(old), code_of(other_old)
    form: list[Element] = []
    values: list[tuple[str, str]] = []
    for tag, a, b, c, d in _aligned(one, other):
        if tag == "equal":
            form += one[a:b]
            continue
        if tag != "replace" or not (is_balanced(one[a:b]) and is_balanced(other[c:d])):
            return None
        value = text_of(old, placed(old), (a, b)), text_of(other_old, placed(other_old), (c, d))
        if value not in values:
            values.append(value)
        form.append(Hole(values.index(value)))
    if not values or len(values) > _MAX_HOLES:
        return None
    written = with_holes((new,), enumerate(value for value, _ in values))
    same = filled(written, {number: value for number, (_, value) in enumerate(values)}) == other_new
    return (tuple(form), written) if same else None


def _aligned(one: Sequence[str], other: Sequence[str]) -> Iterator[tuple[str, int, int, int, int]]:
    """Yield what is equal and what differs, as `SequenceMatcher` does, with as much as possible equal at both ends."""
    least = min(len(one), len(other))
    head = next((n for n in range(least) if one[n] != other[n]), least)
    tail = next((n for n in range(least - head) if one[-1 - n] != other[-1 - n]), least - head)
    if head:
        yield "equal", 0, head, 0, head
    ends = len(one) - tail, len(other) - tail
    for tag, a, b, c, d in SequenceMatcher(
        None, one[head : ends[0]], other[head : ends[1]], autojunk=False
    ).get_opcodes():
        yield tag, a + head, b + head, c + head, d + head
    if tail:
        yield "equal", ends[0], len(one), ends[1], len(other)


def _explains(pattern: Pattern, change: Change) -> bool:
    """Whether the pattern makes the change, wherever it stands."""
    tokens = placed(change.old)
    bound = found_at(pattern.old, tokens, 0)
    if bound is None or bound[0] != len(tokens):
        return False
    values = {hole: text_of(change.old, tokens, extent) for hole, extent in bound[1].items()}
    return filled(pattern.new, values) == change.new


def _common(sides: Sequence[tuple[str, ...]]) -> Context:
    """Return what the tokens beside several changes share, the nearest first."""
    shared: list[tuple[str, str]] = []
    for tokens in zip(*sides, strict=False):
        kinds = {kind_of(token) for token in tokens}
        if len(set(tokens)) == 1:
            shared.append((kind_of(tokens[0]), tokens[0]))
        elif len(kinds) == 1 and kinds <= {NAME, NUMBER}:
            shared.append((kinds.pop(), ""))
        else:
            break
    return tuple(shared)


@lru_cache(maxsize=4096)
def _beside(text: str, first: int, last: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the tokens left and right of columns, the nearest first; "" stands for the end of the text."""
    left = [*reversed(code_of(text[:first])), ""]
    right = [*code_of(text[last:]), ""]
    return tuple(left[:DEPTH]), tuple(right[:DEPTH])
