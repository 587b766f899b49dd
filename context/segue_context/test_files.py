"""Which files are tests, and what each is about, told from names."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from segue_syntax import language_of

if TYPE_CHECKING:
    from collections.abc import Sequence

_NAMES = (
    *("test_*", "tests_*", "*_test", "*_tests", "*-test", "*-tests", "*.test", "*.tests", "*Test", "*Tests"),
    *("*_spec", "*-spec", "*.spec"),
)
_FOLDERS = ("test/", "tests/", "__tests__/")
"""Conventions that many languages share; each `Language` adds its own (`tests`)."""


class TestFiles:
    """The test files of a workspace by their subject, found out once for each list of its files."""

    __test__ = False  # the name makes test runners curious

    def __init__(self) -> None:
        self._files: Sequence[str] = ()
        self._about: dict[str, list[str]] = {}
        self._subjects: dict[str, str | None] = {}

    def about(self, subject: str, files: Sequence[str]) -> list[str]:
        """Return those of `files` that test `subject`; a list that was given before is not looked through again."""
        if files is not self._files:
            about: dict[str, list[str]] = {}
            known = self._subjects
            subjects = {path: known[path] if path in known else _tested_by(path) for path in files}
            for path, tested in subjects.items():
                if tested is not None:
                    about.setdefault(tested, []).append(path)
            self._files, self._about, self._subjects = files, about, subjects
        return self._about.get(subject, [])


def is_test(path: str) -> bool:
    """Whether a file holds tests, or helps those beside it."""
    stem, extension = _parts(path)
    rules = _conventions(extension)
    return (
        stem.startswith(rules.before)
        or stem.endswith(rules.after)
        or stem in rules.names
        or not rules.folders.isdisjoint(path.split("/")[:-1])
    )


def subject_of(path: str) -> str:
    """Return what a file is about: its name without what marks a test."""
    stem, extension = _parts(path)
    before, after = _marks(stem, _conventions(extension))
    return stem[len(before) : len(stem) - len(after)].lower().strip("_.-")


def marks_of(path: str) -> tuple[str, str]:
    """Return what the name of a test has before and after its subject: ("test_", "") or ("", ".spec")."""
    stem, extension = _parts(path)
    return _marks(stem, _conventions(extension))


class _Conventions(NamedTuple):
    """What the names of tests begin with, end with, and are; and the folders of tests."""

    before: tuple[str, ...]
    after: tuple[str, ...]
    names: frozenset[str]
    folders: frozenset[str]


@lru_cache(maxsize=512)
def _conventions(extension: str) -> _Conventions:
    entries = (*_NAMES, *_FOLDERS, *language_of(path=f"any.{extension}").tests)
    return _Conventions(
        before=tuple(entry[:-1] for entry in entries if entry.endswith("*")),
        after=tuple(entry[1:] for entry in entries if entry.startswith("*")),
        names=frozenset(entry for entry in entries if entry[0] != "*" and entry[-1] not in "*/"),
        folders=frozenset(entry[:-1] for entry in entries if entry.endswith("/")),
    )


def _marks(stem: str, rules: _Conventions) -> tuple[str, str]:
    starts, ends = stem.startswith(rules.before), stem.endswith(rules.after)
    if not (starts or ends):  # most files
        return "", ""
    before = next(mark for mark in rules.before if stem.startswith(mark)) if starts else ""
    return before, next(mark for mark in rules.after if stem.endswith(mark)) if ends else ""


def _tested_by(path: str) -> str | None:
    return subject_of(path) if is_test(path) else None


def _parts(path: str) -> tuple[str, str]:
    """Return the name of a file up to its last dot, and what follows it."""
    stem, _, extension = path.rpartition("/")[2].rpartition(".")
    return (stem, extension) if stem else (extension, "")
