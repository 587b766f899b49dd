"""Which paths of a workspace are left alone: git's ignore rules, `.segueignore`, and folders of tools."""

from __future__ import annotations

import os
import time
from pathlib import Path

from segue_context.files import read_regular_file
from segue_context.patterns import PatternList

IGNORE_FILES = (".gitignore", ".segueignore")
_MAX_RULES_BYTES = 256 * 1024
_REMEMBERED_SECONDS = 5.0
_REMEMBERED_FOLDERS = 10_000
TOOL_FOLDERS = frozenset(
    {
        ".git", ".hg", ".svn", ".bzr", ".jj", "CVS",
        "node_modules", "bower_components", "jspm_packages", ".yarn", ".pnpm-store",
        ".venv", "venv", "__pycache__", ".tox", ".nox", ".eggs", "site-packages", ".mypy_cache",
        ".pytest_cache", ".ruff_cache", ".hypothesis", ".ipynb_checkpoints",
        ".gradle", ".idea", ".vs", ".next", ".nuxt", ".svelte-kit", ".parcel-cache", ".turbo", ".cache",
        ".terraform", ".bundle", ".dart_tool", "__snapshots__", "DerivedData", "Pods",
    }
)  # fmt: skip


class IgnoreRules:
    """Decides for paths relative to `root`; rules of a folder are read when it is first asked about.

    A path is ignored when its nearest matching rule says so, as in git: deeper files and later lines win, and
    nothing inside an ignored folder comes back.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._base = [
            spec for spec in (_global_rules(), _rules_at(root / ".git" / "info" / "exclude")) if spec
        ]
        self._folders: dict[str, tuple[tuple[str, PatternList], ...]] = {}

    def rules_of(self, folder: str) -> tuple[tuple[str, PatternList], ...]:
        """Return the rule sets that apply inside `folder` ("" is the root), outermost first."""
        known = self._folders.get(folder)
        if known is None:
            above = (
                self.rules_of(folder.rpartition("/")[0])
                if folder
                else tuple(("", spec) for spec in self._base)
            )
            own = tuple(
                (folder, spec)
                for name in IGNORE_FILES
                if (spec := _rules_at(self._root / folder / name)) is not None
            )
            known = self._folders[folder] = above + own
        return known

    def ignores(self, path: str, *, is_folder: bool) -> bool:
        """Return whether one path is ignored by a rule for itself; its folders are the caller's to ask about."""
        folder, _, name = path.rpartition("/")
        if is_folder and name in TOOL_FOLDERS:
            return True
        rules = self.rules_of(folder)
        for base, spec in reversed(rules):
            below = path[len(base) + 1 :] if base else path
            found = spec.decides(below, is_folder=is_folder)
            if found is not None:
                return found
        return False

    def excludes(self, path: str) -> bool:
        """Return whether a file is ignored, by a rule for itself or for a folder around it."""
        parts = path.split("/")
        folders = ("/".join(parts[:depth]) for depth in range(1, len(parts)))
        return any(self.ignores(folder, is_folder=True) for folder in folders) or self.ignores(
            path, is_folder=False
        )


_Rules = tuple[float, list[tuple[str, PatternList]]]


class SegueIgnores:
    """The `.segueignore` files of a workspace alone; each is read again when it was not for some seconds."""

    def __init__(self, root: Path) -> None:
        self._root = str(root)
        self._rules: dict[str, _Rules] = {}

    def rule_for(self, path: str) -> str:
        """Return the file, relative to the root, that excludes the file at `path`, or ""."""
        for folder, spec in self._above(path.rpartition("/")[0])[1]:
            below = path[len(folder) + 1 :] if folder else path
            if spec.excludes(below):
                return f"{folder}/.segueignore" if folder else ".segueignore"
        return ""

    def _above(self, folder: str) -> _Rules:
        """Return the rules of a folder and of those above it, and when the oldest of them were read.

        Most folders have none, and files are asked about by the hundred: one look-up then.
        """
        now = time.monotonic()
        known = self._rules.get(folder)
        if known is not None and now - known[0] <= _REMEMBERED_SECONDS:
            return known
        spec = _rules_at(f"{self._root}/{folder}/.segueignore")
        read, found = now, [] if spec is None else [(folder, spec)]
        if folder:
            upper = self._above(folder.rpartition("/")[0])
            read, found = upper[0], found + upper[1]
        if len(self._rules) > _REMEMBERED_FOLDERS:
            self._rules.clear()
        self._rules[folder] = read, found
        return read, found


def _rules_at(path: Path | str) -> PatternList | None:
    """Return the rules in a file; None when there is none. A line that is no pattern is left out."""
    read = read_regular_file(path, _MAX_RULES_BYTES)
    if read.problem:
        return None
    return PatternList(read.data.decode("utf-8", "surrogateescape").split("\n")) or None


def _global_rules() -> PatternList | None:
    """Return the user's own rules from where git looks for them when nothing else is configured."""
    base = os.environ.get("XDG_CONFIG_HOME")
    return _rules_at((Path(base) if base else Path.home() / ".config") / "git" / "ignore")
