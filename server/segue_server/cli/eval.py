"""`segue eval`: the engines as filters, JSON Lines in and JSON Lines out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from segue_server.cli.assist import NoEmbeddings  # noqa: TC001 - typer reads it at run time

app = typer.Typer(help="Engines as filters: one JSON object a line on stdin, one answer a line on stdout.")

Repo = Annotated[Path, typer.Option("--repo", help="The repository that context comes from.")]
NoModel = Annotated[bool, typer.Option("--no-model", help="Ask no language model.")]


@app.callback()
def protected(context: typer.Context) -> None:
    """Guard the parser, as every command does: the repository and the lines on stdin may be anybody's."""
    from segue_server.cli._repository import parsing_protected

    context.with_resource(parsing_protected())


@app.command()
def postprocess() -> None:
    """Post-process raw completions: {id, language, path?, prefix, suffix, completion, multiline?}."""
    from segue_bench.eval_postprocess import run

    run()


@app.command()
def retrieve(repo: Repo) -> None:
    """Retrieve context: {id, path, prefix, suffix, budget_chars}."""
    from segue_bench.eval_retrieve import run

    run(repo)


@app.command()
def complete(
    repo: Repo,
    model: Annotated[str, typer.Option("--model", help="Name of the model to ask.")] = "",
    no_model: NoModel = False,
    no_context: Annotated[
        bool, typer.Option("--no-context", help="Show the model nothing but the file.")
    ] = False,
) -> None:
    """Complete at a cursor: {id, path, prefix, suffix, max_lines?}."""
    from segue_bench.eval_complete import run

    run(repo, model=model, use_model=not no_model, use_context=not no_context)


@app.command()
def ask(
    repo: Repo,
    no_model: NoModel = False,
    no_embeddings: NoEmbeddings = False,
) -> None:
    """Answer questions about a repository: {id, question, limit?}."""
    from segue_bench.eval_ask import run

    run(repo, use_model=not no_model, use_embeddings=not no_embeddings)


@app.command()
def references() -> None:
    """Resolve a name within its file: {id, language, text, line, column}."""
    from segue_bench.eval_references import run

    run()


@app.command("next-edit")
def next_edit(repo: Repo, no_model: NoModel = False) -> None:
    """Predict the next edit: {id, files?, history, cursor, top?}."""
    from segue_bench.eval_next_edit import run

    run(repo, use_model=not no_model)
