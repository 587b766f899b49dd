"""The command line: one module a command; each imports what it runs only when it runs."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Annotated, Any

import typer

from segue_server import __version__
from segue_server.cli import assist
from segue_server.cli._terminal import echo
from segue_server.cli.bench import bench
from segue_server.cli.complete import complete
from segue_server.cli.config import config
from segue_server.cli.connect import connect
from segue_server.cli.demo import demo
from segue_server.cli.doctor import doctor
from segue_server.cli.eval import app as eval_app
from segue_server.cli.fix import fix
from segue_server.cli.index import index
from segue_server.cli.mcp import mcp
from segue_server.cli.model import app as model_app
from segue_server.cli.stats import stats
from segue_server.cli.write_tests import write_tests

if TYPE_CHECKING:
    from collections.abc import Callable

app = typer.Typer(
    name="segue",
    help="A local-first completion and next-edit server for any editor that speaks LSP.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
_PASSED_ON = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}
_EVERY_DAY, _CODE, _MEASURED = "Set up and look", "Code and repository", "Measure"


def _print_version(wanted: bool) -> None:
    if wanted:
        echo(f"segue {__version__}")
        raise typer.Exit


@app.callback()
def main(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Segue's command line; `serve` is what editors start."""


def serve(context: typer.Context) -> None:
    """Run the language server, over stdio or TCP."""
    from segue_server.serve import main as run

    raise typer.Exit(run(context.args))


def _add(run: Callable[..., None], panel: str, said: str, name: str | None = None, **settings: Any) -> None:
    app.command(name, rich_help_panel=panel, short_help=said, **settings)(run)


_add(serve, _EVERY_DAY, "The language server that editors start", context_settings=_PASSED_ON)
_add(connect, _EVERY_DAY, "Find a model server, try it, use it from now on")
_add(doctor, _EVERY_DAY, "Check everything, and say what to do")
_add(config, _EVERY_DAY, "The settings that apply here, and where they come from")
app.add_typer(
    model_app, name="model", rich_help_panel=_EVERY_DAY, short_help="Models: known, on this machine, in use"
)
_add(stats, _EVERY_DAY, "What suggestions saved you")
_add(demo, _EVERY_DAY, "Play an editing session on real code")
_add(index, _CODE, "Build or refresh the index of a repository")
_add(complete, _CODE, "One completion, and where it came from")
_add(assist.ask, _CODE, "Answer a question about the repository")
_add(assist.explain, _CODE, "Explain code, with links to what it uses")
_add(assist.comment, _CODE, "Write a doc comment; the code does not change")
_add(assist.edit, _CODE, "Change code as you ask, as a diff")
_add(fix, _CODE, "Fix a problem by rule, else by a model")
_add(write_tests, _CODE, "Write tests in the style of yours", "tests")
_add(assist.commit_message, _CODE, "Write a message for what is staged", "commit-message")
app.add_typer(
    assist.prompt_app, name="prompt", rich_help_panel=_CODE, short_help="The prompts, to read and to replace"
)
_add(mcp, _CODE, "The index for coding agents, over MCP")
if find_spec("segue_bench"):  # the wheel that the VS Code extension carries has no benchmarks
    _add(bench, _MEASURED, "Measure speed and quality", context_settings=_PASSED_ON)
    app.add_typer(
        eval_app,
        name="eval",
        rich_help_panel=_MEASURED,
        short_help="Engines as filters: JSON Lines in and out",
    )

__all__ = ["app"]
