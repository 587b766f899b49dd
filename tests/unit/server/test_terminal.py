"""The print border: escape sequences of others never reach the terminal."""

from __future__ import annotations

import ast
import io
from pathlib import Path
from typing import TYPE_CHECKING

from segue_server.cli._terminal import console, echo, printable, write

if TYPE_CHECKING:
    import pytest

CLI = Path(__file__).parents[3] / "server" / "segue_server" / "cli"
HOSTILE = "\x1b]0;owned\x07\x1b[2J\x9b31m\x1b]52;c;cHdu\x1b\\name\u202ecod.exe\x08\x7f\rx"


def test_control_characters_become_visible_and_lines_stay() -> None:
    assert printable("a\tb\nc\r\nd") == "a\tb\nc\nd"
    shown = printable(HOSTILE)
    assert shown.isprintable()
    assert "name" in shown
    assert "\u241b]0;owned" in shown


def test_every_way_to_print_passes_the_border(capsys: pytest.CaptureFixture[str]) -> None:
    from rich.table import Table

    echo(HOSTILE)
    echo(HOSTILE, err=True)
    write(HOSTILE)
    file = io.StringIO()
    screen = console(file=file, markup=False, force_terminal=False)
    screen.print(HOSTILE)
    table = Table("name")
    table.add_row(HOSTILE)
    screen.print(table)
    said = capsys.readouterr()
    for text in (said.out, said.err, file.getvalue()):
        assert "owned" in text
        assert not set(text) & set("\x1b\x07\x08\x7f\x9b\u202e\r")


def test_no_command_prints_around_the_border() -> None:
    for path in CLI.glob("*.py"):
        if path.name == "_terminal.py":
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                called = ast.unparse(node.func)
                assert called not in {"print", "typer.echo", "typer.secho", "Console", "sys.stdout.write"}, (
                    path
                )
