"""The played agents read what they say, and stop at the answer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from segue_bench import agents

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_both_agents_find_the_file_and_the_one_that_searches_reads_less(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    repository = tmp_path / "checkouts" / "shop"
    repository.mkdir(parents=True)
    filler = "".join(f"def helper_{n}(value):\n    return value + {n}\n\n\n" for n in range(200))
    (repository / "mail.py").write_text(filler + "def send_invoice(customer):\n    return customer.mail\n")
    (repository / "cart.py").write_text(filler)
    (tmp_path / "annotations").mkdir()
    (tmp_path / "repos.json").write_text(json.dumps([{"name": "shop"}]))
    question = {"query": "send the invoice by mail", "relevant": ["mail.py"]}
    (tmp_path / "annotations" / "shop.json").write_text(json.dumps([question]))
    assert agents.main([str(tmp_path)]) == 0
    rows = {line[:17].strip(): line[17:].split() for line in capsys.readouterr().out.splitlines()[2:]}
    assert {row[0] for row in rows.values()} == {"1/1"}
    tokens = {name: int(row[1].replace(",", "")) for name, row in rows.items()}
    assert tokens["search"] < tokens["grep, 80 lines"] < tokens["grep, whole files"]
