"""`segue complete FILE:LINE:COL`: one completion, with where its context came from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from segue_server.cli._terminal import console as new_console
from segue_server.cli._terminal import echo

if TYPE_CHECKING:
    from segue_server.completion.oneshot import OneShot


def complete(
    place: Annotated[
        str, typer.Argument(metavar="FILE:LINE:COL", help="Where; line and column count from 1.")
    ],
    repo: Annotated[
        Path | None, typer.Option("--repo", help="The repository; the one around FILE unless named.")
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object instead of text.")] = False,
    show_prompt: Annotated[
        bool, typer.Option("--show-prompt", help="Also print what the model was sent.")
    ] = False,
) -> None:
    """Complete at one place and say how the answer came about."""
    import asyncio
    import os

    from segue_server.cli._repository import parsing_protected
    from segue_server.completion.oneshot import CannotComplete, complete_once
    from segue_server.configuration import ConfigurationStore
    from segue_server.runtime.paths import directories, repository_around
    from segue_syntax import Position

    name, line, column = _parse(place)
    file = Path(name).resolve()
    root = (repo or repository_around(file.parent)).resolve()
    places = directories()
    store = ConfigurationStore.load(user_file=places.user_file, roots=[root], environment=os.environ)
    try:
        with parsing_protected():
            result = asyncio.run(
                complete_once(file, Position(line - 1, column - 1), root, store.settings, places)
            )
    except CannotComplete as error:
        echo(str(error), fg="red", err=True)
        raise typer.Exit(2) from None
    if as_json:
        echo(json.dumps(_as_json(result, show_prompt=show_prompt), ensure_ascii=False, indent=2))
    else:
        _print(result, show_prompt=show_prompt, certainty=store.settings.completion.certainty)
    raise typer.Exit(0 if result.answer.suggestions else 1)


def _parse(place: str) -> tuple[str, int, int]:
    name, _, rest = place.rpartition(":")
    name, _, line = name.rpartition(":")
    if not name or not line.isdecimal() or not rest.isdecimal() or int(line) < 1 or int(rest) < 1:
        raise typer.BadParameter(f"{place} is not FILE:LINE:COL with line and column from 1.")
    return name, int(line), int(rest)


def _as_json(result: OneShot, *, show_prompt: bool) -> dict[str, Any]:
    from segue_server.features.status import explain

    answer = explain(result.answer)
    if not show_prompt:
        del answer["prompt"]
    return {**answer, "modelMessage": result.model_message}


def _print(result: OneShot, *, show_prompt: bool, certainty: float) -> None:
    from segue_server.completion.types import REASONS

    answer = result.answer
    console = new_console(highlight=False, soft_wrap=True, markup=False)
    if show_prompt:
        console.print(answer.prompt or "(no model was asked)")
        console.rule()
    if answer.suggestions:
        console.print(answer.suggestions[0].text)
        console.print(f"\nengine {answer.engine}, confidence {answer.confidence:.2f}", style="dim")
        if answer.confidence < certainty:
            console.print(
                f"An editor shows this on request only: it is below completion.certainty, {certainty:g}."
            )
    else:
        console.print(f"Nothing: {REASONS.get(answer.reason, answer.reason)}")
    if answer.postprocess:
        console.print(f"post-processing: {', '.join(answer.postprocess)}", style="dim")
    for snippet in answer.context:
        console.print(
            f"context {snippet.path}:{snippet.start_line + 1}-{snippet.end_line} ({snippet.source})",
            style="dim",
        )
    steps = ", ".join(f"{step} {ms:.0f}" for step, ms in answer.timings_ms.items())
    console.print(f"{answer.total_ms:.0f} ms ({steps})", style="dim")
    if result.model_message:
        console.print(result.model_message, style="yellow")
