"""What the history rewrote: stretches of lines, and short blocks, as patterns are learnt from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from segue_next_edit._renames import beyond_renames, former_names, is_rename
from segue_next_edit._signatures import is_of_signature
from segue_next_edit._tokens import is_name, paired_lines, replacements
from segue_next_edit.patterns._forms import code_of, open_brackets
from segue_syntax import declared_by, defined_by, language_of, leading_space

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from segue_next_edit._situation import Done, Situation

_LONG_LINE = 400
_MAX_LINES = 200
_MAX_BLOCK = 6
_REWRITTEN = 0.8


@dataclass(frozen=True, slots=True)
class Change:
    """Columns `first` to `last` of the text `before` became `new`; its first line is at `line` of `path` now.

    `column` is where `new` begins in that line. It is a `part` where the line has other changes too, one `among` others
    where its edit changed more lines, and `general` where one such change says enough to be repeated: a line that was
    written anew does not. Texts of several lines have the
    indentation of their first line taken off.
    """

    path: str
    line: int
    age: int
    before: str
    first: int
    last: int
    new: str
    column: int
    part: bool = False
    among: bool = False
    general: bool = True

    @property
    def old(self) -> str:
        """What went."""
        return self.before[self.first : self.last]

    @property
    def lines(self) -> int:
        """How many lines it was."""
        return self.before.count("\n") + 1

    @property
    def renames(self) -> bool:
        """Whether one name took the place of another."""
        return is_name(self.old) and is_name(self.new)


@dataclass(frozen=True, slots=True)
class NewName:
    """The history wrote `new` for the name `old`, which no rename did; `declares` where that is declared so."""

    old: str
    new: str
    declares: bool


def changes_in(situation: Situation) -> list[Change]:
    """Return what was rewritten, the newest first; what carries out a rename is left out."""
    return situation.once(_changes)


def names_replaced(situation: Situation) -> list[NewName]:
    """Return the names that others took the place of, the newest first."""
    return situation.once(_names_replaced)


def _changes(situation: Situation) -> list[Change]:
    return [
        change
        for edit in sorted(beyond_renames(situation), key=lambda e: e.age)
        if max(len(edit.old), len(edit.new)) <= _MAX_LINES
        for change in (*_in_lines(situation, edit), *_block(edit))
        if not is_rename(situation, change.old, change.new)
        and not is_rename(situation, change.new, change.old)
        and not (change.renames and change.new in former_names(situation))
    ]


def _names_replaced(situation: Situation) -> list[NewName]:
    found: dict[tuple[str, str], NewName] = {}
    for change in changes_in(situation):
        if change.renames and (change.new, change.old) not in found:
            after = change.before[: change.first] + change.new + change.before[change.last :]
            declares = change.old in declared_by(change.before) and change.new in declared_by(after)
            found.setdefault((change.old, change.new), NewName(change.old, change.new, declares))
    return list(found.values())


def _in_lines(situation: Situation, edit: Done) -> Iterator[Change]:
    """Yield the changed stretches of an edit's lines: all of a line as one, and each alone where it has several.

    The last line comes first: who goes down a file wrote it last.
    """
    language = language_of(path=edit.path).id
    had = {name for line in edit.old for name in defined_by(line, language)}
    has = {name for line in edit.new for name in defined_by(line, language)}
    found: list[list[Change]] = []
    row = 0
    for before, after in paired_lines(edit.old, edit.new):
        row = next((n for n in range(row, len(edit.new)) if edit.new[n] == after), row)
        changed = replacements(before, after) if max(len(before), len(after)) <= _LONG_LINE else ()
        if not changed:
            continue
        first, last = changed[0].first, changed[-1].last
        went = sum(len(one.old.strip()) for one in changed)
        anew = len(changed) > 2 and went > _REWRITTEN * len(before.strip())
        parameters = is_of_signature(situation, edit.path, after)
        stretches = [(first, last, after[first : len(after) - len(before) + last], first)]
        if len(changed) > 1:
            shift = 0
            for one in changed:
                stretches.append((one.first, one.last, one.new, one.first + shift))
                shift += len(one.new) - len(one.old)
        changes = []
        for at, (start, end, new, column) in enumerate(stretches):
            old = before[start:end]
            general = not anew and (not parameters or (at == 0 and len(changed) > 1))
            both_defined = is_name(old) and is_name(new) and (old in has or new in had)
            owned = before[:start].rstrip().endswith(".")  # no definition of the line is that of a member
            if _is_whole(old, new) and (owned or not both_defined):
                where = edit.path, edit.line + row, edit.age, before
                among = max(len(edit.old), len(edit.new)) > 1
                changes.append(Change(*where, start, end, new, column, at > 0, among, general))
        found.append(changes)
    for changes in reversed(found):
        yield from changes


def _block(edit: Done) -> Iterator[Change]:
    """Yield the change of several lines that belong together as one."""
    if not (1 <= len(edit.old) <= _MAX_BLOCK and 1 <= len(edit.new) <= _MAX_BLOCK):
        return
    if max(len(edit.old), len(edit.new)) == 1:
        return
    indent = leading_space(edit.old[0])
    if not all(line.startswith(indent) or not line.strip() for line in (*edit.old, *edit.new)):
        return
    before, after = (_dedented(lines, indent) for lines in (edit.old, edit.new))
    changed = replacements(before, after)
    if not changed or len(before) > _LONG_LINE or len(after) > _LONG_LINE:
        return
    first, last = changed[0].first, changed[-1].last
    new = after[first : len(after) - len(before) + last]
    if _is_whole(before[first:last], new) and ("\n" in before or "\n" in after):
        yield Change(edit.path, edit.line, edit.age, before, first, last, new, first)


def _dedented(lines: Sequence[str], indent: str) -> str:
    return "\n".join(line[len(indent) :] for line in lines)


def _is_whole(old: str, new: str) -> bool:
    """Whether a stretch changes more than blanks, and leaves no bracket or quote open that was closed."""
    return code_of(new) != code_of(old) and open_brackets(old) == open_brackets(new)
