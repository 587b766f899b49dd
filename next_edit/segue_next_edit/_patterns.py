"""What several changes of the history have in common: the same rewriting, in the same context, with other names in it.

A pattern is the least general generalisation of at least two changes (Plotkin's anti-unification): tokens that are the
same in all of them stay, those that differ become holes, and the tokens beside the change are kept as far as they are
the same, or of the same kind.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import lru_cache
from typing import TYPE_CHECKING

from segue_next_edit._common_words import COMMON_WORDS
from segue_next_edit._tokens import WORD, paired_lines, replacements, tokens_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from segue_next_edit._situation import Done

_DEPTH = 6
"""How many tokens on each side of a change are its context."""
_LONG_LINE = 400
_MAX_LINES = 200
_MAX_HOLES = 4
_OTHER_FILES_AFTER = 3
"""From so many equal changes on the places in other files are as sure as those in the same one."""
_NEWEST = 4
"""How many of the newest lines are compared with all others."""
NAME, NUMBER = "name", "number"
_ENDS = frozenset({"", ")", "]", "}", ",", ";", ":"})
_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")

Element = str | int
"""A token of a pattern, or the number of a hole."""
Context = tuple[tuple[str, str], ...]
"""Tokens beside a change, the nearest first: a kind and the token itself, "" for what is the same in kind only."""


@dataclass(frozen=True, slots=True)
class Change:
    """Columns `first` to `last` of the line `before` became `new`; the line is at `line` of `path` now.

    It is a `part` where the line has other changes too.
    """

    path: str
    line: int
    age: int
    before: str
    first: int
    last: int
    new: str
    part: bool = False

    @property
    def old(self) -> str:
        """What went."""
        return self.before[self.first : self.last]


@dataclass(frozen=True, slots=True)
class Match:
    """Columns of a line that a pattern matches, and what they become.

    `same` tells whether the context is the same too, `telling` whether some name in it says what the line is about.
    """

    first: int
    last: int
    text: str
    same: bool
    telling: bool


@dataclass(slots=True)
class Pattern:
    """A rewriting learnt from `changes`, in the context `left` and `right` that they share."""

    old: tuple[Element, ...]
    new: tuple[Element, ...]
    sample: Change
    left: Context = ()
    right: Context = ()
    changes: list[Change] = field(default_factory=list)

    @property
    def support(self) -> int:
        """On how many lines it was seen."""
        return len(self.places)

    @property
    def holes(self) -> int:
        """How many stretches of it differ from place to place."""
        return sum(isinstance(element, int) for element in self.old)

    @property
    def places(self) -> set[tuple[str, int]]:
        """The lines on which it was seen."""
        return {(change.path, change.line) for change in self.changes}

    @property
    def anchor(self) -> str:
        """A token that every place has: the longest name, if there is one."""
        fixed = [e for e in self.old if isinstance(e, str)]
        fixed += [token for _, token in (*self.left, *self.right) if token]
        return max(
            fixed,
            key=lambda token: (_is_telling(token), WORD.fullmatch(token) is not None, len(token)),
            default="",
        )

    @property
    def key(self) -> str:
        """What names the change, whatever its context."""
        return "\0".join(["", *map(str, self.old), "", *map(str, self.new)])

    def matches(self, text: str) -> Iterator[Match]:
        """Yield where the pattern applies in a line, left to right, without overlaps."""
        tokens = _placed(text)
        at = 0
        while at <= len(tokens):
            found = self._match(text, tokens, at)
            if found is None:
                at += 1
                continue
            match, end = found
            yield match
            at = max(end, at + 1)

    def _match(self, text: str, tokens: Sequence[tuple[str, int]], at: int) -> tuple[Match, int] | None:
        bound = _bound(self.old, tokens, at)
        if bound is None:
            return None
        end, holes = bound
        left = matched(self.left, [*(token for token, _ in reversed(tokens[max(0, at - _DEPTH) : at])), ""])
        right = matched(self.right, [*(token for token, _ in tokens[end : end + _DEPTH]), ""])
        telling = self._says_enough(left, right)
        same = self._is_same(left, right)
        if not same and not (self.old and telling and left + right):
            return None
        first, last = self._columns(text, tokens, at, end)
        values = {
            hole: text[tokens[a][1] : tokens[b - 1][1] + len(tokens[b - 1][0])]
            for hole, (a, b) in holes.items()
        }
        now = "".join(e if isinstance(e, str) else values[e] for e in self.new)
        if now == text[first:last] or _reads_so(text, first, last, now):
            return None
        return Match(first, last, now, same, telling), end

    def _columns(self, text: str, tokens: Sequence[tuple[str, int]], at: int, end: int) -> tuple[int, int]:
        """Return the columns to replace: with the blanks around the tokens when the change took them too."""
        behind = tokens[at - 1][1] + len(tokens[at - 1][0]) if at else 0
        ahead = tokens[end][1] if end < len(tokens) else len(text)
        old = self.sample.old
        if not old.strip():
            blank = self.sample.before[: self.sample.first][-1:].isspace()
            start = ahead if blank else behind
            return (behind, ahead) if old else (start, start)
        first, last = tokens[at][1], tokens[end - 1][1] + len(tokens[end - 1][0])
        return (first if not old[0].isspace() else behind), (last if not old[-1].isspace() else ahead)

    def _is_same(self, left: int, right: int) -> bool:
        """Whether as much of the context matches as it takes to be sure."""
        if not self._says_enough(left, right):
            return left == len(self.left) and right == len(self.right) and left + right > 2
        if not self.old:
            return left >= min(4, len(self.left)) and right >= min(1, len(self.right))
        if len(self.old) == 1 and left > 1 and self.left[0][1] == ".":
            return True  # the same member of the same thing, whatever is done with it
        return left >= min(2, len(self.left)) and right >= min(1, len(self.right))

    def _says_enough(self, left: int, right: int) -> bool:
        seen = (*self.left[:left], *self.right[:right])
        return any(_is_telling(e) for e in self.old if isinstance(e, str)) or any(
            _is_telling(t) for _, t in seen
        )


def learnt(done: Sequence[Done]) -> list[Pattern]:
    """Return what at least two changes of the history have in common, the best supported first."""
    changes = [change for edit in sorted(done, key=lambda e: e.age) for change in _changes_of(edit)]
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
            pattern.changes = [c for c in changes if _explains(pattern, c)]
            _narrow(pattern)
            if pattern.support > 1 and pattern.anchor:
                found[pattern.key] = pattern
    covered = {place for p in found.values() if not p.sample.part for place in p.places}
    kept = [p for p in found.values() if not p.sample.part or p.places - covered]
    return sorted(kept, key=lambda p: (-p.support, p.holes, min(c.age for c in p.changes)))


def _newest(changes: Sequence[Change]) -> list[Change]:
    """Return the changes of the newest lines."""
    lines = list(dict.fromkeys((change.path, change.line) for change in changes))[:_NEWEST]
    return [change for change in changes if (change.path, change.line) in lines]


def _changes_of(edit: Done) -> Iterator[Change]:
    """Yield the changed stretches of an edit's lines: each alone, and where a line has several all of them as one."""
    if max(len(edit.old), len(edit.new)) > _MAX_LINES:
        return
    row = 0
    for before, after in paired_lines(edit.old, edit.new):
        row = next((n for n in range(row, len(edit.new)) if edit.new[n] == after), row)
        changed = replacements(before, after) if max(len(before), len(after)) <= _LONG_LINE else ()
        if not changed:
            continue
        whole = changed[0].first, changed[-1].last
        stretches = [(*whole, after[whole[0] : len(after) - len(before) + whole[1]])]
        if len(changed) > 1:
            stretches += [(one.first, one.last, one.new) for one in changed]
        for at, (first, last, new) in enumerate(stretches):
            old = before[first:last]
            if new.strip() != old.strip() and _open(old) == _open(new):
                yield Change(edit.path, edit.line + row, edit.age, before, first, last, new, part=at > 0)


