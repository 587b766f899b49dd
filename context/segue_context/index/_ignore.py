"""Which paths of a workspace are left alone: git's ignore rules, `.segueignore`, and folders of tools."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from segue_context.files import read_regular_file
from segue_context.git import GitError, folds_case, repository_of
from segue_context.privacy._segue_ignores import SEGUE_IGNORE, above, rules_at

if TYPE_CHECKING:
    from segue_context.git import Repository
    from segue_context.patterns import PatternList

IGNORE_FILES = (".gitignore", SEGUE_IGNORE)
_MAX_LINK_BYTES = 4_096
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


@dataclass(frozen=True, slots=True)
class _RuleSet:
    """Patterns that apply inside `folder`; `prefix` leads from the place of their file to the root, when it is above."""

    folder: str
    prefix: str
    patterns: PatternList

    def decides(self, path: str, *, is_folder: bool) -> bool | None:
        below = path[len(self.folder) + 1 :] if self.folder else path
        return self.patterns.decides(self.prefix + below, is_folder=is_folder)


class IgnoreRules:
    """Decides for paths relative to `root`; rules of a folder are read when it is first asked about.

    A path is ignored when its nearest matching rule says so, as in git: deeper files and later lines win, and
    nothing inside an ignored folder comes back. The rules of the folders above the root count up to the root of its
    repository. Another work tree of the repository below the root is left out, and so is every `.git`.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        repository = _repository_of(root)
        self._fold_case = folds_case(root)
        self._base = tuple(_rules_above(root, repository, fold_case=self._fold_case))
        self._folders: dict[str, tuple[_RuleSet, ...]] = {}
        self._work_trees: dict[str, bool] = {}

    def rules_of(self, folder: str) -> tuple[_RuleSet, ...]:
        """Return the rule sets that apply inside `folder` ("" is the root), outermost first."""
        unknown: list[str] = []
        while folder not in self._folders:
            unknown.append(folder)
            if not folder:
                break
            folder = folder.rpartition("/")[0]
        rules = self._folders.get(folder, self._base)
        for place in reversed(unknown):
            own = tuple(
                _RuleSet(place, "", patterns)
                for name in IGNORE_FILES
                if (patterns := rules_at(self._root / place / name, fold_case=self._fold_case))
            )
            rules = self._folders[place] = rules + own
        return rules

    def ignores(self, path: str, *, is_folder: bool) -> bool:
        """Return whether one path is ignored by a rule for itself; its folders are the caller's to ask about."""
        folder, _, name = path.rpartition("/")
        if name == ".git" or (is_folder and (name in TOOL_FOLDERS or self._is_work_tree(path))):
            return True
        for rules in reversed(self.rules_of(folder)):
            found = rules.decides(path, is_folder=is_folder)
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

    def _is_work_tree(self, folder: str) -> bool:
        """Return whether a folder is a linked work tree: a copy of files that are indexed where they belong."""
        known = self._work_trees.get(folder)
        if known is None:
            link = read_regular_file(self._root / folder / ".git", _MAX_LINK_BYTES)
            named = link.data.replace(b"\\", b"/").rpartition(b"/")[0]
            known = self._work_trees[folder] = not link.problem and named.endswith(b"/worktrees")
        return known


def _repository_of(root: Path) -> Repository | None:
    try:
        return repository_of(root)
    except GitError:
        return None


def _rules_above(root: Path, repository: Repository | None, *, fold_case: bool) -> list[_RuleSet]:
    """Return the rules that apply to everything in `root`, weakest first: the user's, the repository's, its folders'."""
    if repository is None:
        patterns = _user_rules("", fold_case=False)
        return [_RuleSet("", "", patterns)] if patterns else []
    prefix = above(repository.root, root)
    listed = repository.setting("core.excludesFile")
    sets = [
        (prefix, _user_rules(listed, fold_case=fold_case)),
        (prefix, rules_at(repository.common_dir / "info" / "exclude", fold_case=fold_case)),
    ]
    parts = prefix.split("/")[:-1]
    for depth in range(len(parts)):
        folder, rest = repository.root.joinpath(*parts[:depth]), "/".join(parts[depth:]) + "/"
        sets += [(rest, rules_at(folder / name, fold_case=fold_case)) for name in IGNORE_FILES]
    return [_RuleSet("", prefix, patterns) for prefix, patterns in sets if patterns]


def _user_rules(listed: str, *, fold_case: bool) -> PatternList | None:
    """Return the user's own rules: those that `core.excludesFile` lists, or those where git looks for them else."""
    if listed:
        file = Path(listed).expanduser()
        return rules_at(file, fold_case=fold_case) if file.is_absolute() else None
    base = os.environ.get("XDG_CONFIG_HOME")
    own = (Path(base) if base else Path.home() / ".config") / "git" / "ignore"
    return rules_at(own, fold_case=fold_case)
