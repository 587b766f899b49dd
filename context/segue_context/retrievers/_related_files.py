"""The files that a file has to do with: imported, of the same package, paired with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from segue_context.test_files import subject_of
from segue_syntax import language_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue_context._types import Import, WorkspaceReader
    from segue_context.retrievers._remembered import Remembered

_BARRELS = frozenset({"__init__", "index", "mod", "lib", "prelude"})
"""Files that mostly pass on what others define."""

MOST_FILES = 30


@dataclass(slots=True)
class Nearby:
    """Related files, each kind in order of importance; `order` holds all of them once."""

    imports: list[Import] = field(default_factory=list)
    imported: dict[str, None] = field(default_factory=dict)
    package: dict[str, None] = field(default_factory=dict)
    paired: dict[str, None] = field(default_factory=dict)
    second: dict[str, None] = field(default_factory=dict)

    @property
    def order(self) -> list[str]:
        """All related files, nearest first."""
        return list({**self.imported, **self.paired, **self.package, **self.second})[:MOST_FILES]


class FileGroups:
    """The files of a workspace by folder and by stem; made again when the list of files is another one."""

    def __init__(self) -> None:
        self._made: tuple[Sequence[str], dict[str, list[str]], dict[str, list[str]]] | None = None

    def of(self, files: Sequence[str]) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
        """Return the files by folder, and by stem without the marks of tests."""
        made = self._made
        if made is None or made[0] is not files:
            folders: dict[str, list[str]] = {}
            stems: dict[str, list[str]] = {}
            for path in files:
                folders.setdefault(path.rpartition("/")[0], []).append(path)
                stems.setdefault(_stem(path), []).append(path)
            made = self._made = (files, folders, stems)
        return made[1], made[2]


def related_files(path: str, reader: WorkspaceReader, remembered: Remembered, groups: FileGroups) -> Nearby:
    """Return the files related to the file at `path`."""
    nearby = Nearby()
    folders, stems = groups.of(reader.files())
    language = language_of(path=path)
    nearby.imports = reader.imports_of(path)
    for found in nearby.imports:
        if not found.target or found.target == path:
            continue
        nearby.imported[found.target] = None
        if language.imports_folders:
            nearby.imported.update(dict.fromkeys(_beside(found.target, folders)))
    for other in stems.get(_stem(path), ()):
        if other != path and _kin(other, path):
            nearby.paired[other] = None
    if language.folder_packages:
        nearby.package.update(dict.fromkeys(_beside(path, folders)))
    for target in list(nearby.imported)[:12]:
        if target.rpartition("/")[2].partition(".")[0] in _BARRELS:
            through = remembered.imports_of(target)
            nearby.second.update(dict.fromkeys(i.target for i in through if i.target and i.target != path))
    return nearby


def _beside(path: str, folders: dict[str, list[str]]) -> list[str]:
    suffix = PurePosixPath(path).suffix
    return [
        other
        for other in folders.get(path.rpartition("/")[0], ())
        if other.endswith(suffix) and other != path
    ]


def _kin(one: str, other: str) -> bool:
    mine, its = language_of(path=one), language_of(path=other)
    same = PurePosixPath(one).suffix == PurePosixPath(other).suffix
    return same or (mine.has_code and mine.family == its.family)


def is_other_half(one: str, other: str) -> bool:
    """Whether two paths are the header and the source of one thing, in which both declare the same names."""
    if PurePosixPath(one).stem != PurePosixPath(other).stem or one == other:
        return False
    mine, its = language_of(path=one), language_of(path=other)
    return mine.has_headers and its.has_headers and mine.family == its.family


def _stem(path: str) -> str:
    """Return the name up to its first dot, without what marks a test or a part."""
    name = path.rpartition("/")[2]
    first, ending = name.find(".", 1), name.rfind(".", 1)
    if first < 0:
        return name
    stem = subject_of(name[:first] + name[ending:])
    for mark in _part_marks(name[ending:]):
        stem = stem.removesuffix(mark)
    return stem


@lru_cache(maxsize=512)
def _part_marks(extension: str) -> tuple[str, ...]:
    return language_of(path=f"any{extension}").part_marks
