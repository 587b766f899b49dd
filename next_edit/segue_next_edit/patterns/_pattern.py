"""A pattern, and the places of a text where it applies."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from segue_next_edit._common_words import COMMON_WORDS
from segue_next_edit._tokens import WORD
from segue_next_edit.patterns._forms import (
    ENDS,
    Hole,
    code_of,
    filled,
    found_at,
    is_telling,
    kind_of,
    placed,
    same_kinds,
    same_tokens,
    text_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from segue_next_edit._situation import Done
    from segue_next_edit.patterns._changes import Change
    from segue_next_edit.patterns._forms import Context, Filling, Form, Placed

DEPTH = 6
"""How many tokens on each side of a change are its context."""
_REACH = 4
_SHORT_REACH = 2
_LONG = 4
"""From this length on what went says more than what stood around it."""
_OTHER_FILES_AFTER = 3
"""From so many equal changes on the places in other files are as sure as those in the same one."""


@dataclass(frozen=True, slots=True)
class Match:
    """Columns of a text that a pattern matches, and what they become.

    `left` and `right` count the tokens beside that are as the context has them, `kinds` those of the same kinds on both
    sides. `level` is how far the place is like the changes: ``tokens``, ``names`` (the holes hold others), ``kinds``
    (only the kinds of tokens around it are the same). `same` tells whether the context of several changes is the same.
    """

    first: int
    last: int
    text: str
    level: str
    left: int
    right: int
    kinds: int
    varied: int
    same: bool


@dataclass
class Pattern:
    """A rewriting learnt from `changes`, in the context `left` and `right` that they share; `sample` is the newest."""

    old: Form
    new: Filling
    sample: Change
    left: Context = ()
    right: Context = ()
    changes: list[Change] = field(default_factory=list)

    @cached_property
    def support(self) -> int:
        """On how many lines it was seen."""
        return len(self.places)

    @cached_property
    def renames(self) -> bool:
        """Whether one name took the place of another."""
        return self.sample.renames

    @cached_property
    def holes(self) -> int:
        """How many stretches of it differ from place to place."""
        return len({e.number for e in self.old if isinstance(e, Hole)})

    @property
    def places(self) -> set[tuple[str, int]]:
        """The lines on which it was seen."""
        return {(change.path, change.line) for change in self.changes}

    @cached_property
    def fixed(self) -> list[str]:
        """The tokens that every place has in the rewritten stretch."""
        return [e for e in self.old if isinstance(e, str) and e.strip()]

    @cached_property
    def _needed(self) -> list[str]:
        """The tokens without which a text cannot match: those that go, or the marks that something came in between."""
        if self.old:
            return self.fixed
        beside = [token for side in (self.left, self.right) for kind, token in side[:1] if kind == token]
        return [token for token in beside if token not in ENDS]

    @cached_property
    def words(self) -> list[str]:
        """The names to look for in files: those of the rewritten stretch, or else the nearest beside it."""
        if self.renames:
            return [self.sample.old]
        near = [token for _, token in (*self.left, *self.right) if is_telling(token)]
        return list(dict.fromkeys(filter(is_telling, self.fixed)))[:4] or near[:1]

    @cached_property
    def bare(self) -> bool:
        """Whether nothing that goes says what a place is about, and one change does not tell what all places share."""
        return self.support == 1 and not self.renames and not any(map(is_telling, self.fixed))

    @cached_property
    def anchor(self) -> str:
        """A token to look for: the longest name of the rewritten stretch or of what all places share beside it."""
        beside = [t for _, t in (*self.left, *self.right) if t] if self.support > 1 else []
        known = self.renames or any(map(is_telling, self.fixed))
        return max(
            self.fixed if known else [*self.fixed, *beside],
            key=lambda token: (is_telling(token), WORD.fullmatch(token) is not None, len(token)),
            default="",
        )

    @cached_property
    def _attached(self) -> bool:
        """Whether what came in is a member of what is before it, whatever follows."""
        return self.support > 1 and not self.old and self.sample.new.lstrip()[:1] in {".", "?", "!"}

    @property
    def key(self) -> str:
        """What names the change, whatever its context."""
        old = (e if isinstance(e, str) else str(e.number) for e in self.old)
        return "\0".join(["", *old, "", *map(str, self.new)])

    def matches(self, text: str) -> Iterator[Match]:
        """Yield where the pattern applies in a text, left to right, without overlaps."""
        if any(token not in text for token in self._needed):
            return
        tokens = placed(text)
        begin = self.old[0] if self.old else None
        at = 0
        while at <= len(tokens):
            if isinstance(begin, str) and (at == len(tokens) or tokens[at][0] != begin):
                at += 1
                continue
            found = self._match(text, tokens, at)
            if found is None:
                at += 1
                continue
            match, end = found
            yield match
            at = max(end, at + 1)

    def _match(self, text: str, tokens: Placed, at: int) -> tuple[Match, int] | None:
        if not self.old and not self._may_come_in(tokens, at):
            return None
        bound = found_at(self.old, tokens, at)
        if bound is None:
            return None
        end, holes = bound
        before = [*(token for token, _ in reversed(tokens[max(0, at - DEPTH) : at])), ""]
        behind = [*(token for token, _ in tokens[end : end + DEPTH]), ""]
        left, right = same_tokens(self.left, before), same_tokens(self.right, behind)
        kinds = same_kinds(self.left, before), same_kinds(self.right, behind)
        same = self.support > 1 and self._is_same(left, right)
        values = {hole: text_of(text, tokens, extent) for hole, extent in holes.items()}
        varied = sum(value not in self.sample.old for value in values.values())
        level = "tokens" if same else self._level(left, right, kinds, varied)
        if not level:
            return None
        first, last = self._columns(text, tokens, at, end)
        now = filled(self.new, values)
        if now == text[first:last] or _reads_so(text, first, last, now):
            return None
        return Match(first, last, now, level, left, right, sum(kinds), varied, same), end

    def _may_come_in(self, tokens: Placed, at: int) -> bool:
        """Whether the tokens right beside a position are such as the text came in between."""
        before = tokens[at - 1][0] if at else ""
        behind = tokens[at][0] if at < len(tokens) else ""
        return all(
            not side or same_tokens(side, (token,)) or same_kinds(side, (token,))
            for side, token in ((self.left[:1], before), (() if self._attached else self.right[:1], behind))
        )

    def _level(self, left: int, right: int, kinds: tuple[int, int], varied: int) -> str:
        """Return how far a place is like the changes, "" where it is not enough."""
        enough = self.says_enough(left, right)
        if self.holes:
            known = enough and len(self.fixed) > 1 and len(self.fixed) >= self.holes
            if known or self._is_built_alike(kinds):
                return "names" if varied else "tokens"
            return ""
        if self.renames or (enough and self.old and (left + right or sum(map(is_telling, self.fixed)) > 1)):
            return "tokens"
        if enough and not self.old and left > 1 and right:
            return "tokens"
        return "kinds" if self.bare and self._is_built_alike(kinds) else ""

    def _is_built_alike(self, kinds: tuple[int, int]) -> bool:
        """Whether the tokens on both sides are of the same kinds as far as it takes to tell the place."""
        reach = 1 if len(self.sample.old.strip()) >= _LONG else _SHORT_REACH if self.holes else _REACH
        return kinds[0] >= min(reach, len(self.left)) and kinds[1] >= min(reach, len(self.right))

    def _is_same(self, left: int, right: int) -> bool:
        """Whether as much of the context of several changes matches as it takes to be sure."""
        if not self.says_enough(left, right):
            return left == len(self.left) and right == len(self.right) and left + right > 2
        if not self.old:
            return left >= min(4, len(self.left)) and (self._attached or right >= min(1, len(self.right)))
        if len(self.old) == 1 and left > 1 and self.left[0][1] == ".":
            return True  # the same member of the same thing, whatever is done with it
        return left >= min(2, len(self.left)) and right >= min(1, len(self.right))

    def says_enough(self, left: int, right: int) -> bool:
        """Whether a name tells what the place is about."""
        seen = (*self.left[:left], *self.right[:right])
        return any(map(is_telling, self.fixed)) or any(is_telling(token) for _, token in seen)

    def _columns(self, text: str, tokens: Placed, at: int, end: int) -> tuple[int, int]:
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

    def is_ahead(self, path: str, line: int) -> bool:
        """Whether a line lies where the user is going with equal changes."""
        return is_ahead(self.changes, path, line)


def is_ahead(changes: Sequence[Done | Change], path: str, line: int) -> bool:
    """Whether a line lies where the user is going with equal changes: down the file or up, then to other files.

    What lies behind was passed over. A file without two of the changes is reached after three. Changes of one edit were
    made from its top down.
    """
    lines = [change.line for change in sorted(changes, key=lambda c: (c.age, -c.line)) if change.path == path]
    others = [other for other in lines if other != lines[0]]
    if not others:
        return len({(change.path, change.line) for change in changes}) >= _OTHER_FILES_AFTER
    return line > max(lines) if lines[0] > others[0] else line < min(lines)


def keyword_of(line: str) -> str:
    """Return the word that a line begins with when it is a keyword."""
    word = WORD.match(line.lstrip())
    return word[0] if word and word[0] in COMMON_WORDS else ""


def build_of(line: str) -> tuple[str, ...]:
    """Return the kinds of the tokens of a line."""
    return tuple(map(kind_of, code_of(line)))


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
