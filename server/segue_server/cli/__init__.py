"""The command line: one module a command; each imports what it runs only when it runs."""

from __future__ import annotations

import typer

from segue_server.cli import assist
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

app = typer.Typer(
    name="segue",
    help="A local-first completion and next-edit server for any editor that speaks LSP.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.command()(complete)
app.command()(config)
app.command()(connect)
app.command()(demo)
app.command()(doctor)
app.command()(fix)
app.command()(index)
app.command()(mcp)
app.command()(stats)
app.command("tests")(write_tests)
app.command()(assist.ask)
app.command()(assist.explain)
app.command()(assist.comment)
app.command()(assist.edit)
app.command("commit-message")(assist.commit_message)
app.add_typer(assist.prompt_app, name="prompt")
app.add_typer(eval_app, name="eval")
app.add_typer(model_app, name="model")
app.command(
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}
)(bench)

__all__ = ["app"]
