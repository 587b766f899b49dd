"""Golden cases, one file a rule in ``golden/``: the text around the cursor, the raw answer, and what may be shown.

``expected`` is left out where nothing may be shown; ``reason`` is one of the codes of the result, "" where nothing changes.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from segue_postprocess import FILTERS, Cursor, StreamFilter, process

_CASES = [
    pytest.param(case, id=f"{path.stem}-{number}-{case['language']}")
    for path in sorted((Path(__file__).parent / "golden").glob("*.toml"))
    for number, case in enumerate(tomllib.loads(path.read_text("utf-8"))["case"])
]


def _cursor(case: dict[str, str]) -> Cursor:
    return Cursor(case["prefix"], case["suffix"], case["language"], case.get("path", ""))


@pytest.mark.parametrize("case", _CASES)
def test_golden(case):
    result = process(_cursor(case), case["answer"])
    assert result.text == case.get("expected")
    assert not case["reason"] or case["reason"] in result.reasons


@pytest.mark.parametrize("case", _CASES)
def test_a_stream_of_it_comes_to_the_same(case):
    stream = StreamFilter(_cursor(case))
    streamed = "".join(map(stream.feed, case["answer"])) + stream.finish()
    assert process(_cursor(case), streamed).text == case.get("expected")


def test_every_filter_can_be_left_out():
    cursor = Cursor("x = ", "\n", "python")
    for step in FILTERS:
        assert process(cursor, "1", without={step.__name__}).text == "1"
