"""`segue mcp`: the index for agents, over the Model Context Protocol."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from segue_server.cli._terminal import echo


def mcp(
    directory: Annotated[
        Path | None, typer.Argument(help="The repository; the one around the current folder unless named.")
    ] = None,
) -> None:
    """Serve the index of one repository to agents (Model Context Protocol over stdio; read-only)."""
    from segue_server.runtime.paths import repository_around

    root = repository_around(Path.cwd()) if directory is None else directory.resolve()
    if not root.is_dir():
        echo(f"{directory} is not a folder.", err=True)
        raise typer.Exit(2)
    try:
        from segue_server.mcp.serve import serve
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("mcp", "mcp_types"):
            raise
        echo(
            "`segue mcp` needs the extra [mcp]: install segue[mcp] (python -m pip install 'segue[mcp]').",
            err=True,
        )
        raise typer.Exit(1) from None
    serve(root)
