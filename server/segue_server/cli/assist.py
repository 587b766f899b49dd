"""`segue explain`, `segue comment`, `segue edit`, `segue commit-message` and `segue prompt`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from segue_server.cli._terminal import echo, write

if TYPE_CHECKING:
    from segue_server.assist.service import Uncommitted
    from segue_server.cli._assist_runs import Outcome

Repo = Annotated[
    Path | None,
    typer.Option(
        "--repo", help="The repository; the one around the file, or around this folder, by default."
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object instead of text.")]
Trust = Annotated[
    bool, typer.Option("--trust", help="Use the prompts and rules in the repository's .segue/prompts.")
]
Action = Annotated[
    str, typer.Option("--action", help="Another prompt than the usual one; see `segue prompt list`.")
]
Write = Annotated[bool, typer.Option("--write", help="Change the file; without it the change is only shown.")]
NoEmbeddings = Annotated[
    bool,
    typer.Option("--no-embeddings", help="Rank by words alone, even where an embedding model is there."),
]

prompt_app = typer.Typer(help="The prompts behind explain, comment and commit-message.", no_args_is_help=True)


def explain(
    place: Annotated[
        str, typer.Argument(metavar="FILE[:START[-END]]", help="A file, a line (its symbol) or lines.")
    ] = "",
    *,
    diff: Annotated[
        bool, typer.Option("--diff", help="Explain the uncommitted change of the repository.")
    ] = False,
    staged: Annotated[
        bool, typer.Option("--staged", help="Explain the staged change of the repository.")
    ] = False,
    problem: Annotated[
        str, typer.Option("--problem", help="A compiler's or linter's message to explain there.")
    ] = "",
    action: Action = "",
    repo: Repo = None,
    trust: Trust = False,
    as_json: AsJson = False,
) -> None:
    """Explain code in Markdown, with links to the definitions it speaks of. Lines count from 1."""
    from segue_server.cli import _assist_runs as runs

    change: Uncommitted | None = "staged" if staged else "working" if diff else None
    if not place and not change:
        _refuse("Say what to explain: FILE:START-END, or --diff.", "no_place", as_json=as_json)
    written: list[str] = []

    def show(piece: str) -> None:
        written.append(piece)
        write(piece)

    outcome = runs.explain(
        place,
        change=change,
        problem=problem,
        action=action,
        repo=repo,
        trust=trust,
        show=None if as_json else show,
    )
    if written and not written[-1].endswith("\n"):
        echo()
    finish(outcome, as_json=as_json)


def comment(
    place: Annotated[
        str, typer.Argument(metavar="FILE:LINE[-END]", help="A line of the definition, or lines inside it.")
    ],
    *,
    write: Write = False,
    action: Action = "",
    repo: Repo = None,
    trust: Trust = False,
    as_json: AsJson = False,
) -> None:
    """Add a doc comment, or comments to the lines given; the code itself never changes. Lines count from 1."""
    from segue_server.cli import _assist_runs as runs

    outcome = runs.comment(place, write=write, action=action, repo=repo, trust=trust)
    finish(outcome, as_json=as_json, shown="diff")


def edit(
    place: Annotated[
        str,
        typer.Argument(metavar="FILE[:START[-END]]", help="Lines to change, or a line of the definition."),
    ],
    instruction: Annotated[str, typer.Argument(help="What should change, in your words.")] = "",
    *,
    write: Write = False,
    problem: Annotated[
        str, typer.Option("--problem", help="A compiler's or linter's message that belongs to it.")
    ] = "",
    action: Action = "",
    repo: Repo = None,
    trust: Trust = False,
    as_json: AsJson = False,
) -> None:
    """Change code as you ask and print the change as a diff; nothing but the lines asked for and imports changes."""
    from segue_server.cli import _assist_runs as runs

    outcome = runs.edit(
        place, instruction, write=write, problem=problem, action=action, repo=repo, trust=trust
    )
    finish(outcome, as_json=as_json, shown="diff")


def commit_message(
    *,
    action: Action = "commit-message",
    repo: Repo = None,
    trust: Trust = False,
    as_json: AsJson = False,
) -> None:
    """Write a commit message for what is staged, in the style of the repository's log."""
    from segue_server.cli import _assist_runs as runs

    outcome = runs.commit_message(action=action, repo=repo, trust=trust)
    finish(outcome, as_json=as_json, shown="message")


