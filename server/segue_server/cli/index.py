"""`segue index`: build or refresh the index of a workspace, with a progress bar and a summary."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from segue_server.cli._terminal import console as new_console

if TYPE_CHECKING:
    from rich.console import Console

    from segue_context import IndexStatus, WorkspaceIndex

_PHASES = {
    "scan": "Looking for files",
    "lexical": "Indexing text",
    "symbols": "Indexing symbols",
    "ready": "Done",
}


def index(
    directory: Annotated[Path, typer.Argument(help="The workspace.", show_default="here")] = Path(),
    force: Annotated[
        bool, typer.Option("--force", help="Index even a home folder, / or more than 200,000 files.")
    ] = False,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Build the index from scratch.")] = False,
) -> None:
    """Build or refresh the index of a workspace. It stays private, in your cache directory."""
    from segue_context import WorkspaceIndex
    from segue_server.configuration import ConfigurationStore
    from segue_server.runtime.paths import directories
    from segue_server.workspace.indexing import index_options

    console = new_console(stderr=True, soft_wrap=True)
    root = directory.resolve()
    if not root.is_dir():
        console.print(f"{directory} is not a folder.", style="red", markup=False)
        raise typer.Exit(2)
    places = directories()
    settings = ConfigurationStore.load(user_file=places.user_file, roots=[root]).settings
    workspace = WorkspaceIndex(root, places.cache, allow_large=force, options=index_options(settings))
    try:
        if rebuild:
            workspace.discard()
        status, seconds = _build(workspace, console)
        _summarise(root, workspace, status, seconds)
    finally:
        workspace.close()
    if status.state != "ready":
        raise typer.Exit(1)


def _build(workspace: WorkspaceIndex, console: Console) -> tuple[IndexStatus, float]:
    import time

    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    started = time.monotonic()
    columns = (TextColumn("{task.description:18}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(_PHASES["scan"], total=None)
        status = workspace.build(
            lambda step: bar.update(
                task, description=_PHASES[step.phase], completed=step.done, total=step.total or None
            )
        )
    return status, time.monotonic() - started


def _summarise(root: Path, workspace: WorkspaceIndex, status: IndexStatus, seconds: float) -> None:

    console = new_console(soft_wrap=True, highlight=False)
    if status.state != "ready":
        console.print(f"Not indexed: {status.reason}", markup=False)
        return
    console.print(
        f"{root}: {status.files:,} files, {status.symbols:,} symbols, up to date in {seconds:.1f} s",
        markup=False,
    )
    for kind, count in workspace.files_by_kind().items():
        console.print(f"  {count:>9,} {kind}", markup=False)
    console.print(f"  {workspace.size_on_disk() / 1e6:.1f} MB in {workspace.folder}", markup=False)
