"""A change of which a place was just accepted: what it is, and the edit that it began with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segue_next_edit._situation import Done
from segue_next_edit._tokens import paired_lines, replacements
from segue_next_edit.rules.substitution import SubstitutionRule, group_of, learnt
from segue_syntax import declared_by

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue_next_edit._candidates import Candidate
    from segue_next_edit._situation import Situation


def places_left(situation: Situation, group: str) -> list[Candidate]:
    """Return the places at which a replacement of the history is still to be done."""
    patterns = learnt(situation)
    for pattern in patterns:
        if group_of(pattern) == group:
            return list(SubstitutionRule().places(situation, pattern, patterns))
    return []


def declaration_in(done: Sequence[Done], group: str) -> Done | None:
    """Return the edit that renamed the declaration of what `group` replaces."""
    old, _, new = group.partition("\0")
    for edit in done:
        for before, after in paired_lines(edit.old, edit.new):
            if (
                old in declared_by(before)
                and new in declared_by(after)
                and any((r.old, r.new) == (old, new) for r in replacements(before, after))
            ):
                return edit
    return None


def remember(situation: Situation, beginning: Done) -> None:
    """Put an edit that has become too old for the history back among what was done, where its text stands now."""
    lines = situation.lines(beginning.path)
    size = len(beginning.new)
    for at in range(len(lines) - size + 1):
        if tuple(lines[at : at + size]) == beginning.new:
            oldest = max((edit.age for edit in situation.done), default=-1) + 1
            situation.begin_with(Done(beginning.path, at, beginning.old, beginning.new, oldest))
            return
