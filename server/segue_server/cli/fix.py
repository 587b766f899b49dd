"""`segue fix`: mend what is wrong at a line."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from segue_server.cli._terminal import echo

if TYPE_CHECKING:
    from segue_assist import Target
    from segue_next_edit.fixes import Fix

_NOTHING = "Segue finds nothing at that line that it could mend without a model."


def fix(
    place: Annotated[str, typer.Argument(metavar="FILE:LINE", help="The line with the problem.")],
    *,
    problem: Annotated[
        str,
        typer.Option("--problem", help="A compiler's or linter's message: names in it are looked at first."),
    ] = "",
    write: Annotated[
        bool,
        typer.Option("--write", help="Change the file by the first fix; without it fixes are only shown."),
    ] = False,
    repo: Annotated[
        Path | None, typer.Option("--repo", help="The repository; the one around FILE by default.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object instead of text.")] = False,
) -> None:
    """Mend a missing import, a misspelt name, an argument, a bracket: without a model. Lines count from 1."""
    from segue_assist import AssistError
    from segue_server.cli._repository import parsing_protected

    try:
        with parsing_protected():
            fields = _fixes(place, problem=problem, write=write, repo=repo)
    except AssistError as refusal:
        if as_json:
            echo(json.dumps({"error": {"reason": refusal.reason, "message": refusal.message}}))
        else:
            echo(refusal.message, err=True)
        raise typer.Exit(1) from refusal
    if as_json:
        echo(json.dumps(fields, ensure_ascii=False, indent=2))
        return
    for one in fields["fixes"]:
        echo(f"{one['title']} ({one['check']})", bold=True)
        echo(one["diff"], nl=False)
    if not fields["fixes"]:
        echo(_NOTHING, err=True)
        raise typer.Exit(1)


def _fixes(place: str, *, problem: str, write: bool, repo: Path | None) -> dict[str, Any]:
    """Return what mends a place, in the fields that docs/assist.md lists; `write` does the first."""
    from segue_assist import AssistError
    from segue_next_edit.fixes import fixes_at
    from segue_server.assist.resources import check_writable
    from segue_server.cli._edits import write_text
    from segue_server.cli._repository import Repository, file_of, root_around
    from segue_server.configuration import ConfigurationStore
    from segue_server.runtime.paths import directories

    root = (repo or root_around(place)).resolve()
    store = ConfigurationStore.load(user_file=directories().user_file, roots=[root], environment=os.environ)
    where = Repository(root, store.settings)
    try:
        target = where.target(place, problem)
        if target.extent is None:
            raise AssistError("no_place", "Say which line: segue fix FILE:LINE.")
        if write:
            check_writable(file_of(place), target.path)
        where.reader.set_overlay(target.path, target.snapshot)
        where.reader.settle()
        line = target.extent.start.line
        found = fixes_at(where.reader, target.path, line, problem)
        if write and found:
            write_text(file_of(place), target.snapshot.text, found[0].applied_to(target.snapshot))
    finally:
        where.close()
    return {
        "path": target.path,
        "line": line + 1,
        "fixes": [_row(target, one) for one in found],
        "written": bool(write and found),
        "notes": [] if found else [_NOTHING],
    }


def _row(target: Target, one: Fix) -> dict[str, Any]:
    from segue_server.cli._edits import diff_of, edit_row
    from segue_syntax import Range

    return {
        "kind": one.kind,
        "title": one.title,
        "line": one.line + 1,
        "confidence": one.confidence,
        "check": "not checked",
        "edits": [edit_row(Range(change.start, change.end), change.text) for change in one.changes],
        "diff": diff_of(target, one.applied_to(target.snapshot)),
    }