def ask(
    question: Annotated[str, typer.Argument(metavar="QUESTION", help="What you want to know, in quotes.")],
    *,
    no_model: Annotated[
        bool, typer.Option("--no-model", help="Answer from the index alone: ranked places.")
    ] = False,
    no_embeddings: NoEmbeddings = False,
    limit: Annotated[int, typer.Option("--limit", min=1, max=50, help="How many places at most.")] = 10,
    repo: Repo = None,
    trust: Trust = False,
    as_json: AsJson = False,
) -> None:
    """Answer a question about the repository, with places that exist. Lines count from 1."""
    from segue_server.assist.service import Question
    from segue_server.cli import _assist_runs as runs

    written: list[str] = []

    def show(piece: str) -> None:
        written.append(piece)
        write(piece)

    outcome = runs.ask(
        Question(question, limit=limit, use_model=not no_model, use_embeddings=not no_embeddings),
        repo=repo,
        trust=trust,
        show=None if as_json else show,
    )
    if not as_json and not outcome.error:
        echo(outcome.fields["markdown"].removeprefix("".join(written).strip()), nl=False)
    finish(outcome, as_json=as_json)
    if outcome.fields["refused"]:
        raise typer.Exit(1)


@prompt_app.command("list")
def prompt_list(repo: Repo = None, trust: Trust = False, as_json: AsJson = False) -> None:
    """Print the actions there are and where each one's prompt comes from."""
    from segue_server.cli import _assist_runs as runs

    outcome = runs.prompts(repo=repo, trust=trust)
    if not as_json and not outcome.error:
        for row in outcome.fields["prompts"]:
            echo(f"{row['action']:18} {row['title']:26} {row['output']:16} {row['origin']}")
    finish(outcome, as_json=as_json)


@prompt_app.command("show")
def prompt_show(
    action: Annotated[str, typer.Argument(help="The action; see `segue prompt list`.")],
    place: Annotated[
        str, typer.Argument(metavar="[FILE[:START[-END]]]", help="What it would be asked about.")
    ] = "",
    *,
    variables: Annotated[
        bool, typer.Option("--variables", help="List the variables a prompt may use.")
    ] = False,
    repo: Repo = None,
    trust: Trust = False,
    as_json: AsJson = False,
) -> None:
    """Print what would be sent to the model; nothing is sent. Without FILE, the prompt as it is written."""
    from segue_server.cli import _assist_runs as runs

    outcome = runs.show_prompt(action, place, repo=repo, trust=trust)
    if not as_json and not outcome.error:
        for message in outcome.fields["messages"]:
            echo(f"[{message['role']}]", bold=True)
            echo(message["content"] + "\n")
        echo(f"from {outcome.fields['origin']}", dim=True)
        if variables:
            for name, meaning in outcome.fields["variables"].items():
                echo(f"{{{{{name}}}}}  {meaning}")
    finish(outcome, as_json=as_json)


def finish(outcome: Outcome, *, as_json: bool, shown: str = "") -> None:
    """Print the field called `shown` and what is left to print, and end with status 1 after a refusal."""
    if as_json:
        payload: dict[str, Any] = outcome.fields if not outcome.error else {"error": outcome.error}
        echo(json.dumps(payload, ensure_ascii=False, indent=2))
    elif outcome.error:
        echo(outcome.error["message"], err=True)
    else:
        if shown and outcome.fields[shown]:
            echo(outcome.fields[shown].removesuffix("\n"))
        for note in outcome.fields.get("notes", ()):
            echo(note, err=True)
    if outcome.error:
        raise typer.Exit(1)


def _refuse(message: str, reason: str, *, as_json: bool) -> None:
    if as_json:
        echo(json.dumps({"error": {"reason": reason, "message": message}}))
    else:
        echo(message, err=True)
    raise typer.Exit(2)
