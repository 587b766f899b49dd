"""`segue eval` survives lines that would end the process in a parser."""

from __future__ import annotations

import json

from typer.testing import CliRunner

from segue_server.cli.eval import app


def test_a_deadly_text_costs_its_own_answer_only() -> None:
    texts = [
        ("python", "".join(" " * depth + "if a:\n" for depth in range(600))),
        ("python", "a = 1\nprint(a)\n"),
    ]
    lines = "".join(
        json.dumps({"id": str(number), "language": language, "text": text, "line": 0, "column": 0}) + "\n"
        for number, (language, text) in enumerate(texts)
    )
    ran = CliRunner().invoke(app, ["references"], input=lines)
    answers = [json.loads(line) for line in ran.stdout.splitlines()]
    assert ran.exit_code == 0
    assert [answer["id"] for answer in answers] == ["0", "1"]
    assert "error" in answers[0]
    assert answers[1]["references"] == [[0, 0, 1], [1, 6, 7]]
