"""Which files of a workspace may be indexed, read and shown: built-in rules, settings and `.segueignore`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from segue_context import privacy
from segue_context.files import MAX_FILE_BYTES
from segue_context.index._scan import MAX_FILES
from segue_context.patterns import is_named
from segue_context.privacy._segue_ignores import SegueIgnores

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class IndexOptions:
    """What a user may set about an index.

    `deny` and `allow` are patterns as in ``.gitignore``: files that are left out, and files that are used although
    the built-in rules deny them. Larger files than `max_file_bytes` are left out; a workspace of more than
    `max_files` files is refused (0: never).
    """

    deny: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()
    max_file_bytes: int = MAX_FILE_BYTES
    max_files: int = MAX_FILES


class FilePolicy:
    """Decides about paths relative to a root; safe to use from any thread."""

    def __init__(self, root: Path, options: IndexOptions) -> None:
        self._deny = options.deny
        self._allow = options.allow
        self._ignores = SegueIgnores(root)

    def allows(self, path: str, text: str | None = None) -> bool:
        """Return whether a file, judged by its path and, when given, its text, may be indexed.

        Ignore files are not consulted: the scan has done that.
        """
        if is_named(path, self._deny):
            return False
        if privacy.verdict(path, text).allowed:
            return True
        return is_named(path, self._allow)

    def shows(self, path: str, text: str | None = None) -> bool:
        """Return whether a file, indexed or not, may be read for context; `.segueignore` files count too."""
        return self.allows(path, text) and not self._ignores.rule_for(path)
