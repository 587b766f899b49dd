"""Real code, cut open: the truth passes, spoilt answers come back to it, and no file is ever made worse.

A small sample of what `python -m segue_bench.postprocess_corpus` measures: the standard library's sources, and
one file of each of a dozen languages that lies beside this test.
"""

from __future__ import annotations

import sysconfig
from collections import Counter
from pathlib import Path

import pytest

from segue_bench.postprocess_corpus import measure, sources
from segue_syntax import language_of

_OWN = Path(__file__).parent / "sources"
_STANDARD_LIBRARY = ("argparse.py", "textwrap.py", "queue.py", "shlex.py", "statistics.py", "heapq.py")


@pytest.fixture(scope="module")
def tallies():
    library = Path(sysconfig.get_path("stdlib"))
    files = list(sources([_OWN]))
    modules = [library / name for name in _STANDARD_LIBRARY if (library / name).is_file()]
    files.extend((module, "python", module.read_text("utf-8")) for module in modules)
    return measure(files, cuts=16, seed=7)


def test_a_dozen_languages_take_part(tallies):
    assert len(tallies) >= 12
    assert all(tally.holes >= 8 for tally in tallies.values())


def test_the_truth_passes(tallies):
    holes = sum(tally.holes for tally in tallies.values())
    unchanged = sum(tally.unchanged for tally in tallies.values())
    assert unchanged / holes >= 0.99


@pytest.mark.parametrize(
    ("kind", "least"),
    [
        ("repeated suffix", 0.98),
        ("extra brackets", 0.98),
        ("wrong indentation", 0.97),
        ("drift", 0.92),
        ("foreign drift", 0.87),
    ],
)
def test_spoilt_answers_come_back(tallies, kind, least):
    spoilt: Counter[str] = sum((tally.spoilt for tally in tallies.values()), Counter())
    restored: Counter[str] = sum((tally.restored for tally in tallies.values()), Counter())
    assert spoilt[kind] >= 20
    assert restored[kind] / spoilt[kind] >= least


def test_no_file_is_made_worse(tallies):
    assert {
        name: tally.worse for name, tally in tallies.items() if not language_of(name).advisory and tally.worse
    } == {}
