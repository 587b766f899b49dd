"""Imports follow their uses: added when a name is used that the file does not have, removed with its last use."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from segue_next_edit._candidates import Candidate
from segue_next_edit._renames import renames_in
from segue_next_edit.imports.add import with_import
from segue_next_edit.imports.detect import is_bound, missing_names, unused_names
from segue_next_edit.imports.resolve import Source, source_of
from segue_next_edit.imports.write import without_names
from segue_next_edit.patterns import names_replaced
from segue_syntax import code_statements

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from segue_next_edit._situation import Situation
    from segue_syntax import SourceFile

_MAX_LINES = 20_000


class ImportRule:
    """Keeps the import statements of edited files in step with their uses."""

    def candidates(self, situation: Situation) -> Iterator[Candidate]:
        """Yield the changes to the imports of each edited file."""
        for path in situation.paths:
            file = situation.file(path)
            if file is None or len(file.lines) > _MAX_LINES:
                continue
            revised = _revised(situation, file)
            age = min(edit.age for edit in situation.done if edit.path == path)
            for start, end, new in changes_between(situation, file, revised.lines):
                yield Candidate(
                    path, start, end, new, "import", "import\0" + path, "; ".join(revised.notes[:3]),
                    {**revised.evidence(), "adds": float(len(new) >= end - start), "age": float(min(age, 10))},
                )  # fmt: skip


@dataclass(slots=True)
class _Revised:
    """A file's lines with other imports, and why."""

    lines: list[str]
    notes: list[str] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)
    removed: bool = False

    def evidence(self) -> dict[str, float]:
        """Return what speaks for the new imports; the least certain name decides."""
        ways = {source.how for source in self.sources}
        votes = min((source.votes for source in self.sources), default=0)
        return {
            "removes": float(self.removed),
            "seen": float(min(votes, 8)),
            "names": float(min(len(self.notes), 4)),
            "standard": float("standard" in ways),
            "defined": float("defined" in ways),
            "swapped": float("swapped" in ways),
        }


def _revised(situation: Situation, file: SourceFile) -> _Revised:
    revised = _Revised(list(file.lines))
    gone = unused_names(situation, file)
    renames = names_replaced(situation)
    replaced = {one.new: one.old for one in reversed(renames)}
    bound = {local for s in file.imports for local in s.locals}
    left = {one.old for one in renames if one.new in bound}  # to be renamed, not to be imported
    for one in renames_in(situation):
        left.update((one.new,) if one.old in bound else (), (one.old,) if one.path == file.path else ())
    missing = [name for name in missing_names(situation, file) if name not in left]
    own = {file.language.modules.module_of(file.path), file.package}
    pair = len(missing) == len(gone) == 1
    for name in missing:
        source = source_of(situation, file, name)
        old = _predecessor(file, gone, name, source, replaced.get(name, ""), alone=pair)
        if old and not is_bound(situation, file, name):
            gone.discard(old)
            _swap(revised, file, old, name, source)
        elif source and source.module not in own and not old and not is_bound(situation, file, name):
            _add(situation, file, revised, name, source)
    for statement in reversed(code_statements(revised.lines, file.language_id) if gone else []):
        names = set(statement.locals) & gone
        new = without_names(revised.lines, statement, file.language_id, names) if names else None
        if new is not None:
            revised.lines = new
            revised.removed = True
            revised.notes += [f"{name} is no longer used" for name in sorted(names)]
    return revised


def _add(situation: Situation, file: SourceFile, revised: _Revised, name: str, source: Source) -> None:
    """Import `name` from `source`, where that is clear."""
    new = with_import(situation, file, revised.lines, name, source)
    if new is not None:
        revised.lines = new
        revised.notes.append(f"import {name}")
        revised.sources.append(source)


def _predecessor(
    file: SourceFile, gone: set[str], name: str, source: Source | None, learnt_old: str, *, alone: bool
) -> str:
    """Return the imported name that goes and in whose place `name` comes, "" when that is not clear.

    A name nobody knows comes from where the one came that it stands for, or is a module like the only one that goes; a
    module imported inside a function gives way to another there.
    """
    for statement in file.imports:
        for original, old in statement.names:
            if old not in gone or original != old or statement.form not in ("from", "require from", "module"):
                continue
            whole = statement.form == "module" and statement.module == old
            if source is not None:
                fits = whole and bool(statement.indent) and source.form == "module"
            elif old == learnt_old:
                fits = whole or statement.form != "module"
            else:
                fits = whole and alone and f"{name}." in file.text
            if fits:
                return old
    return ""


def _swap(revised: _Revised, file: SourceFile, old: str, new: str, source: Source | None) -> None:
    """Write `new` for the imported name `old`."""
    for statement in code_statements(revised.lines, file.language_id):
        if (old, old) in statement.names:
            word = re.compile(rf"(?<![\w.'\"/-]){re.escape(old)}(?![\w'\"/-])")
            for at in range(statement.start, statement.end):
                head, mark, names = revised.lines[at].rpartition(" import ")
                revised.lines[at] = head + mark + word.sub(new, names)
            revised.notes.append(f"import {new} for {old}")
            revised.sources.append(source or Source(statement.module, new, statement.form, how="swapped"))


def changes_between(
    situation: Situation, file: SourceFile, lines: Sequence[str]
) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """Yield the stretches (start, end, new lines) that make `file` read like `lines`.

    What would take back a line that was just written is left out.
    """
    old = file.lines
    shorter = min(len(old), len(lines))
    first = next((at for at in range(shorter) if old[at] != lines[at]), shorter)
    last = next((at for at in range(shorter - first) if old[-1 - at] != lines[-1 - at]), shorter - first)
    matcher = SequenceMatcher(
        None, old[first : len(old) - last], lines[first : len(lines) - last], autojunk=False
    )
    for tag, a, b, c, d in matcher.get_opcodes():
        start, end = first + a, first + b
        if tag != "equal" and (tag == "insert" or not situation.is_touched(file.path, start, end)):
            yield start, end, tuple(lines[first + c : first + d])
