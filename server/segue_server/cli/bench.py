"""`segue bench`: run one benchmark, or the short ones."""

from __future__ import annotations

from typing import Annotated

import typer

from segue_server.cli._terminal import echo


def bench(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Which benchmark; none runs the short ones.")] = "",
    *,
    list_: Annotated[bool, typer.Option("--list", help="Say which benchmarks there are.")] = False,
) -> None:
    """Measure speed and quality; what follows NAME goes to that benchmark (try `segue bench NAME --help`)."""
    from segue_bench.run import describe, run_named, run_short

    if list_ or name == "--help":
        echo(describe())
    elif name:
        raise typer.Exit(run_named(name, context.args))
    else:
        raise typer.Exit(run_short())
