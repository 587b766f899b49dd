"""`segue fix`: mend what is wrong at a line."""

from __future__ import annotations

from typing import Annotated

import typer

from segue_server.cli._terminal import echo
from segue_server.cli.assist import AsJson, Repo, finish


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
    no_model: Annotated[
        bool, typer.Option("--no-model", help="Do not ask a model where the rules find nothing.")
    ] = False,
    repo: Repo = None,
    as_json: AsJson = False,
) -> None:
    """Fix a missing import, a misspelt name, an argument or a bracket by rule; the rest by a model. Lines count from 1."""
    from segue_server.cli import _assist_runs as runs

    outcome = runs.fix(place, problem=problem, write=write, model=not no_model, repo=repo)
    fixes = outcome.fields.get("fixes", [])
    if not as_json:
        for one in fixes:
            echo(f"{one['title']} ({one['check']})", bold=True)
            echo(one["diff"], nl=False)
        if outcome.fields.get("written"):
            echo(f"Written to {outcome.fields['path']}.", err=True)
        elif fixes:
            echo("Nothing is written yet: --write applies the first.", err=True)
    finish(outcome, as_json=as_json)
    if not fixes and not as_json:
        if not problem and not no_model:
            echo('A chat model can try other problems: pass the message with --problem "MESSAGE".', err=True)
        raise typer.Exit(1)
