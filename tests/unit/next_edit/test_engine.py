"""The gate, the series, and what happens to edits whose text changed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from segue_next_edit import NextEdit
from segue_next_edit._known_files import KnownFiles
from segue_next_edit._situation import MAX_PLACES

if TYPE_CHECKING:
    from tests.unit.next_edit.conftest import Scene as SceneType

TEXT = (
    "def total(items):\n    return sum(items)\n\n\n"
    + "\n\n".join(f"v{n} = total([{n}])" for n in range(12))
    + "\n"
)


def renamed(scene: type[SceneType], text: str = TEXT) -> SceneType:
    here = scene({"a.py": text})
    first = text.split("\n")[0].rstrip("\r")
    here.edit("a.py", 0, [first], ["def add(items):"])
    return here


def test_twelve_places_are_twelve_acceptances(scene: type[SceneType]) -> None:
    here = renamed(scene)
    for _ in range(12):
        prediction = here.predict()
        assert prediction.shown
        assert prediction.edits[0].kind == "rename"
        here.engine.accepted(prediction.edits[0])
        here.apply(prediction.edits[0])
    assert "total" not in here.reader.texts["a.py"]
    assert here.found("rename") == []


def test_one_action_does_all_places(scene: type[SceneType]) -> None:
    here = renamed(scene)
    series = here.engine.series(here.history, here.cursor, here.predict().edits[0])
    assert (len(series.edits), series.total, series.capped) == (12, 12, False)
    assert [e.start_line for e in series.edits] == sorted(e.start_line for e in series.edits)


def test_ten_thousand_places_are_capped_and_said(scene: type[SceneType]) -> None:
    text = "def total(items):\n    return sum(items)\n\n" + "total(1)\n\n" * (MAX_PLACES + 500)
    here = renamed(scene, text)
    first = here.found("rename")[0]
    series = here.engine.series(here.history, here.cursor, first)
    assert len(series.edits) == MAX_PLACES
    assert series.capped
    assert series.total > MAX_PLACES


@pytest.mark.parametrize("action", ["undo", "redo", "paste", "bulk"])
def test_nothing_after_undo_redo_paste_or_a_branch_switch(scene: type[SceneType], action: str) -> None:
    prediction = renamed(scene).predict(action)
    assert (prediction.edits, prediction.shown) == ((), False)
    assert prediction.silence


def test_a_rejected_edit_stays_away_after_lines_moved_and_all_is_quiet_first(scene: type[SceneType]) -> None:
    here = renamed(scene)
    first = here.predict().edits[0]
    here.engine.rejected(first)
    assert here.predict().silence == "an edit was dismissed a moment ago"
    here.clock.now += 6
    here.edit("a.py", 1, [], ["    # added above"])
    edits = here.found("rename")
    assert edits
    assert all(e.old != first.old for e in edits)


def test_two_rejections_end_the_whole_change_and_an_acceptance_restarts_it(scene: type[SceneType]) -> None:
    here = renamed(scene)
    one, two, three = here.found("rename")[:3]
    here.engine.rejected(one)
    here.engine.rejected(two)
    here.clock.now += 6
    assert here.found("rename") == []
    here.engine.accepted(three)
    assert here.found("rename")


def test_an_edit_ignored_again_and_again_stays_away(scene: type[SceneType]) -> None:
    here = renamed(scene)
    first = here.found("rename")[0]
    for _ in range(3):
        here.engine.ignored(first)
    assert first.old not in [e.old for e in here.found("rename")]


def test_nothing_is_shown_when_the_rename_is_done(scene: type[SceneType]) -> None:
    here = scene({"a.py": "def total(items):\n    return sum(items)\n\n\nx = total([1])\n"})
    here.edit("a.py", 0, ["def total(items):"], ["def add(items):"])
    here.edit("a.py", 4, ["x = total([1])"], ["x = add([1])"])
    assert not here.predict().shown


def test_carriage_returns_are_no_part_of_an_edit(scene: type[SceneType]) -> None:
    here = renamed(scene, TEXT.replace("\n", "\r\n"))
    edit = here.found("rename")[0]
    assert "\r" not in "".join((*edit.old, *(edit.new or ())))


def test_a_deleted_file_is_left_out(scene: type[SceneType]) -> None:
    here = renamed(scene)
    here.reader.texts["b.py"] = "from a import total\n"
    assert "b.py" in {e.path for e in here.found("rename")}
    del here.reader.texts["b.py"]
    assert "b.py" not in {e.path for e in here.found("rename")}


def test_an_edit_of_a_deleted_file_or_changed_lines_fits_no_more(scene: type[SceneType]) -> None:
    here = renamed(scene)
    edit = here.found("rename")[0]
    moved = replace(edit, start_line=edit.start_line, end_line=edit.end_line)
    here.edit("a.py", 1, [], ["    # one", "    # two"])
    rebased = here.engine.still_fits(moved)
    assert rebased is not None
    assert (rebased.start_line, rebased.old) == (edit.start_line + 2, edit.old)
    here.edit("a.py", rebased.start_line, list(edit.old), ["something = else_"])
    assert here.engine.still_fits(edit) is None
    here.reader.texts.clear()
    assert here.engine.still_fits(edit) is None


def test_an_edit_is_not_moved_to_a_place_that_only_looks_alike(scene: type[SceneType]) -> None:
    here = scene({"a.py": "x = 1\ny = 0\nx = 1\n"})
    edit = NextEdit("a.py", 5, 6, ("x = 1",), ("x = 2",), "repeat", 0.5)
    assert here.engine.still_fits(edit) is None


def test_an_edit_that_breaks_the_syntax_is_not_the_first(scene: type[SceneType]) -> None:
    here = scene({"a.py": "call(one, two)\n", "b.py": "x = 1\ncall(one, two)\n"})
    here.edit("a.py", 0, ["call(one, two)"], ["call(one, two"])
    assert all(e.new is None for e in here.predict().edits[:1] if e.path == "b.py")


def test_confidence_is_a_probability_and_the_order_is_the_same_twice(scene: type[SceneType]) -> None:
    here = renamed(scene)
    first, second = here.predict(), here.predict()
    assert first == second
    assert all(0 <= edit.confidence <= 1 for edit in first.edits)


def test_a_mention_in_a_docstring_does_not_hide_the_uses(scene: type[SceneType]) -> None:
    uses = "from shapes import Polygon\n\nshape = Polygon()\n"
    files = {"shapes.py": 'class Polygon:\n    """A Polygon."""\n'}
    files |= {f"user_{n}.py": uses for n in range(6)}
    here = scene(files)
    here.edit("shapes.py", 0, ["class Polygon:"], ["class Shape:"])
    prediction = here.predict()
    assert prediction.shown
    assert prediction.edits[0].path != "shapes.py"


def test_lines_that_are_data_are_left_out() -> None:
    """A word of 100,000 letters would hold the rules for minutes; the lines around it are looked at as ever."""
    file = KnownFiles().of("a.py", "before = 1\n" + "w" * 100_000 + "\nafter = 2")
    assert file.lines == ["before = 1", "\ufdd0", "after = 2"]
    assert KnownFiles().of("b.py", "a\nb").lines == ["a", "b"]
