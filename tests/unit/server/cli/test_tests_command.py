"""`segue tests`, against a chat server on loopback."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from segue_bench.fake_model import FakeModelServer
from segue_context import WorkspaceIndex
from segue_server.cli import app
from segue_server.runtime.paths import directories

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CODE = "def total(rows, rate):\n    return sum(rows) * rate\n\n\ndef other():\n    return 1\n"
LIKE = "import unittest\n\nfrom base import Base\n\n\nclass TestBase(unittest.TestCase):\n    def test_base(self):\n        self.assertTrue(Base)\n"
GOOD = """```python
import unittest

from your_module import total


class TestTotal(unittest.TestCase):
    def test_total_of_two_rows(self):
        self.assertEqual(total([1, 2], 2), 6)
```"""


class Answers:
    def __init__(self) -> None:
        self.text = GOOD


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Iterator[Answers]:
    answers = Answers()
    with FakeModelServer(lambda _: answers.text) as server:
        monkeypatch.setenv("SEGUE_CHAT_PROVIDER", "openai")
        monkeypatch.setenv("SEGUE_CHAT_ENDPOINT", server.endpoint)
        monkeypatch.setenv("SEGUE_CHAT_NAME", "fake-7b")
        yield answers


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    (root / "tests").mkdir(parents=True)
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    (root / "shop.py").write_text(CODE)
    (root / "base.py").write_text("class Base:\n    pass\n")
    (root / "tests" / "test_base.py").write_text(LIKE)
    index = WorkspaceIndex(root, directories().cache)
    index.build()
    index.close()
    return root


def settings(trusted: list[str], commands: dict[str, list[str]]) -> None:
    """Write the user's own settings."""
    file = directories().user_file
    file.parent.mkdir(parents=True, exist_ok=True)
    rows = "".join(f"{language} = {json.dumps(command)}\n" for language, command in commands.items())
    file.write_text(f"[assist]\ntrusted_folders = {json.dumps(trusted)}\n[assist.test_commands]\n{rows}")


def segue(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, list(arguments))
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, result.stdout, result.stderr


def test_tests_go_into_a_new_file_beside_their_like(answers: Answers, project: Path) -> None:
    code, out, _ = segue("tests", f"{project}/shop.py:2", "--json", "--write")
    told = json.loads(out)
    assert code == 0, told
    assert (told["framework"], told["testPath"], told["created"]) == ("unittest", "tests/test_shop.py", True)
    assert told["tests"] == ["test_total_of_two_rows"]
    assert any("what the code does now" in note for note in told["notes"])
    text = (project / "tests" / "test_shop.py").read_text()
    assert "from shop import total\n" in text
    assert "your_module" not in text
    assert (project / "shop.py").read_text() == CODE


def test_new_cases_are_added_to_the_file_that_is_there(answers: Answers, project: Path) -> None:
    there = "import unittest\n\nfrom shop import other\n\n\nclass TestOther(unittest.TestCase):\n    def test_other(self):\n        self.assertEqual(other(), 1)\n"
    (project / "tests" / "test_shop.py").write_text(there)
    index = WorkspaceIndex(project, directories().cache)
    index.build()
    index.close()
    assert segue("tests", f"{project}/shop.py:1", "--write")[0] == 0
    text = (project / "tests" / "test_shop.py").read_text()
    assert text.startswith(there.replace("import other", "import other, total"))
    assert "class TestTotal" in text


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("I cannot write tests for that.", "prose"),
        ("```python\ndef helper():\n    return total\n```", "no_test"),
        ("```python\ndef test_it():\n    assert missing_helper(total)\n```", "unknown_names"),
        (
            "```python\ndef total(rows, rate):\n    return 0\n\n\ndef test_it():\n    assert total([], 1) == 0\n```",
            "redefined",
        ),
        ("```python\ndef test_it():\n    assert 1 == 1\n```", "other_code"),
        ("```python\ndef test_it(:\n    assert total([], 1) == 0\n```", "would_break"),
        (
            "```python\ndef test_it():\n    total([], 1)\n\n\ndef test_it():\n    total([], 2)\n```",
            "repeated",
        ),
    ],
)
def test_an_answer_that_cannot_be_used_changes_nothing(
    answers: Answers, project: Path, answer: str, reason: str
) -> None:
    answers.text = answer
    code, out, _ = segue("tests", f"{project}/shop.py:2", "--json", "--write")
    assert code == 1
    error = json.loads(out)["error"]
    assert error["reason"] == reason
    assert error["message"].endswith(".")
    assert not (project / "tests" / "test_shop.py").exists()


