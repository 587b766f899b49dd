"""What git says of a repository, with this room's errors."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from segue_assist._errors import AssistError
from segue_context.git import GitError, repository_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def staged_diff(root: Path) -> str:
    """Return the staged change of the repository at `root` as a unified diff, "" when nothing is staged."""
    with _errors_translated():
        return repository_of(root).staged_diff()


def working_diff(root: Path) -> str:
    """Return the staged and unstaged change against the last commit; against the index in a new repository."""
    with _errors_translated():
        return repository_of(root).working_diff()


def recent_messages(root: Path) -> list[str]:
    """Return the messages of the latest commits that are no merges, newest first; none in a new repository."""
    with _errors_translated():
        return repository_of(root).messages()


@contextmanager
def _errors_translated() -> Iterator[None]:
    try:
        yield
    except GitError as error:
        raise AssistError("not_a_repository", str(error)) from error
