"""Imports that nothing uses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segue_next_edit._bindings import is_needed
from segue_next_edit.fixes._types import Draft
from segue_next_edit.imports.detect import is_kept, uses_of
from segue_next_edit.imports.write import without_names

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from segue_next_edit.fixes._types import Place


def unused_imports(place: Place, lines: Sequence[int]) -> Iterator[Draft]:
    """Yield the file without the names that import statements on `lines` bring in and nothing uses."""
    file, wanted = place.file, set(lines)
    if file.tree is None:
        return
    for statement in file.imports:
        if wanted.isdisjoint(range(statement.start, statement.end)) or statement.module.startswith(
            "__future__"
        ):
            continue
        gone = {
            local
            for local in statement.locals
            if local != "*"
            and not is_kept(file, statement, local)
            and not any(True for _ in uses_of(file, local))
            and not is_needed(file, local, place.situation.project)
        }
        new = without_names(list(file.lines), statement, file.language_id, gone) if gone else None
        if new is not None:
            names = ", ".join(sorted(gone))
            yield Draft(
                "unused-import",
                f"Remove the unused import of {names}",
                statement.start,
                new,
                0.8,
                tuple(gone),
            )
