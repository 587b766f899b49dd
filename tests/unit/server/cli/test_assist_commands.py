"""`segue explain`, `comment`, `commit-message` and `prompt`, against a chat server on loopback."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from segue_bench.fake_model import FakeModelServer
from segue_server.cli import app

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CODE = "def total(rows, rate):\n    tax = rate + 1\n    return sum(rows) * tax\n"
DOC = '```python\n"""Return the sum.\n\nArgs:\n    rows: The rows.\n    ghost: Nobody.\n"""\n```'


class Answers:
    def __init__(self) -> None:
        self.text = ""


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Iterator[Answers]:
    answers = Answers()
    with FakeModelServer(lambda _: answers.text) as server:
        monkeypatch.setenv("SEGUE_INDEX_ENABLED", "false")
        monkeypatch.setenv("SEGUE_CHAT_PROVIDER", "openai")
        monkeypatch.setenv("SEGUE_CHAT_ENDPOINT", server.endpoint)
        monkeypatch.setenv("SEGUE_CHAT_NAME", "fake-7b")
        yield answers


@pytest.fixture
def file(tmp_path: Path) -> Path:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    path = tmp_path / "shop.py"
    path.write_text(CODE)
    return path


def segue(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, list(arguments))
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, result.stdout, result.stderr


def test_explain_prints_markdown_with_links(answers: Answers, file: Path) -> None:
    answers.text = "It calls `total`."
    assert segue("explain", f"{file}:1") == (0, "It calls [`total`](shop.py#L1).\n", "")
    code, out, _ = segue("explain", f"{file}:2-3", "--json")
    told = json.loads(out)
    assert code == 0
    assert told["markdown"] == "It calls [`total`](shop.py#L1)."
    assert (told["startLine"], told["endLine"]) == (2, 3)
    assert told["model"] == "openai/fake-7b"
    assert told["usage"]["answerTokens"] > 0


def test_comment_shows_a_diff_and_writes_only_when_told(answers: Answers, file: Path) -> None:
    answers.text = DOC
    code, out, err = segue("comment", f"{file}:1")
    assert code == 0
    assert '+    """Return the sum.' in out
    assert "ghost" in err
    assert file.read_text() == CODE
    file.chmod(0o640)
    code, out, _ = segue("comment", f"{file}:1", "--write", "--json")
    told = json.loads(out)
    assert told["written"] is True
    assert told["edit"]["newText"] in file.read_text()
    assert file.stat().st_mode & 0o777 == 0o640
    assert [path.name for path in file.parent.iterdir() if path.name != ".git"] == ["shop.py"]


def test_lines_get_line_comments(answers: Answers, file: Path) -> None:
    answers.text = "2: The rate is a share."
    _, out, _ = segue("comment", f"{file}:2-3")
    assert "+    # The rate is a share.\n     tax = rate + 1" in out


def test_commit_message(answers: Answers, file: Path) -> None:
    answers.text = "Add totals."
    code, _, err = segue("commit-message", "--repo", str(file.parent))
    assert code == 1
    assert err == "Nothing is staged: use `git add` first.\n"
    subprocess.run(["git", "-C", str(file.parent), "add", "."], check=True)
    assert segue("commit-message", "--repo", str(file.parent))[:2] == (0, "Add totals\n")


def test_the_change_can_be_explained(answers: Answers, file: Path) -> None:
    answers.text = "It adds a file."
    subprocess.run(["git", "-C", str(file.parent), "add", "."], check=True)
    assert segue("explain", "--staged", "--repo", str(file.parent))[:2] == (0, "It adds a file.\n")


REFUSED = {
    "missing.py:1": "no_file",
    "shop.py:9": "no_place",
    "shop.py:0": "no_place",
    "shop.py:3-2": "no_place",
    "empty.py": "empty_selection",
    "binary.py": "not_code",
    "latin.py": "not_code",
    ".env": "denied",
}


@pytest.mark.parametrize(("place", "reason"), REFUSED.items(), ids=REFUSED.keys())
def test_bad_places_are_one_sentence(answers: Answers, file: Path, place: str, reason: str) -> None:
    (file.parent / "empty.py").write_text("\n\n")
    (file.parent / "binary.py").write_bytes(b"\0\1\2" * 50)
    (file.parent / "latin.py").write_bytes("x = 'é'\n".encode("latin-1"))
    (file.parent / ".env").write_text("PASSWORD=x\n")
    code, out, _ = segue("explain", f"{file.parent}/{place}", "--json")
    error = json.loads(out)["error"]
    assert code == 1
    assert error["reason"] == reason
    assert error["message"].endswith(".")
    assert "\n" not in error["message"]


def test_prose_from_the_model_changes_nothing(answers: Answers, file: Path) -> None:
    answers.text = "I think this function is nice. Let me know what you need."
    code, out, err = segue("comment", f"{file}:1", "--write")
    assert (code, out) == (1, "")
    assert err == "The model answered with prose instead of a doc comment; nothing was changed.\n"
    assert file.read_text() == CODE


