"""Commits of any git repository as lists of hunks, and its files as they were at a commit."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_HUNK = re.compile(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_BINARY_OR_HUGE = 1_500_000


@dataclass(frozen=True, slots=True)
class Hunk:
    """Lines `old` at 0-based `line` of the parent's `path` became `new`."""

    path: str
    line: int
    old: tuple[str, ...]
    new: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Commit:
    """What one commit did to its only parent, in the order of git's diff."""

    sha: str
    parent: str
    hunks: tuple[Hunk, ...]
    whole_files: bool
    """Whether files were added, removed, renamed or are binary besides (those hunks are not listed)."""


class GitRepo:
    """A repository read through git, which is the only program that is run."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._batch: subprocess.Popen[bytes] | None = None

    def _git(self, *arguments: str, partial: bool = False) -> bytes:
        """Return what git prints; with `partial` also what it printed before it met a missing object."""
        command = ["git", "-C", str(self._folder), *arguments]
        return subprocess.run(command, check=not partial, capture_output=True).stdout

    def commits(self, suffixes: tuple[str, ...], *, newest: int) -> Iterator[Commit]:
        """Yield the newest commits without merges, newest first, with the hunks of files named `*suffix`."""
        log = self._git(
            "log", "--no-merges", f"-n{newest}", "--format=%x01%H %P", "-p", "-U0", "--no-color",
            "--no-renames", "--no-ext-diff", "--no-textconv", "--diff-algorithm=myers", "HEAD",
            "--", *(f"*{suffix}" for suffix in suffixes), partial=True,
        )  # fmt: skip
        for part in log.decode("utf-8", "replace").split("\x01")[1:]:
            head, _, body = part.partition("\n")
            sha, _, parents = head.partition(" ")
            if parents and " " not in parents:
                hunks, whole = _hunks(body, suffixes)
                yield Commit(sha, parents, tuple(hunks), whole)

    @lru_cache(maxsize=64)  # noqa: B019 - one repository lives as long as the benchmark
    def tree(self, commit: str) -> dict[str, str]:
        """Return path -> blob of every file at `commit`."""
        rows = self._git("ls-tree", "-r", "-z", commit).decode("utf-8", "replace").split("\0")
        files: dict[str, str] = {}
        for row in rows:
            meta, _, path = row.partition("\t")
            fields = meta.split()
            if len(fields) == 3 and fields[1] == "blob" and fields[0] != "120000":
                files[path] = fields[2]
        return files

    @lru_cache(maxsize=20_000)  # noqa: B019
    def blob(self, sha: str) -> str | None:
        """Return a blob's text, or None when it is binary, huge or absent from the snapshot."""
        if self._batch is None:
            self._batch = subprocess.Popen(
                ["git", "-C", str(self._folder), "cat-file", "--batch"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )
        assert self._batch.stdin is not None
        assert self._batch.stdout is not None
        self._batch.stdin.write(sha.encode() + b"\n")
        self._batch.stdin.flush()
        head = self._batch.stdout.readline().split()
        if len(head) != 3:
            return None
        data = self._batch.stdout.read(int(head[2]) + 1)[:-1]
        if len(data) > _BINARY_OR_HUGE or b"\0" in data:
            return None
        return data.decode("utf-8", "replace")

    def close(self) -> None:
        """Stop the helper process."""
        if self._batch is not None:
            self._batch.communicate()
            self._batch = None


def _hunks(body: str, suffixes: tuple[str, ...]) -> tuple[list[Hunk], bool]:
    hunks: list[Hunk] = []
    whole = False
    path = ""
    lines = body.split("\n")
    at = 0
    while at < len(lines):
        line = lines[at]
        at += 1
        if line.startswith("diff --git "):
            path = ""
            before = after = ""
            while at < len(lines) and not lines[at].startswith(("@@", "diff --git ")):
                if lines[at].startswith("--- "):
                    before = lines[at][4:].rstrip("\t")
                elif lines[at].startswith("+++ "):
                    after = lines[at][4:].rstrip("\t")
                at += 1
            if before.startswith("a/") and after.startswith("b/"):
                path = after[2:]
            else:
                whole = True
            continue
        match = _HUNK.match(line)
        if match is None:
            continue
        removed = int(match[2]) if match[2] is not None else 1
        added = int(match[4]) if match[4] is not None else 1
        old: list[str] = []
        new: list[str] = []
        while len(old) < removed or len(new) < added:
            text = lines[at] if at < len(lines) else "\\"
            at += 1
            if text.startswith("-"):
                old.append(text[1:])
            elif text.startswith("+"):
                new.append(text[1:])
            elif not text.startswith("\\"):
                break
        if path.endswith(suffixes):
            # git counts from 1, and names the line before a pure insertion
            start = int(match[1]) - 1 if removed else int(match[1])
            hunks.append(Hunk(path, start, tuple(old), tuple(new)))
    return hunks, whole
