"""A small change inside a line again in lines built alike: `-> None` behind another head, `async` before another function.

For changes that hold no name to look for; they are repeated nearby only, where the tokens on both sides are of the
same kinds.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from segue_next_edit._candidates import Candidate
from segue_next_edit._common_words import COMMON_WORDS
from segue_next_edit._renames import beyond_renames
from segue_next_edit._signatures import is_of_signature
from segue_next_edit._tokens import WORD, kind_of, paired_lines, tokens_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from segue_next_edit._situation import Done, Situation
    from segue_syntax import SourceFile

_CONTEXT = 4
_TELLING = 6
"""From this length on what went says more than what stood around it."""
_WINDOW = 100
_MAX_CHANGES = 4
_MAX_FILES = 4
_MAX_PLACES = 40
_LONG_LINE = 300
_MAX_TOKENS = 8


@dataclass(slots=True)
class _Change:
    """Tokens that came, went or were replaced, what stands around them, and the edits that did so."""

    pattern: re.Pattern[str]
    old: str
    new: str
    first: str
    build: str
    ages: set[int] = field(default_factory=set)


class AlikeRule:
    """Repeats a change inside a line where the kinds of tokens around it are the same."""

    kind = "alike"

    def candidates(self, situation: Situation) -> Iterator[Candidate]:
        """Yield the lines near the edits, in the files just edited, to which such a change applies."""
        changes = _learnt(situation)
        for change in changes[:_MAX_CHANGES]:
            for path in situation.paths[:_MAX_FILES]:
                file = situation.file(path)
                if file is not None:
                    yield from _places(situation, file, change)


def _places(situation: Situation, file: SourceFile, change: _Change) -> Iterator[Candidate]:
    near = [edit for edit in situation.done if edit.path == file.path]
    low = max(0, min(edit.line for edit in near) - _WINDOW)
    high = min(len(file.lines), max(edit.end for edit in near) + _WINDOW)
    found = 0
    for line in range(low, high):
        text = file.lines[line]
        if change.old not in text or not text.lstrip().startswith(change.first) or len(text) > _LONG_LINE:
            continue
        matches = list(change.pattern.finditer(text))
        if (
            len(matches) != 1
            or _first(text) != change.first
            or situation.is_touched(file.path, line, line + 1)
        ):
            continue
        match = matches[0]
        new = text[: match.end("left")] + change.new + text[match.start("right") :]
        yield Candidate(
            file.path, line, line + 1, (new.rstrip() if not change.new.strip() else new,), "alike",
            f"alike\0{change.old}\0{change.new}\0{change.pattern.pattern}", "the same small change",
            {
                "support": float(min(len(change.ages), 6)),
                "age": float(min(10, *change.ages)),
                "inserted": float(not change.old),
                "deleted": float(not change.new.strip()),
                "build": float(_build(text) == change.build),
                "first": float(bool(change.first)),
                "line_end": float(match.start("right") == len(text)),
                "length": float(min(30, len(change.old) + len(change.new))),
            },
        )  # fmt: skip
        found += 1
        if found >= _MAX_PLACES:
            return


def _learnt(situation: Situation) -> list[_Change]:
    changes: dict[tuple[str, str, str], _Change] = {}
    for edit in sorted(beyond_renames(situation), key=lambda e: e.age):
        for change in _changes_of(situation, edit):
            key = change.old, change.new, change.pattern.pattern
            changes.setdefault(key, change).ages.add(edit.age)
    return sorted(changes.values(), key=lambda c: (-len(c.ages), min(c.ages)))


def _changes_of(situation: Situation, edit: Done) -> Iterator[_Change]:
    if len(edit.old) > 40 or len(edit.new) > 40:
        return
    for before, after in paired_lines(edit.old, edit.new):
        old, new = tokens_of(before), tokens_of(after)
        if is_of_signature(situation, edit.path, after):
            continue
        if len(before) > _LONG_LINE or len(old) > 120 or len(new) > 120:
            continue
        codes = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
        changed = [code for code in codes if code[0] != "equal"]
        if len(changed) != 1:
            continue
        _, a, b, c, d = changed[0]
        went, came = "".join(old[a:b]), "".join(new[c:d])
        named = went.strip() == went and _nameable(went)
        if b - a > _MAX_TOKENS or named or not (went + came).strip() or a == 0 == b - len(old):
            continue
        yield _Change(_pattern(old, a, b), went, came, _first(before), _build(before), {edit.age})


def _nameable(text: str) -> bool:
    """Whether there is a name in it that other rules look for."""
    return any(word not in COMMON_WORDS and len(word) > 2 for word in WORD.findall(text))


def _pattern(tokens: Sequence[str], start: int, end: int) -> re.Pattern[str]:
    went = "".join(tokens[start:end])
    reach = 1 if len(went.strip()) >= _TELLING else _CONTEXT
    left, right = tokens[max(0, start - reach) : start], tokens[end : end + reach]
    before = ("^" if start <= reach else "") + "".join(map(kind_of, left))
    after = "".join(map(kind_of, right)) + ("$" if end + reach >= len(tokens) else "")
    middle = re.escape(went)
    return re.compile(rf"(?P<left>{before}){middle}(?P<right>{after})")


def _first(line: str) -> str:
    """Return the word that the line begins with when it is a keyword."""
    word = WORD.match(line.lstrip())
    return word[0] if word and word[0] in COMMON_WORDS else ""


def _build(line: str) -> str:
    return "".join(map(kind_of, tokens_of(line.strip())))