def test_no_framework_is_one_sentence(
    answers: Answers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEGUE_INDEX_ENABLED", "false")
    (tmp_path / "shop.py").write_text(CODE)
    code, out, _ = segue("tests", f"{tmp_path}/shop.py:2", "--json", "--repo", str(tmp_path))
    assert code == 1
    assert json.loads(out)["error"]["reason"] == "no_framework"


RUN = [sys.executable, "-m", "unittest"]


def test_tests_that_pass_and_depend_on_the_code_are_shown(answers: Answers, project: Path) -> None:
    settings([str(project)], {"python": RUN})
    code, out, err = segue("tests", f"{project}/shop.py:2", "--json")
    assert code == 0, out + err
    assert any("fail when the body of total is replaced" in note for note in json.loads(out)["notes"])
    assert not (project / "tests" / "test_shop.py").exists()


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("self.assertEqual(total([1, 2], 2), 7)", "do not pass"),
        ("self.assertTrue(callable(total))", "test nothing of it"),
    ],
)
def test_tests_that_fail_or_prove_nothing_are_not_shown(
    answers: Answers, project: Path, body: str, said: str
) -> None:
    settings([str(project)], {"python": RUN})
    answers.text = GOOD.replace("self.assertEqual(total([1, 2], 2), 6)", body)
    code, out, _ = segue("tests", f"{project}/shop.py:2", "--json", "--write")
    assert code == 1
    error = json.loads(out)["error"]
    assert error["reason"] == "tests_failed"
    assert said in error["message"]
    assert not (project / "tests" / "test_shop.py").exists()


def test_nothing_runs_in_a_folder_that_is_not_trusted(
    answers: Answers, project: Path, tmp_path: Path
) -> None:
    mark = tmp_path / "ran"
    command = [sys.executable, "-c", f"open({str(mark)!r}, 'w')"]
    settings([], {"python": command})
    code, out, _ = segue("tests", f"{project}/shop.py:2", "--json")
    assert code == 0
    assert any("not in assist.trusted_folders" in note for note in json.loads(out)["notes"])
    assert not mark.exists()


def test_a_project_cannot_name_a_command(answers: Answers, project: Path, tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    command = [sys.executable, "-c", f"open({str(mark)!r}, 'w')"]
    settings([str(project)], {})
    (project / ".segue.toml").write_text(f"[assist.test_commands]\npython = {json.dumps(command)}\n")
    assert segue("tests", f"{project}/shop.py:2", "--json")[0] == 0
    assert not mark.exists()


CLASS = "class Cart:\n    def __init__(self, rows):\n        self.rows = rows\n\n    def total(self):\n        return sum(self.rows)\n"


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("assert Cart([1, 2]).total() == 3", True),
        ("assert Cart.total", False),
        ("assert Cart([1]).total() == 2", False),
    ],
)
def test_pytest_tests_of_a_class_pass_and_depend_on_its_methods(
    answers: Answers, project: Path, body: str, shown: bool
) -> None:
    (project / "cart.py").write_text(CLASS)
    (project / "tests" / "test_base.py").write_text(
        "from base import Base\n\n\ndef test_base():\n    assert Base\n"
    )
    index = WorkspaceIndex(project, directories().cache)
    index.build()
    index.close()
    settings([str(project)], {"python": [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]})
    answers.text = f"```python\nfrom cart import Cart\n\n\ndef test_cart():\n    {body}\n```"
    code, out, _ = segue("tests", f"{project}/cart.py:1", "--json", "--write")
    told = json.loads(out)
    assert (code == 0) == shown, told
    assert (project / "tests" / "test_cart.py").exists() == shown
    assert told.get("framework", "pytest") == "pytest"
    assert told.get("error", {"reason": "tests_failed"})["reason"] == "tests_failed"


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["a"], ["a", "tests/test_shop.py"]),
        (["{file}", "b"], ["tests/test_shop.py", "b"]),
        (["-p", "{folder}/x"], ["-p", "copy/x"]),
    ],
)
def test_the_path_is_added_unless_the_command_says_where(
    answers: Answers, project: Path, command: list[str], said: list[str]
) -> None:
    show = "import os, sys; print([one.replace(os.getcwd(), 'copy') for one in sys.argv[1:]]); sys.exit(1)"
    settings([str(project)], {"python": [sys.executable, "-c", show, *command]})
    _, out, _ = segue("tests", f"{project}/shop.py:2", "--json")
    assert str(said) in json.loads(out)["error"]["message"]