def test_prompts_are_listed_and_shown_without_asking_anybody(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEGUE_PROVIDER", "none")
    monkeypatch.setenv("SEGUE_INDEX_ENABLED", "false")
    code, out, _ = segue("prompt", "list", "--json")
    assert code == 0
    assert {row["action"] for row in json.loads(out)["prompts"]} >= {"explain", "comment", "commit-message"}
    _, out, _ = segue("prompt", "show", "comment", f"{file}:1", "--json")
    sent = json.loads(out)["messages"]
    assert "Parameters: rows, rate." in sent[-1]["content"]
    _, out, _ = segue("prompt", "show", "explain", "--variables")
    assert "{{code}}" in out
    assert segue("prompt", "show", "dance")[0] == 1


def test_the_project_s_prompts_count_only_when_trusted(answers: Answers, file: Path) -> None:
    folder = file.parent / ".segue" / "prompts"
    folder.mkdir(parents=True)
    (folder / "explain.md").write_text("# User\nIn verse: {{code}}\n")
    for options, expected in (([], False), (["--trust"], True)):
        _, out, _ = segue("prompt", "show", "explain", f"{file}:1", "--json", *options)
        assert ("In verse" in out) is expected


def test_no_place_is_a_usage_error() -> None:
    assert segue("explain")[0] == 2


def test_edit_shows_a_diff_and_writes_only_when_told(answers: Answers, file: Path) -> None:
    answers.text = "```python\ndef total(rows, rate):\n    return sum(rows) * vat(rate)\n```"
    code, out, err = segue("edit", f"{file}:1", "use vat()")
    assert code == 0
    assert "-    tax = rate + 1\n" in out
    assert "+    return sum(rows) * vat(rate)\n" in out
    assert "`vat` is not defined" in err
    assert file.read_text() == CODE
    code, out, _ = segue("edit", f"{file}:1-3", "use vat()", "--write", "--json")
    told = json.loads(out)
    assert (code, told["written"], told["startLine"], told["endLine"]) == (0, True, 1, 3)
    assert told["unknownNames"] == [{"name": "vat", "definedIn": ""}]
    assert file.read_text() == "def total(rows, rate):\n    return sum(rows) * vat(rate)\n"


def test_edit_refuses_in_one_sentence(answers: Answers, file: Path) -> None:
    answers.text = "You should really use a library for that. Let me know if I can help!"
    assert segue("edit", f"{file}:1", "shorten it") == (
        1,
        "",
        "The model answered with prose instead of code; nothing was changed.\n",
    )
    assert segue("edit", f"{file}:1")[2] == "Say what should change.\n"
    file.chmod(0o444)
    assert "read-only" in segue("edit", f"{file}:1", "shorten it", "--write")[2]
    assert file.read_text() == CODE


def test_ask_prints_places_and_the_checked_answer(
    answers: Answers, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEGUE_INDEX_ENABLED", "true")
    repo = ("--repo", str(file.parent))
    code, out, _ = segue("ask", "how is the total taxed?", *repo, "--no-model")
    assert code == 0
    assert "[`shop.py:1-3`](shop.py#L1) `def total(rows, rate)`" in out
    answers.text = "`total` adds the tax [shop.py:1-3]. `ghost` is called too."
    code, out, _ = segue("ask", "how is the total taxed?", *repo)
    assert code == 0
    assert out.startswith("`total` adds the tax [`shop.py:1-3`](shop.py#L1).")
    assert "ghost" not in out
    told = json.loads(segue("ask", "how is the total taxed?", *repo, "--json")[1])
    assert told["citations"] == [{"path": "shop.py", "startLine": 1, "endLine": 3}]
    assert told["places"][0]["symbol"] == "total"
    assert told["dropped"] == ["ghost occurs nowhere in this repository"]


@pytest.mark.parametrize("question", ["", "how does it work?", "x" * 10_000])
def test_what_cannot_be_asked_is_said_in_one_sentence(
    answers: Answers, file: Path, monkeypatch: pytest.MonkeyPatch, question: str
) -> None:
    monkeypatch.setenv("SEGUE_INDEX_ENABLED", "true")
    code, out, _ = segue("ask", question, "--repo", str(file.parent), "--no-model")
    assert code == 1
    assert out.strip().split("\n")[0].endswith((".", "?"))


def test_ask_without_an_index_says_so(answers: Answers, file: Path) -> None:
    code, _, err = segue("ask", "how is the total taxed?", "--repo", str(file.parent))
    assert code == 1
    assert "index.enabled" in err


def test_without_any_model_an_explanation_is_the_outline_and_the_rest_says_what_to_do(file: Path) -> None:
    code, out, err = segue("explain", f"{file}:1")
    assert (code, err) == (0, "")
    assert "`segue connect`" in out
    assert "It takes `rows`, `rate`; returns a value." in out
    code, _, err = segue("comment", f"{file}:1")
    assert code == 1
    assert err.startswith("No chat model is connected.")
