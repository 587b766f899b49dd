"""Unified diffs, cut to what may and can be shown to a model."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from segue_assist._types import Privacy

_HEADER = re.compile(r"^diff --git .*$", re.MULTILINE)
_NEW_PATH = re.compile(r"^(?:\+\+\+ b/|rename to )(.+?)\t?$", re.MULTILINE)
_OLD_PATH = re.compile(r"^(?:--- a/|rename from )(.+?)\t?$", re.MULTILINE)
_GIT_PATH = re.compile(r"^diff --git a/(.*) b/(.*)$", re.MULTILINE)
_SUBMODULE = re.compile(r"^([-+])Subproject commit ([0-9a-f]{7,64})", re.MULTILINE)
_KIND = re.compile(r"^(new|deleted) file mode ", re.MULTILINE)
_BINARY = re.compile(r"^(?:Binary files |GIT binary patch)", re.MULTILINE)
_GENERATED = re.compile(r"(?:^|/)(?:package-lock\.json|yarn\.lock|pnpm-lock\.yaml|poetry\.lock|uv\.lock|Cargo\.lock|go\.sum|"
                        r"composer\.lock|Gemfile\.lock)$|\.min\.(?:js|css)$|\.svg$|\.ipynb$")  # fmt: skip


@dataclass(frozen=True, slots=True)
class FileChange:
    """One file's part of a diff; `old_path` is where its content comes from."""

    path: str
    text: str
    added: int
    removed: int
    old_path: str

    @property
    def said(self) -> str:
        """The path and what happened to it, in a few words."""
        submodule = _SUBMODULE.findall(self.text)
        if submodule:
            commits = {sign: commit[:7] for sign, commit in submodule}
            what = f"submodule {commits.get('-', 'new')}..{commits.get('+', 'removed')}"
        else:
            kind = _KIND.search(self.text)
            counts = "binary" if _BINARY.search(self.text) else f"+{self.added} -{self.removed}"
            what = f"{kind[1]}, {counts}" if kind else counts
        moved = f"{self.old_path} -> " if self.old_path != self.path else ""
        return f"{moved}{self.path} ({what})"


def split_diff(diff: str) -> list[FileChange]:
    """Return the files of a diff."""
    starts = [match.start() for match in _HEADER.finditer(diff)]
    changes = []
    for begin, end in pairwise([*starts, len(diff)]):
        text = diff[begin:end].rstrip("\n")
        match = _NEW_PATH.search(text) or _OLD_PATH.search(text)
        named = _GIT_PATH.search(text)
        path = match[1] if match else named[2] if named else ""
        lines = text.split("\n")
        added = sum(1 for line in lines if line.startswith("+") and not line.startswith("+++ "))
        removed = sum(1 for line in lines if line.startswith("-") and not line.startswith("--- "))
        old = _OLD_PATH.search(text)
        path = path.strip('"')
        changes.append(FileChange(path, text, added, removed, old[1].strip('"') if old else path))
    return changes


def shown_diff(changes: list[FileChange], privacy: Privacy, budget_chars: int) -> tuple[str, str, list[str]]:
    """Return the diff to show, the list of files, and the paths whose content was left out for privacy.

    Every file gets its share of the budget; what a small file leaves over goes to the others.
    """
    denied = [
        change.path
        for change in changes
        if any(privacy.refusal(path, "") for path in {change.path, change.old_path})
    ]
    files = "\n".join(change.said for change in changes[:60])
    if len(changes) > 60:
        files += f"\nand {len(changes) - 60} more"
    open_changes = [
        change
        for change in changes
        if change.path not in denied
        and not _GENERATED.search(change.path)
        and not _BINARY.search(change.text)
    ]
    parts = []
    left = budget_chars
    for index, change in enumerate(sorted(open_changes, key=lambda entry: len(entry.text))):
        share = left // (len(open_changes) - index)
        text = change.text if len(change.text) <= share else _cut(change.text, share)
        left -= len(text)
        parts.append((change.path, text))
    order = {change.path: index for index, change in enumerate(changes)}
    parts.sort(key=lambda part: order[part[0]])
    return "\n".join(text for _, text in parts if text), files, denied


def _cut(text: str, size: int) -> str:
    if size < 80:
        return ""
    kept = text[:size].rsplit("\n", 1)[0]
    return f"{kept}\n[... {text.count(chr(10)) - kept.count(chr(10))} more lines of this file]"
