"""Edits on the command line: as JSON, as a diff, and written to the file."""

from __future__ import annotations

import difflib
import os
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from segue_assist import AssistError

if TYPE_CHECKING:
    from pathlib import Path

    from segue_assist import Target
    from segue_syntax import Range


def edit_row(extent: Range, text: str) -> dict[str, Any]:
    """Return an edit with lines and columns that count from 1."""
    return {
        "startLine": extent.start.line + 1,
        "startColumn": extent.start.column + 1,
        "endLine": extent.end.line + 1,
        "endColumn": extent.end.column + 1,
        "newText": text,
    }


def diff_of(target: Target, after: str) -> str:
    """Return the change of the target's file as a unified diff."""
    lines = difflib.unified_diff(
        target.snapshot.text.splitlines(keepends=True),
        after.splitlines(keepends=True),
        f"a/{target.path}",
        f"b/{target.path}",
    )
    return "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)


def write_text(path: Path, before: str, after: str) -> None:
    """Replace the file's text in one step, unless it changed meanwhile."""
    path = path.resolve()
    if path.read_bytes() != before.encode("utf-8"):
        raise AssistError("changed", "The file changed meanwhile; nothing was written.")
    draft = path.with_name(f".{path.name}.segue-{os.getpid()}")
    try:
        draft.write_bytes(after.encode("utf-8"))
        draft.chmod(path.stat().st_mode & 0o7777)
        draft.replace(path)
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)


def write_new_or_old(path: Path, before: str | None, after: str) -> None:
    """Replace a file's text, or create the file where `before` is None; never over one that came meanwhile."""
    if before is not None:
        write_text(path, before, after)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8", newline="") as file:
            file.write(after)
    except FileExistsError as error:
        raise AssistError("changed", f"{path.name} exists meanwhile; nothing was written.") from error
