"""What `segue` says of itself."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from segue_server import __version__
from segue_server.cli import app


def test_the_version() -> None:
    assert CliRunner().invoke(app, ["--version"]).stdout == f"segue {__version__}\n"


@pytest.mark.parametrize("option", ["--help", "-h"])
def test_the_help_fits_a_screen(option: str) -> None:
    said = CliRunner().invoke(app, [option], env={"COLUMNS": "80"}).stdout
    lines = said.splitlines()
    assert len(lines) <= 45
    for name in (
        "serve",
        "connect",
        "doctor",
        "stats",
        "ask",
        "explain",
        "edit",
        "fix",
        "tests",
        "index",
        "bench",
    ):
        assert any(line.startswith(f"│ {name} ") for line in lines)


def test_serve_is_listed_and_says_what_it_takes() -> None:
    said = CliRunner().invoke(app, ["serve", "--help"])
    assert said.exit_code == 0
    assert "--tcp HOST:PORT" in said.stdout
