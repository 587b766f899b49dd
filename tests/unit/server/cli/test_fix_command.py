"""`segue fix`, without a model and without an index."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from segue_server.cli import app

if TYPE_CHECKING:
    from pathlib import Path

CODE = "import re\n\n\ndef load(path, limit):\n    found = re.findall(path, limit)\n    return fuond\n"


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SEGUE_INDEX_ENABLED", "false")
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    path = tmp_path / "shop.py"
    path.write_text(CODE)
    return path


def segue(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, list(arguments))
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, result.stdout, result.stderr


def test_a_fix_is_shown_as_a_diff_and_written_only_when_told(file: Path) -> None:
    code, out, told = segue("fix", f"{file}:6")
    assert code == 0
    assert "--write applies the first" in told
    assert "Change fuond to found (not checked)" in out
    assert "-    return fuond\n+    return found\n" in out
    assert file.read_text() == CODE
    code, _, told = segue("fix", f"{file}:6", "--write")
    assert (code, told) == (0, f"Written to {file.name}.\n")
    assert file.read_text() == CODE.replace("fuond", "found")


def test_json_gives_edits_that_make_the_change(file: Path) -> None:
    code, out, _ = segue("fix", f"{file}:6", "--json")
    told = json.loads(out)
    assert code == 0
    assert (told["path"], told["line"], told["written"]) == ("shop.py", 6, False)
    (fix,) = told["fixes"]
    assert (fix["kind"], fix["line"], fix["check"]) == ("misspelling", 6, "not checked")
    (edit,) = fix["edits"]
    lines = CODE.split("\n")
    row = edit["startLine"] - 1
    lines[row] = lines[row][: edit["startColumn"] - 1] + edit["newText"] + lines[row][edit["endColumn"] - 1 :]
    assert "\n".join(lines) == CODE.replace("fuond", "found")


@pytest.mark.parametrize(
    ("place", "reason"), [("{}", "no_place"), ("{}:900", "no_place"), ("{}.missing:1", "no_file")]
)
def test_a_bad_place_is_one_sentence(file: Path, place: str, reason: str) -> None:
    code, out, _ = segue("fix", place.format(file), "--json")
    assert code == 1
    error = json.loads(out)["error"]
    assert error["reason"] == reason
    assert error["message"].endswith(".")


def test_where_nothing_is_wrong_nothing_is_written(file: Path) -> None:
    code, out, err = segue("fix", f"{file}:1", "--write")
    assert (code, out) == (1, "")
    assert err.startswith("No rule fixes that line")
    assert file.read_text() == CODE
