"""`segue complete`, without a model: on request, and as an editor asks while one types."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from segue_server.cli import app

if TYPE_CHECKING:
    from pathlib import Path

CODE = "def gross(net):\n    return net * (1 + RATE)\n\n\ndef tax(net):\n    return net * (1 + RATE) - net\n\n\ndef half(net):\n    return net * \n"


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SEGUE_PROVIDER", "none")
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    path = tmp_path / "shop.py"
    path.write_text(CODE)
    return path


def segue(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["complete", *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, result.stdout


def test_an_answer_says_how_it_came_about(file: Path) -> None:
    code, out = segue(f"{file}:10", "--json")
    answer = json.loads(out)
    assert (code, answer["engine"]) == (0, "statistical")
    assert answer["text"].startswith("(1 + RATE)")
    assert "prompt" not in answer


def test_while_typing_nothing_is_said_inside_a_word(file: Path) -> None:
    assert segue(f"{file}:10:8", "--json")[0] == 1
    code, out = segue(f"{file}:10:8", "--unasked")
    assert code == 1
    assert out.startswith("Nothing: The cursor is inside a word.")


def test_a_place_that_is_not_there_is_one_sentence(file: Path) -> None:
    result = CliRunner().invoke(app, ["complete", f"{file}:99"])
    assert (result.exit_code, result.stderr) == (2, f"{file} has 11 lines; there is no line 99.\n")
