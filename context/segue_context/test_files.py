"""Which files are tests, and what each is about, told from names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_TEST = re.compile(r"^(?:test_|tests_)|(?:_test|_tests|_spec|\.test|\.spec|-test|Test|Tests)$")


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
    """Whether a file holds tests."""
    return (
        bool(_TEST.search(_stem(path)))
        or "/__tests__/" in f"/{path}"
        or path.startswith(("test/", "tests/"))
        or "/test/" in path
    )


def subject_of(path: str) -> str:
    """Return what a file is about: its name without what marks a test."""
    return _TEST.sub("", _stem(path)).lower().strip("_.-")


def _tested_by(path: str) -> str | None:
    return subject_of(path) if is_test(path) else None


def _stem(path: str) -> str:
    return path.rsplit("/", 1)[-1].rsplit(".", 1)[0]