Forms = tuple[tuple[Element, ...], tuple[Element, ...]]
"""The old and the new form of a rewriting."""


@lru_cache(maxsize=4096)
def generalised(old: str, new: str, other_old: str, other_new: str) -> Forms | None:
    """Return what two rewritings have in common, with holes where they differ; None if they are not alike."""
    one, other = _code(old), _code(other_old)
    if (one, new) == (other, other_new):
        return one, (new,)
    if len(one) < 2 or len(other) < 2 or not any(WORD.fullmatch(t) for t in set(one) & set(other)):
        return None
    return _by_kept(old, new, other_old, other_new) or _by_likeness(old, new, other_old, other_new)


def _by_kept(old: str, new: str, other_old: str, other_new: str) -> Forms | None:
    """Generalise rewritings that change the same tokens: what they keep between those may differ."""
    changes, others = replacements(old, new), replacements(other_old, other_new)
    if [(c.old, c.new) for c in changes] != [(c.old, c.new) for c in others] or len(changes) < 2:
        return None
    form: list[Element] = []
    written: list[Element] = []
    holes = 0
    for at, (one, other) in enumerate(zip(changes, others, strict=True)):
        form += _code(one.old)
        written.append(one.new)
        if at + 1 == len(changes):
            break
        kept = old[one.last : changes[at + 1].first]
        other_kept = other_old[other.last : others[at + 1].first]
        if kept == other_kept:
            form += _code(kept)
            written.append(kept)
            continue
        head, tail = (text[: len(text) - len(text.lstrip())] for text in (kept, kept[::-1]))
        if not (
            kept.strip()
            and other_kept.strip()
            and _is_balanced(_code(kept))
            and _is_balanced(_code(other_kept))
        ):
            return None
        form.append(holes)
        written += [head, holes, tail[::-1]]
        holes += 1
    if not 0 < holes <= _MAX_HOLES or not any(WORD.fullmatch(e) for e in form if isinstance(e, str)):
        return None
    return tuple(form), tuple(e for e in written if e != "")


