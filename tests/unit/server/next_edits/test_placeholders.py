"""What is still to be filled in goes out as a range for clients that select it, and as a place for others."""

from __future__ import annotations

from segue_next_edit import NextEdit
from segue_server.next_edits.requests import placeholder_in
from segue_syntax import PositionEncoding

EDIT = NextEdit("a.py", 4, 5, ("run('🙂')",), ("run('🙂', force)",), "signature", 0.9, placeholder=(0, 9, 14))


def test_the_range_is_in_the_clients_units() -> None:
    assert placeholder_in(EDIT, PositionEncoding.UTF16) == {
        "start": {"line": 4, "character": 10},
        "end": {"line": 4, "character": 15},
    }


def test_other_clients_get_the_place_only() -> None:
    assert EDIT.place.new is None
    assert placeholder_in(EDIT.place, PositionEncoding.UTF16) is None
