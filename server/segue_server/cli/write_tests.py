"""`segue tests`: tests for a function or class."""

from __future__ import annotations

from typing import Annotated

import typer

from segue_server.cli.assist import Action, AsJson, Repo, Trust, finish


def write_tests(
    place: Annotated[str, typer.Argument(metavar="FILE:LINE", help="A line of the function or class.")],
    *,
    write: Annotated[
        bool, typer.Option("--write", help="Add them to the test file; without it they are only shown.")
    ] = False,
    action: Action = "",
    repo: Repo = None,
    trust: Trust = False,
    as_json: AsJson = False,
) -> None:
    """Write tests like those beside them; they are run where your settings name a command and you trust the folder."""
    from segue_server.cli import _assist_runs as runs

    outcome = runs.tests(place, write=write, action=action, repo=repo, trust=trust)
    finish(outcome, as_json=as_json, shown="diff")
