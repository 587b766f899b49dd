"""`segue model pull` for whoever reads lines."""

from __future__ import annotations

from segue_server.cli.model import _InLines


def test_progress_is_a_line_for_each_twentieth(capsys) -> None:
    lines = _InLines()
    for done in range(0, 1001, 7):
        lines.show("downloading", done, 1000)
    lines.show("checking", 3, 0)
    printed = capsys.readouterr().err.splitlines()
    assert printed[:2] == ["downloading 0 %", "downloading 5 %"]
    assert printed[-1] == "checking"
    assert len(printed) == len(set(printed)) <= 22
