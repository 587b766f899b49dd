"""`segue complete FILE:LINE[:COL]`: one completion, with where its context came from."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from segue_server.cli._terminal import console as new_console
from segue_server.cli._terminal import echo

if TYPE_CHECKING:
    from segue_server.completion.oneshot import OneShot
    from segue_syntax import Position

_PLACE = re.compile(r"(?P<name>.+?):(?P<line>[1-9]\d{0,8})(?::(?P<column>[1-9]\d{0,8}))?", re.ASCII)
_BEHIND_THE_END = 1_000_000_000


def complete(
    place: Annotated[
        str,
        typer.Argument(
            metavar="FILE:LINE[:COL]",
            help="Where; line and column count from 1. Without a column, at the end of the line.",
        ),
    ],
    repo: Annotated[
        Path | None, typer.Option("--repo", help="The repository; the one around FILE unless named.")
    ] = None,
    *,
    unasked: Annotated[
        bool, typer.Option("--unasked", help="What an editor shows while you type, or why it shows nothing.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object instead of text.")] = False,
    show_prompt: Annotated[
        bool, typer.Option("--show-prompt", help="Also print what the model was sent.")
    ] = False,
) -> None:
    """Complete at one place and say how the answer came about."""
    import asyncio
    import os

    from rich.markup import escape

    from segue_server.cli._repository import parsing_protected
    from segue_server.completion.oneshot import CannotComplete, complete_once
    from segue_server.configuration import ConfigurationStore
    from segue_server.runtime.paths import directories, repository_around

    name, position = _parse(place)
    file = Path(name).resolve()
    root = (repo or repository_around(file.parent)).resolve()
    places = directories()
    store = ConfigurationStore.load(user_file=places.user_file, roots=[root], environment=os.environ)
    try:
        console = new_console(stderr=True)
        with parsing_protected(), console.status("Starting") as status:

            def tell(step: str) -> None:
                status.update(f"{escape(step)} …")

            result = asyncio.run(
                complete_once(file, position, root, store.settings, places, unasked=unasked, tell=tell)
            )
    except CannotComplete as error:
        echo(str(error), fg="red", err=True)
        raise typer.Exit(2) from None
    if as_json:
        echo(json.dumps(_as_json(result, show_prompt=show_prompt), ensure_ascii=False, indent=2))
    else:
        _print(result, show_prompt=show_prompt, certainty=store.settings.completion.certainty)
    raise typer.Exit(0 if result.answer.suggestions else 1)


def _parse(place: str) -> tuple[str, Position]:
    """Return the file and the place in it; without a column it is behind the end of the line."""
    from segue_syntax import Position

    found = _PLACE.fullmatch(place)
    if found is None:
        raise typer.BadParameter(f"{place} is not FILE:LINE or FILE:LINE:COL with line and column from 1.")
    return found["name"], Position(int(found["line"]) - 1, int(found["column"] or _BEHIND_THE_END) - 1)


def _as_json(result: OneShot, *, show_prompt: bool) -> dict[str, Any]:
    answer = result.answer.history()
    if not show_prompt:
        del answer["prompt"]
    return {**answer, "modelMessage": result.model_message}


def _print(result: OneShot, *, show_prompt: bool, certainty: float) -> None:
    from segue_postprocess import Reason
    from segue_server.completion.reasons import sentence_of

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
                f"An editor shows this on request only: it is below completion.certainty, {certainty:g}. With --unasked, you"
                " see what is shown while you type."
            )
    else:
        console.print(f"Nothing: {sentence_of(answer.reason) or answer.reason}")
    if answer.postprocess:
        said = (f"{Reason(code).says} ({code})" for code in answer.postprocess)
        console.print(f"post-processing: {', '.join(said)}", style="dim")
    for snippet in answer.context:
        console.print(
            f"context {snippet.path}:{snippet.start_line + 1}-{snippet.end_line} ({snippet.source})",
            style="dim",
        )
    steps = ", ".join(f"{step} {ms:.0f}" for step, ms in answer.timings_ms.items())
    console.print(f"{answer.total_ms:.0f} ms ({steps})", style="dim")
    if result.model_message:
        console.print(result.model_message, style="yellow")
