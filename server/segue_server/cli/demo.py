"""`segue demo`: the main job on real code, in a minute, on the embedded default."""

from __future__ import annotations

from typing import Annotated

import typer

from segue_server.cli._terminal import echo


def demo(
    package: Annotated[str, typer.Option(help="An installed package whose source is edited.")] = "httpx",
    scenes: Annotated[int, typer.Option(min=1, help="How many lines are typed.")] = 12,
) -> None:
    """Play an editing session on real code against a real server, and say what each engine showed."""
    from segue_server.demo import play

    try:
        raise typer.Exit(play(package, scenes))
    except LookupError as error:
        echo(str(error), err=True)
        raise typer.Exit(2) from None
