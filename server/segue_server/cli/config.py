"""`segue config`: every setting, its value and where it came from; and the same for other readers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from segue_server.cli._terminal import console as new_console
from segue_server.cli._terminal import echo


def config(
    *,
    print_: Annotated[
        bool, typer.Option("--print", help="Every setting, its value and its origin (the default).")
    ] = True,
    as_json: Annotated[bool, typer.Option("--json", help="The same as JSON.")] = False,
    vscode: Annotated[
        bool, typer.Option("--vscode", help="The settings as a VS Code manifest lists them.")
    ] = False,
    table: Annotated[
        bool, typer.Option("--table", help="The settings as the table of docs/configuration.md.")
    ] = False,
) -> None:
    """Print the settings in force for the current folder."""
    import os

    from segue_server.configuration import ConfigurationStore, markdown_table, vscode_properties
    from segue_server.runtime.paths import directories

    if vscode:
        echo(json.dumps(vscode_properties(), indent=2))
        return
    if table:
        echo(markdown_table(), nl=False)
        return
    store = ConfigurationStore.load(
        user_file=directories().user_file, roots=[Path.cwd()], environment=os.environ
    )
    if as_json:
        rows = [{"name": row.name, "value": row.value, "origin": row.origin} for row in store.rows()]
        echo(json.dumps(rows, indent=2))
    elif print_:
        from rich.table import Table

        shown = Table("setting", "value", "from", box=None, header_style="bold")
        for row in store.rows():
            changed = row.value != row.default
            shown.add_row(row.name, json.dumps(row.value), row.origin, style="bold" if changed else None)
        new_console(highlight=False).print(shown)
    for problem in store.problems:
        echo(problem.message, fg="yellow", err=True)
