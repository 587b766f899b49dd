"""The files that a file has to do with: its tests, its other half, what it imports and who imports it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from segue_context.retrievers._related_files import FileGroups, is_other_half, related_files
from segue_context.retrievers._remembered import Remembered
from segue_context.test_files import TestFiles, is_test, subject_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from segue_context._types import WorkspaceReader

__all__ = ["Related", "is_other_half", "related_to"]


@dataclass(frozen=True, slots=True)
class Related:
    """Paths, nearest first; no file is in two groups.

    `tests` test the file; for a test, `tested` is what it tests. `paired` is the other half: a header and its source, a
    component and its style or story. `imports` are files of the repository.
    """

    tests: tuple[str, ...] = ()
    tested: tuple[str, ...] = ()
    paired: tuple[str, ...] = ()
    imports: tuple[str, ...] = ()
    importers: tuple[str, ...] = ()


def related_to(path: str, reader: WorkspaceReader) -> Related:
    """Return the files related to the one at `path`."""
    nearby = related_files(path, reader, Remembered(reader), FileGroups())
    importers = reader.importers_of(path)
    others = [*nearby.paired, *importers]
    tests: list[str] = []
    tested: list[str] = []
    if is_test(path):
        subject = subject_of(path)
        tested = [
            other
            for other in (*nearby.paired, *nearby.imported)
            if subject_of(other) == subject and not is_test(other)
        ]
    else:
        tests = [other for other in others if is_test(other)]
        tests += TestFiles().about(subject_of(path), reader.files())
    groups: list[tuple[str, ...]] = []
    seen = {path}
    for group in (tests, tested, nearby.paired, nearby.imported, importers):
        groups.append(_without(group, seen))
        seen.update(groups[-1])
    return Related(*groups)


def _without(paths: Iterable[str], seen: set[str]) -> tuple[str, ...]:
    return tuple(path for path in dict.fromkeys(paths) if path not in seen)
