"""Names that the history changed: where an identifier took the place of another, and where it is now."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from segue_next_edit._tokens import is_name, paired_lines, replacements
from segue_syntax import defined_by, language_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segue_next_edit._situation import Done, Situation
    from segue_syntax import SourceFile

_MAX_LINES = 200
_STEP_LINES = 60
_SPELLED_OUT = re.compile(r"(?::\s*|\s+as\s+)([^\W\d]\w*)")


@dataclass(frozen=True, slots=True)
class NameChange:
    """The name `new` at a line and column, where `edit` put it in the place of `old`.

    A shorthand that was `spelled_out` (`{ old }` as `{ old: new }`, `import old` as `import old as new`) kept the old name as a key.
    """

    edit: Done
    old: str
    new: str
    line: int
    column: int
    spelled_out: bool = False


def changed_names(situation: Situation) -> dict[str, list[NameChange]]:
    """Return, by path, where an identifier took the place of another; newest first."""
    changed: dict[str, dict[tuple[str, str, int, int], NameChange]] = {}
    for edit in sorted(situation.done, key=lambda e: e.when, reverse=True):
        if max(len(edit.old), len(edit.new)) > _MAX_LINES:
            continue
        for change in _changes_of(situation, edit):
            place = change.old, change.new, change.line, change.column
            changed.setdefault(edit.path, {}).setdefault(place, change)
    return {path: list(places.values()) for path, places in changed.items()}


def _changes_of(situation: Situation, edit: Done) -> Iterator[NameChange]:
    """Yield the names that an edit changed, by all of its steps, where the new ones are now.

    A name that was changed twice is found by what it became: each of its former names leads to the present one.
    """
    language = language_of(path=edit.path).id
    lines = situation.lines(edit.path)
    near = range(max(0, edit.line - _STEP_LINES), min(len(lines), edit.end + _STEP_LINES))
    former: dict[str, list[tuple[str, int, int]]] = {}
    for before, after in (*reversed(edit.steps), (edit.old, edit.new)):
        had = {name for line in before for name in defined_by(line, language)}
        has = Counter(name for line in after for name in defined_by(line, language))
        found: dict[str, list[tuple[str, int, int]]] = {}
        for old_line, new_line in paired_lines(before, after):
            at = min(
                (n for n in near if lines[n] == new_line), key=lambda n: abs(n - edit.line), default=None
            )
            replaced = list(_replaced_names(old_line, new_line))
            came = {new for _, new, _, _ in replaced}
            for old, new, column, spelled_out in replaced:
                elsewhere = has[old] - (old in defined_by(new_line, language) and old not in came)
                if (elsewhere and not spelled_out) or new in had:
                    continue  # both have or had a definition of their own: neither replaces the other
                places = former.get(new, []) if at is None else [(new, at, column)]
                found.setdefault(old, []).extend(places)
                yield from (NameChange(edit, old, *place, spelled_out) for place in places)
        former |= found


def _replaced_names(old_line: str, new_line: str) -> Iterator[tuple[str, str, int, bool]]:
    """Yield the names of a line that became others: old, new, the column of the new one, and whether it was spelled out."""
    shift = 0
    for change in replacements(old_line, new_line):
        column = change.first + shift
        shift += len(change.new) - len(change.old)
        if is_name(change.old) and is_name(change.new):
            yield change.old, change.new, column, False
        elif not change.old and is_name(change.left) and (match := _SPELLED_OUT.fullmatch(change.new)):
            yield change.left, match[1], column + match.start(1), True


def with_former_names(file: SourceFile, changes: list[NameChange]) -> tuple[str, dict[NameChange, int]]:
    """Return the file's text with the old name at each place, and the column of each place in it."""
    lines, columns = list(file.lines), {}
    shifts: dict[int, int] = {}
    for change in sorted(changes, key=lambda c: (c.line, c.column)):
        start = change.column + shifts.get(change.line, 0)
        text = lines[change.line]
        lines[change.line] = text[:start] + change.old + text[start + len(change.new) :]
        columns[change] = start
        shifts[change.line] = shifts.get(change.line, 0) + len(change.old) - len(change.new)
    return "\n".join(lines), columns
