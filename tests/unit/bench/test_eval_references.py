"""`segue eval references`."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from segue_bench import eval_references

SOURCE = "def f(size, *, name=1):\n    return size + x.size\n\nf(2, name=3)\n"


def ask(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], **fields: Any) -> dict[str, Any]:
    request = {"id": 1, "language": "python", "text": SOURCE, **fields}
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(request) + "\n"))
    eval_references.run()
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    return answer


@pytest.mark.parametrize(
    ("line", "column", "kind", "definition", "references"),
    [
        (0, 7, "parameter", [0, 6], [[0, 6, 10], [1, 11, 15]]),
        (1, 15, "parameter", [0, 6], [[0, 6, 10], [1, 11, 15]]),
        (1, 21, "member", None, [[1, 20, 24]]),
        (1, 18, "unknown", None, [[1, 18, 19]]),
        (3, 6, "keyword", [0, 15], [[0, 15, 19], [3, 5, 9]]),
        (3, 0, "module", [0, 4], [[0, 4, 5], [3, 0, 1]]),
        (2, 0, "unknown", None, []),
        (99, 9, "unknown", None, []),
    ],
)
def test_a_name_is_resolved(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    line: int,
    column: int,
    kind: str,
    definition: list[int] | None,
    references: list[list[int]],
) -> None:
    answer = ask(monkeypatch, capsys, line=line, column=column)
    assert answer == {"id": 1, "kind": kind, "definition": definition, "references": references}


def test_a_language_without_scopes_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = ask(monkeypatch, capsys, language="plaintext", line=0, column=0)
    assert "no scopes for 'plaintext'" in answer["error"]