def _by_likeness(old: str, new: str, other_old: str, other_new: str) -> Forms | None:
    """Generalise rewritings by what their old texts share: names may have moved, too."""
    one, other = _code(old), _code(other_old)
    form: list[Element] = []
    values: list[tuple[str, str]] = []
    for tag, a, b, c, d in _aligned(one, other):
        if tag == "equal":
            form += one[a:b]
            continue
        if tag != "replace" or not (_is_balanced(one[a:b]) and _is_balanced(other[c:d])):
            return None
        value = _joined(old, one, a, b), _joined(other_old, other, c, d)
        if value not in values:
            values.append(value)
        form.append(values.index(value))
    if not values or len(values) > _MAX_HOLES:
        return None
    written = _with_holes(new, [value for value, _ in values])
    filled = "".join(e if isinstance(e, str) else values[e][1] for e in written)
    return (tuple(form), written) if filled == other_new else None


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


def is_ahead(changes: Sequence[Done | Change], path: str, line: int) -> bool:
    """Whether a line lies where the user is going with equal changes: down the file or up, then to other files.

    What lies behind was passed over. A file without two of the changes is reached after three.
    """
    lines = [change.line for change in sorted(changes, key=lambda c: c.age) if change.path == path]
    others = [other for other in lines if other != lines[0]]
    if not others:
        return len({(change.path, change.line) for change in changes}) >= _OTHER_FILES_AFTER
    return line > max(lines) if lines[0] > others[0] else line < min(lines)


def matched(context: Context, tokens: Sequence[str]) -> int:
    """Return how many tokens beside a place, the nearest first, are as the context has them."""
    for at, (kind, token) in enumerate(context):
        if at >= len(tokens):
            return at
        here = tokens[at]
        same = here == token if token or not kind else _kind(here) == kind
        if not same and not (at == 0 and token in _ENDS and here in _ENDS):
            return at
    return len(context)


def _explains(pattern: Pattern, change: Change) -> bool:
    """Whether the pattern makes the change, wherever it stands."""
    tokens = _placed(change.old)
    bound = _bound(pattern.old, tokens, 0)
    if bound is None or bound[0] != len(tokens):
        return False
    values = {
        hole: change.old[tokens[a][1] : tokens[b - 1][1] + len(tokens[b - 1][0])]
        for hole, (a, b) in bound[1].items()
    }
    return "".join(e if isinstance(e, str) else values[e] for e in pattern.new) == change.new


def _narrow(pattern: Pattern) -> None:
    """Keep of the context what all changes share."""
    sides = [_beside(change.before, change.first, change.last) for change in pattern.changes]
    pattern.left = _common([left for left, _ in sides])
    pattern.right = _common([right for _, right in sides])


def _common(sides: Sequence[tuple[str, ...]]) -> Context:
    shared: list[tuple[str, str]] = []
    for tokens in zip(*sides, strict=False):
        kinds = {_kind(token) for token in tokens}
        if len(set(tokens)) == 1:
            shared.append((_kind(tokens[0]), tokens[0]))
        elif len(kinds) == 1 and kinds <= {NAME, NUMBER}:
            shared.append((kinds.pop(), ""))
        else:
            break
    return tuple(shared)


