"""`segue stats`: what became of suggestions, from the log that never leaves this machine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from segue_server.cli._terminal import console as new_console
from segue_server.cli._terminal import echo

if TYPE_CHECKING:
    from rich.table import Table

    from segue_server.activity._figures import Counts, Latency, Statistics

_BLOCKS = " ▁▂▃▄▅▆▇█"


def stats(
    file: Annotated[
        Path | None,
        typer.Argument(help="Where --html writes the page.", show_default="opened in the browser"),
    ] = None,
    *,
    days: Annotated[int, typer.Option("--days", min=1, help="How many days back to look.")] = 30,
    html: Annotated[
        bool, typer.Option("--html", help="One self-contained page: opened, or written to FILE.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The figures as JSON.")] = False,
    delete: Annotated[bool, typer.Option("--delete", help="Forget everything.")] = False,
) -> None:
    """Print acceptance, characters per opportunity and latency of your own use."""
    import sqlite3

    from segue_server.activity._figures import delete_log, read_statistics
    from segue_server.runtime.paths import directories

    path = directories().activity_file
    try:
        if delete:
            echo(f"{delete_log(path)} events are forgotten.")
            return
        statistics = read_statistics(path, days=days)
    except sqlite3.Error as error:
        echo(f"{path} cannot be read ({error}): `segue stats --delete` begins anew.", err=True)
        raise typer.Exit(1) from error
    if html:
        _write_page(file, directories().cache, statistics)
    elif as_json:
        echo(json.dumps(_document(statistics), indent=2))
    else:
        _print(statistics, path)


def _write_page(file: Path | None, cache: Path, statistics: Statistics) -> None:
    """Write the page to `file`, or to a private place and open it."""
    import webbrowser

    from segue_server.activity._page import html_page
    from segue_syntax.storage import private_folder

    target = file or private_folder(cache) / "statistics.html"
    try:
        target.write_text(html_page(statistics), "utf-8")
    except OSError as error:
        echo(f"{target} cannot be written: {error.strerror}.", err=True)
        raise typer.Exit(1) from error
    opened = file is None and webbrowser.open(target.as_uri())
    echo(f"Opened {target}." if opened else f"Written to {target}.")


def _document(statistics: Statistics) -> dict[str, object]:
    from dataclasses import asdict

    total = statistics.total
    rates = {
        "attempt_rate": total.attempt_rate,
        "feedback_rate": total.feedback_rate,
        "acceptance_rate": total.acceptance_rate,
        "chars_per_acceptance": total.chars_per_acceptance,
        "cpo": total.cpo,
        "completed": total.completed,
        "keys_saved": total.keys_saved,
    }
    return {**asdict(statistics), "rates": rates}


def _print(statistics: Statistics, path: Path) -> None:

    from segue_server.activity._words import in_plain_words, in_words

    console = new_console(highlight=False)
    total = statistics.total
    if not total.opportunities and not statistics.other_features:
        console.print(f"Nothing was recorded in the last {statistics.days} days ({path}).")
        return
    console.print(
        f"[bold]The last {statistics.days} days[/bold]: {total.opportunities} opportunities, {total.attempts}"
        f" attempts, {total.displays} shown, {total.acceptances} accepted, {total.rejections} rejected"
    )
    console.print(in_plain_words(total))
    console.print(
        f"[bold]{total.cpo:.2f} characters per opportunity[/bold]: for each moment where something could be suggested"
    )
    if len(statistics.by_day) > 1:
        chars = [counts.accepted_chars for counts in statistics.by_day.values()]
        first, last = min(statistics.by_day), max(statistics.by_day)
        console.print(f"characters a day  {first} {sparkline(chars)} {last}")
    for title, groups in (
        ("engine", statistics.by_engine),
        ("language", statistics.by_language),
        ("feature", statistics.other_features),
    ):
        if groups:
            console.print()
            console.print(_counts_table(title, groups))
    for title, latencies in (
        ("until shown, by engine", statistics.display_latency),
        ("answer, by model", statistics.answer_latency),
    ):
        if latencies:
            console.print()
            console.print(_latency_table(title, latencies))
    for title, tally in (
        ("accepted", statistics.parts),
        ("rejected because", statistics.rejections),
        ("nothing shown because", statistics.silences),
    ):
        if tally:
            said = ", ".join(f"{in_words(name)} {times}" for name, times in tally.items())
            console.print(f"\n{title}: {said}")


def sparkline(values: list[int]) -> str:
    """Return the values as a row of block characters."""
    top = max(values) or 1
    return "".join(_BLOCKS[-(-value * (len(_BLOCKS) - 1) // top)] for value in values)


def _counts_table(title: str, groups: dict[str, Counts]) -> Table:
    from rich.table import Table

    names = (title, "shown", "accepted", "rate", "chars each", "chars")
    table = Table(*names, box=None, header_style="bold")
    for name, counts in groups.items():
        table.add_row(
            name,
            str(counts.displays),
            str(counts.acceptances),
            f"{counts.acceptance_rate:.0%}",
            f"{counts.chars_per_acceptance:.1f}",
            str(counts.accepted_chars),
        )
    return table


def _latency_table(title: str, groups: dict[str, Latency]) -> Table:
    from rich.table import Table

    table = Table(title, "answers", "p50 ms", "p90 ms", "p99 ms", "", box=None, header_style="bold")
    top = max(item.p90 for item in groups.values()) or 1.0
    for name, item in groups.items():
        bar = "█" * max(1, round(24 * item.p90 / top))
        table.add_row(name, str(item.count), f"{item.p50:.0f}", f"{item.p90:.0f}", f"{item.p99:.0f}", bar)
    return table
