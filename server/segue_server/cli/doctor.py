"""`segue doctor`: what works, what does not, and what to do."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from segue_server.cli._terminal import console as new_console

if TYPE_CHECKING:
    from rich.console import Console

    from segue_server.cli._doctor_checks import Finding

_MARKS = {"ok": "[green]ok[/]     ", "note": "[yellow]note[/]   ", "problem": "[red]problem[/]"}


def doctor(
    privacy: Annotated[
        Path | None, typer.Option("--privacy", help="Say whether and why this file may be used.")
    ] = None,
    repo: Annotated[
        Path | None, typer.Option("--repo", help="The workspace; the current folder unless named.")
    ] = None,
    fix: Annotated[bool, typer.Option("--fix", help="Repair what can be repaired automatically.")] = False,
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
        if finding.repair is not None and fix:
            problems -= _repaired(console, finding)
        elif finding.advice:
            console.print(f"        {escape(finding.advice)}")
            if finding.repair is not None:
                console.print("        segue doctor --fix does it for you.")
    raise typer.Exit(min(problems, 1))


def _repaired(console: Console, finding: Finding) -> int:
    """Repair a finding, say how that went, and return how many problems that solved."""
    from segue_model import ModelError

    assert finding.repair is not None
    try:
        done = finding.repair()
    except (OSError, ModelError) as error:
        console.print(f"        It could not be repaired: {error}", markup=False)
        return 0
    console.print(f"        {done}", markup=False)
    return int(finding.state == "problem")
