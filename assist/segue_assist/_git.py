"""Asking git, without letting a repository run anything.

No pager, no external diff, no text conversion, no hooks, no file-system monitor; optional locks are not taken.
"""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

from segue_assist._errors import AssistError

if TYPE_CHECKING:
    from pathlib import Path

_SAFE = (
    "-c",
    "core.fsmonitor=false",
    "-c",
    "core.hooksPath=/dev/null",
    "-c",
    "core.quotePath=false",
    "--no-pager",
)
_DIFF = (
    "--no-ext-diff",
    "--no-textconv",
    "--no-color",
    "--src-prefix=a/",
    "--dst-prefix=b/",
    "--ignore-submodules=all",
)
_TIMEOUT_S = 20


def staged_diff(root: Path) -> str:
    """Return the staged change of the repository at `root` as a unified diff, "" when nothing is staged."""
    return _git(root, "diff", "--cached", "--find-renames", *_DIFF)


def working_diff(root: Path) -> str:
    """Return the staged and unstaged change against the last commit; against nothing in a new repository."""
    try:
        return _git(root, "diff", "HEAD", "--find-renames", *_DIFF)
    except AssistError:
        return _git(root, "diff", "--find-renames", *_DIFF)


def recent_messages(root: Path, count: int = 80) -> list[str]:
    """Return the messages of the latest commits that are no merges, newest first; none in a new repository."""
    try:
        output = _git(root, "log", f"-{count}", "--no-merges", "--no-show-signature", "--format=%B%x00")
    except AssistError:
        return []
    return [message.strip() for message in output.split("\0") if message.strip()]


def _git(root: Path, *arguments: str) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment |= {"GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
    try:
        done = subprocess.run(
            ["git", *_SAFE, "-C", str(root), *arguments],
            capture_output=True,
            timeout=_TIMEOUT_S,
            check=False,
            env=environment,
            stdin=subprocess.DEVNULL,
        )
    except FileNotFoundError as error:
        raise AssistError("not_a_repository", "The command git was not found on this machine.") from error
    except subprocess.TimeoutExpired as error:
        raise AssistError("not_a_repository", f"git did not answer within {_TIMEOUT_S} seconds.") from error
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().split("\n")[0]
        raise AssistError("not_a_repository", f"git cannot be asked in {root}: {said or 'it failed'}.")
    return done.stdout.decode("utf-8", "replace")
