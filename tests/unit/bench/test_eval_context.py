"""`segue eval retrieve` and `segue eval complete`: the fields, the isolation of the file, and bad lines."""

from __future__ import annotations

import io
import json

import pytest

from segue_bench import eval_complete, eval_retrieve
from segue_bench._cases import completion_cases, retrieval_cases
from segue_bench._workspace import open_index

SHAPES = '''"""Shapes."""


class Circle:
    def __init__(self, radius):
        self.radius = radius

    def circumference_of(self):
        return 2 * 3.14159 * self.radius
'''
PREFIX = "from shapes import Circle\n\n\ndef measure(circle: Circle):\n    return circle."


@pytest.fixture
def repo(tmp_path):
    root = tmp_path / "repo"
    root.mkdir()
    (root / "shapes.py").write_text(SHAPES)
    (root / "report.py").write_text(PREFIX + "answer_that_only_the_disk_knows()\n" * 3)
    return root


def ask(monkeypatch, capsys, run, *requests):
    lines = [request if isinstance(request, str) else json.dumps(request) for request in requests]
    monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(lines) + "\n"))
    run()
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_retrieve_answers_with_snippets_of_other_files(repo, monkeypatch, capsys) -> None:
    request = {
        "id": "a",
        "path": "report.py",
        "prefix": PREFIX,
        "suffix": "\n",
        "budget_chars": 1000,
        "later": 1,
    }
    (answer,) = ask(monkeypatch, capsys, lambda: eval_retrieve.run(repo), request)
    assert answer["id"] == "a"
    assert answer["duration_ms"] >= 0
    assert {frozenset(snippet) for snippet in answer["snippets"]} == {
        frozenset({"path", "start_line", "end_line", "text", "source", "score"})
    }
    text = json.dumps(answer["snippets"])
    assert "circumference_of" in text
    assert "answer_that_only_the_disk_knows" not in text


def test_complete_answers_with_engine_and_confidence(repo, monkeypatch, capsys) -> None:
    prefix = SHAPES + "\n    def area(self):\n        return 3.14159 * self."
    good = {"id": 1, "path": "shapes.py", "prefix": prefix, "suffix": "\n", "max_lines": 1}
    lacking = {"id": 2, "path": "shapes.py"}
    answers = ask(
        monkeypatch, capsys, lambda: eval_complete.run(repo, use_model=False), good, "not json", lacking, good
    )
    first, broken, short, last = answers
    assert set(first) == {
        "id", "text", "engine", "confidence", "shown", "shown_chance", "model_ms", "total_ms", "prompt_chars",
    }  # fmt: skip
    assert first["shown"] is None or first["text"].startswith(first["shown"])
    assert (first["text"], first["engine"]) == ("radius", "statistical")
    assert 0 < first["confidence"] <= 1
    assert broken["error"]
    assert "prefix" in short["error"]
    assert (last["text"], last["confidence"]) == (first["text"], first["confidence"])


def test_a_model_that_is_not_there_is_said_in_a_sentence(repo) -> None:
    with pytest.raises(SystemExit, match="--no-model"):
        eval_complete.run(repo, model="no-such-model")


def test_cases_are_cut_from_the_files(repo) -> None:
    body = "".join(
        f"def step_{number}(value):\n    return measure(value, {number})\n\n" for number in range(30)
    )
    (repo / "long.py").write_text(body)
    (repo / "uses.py").write_text(
        "from shapes import Circle\n"
        + "\n" * 14
        + "def total(thing):\n    return thing.circumference_of() + 1\n"
    )
    index = open_index(repo)
    try:
        completions = completion_cases(index, 5)
        retrievals = retrieval_cases(index, 5)
    finally:
        index.close()
    assert completions
    for case in completions:
        line = case.query.prefix.rpartition("\n")[2] + case.truth
        assert line in body.split("\n")
    assert [case.wanted for case in retrievals if case.query.path == "uses.py"] == [("circumference_of",)]