@lru_cache(maxsize=4096)
def _beside(text: str, first: int, last: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the tokens left and right of columns, the nearest first; "" stands for the end of the line."""
    left = [*reversed(_code(text[:first])), ""]
    right = [*_code(text[last:]), ""]
    return tuple(left[:_DEPTH]), tuple(right[:_DEPTH])


def _bound(
    form: Sequence[Element], tokens: Sequence[tuple[str, int]], at: int
) -> tuple[int, dict[int, tuple[int, int]]] | None:
    """Match a form from a token on: return the token behind it and the tokens of each hole.

    A hole takes as few tokens as it can, never part of what a bracket encloses, so that a match is found in one pass.
    """
    holes: dict[int, tuple[int, int]] = {}
    for index, element in enumerate(form):
        if isinstance(element, str):
            if at >= len(tokens) or tokens[at][0] != element:
                return None
            at += 1
            continue
        if element in holes:
            a, b = holes[element]
            if [t for t, _ in tokens[at : at + b - a]] != [t for t, _ in tokens[a:b]]:
                return None
            at += b - a
            continue
        stop = form[index + 1] if index + 1 < len(form) else None
        end = _hole_end(tokens, at, stop)
        if end is None:
            return None
        holes[element] = at, end
        at = end
    return at, holes


def _hole_end(tokens: Sequence[tuple[str, int]], at: int, stop: Element | None) -> int | None:
    """Return the token behind a hole that begins at a token: the first `stop` outside brackets, or one operand."""
    depth, end = 0, at
    while end < len(tokens):
        token = tokens[end][0]
        if (
            depth == 0
            and end > at
            and (token == stop or (not isinstance(stop, str) and not _goes_on(tokens, end)))
        ):
            return end
        depth += (token in _OPENING) - (token in _CLOSING)
        if depth < 0:
            return end if end > at and stop is None else None
        end += 1
    return end if stop is None and depth == 0 and end > at else None


def _goes_on(tokens: Sequence[tuple[str, int]], at: int) -> bool:
    """Whether the operand goes on with this token: a member or a call."""
    word, column = tokens[at]
    before, start = tokens[at - 1]
    return "." in (word, before) or (word in "([" and start + len(before) == column)


def _with_holes(text: str, values: Sequence[str]) -> tuple[Element, ...]:
    """Return a text with a number in place of each of the values."""
    pieces: list[Element] = [text]
    for number, value in sorted(enumerate(values), key=lambda pair: -len(pair[1])):
        cut: list[Element] = []
        for piece in pieces:
            cut += _cut(piece, value, number) if isinstance(piece, str) else [piece]
        pieces = cut
    return tuple(piece for piece in pieces if piece != "")


def _cut(text: str, value: str, number: int) -> list[Element]:
    pieces: list[Element] = []
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


def _reads_so(text: str, first: int, last: int, new: str) -> bool:
    """Whether the place is part of what it would become: it was changed before."""
    old = text[first:last]
    if not old.strip():
        return bool(new.strip()) and (
            text[last:].lstrip().startswith(new.strip()) or text[:first].rstrip().endswith(new.strip())
        )
    at = new.find(old)
    while at >= 0:
        if text[max(0, first - at) :].startswith(new):
            return True
        at = new.find(old, at + 1)
    return False


def _placed(text: str) -> list[tuple[str, int]]:
    """Return the tokens of a text that are not blank, each with its column."""
    placed, column = [], 0
    for token in tokens_of(text):
        if not token.isspace():
            placed.append((token, column))
        column += len(token)
    return placed


def _code(text: str) -> tuple[str, ...]:
    return tuple(token for token in tokens_of(text) if not token.isspace())


def _joined(text: str, tokens: Sequence[str], start: int, end: int) -> str:
    """Return the stretch of a text that some of its tokens take, blanks between them included."""
    placed = _placed(text)
    return text[placed[start][1] : placed[end - 1][1] + len(tokens[end - 1])]


def _is_balanced(tokens: Sequence[str]) -> bool:
    depth = 0
    for token in tokens:
        depth += (token in _OPENING) - (token in _CLOSING)
        if depth < 0:
            return False
    return depth == 0


def _open(text: str) -> tuple[int, ...]:
    """Return how many brackets of each kind stay open, and whether a quote does."""
    return (
        *(text.count(a) - text.count(b) for a, b in ("()", "[]", "{}")),
        text.count('"') % 2,
        text.count("'") % 2,
    )


def _kind(token: str) -> str:
    if token[:1].isdigit():
        return NUMBER
    return NAME if WORD.fullmatch(token) and token not in COMMON_WORDS else token


def _is_telling(token: str) -> bool:
    return len(token) > 2 and _kind(token) == NAME
