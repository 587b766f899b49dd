"""What is changed and not yet committed, from ``git diff``, asked in the background and seldom."""

from __future__ import annotations

import re
import threading
import time
from typing import TYPE_CHECKING

from segue_context._types import Snippet
from segue_context.git import GitError, repository_of

if TYPE_CHECKING:
    from pathlib import Path

ASKED_EVERY_S = 15.0
_LONGEST = 400_000
_HUNK = re.compile(r"^@@ -\d+(?:,\d+)? \+(\d+)(?:,(\d+))? @@")


class UncommittedChanges:
    """The changed stretches of the files of one folder, as they are now."""

    def __init__(self, root: Path | None) -> None:
        self._root = root
        self._snippets: list[Snippet] = []
        self._asked_at = -ASKED_EVERY_S
        self._lock = threading.Lock()

    def snippets(self, exclude: str, limit: int = 4) -> list[Snippet]:
        """Return changed stretches outside the file `exclude`, as of the last look; never waits for git."""
        now = time.monotonic()
        with self._lock:
            due = self._root is not None and now - self._asked_at > ASKED_EVERY_S
            if due:
                self._asked_at = now
        if due:
            threading.Thread(target=self.look, name="segue-git-diff", daemon=True).start()
        return [snippet for snippet in self._snippets if snippet.path != exclude][:limit]

    def look(self) -> None:
        """Ask git now; without git or a repository there are no changes."""
        if self._root is None:
            return
        try:
            repository = repository_of(self._root)
            inside = self._root.resolve().relative_to(repository.root).as_posix()
            diff = repository.working_diff(
                "--unified=3",
                "--diff-filter=AM",
                "--no-renames",
                f"--relative={'' if inside == '.' else inside}",
            )
        except (GitError, OSError, ValueError):
            diff = ""
        self._snippets = changed_stretches(diff[:_LONGEST])


def changed_stretches(diff: str) -> list[Snippet]:
    """Return the new side of each hunk of a unified diff."""
    found: list[Snippet] = []
    path, start = "", 0
    lines: list[str] | None = None

    def finish() -> None:
        if path and lines:
            found.append(Snippet(path, start, start + len(lines), "\n".join(lines), "changes", 1.0))

    for line in diff.split("\n"):
        hunk = _HUNK.match(line)
        if line.startswith("diff --git "):
            finish()
            path, lines = "", None
        elif line.startswith("+++ ") and lines is None:
            path = line[6:].rstrip("\t") if line.startswith("+++ b/") else ""
        elif hunk:
            finish()
            start, lines = max(0, int(hunk[1]) - 1), []
        elif lines is not None and line[:1] in {"+", " "}:
            lines.append(line[1:])
    finish()
    return found
