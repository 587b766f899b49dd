"""`segue index` on the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from segue_server.cli import app

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    root.mkdir()
    (root / "a.py").write_text("def first(): pass\n")
    (root / "b.lock").write_text("1\n")
    return root


def test_it_builds_and_says_what_there_is(project: Path) -> None:
    result = CliRunner().invoke(app, ["index", str(project)])
    assert result.exit_code == 0, result.output
    assert "2 files, 1 symbols" in result.output
    assert "1 source" in result.output
    assert "1 data" in result.output


def test_rebuild_begins_from_nothing(project: Path) -> None:
    assert CliRunner().invoke(app, ["index", str(project)]).exit_code == 0
    result = CliRunner().invoke(app, ["index", "--rebuild", str(project)])
    assert result.exit_code == 0
    assert "2 files" in result.output


def test_a_home_folder_needs_force(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(project))
    result = CliRunner().invoke(app, ["index", str(project)])
    assert result.exit_code == 1
    assert "home folder" in result.output
    assert CliRunner().invoke(app, ["index", "--force", str(project)]).exit_code == 0


def test_what_is_no_folder_is_said(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["index", str(tmp_path / "none")])
    assert result.exit_code == 2
    assert "is not a folder" in result.output
