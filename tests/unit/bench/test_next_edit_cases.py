"""What kind of next edit a hunk is, given the hunks before it."""

from __future__ import annotations

import pytest

from segue_bench._next_edit_cases import label_of
from segue_context import LineEdit

RENAMED = LineEdit("a.py", 0, ("x = fetch(1)",), ("x = load(1)",))


@pytest.mark.parametrize(
    ("history", "old", "new", "label"),
    [
        (RENAMED, "  x = fetch(1)", "  x = load(1)", "repeat_hunk"),
        (RENAMED, "y = fetch(2)", "y = load(2)", "rename"),
        (RENAMED, "y = fetch(2)", "y = load(3)", "partial_subst"),
        (RENAMED, "", "from tools import load", "import_update"),
        (RENAMED, "", "from tools import other", "other"),
        (LineEdit("a.py", 0, ("f(a)",), ("f(a, key=1)",)), "g(a)", "g(a, key=1)", "same_subst"),
        (
            LineEdit("a.py", 0, ("def f(a):",), ("def f(a, b):",)),
            "    y = f(1)",
            "    y = f(1, 2)",
            "signature_callsite",
        ),
        (LineEdit("a.py", 0, ("x = 1", "y = tool()"), ("x = 1",)), "tool()", "", "drops_removed_symbol"),
        (LineEdit("a.py", 0, ("x = 1",), ("x = 1", "y = thing()")), "pass", "thing(7)", "uses_new_symbol"),
    ],
)
def test_a_hunk_is_labelled_by_what_the_history_says_of_it(
    history: LineEdit, old: str, new: str, label: str
) -> None:
    assert label_of((old,) if old else (), (new,) if new else (), [history]) == label
