"""`segue model`: lists, fetches, chooses and removes models."""

from __future__ import annotations

from typing import Annotated

import typer

from segue_server.cli._terminal import console as new_console
from segue_server.cli._terminal import echo

app = typer.Typer(help="Models: what is known, what is here, what is used.", no_args_is_help=True)


@app.command("list")
def list_models() -> None:
    """Print the models of the registry and the files on this machine."""
    from rich.table import Table

    from segue_model.weights import installed_models, known_models
    from segue_server.runtime.paths import directories

    here = {item.name: item for item in installed_models(directories().cache)}
    table = Table("name", "on this machine", "licence", "what it is", box=None, header_style="bold")
    for model in known_models():
        item = here.pop(model.name, None)
        state = f"{item.size >> 20} MB" if item else "no"
        table.add_row(model.name, state, model.licence, f"{model.title}. {model.note}")
    for item in here.values():
        table.add_row(item.name, f"{item.size >> 20} MB", item.licence or "unknown", str(item.path))
    console = new_console(highlight=False)
    console.print(table)
    console.print(
        "\nServers (llama.cpp, Ollama, vLLM, hosted ones) are found, tested and chosen by segue connect, or in"
        " the settings; see docs/models.md.",
        style="dim",
    )


@app.command()
def pull(
    name: Annotated[
        str, typer.Argument(help="A name of `segue model list`, or an https URL of a GGUF file.")
    ],
    sha256: Annotated[str, typer.Option("--sha256", help="The file's SHA-256; a URL needs it.")] = "",
) -> None:
    """Bring a model onto this machine."""
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

    from segue_model import ModelError
    from segue_model.weights import pull_model
    from segue_server.runtime.paths import directories

    console = new_console(stderr=True, highlight=False)
    columns = (TextColumn("{task.description:12}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    in_lines = _InLines()
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        tasks: dict[str, int] = {}

        def show(what: str, done: int, total: int) -> None:
            if not console.is_terminal:
                in_lines.show(what, done, total)
            if what not in tasks:
                tasks[what] = bar.add_task(what, total=total or None)
            bar.update(tasks[what], completed=done, total=total or None)  # type: ignore[arg-type]

        try:
            installed = pull_model(name, directories().cache, sha256=sha256, progress=show)
        except ModelError as error:
            failure = error.message
        else:
            failure = ""
    if failure:
        echo(failure, err=True)
        raise typer.Exit(1)
    echo(f"{installed.name} is ready: {installed.path} ({installed.size >> 20} MB).")


class _InLines:
    """Progress for whoever reads lines, such as an editor: one for each twentieth."""

    def __init__(self) -> None:
        self._last = ""

    def show(self, what: str, done: int, total: int) -> None:
        line = f"{what} {20 * done // total * 5} %" if total else what
        if line != self._last:
            self._last = line
            echo(line, err=True)


@app.command()
def use(
    name: Annotated[str, typer.Argument(help="A model's name, or the path of a GGUF file.")],
) -> None:
    """Use a model of this machine for completion from now on."""
    from segue_model import ModelError
    from segue_model.weights import EMBEDDING_MODEL, find_weights
    from segue_server.configuration import UserFileError, set_in_user_file
    from segue_server.runtime.paths import directories

    if name.lower() == EMBEDDING_MODEL:
        echo(f"{name} writes no code: once it is pulled, questions are ranked by it (docs/ask.md).", err=True)
        raise typer.Exit(1)
    places = directories()
    try:
        path = find_weights(name, places.cache)
        chosen = str(path) if path.parent != places.models else name.lower()
        set_in_user_file(places.user_file, "model", {"provider": "embedded", "name": chosen})
    except (ModelError, UserFileError) as error:
        echo(str(error), err=True)
        raise typer.Exit(1) from error
    echo(f"Completions come from {chosen} now ({places.user_file}).")


@app.command()
def remove(name: Annotated[str, typer.Argument(help="A model's name.")]) -> None:
    """Delete a model's file from this machine."""
    from segue_model.weights import remove_model
    from segue_server.runtime.paths import directories

    if not remove_model(name, directories().cache):
        echo(f"There is no model {name!r} on this machine.", err=True)
        raise typer.Exit(1)
    echo(f"{name} is deleted.")
