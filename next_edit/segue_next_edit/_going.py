"""A change of which a place was just accepted: its remaining places, and the edit that it began with."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from segue_next_edit._renames import renames_in
from segue_next_edit.patterns import patterns_in
from segue_next_edit.rules.pattern import PatternRule, group_of
from segue_next_edit.rules.rename import MAX_SERIES_FILES, RenameRule

if TYPE_CHECKING:
    from segue_next_edit._candidates import Candidate
    from segue_next_edit._situation import Done, Situation


def places_left(situation: Situation, group: str, *, everywhere: bool = False) -> list[Candidate]:
    """Return the places at which a replacement of the history is still to be done; `everywhere`: in all files."""
    rule = RenameRule()
    files = {"files": MAX_SERIES_FILES} if everywhere else {}
    found = [
        c
        for rename in renames_in(situation)
        if rename.group == group
        for c in rule.places(situation, rename, **files)
    ]
    if found:
        return found
    for pattern in patterns_in(situation):
        if group_of(pattern) == group:
            return list(PatternRule().places(situation, pattern, everywhere=everywhere))
    return []


def with_mentions(situation: Situation, group: str) -> list[Candidate]:
    """Return the remaining places of a rename with those in comments, strings and prose; [] for any other change."""
    rule = RenameRule()
    return [
        candidate
        for rename in renames_in(situation)
        if rename.group == group
        for candidate in rule.places_and_mentions(situation, rename)
        if candidate.evidence["resolved"]
    ]


def beginning_of(situation: Situation, group: str) -> Done | None:
    """Return the edit that renamed what `group` names, at its definition rather than at an import of it."""
    renames = [rename for rename in renames_in(situation) if rename.group == group]
    renames.sort(key=lambda rename: rename.binding.form == "import")
    return renames[0].edit if renames else None


def remember(situation: Situation, beginning: Done) -> None:
    """Put an edit that has become too old for the history back among what was done, at the line where its text is now."""
    if any((edit.path, edit.new) == (beginning.path, beginning.new) for edit in situation.done):
        return
    lines = situation.lines(beginning.path)
    size = len(beginning.new)
    for at in range(len(lines) - size + 1):
        if tuple(lines[at : at + size]) == beginning.new:
            oldest = max((edit.age for edit in situation.done), default=-1) + 1
            situation.begin_with(replace(beginning, line=at, age=oldest))
            return
