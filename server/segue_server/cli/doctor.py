"""`segue doctor`: what works, what does not, and what to do."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from segue_server.cli._terminal import console as new_console

_MARKS = {"ok": "[green]ok[/]     ", "note": "[yellow]note[/]   ", "problem": "[red]problem[/]"}


def doctor(
    privacy: Annotated[
        Path | None, typer.Option("--privacy", help="Say whether and why this file may be used.")
    ] = None,
    repo: Annotated[
        Path | None, typer.Option("--repo", help="The workspace; the current folder unless named.")
    ] = None,
) -> None:
    """Check model, settings, grammars, directories, workspace and editors; exit with 1 when something is wrong."""
    import os

    from rich.markup import escape

    root = (repo or Path.cwd()).resolve()
    console = new_console(highlight=False, soft_wrap=True)
    if privacy is not None:
        from segue_server.cli._doctor_checks import privacy_of

        finding = privacy_of(privacy, root)
        console.print(f"{_MARKS[finding.state]} {escape(finding.message)}")
        raise typer.Exit(finding.state != "ok")

    from segue_server.cli._doctor_checks import examine
    from segue_server.configuration import ConfigurationStore
    from segue_server.runtime.paths import directories

    places = directories()
    store = ConfigurationStore.load(user_file=places.user_file, roots=[root], environment=os.environ)
    problems = 0
    for finding in examine(store, places, root):
        problems += finding.state == "problem"
        console.print(f"{_MARKS[finding.state]} [bold]{finding.component}[/]: {escape(finding.message)}")
        if finding.advice:
            console.print(f"        {escape(finding.advice)}")
    raise typer.Exit(min(problems, 1))
