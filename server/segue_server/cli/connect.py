"""`segue connect`: find, test and choose a model server."""

from __future__ import annotations

import asyncio
import os
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from segue_server.cli._terminal import console as new_console
from segue_server.cli._terminal import echo

if TYPE_CHECKING:
    from rich.console import Console

    from segue_model import FoundServer
    from segue_server.models.connect import Connected


def connect(
    address: Annotated[
        str, typer.Argument(help="An address in any form, or a provider; empty looks on this machine.")
    ] = "",
    model: Annotated[
        str, typer.Option("--model", help="The model's name; asked for when there are several.")
    ] = "",
    key: Annotated[
        bool, typer.Option("--key", help="Ask for a key (or read it from SEGUE_API_KEY or standard input).")
    ] = False,
    chat: Annotated[bool, typer.Option("--chat", help="Use it for chat only, not for completion.")] = False,
    test: Annotated[bool, typer.Option("--test", help="Only test; change no settings.")] = False,
) -> None:
    """Find a model server, ask it for a completion and a chat message, and use it from now on."""
    from segue_model import ModelError
    from segue_server.configuration import UserFileError
    from segue_server.models.connect import find_at, try_out, write_down
    from segue_server.runtime.paths import directories

    console = new_console(highlight=False, soft_wrap=True)
    places = directories()
    api_key = _key(asked=key)
    try:
        server = asyncio.run(find_at(address, api_key)) if address else _found_here(console)
        name = model or _chosen_model(console, server)
        console.print(
            f"Asking {name or 'the model'} of {server.title} at {server.endpoint} ...", markup=False
        )
        connected = asyncio.run(try_out(server, name, api_key, places.cache))
        _tell(console, connected)
        if not connected.works:
            raise typer.Exit(1)
        for sentence in () if test else write_down(connected, api_key, places, chat_only=chat):
            console.print(sentence, markup=False)
    except (ModelError, UserFileError) as error:
        echo(str(error), err=True)
        raise typer.Exit(1) from error


def _key(*, asked: bool) -> str:
    known = os.environ.get("SEGUE_API_KEY", "")
    if not asked or known:
        return known
    if sys.stdin.isatty():
        return str(typer.prompt("Key", hide_input=True)).strip()
    return sys.stdin.readline().strip()


def _found_here(console: Console) -> FoundServer:
    from segue_model import find_local_servers

    servers = asyncio.run(find_local_servers())
    if not servers:
        echo(
            "No model server answers on this machine (Ollama, llama.cpp, LM Studio, vLLM, Jan and SGLang were looked for):"
            " start one, or name an address: segue connect ADDRESS.",
            err=True,
        )
        raise typer.Exit(1)
    for number, server in enumerate(servers, 1):
        console.print(f"{number}  {server.title} at {server.endpoint}", markup=False)
        for model in server.models:
            console.print(f"      {model.name}  ({', '.join(model.uses) or 'not for text'})", markup=False)
    return servers[_chosen("Server", len(servers)) - 1]


def _chosen_model(console: Console, server: FoundServer) -> str:
    usable = [model for model in server.models if model.uses]
    if len(usable) < 2:
        return usable[0].name if usable else ""
    for number, model in enumerate(usable, 1):
        console.print(f"{number}  {model.name}  ({', '.join(model.uses)})", markup=False)
    return usable[_chosen("Model", len(usable)) - 1].name


def _chosen(what: str, count: int) -> int:
    """Return the number that the user chooses; the first where there is no choice, or nobody to ask."""
    if count == 1 or not sys.stdin.isatty():
        return 1
    number = int(typer.prompt(what, default=1, type=int))
    if not 1 <= number <= count:
        raise typer.BadParameter(f"There are {count} to choose from.")
    return number


def _tell(console: Console, connected: Connected) -> None:
    for trial in (connected.completion, connected.chat):
        mark = "[red]no[/] " if trial.failure else "[green]yes[/]"
        console.print(f"{mark} {trial.kind}: ", end="")
        console.print(trial.sentence(), markup=False)
