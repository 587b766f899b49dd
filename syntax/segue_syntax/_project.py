"""The files of a workspace as the naming of modules looks at them."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator


class Project:
    """The paths of all `files`, relative to the root; `read` returns a file's text, None when it may not be read."""

    def __init__(
        self, files: frozenset[str] = frozenset(), read: Callable[[str], str | None] | None = None
    ) -> None:
        self.files = files
        self._read = read

    def text(self, path: str) -> str:
        """Return the text of one of the files, "" for any other."""
        return (self._read(path) or "") if self._read is not None and path in self.files else ""

    def first(self, stem: str, suffixes: Iterable[str]) -> str:
        """Return the first of `stem` with one of the suffixes that is a file, "" when none is."""
        return next((stem + suffix for suffix in suffixes if stem + suffix in self.files), "")

    def nearest(self, path: str, *names: str) -> str:
        """Return the file of one of these names in the folder of `path` or the nearest above, "" when there is none."""
        found = (posixpath.join(folder, name) for folder in folders_above(path) for name in names)
        return next((file for file in found if file in self.files), "")


def folders_above(path: str) -> Iterator[str]:
    """Yield the folder of `path`, and those around it up to the root ("")."""
    while path:
        path = posixpath.dirname(path)
        yield path
