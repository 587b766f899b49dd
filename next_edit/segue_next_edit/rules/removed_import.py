"""A declaration that went away: the files that import it let it go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segue_next_edit._candidates import Candidate
from segue_next_edit._import_edits import without_names
from segue_next_edit._modules import module_file
from segue_next_edit.rules.imports import changes_between
from segue_next_edit.rules.moved_import import undeclared
from segue_syntax import language_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segue_next_edit._situation import FileText, Situation
    from segue_next_edit.rules.moved_import import Binding

_MAX_NAMES = 8
_MAX_FILES = 20


class RemovedImportRule:
    """Takes the names of removed declarations out of the import statements of other files."""

    kind = "removed import"

    def candidates(self, situation: Situation) -> Iterator[Candidate]:
        """Yield the import statements that still name what an edited file no longer declares."""
        for path in situation.paths:
            edits = [edit for edit in situation.done if edit.path == path]
            gone = sorted(undeclared(edits, path, language_of(path=path).id))
            for binding in [b for b in gone if b.name not in situation.added_words][:_MAX_NAMES]:
                age = min(edit.age for edit in edits)
                for other in situation.files_with(binding.name, limit=_MAX_FILES):
                    file = situation.file(other) if other != path else None
                    if file is not None:
                        yield from _without(situation, file, binding, age)


def _without(situation: Situation, file: FileText, gone: Binding, age: int) -> Iterator[Candidate]:
    for statement in file.imports:
        held = module_file(statement.module, file.path, file.language, situation.known_files)
        if held != gone.module or (gone.name, gone.local) not in statement.names:
            continue
        lines = without_names(list(file.lines), statement, {gone.local})
        uses = sum(not statement.start <= at < statement.end for at, _ in file.lines_with(gone.local))
        for start, end, new in changes_between(situation, file, lines or file.lines):
            yield Candidate(
                file.path, start, end, new, "removed import", f"removed import\0{gone.name}",
                f"{gone.name} is gone from {statement.module}",
                {"age": float(min(age, 10)), "count": float(min(uses, 5)), "whole": float(len(statement.names) == 1)},
            )  # fmt: skip
