"""Documents behave exactly like the editor's text, whatever characters and ranges arrive."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue_syntax import (
    Document,
    Position,
    PositionEncoding,
    Range,
    Snapshot,
    column_from_units,
    line_content,
    split_lines,
    units_from_column,
)

# Everything str.splitlines would split at, and characters of every width.
TEXT = st.text(alphabet="ab \t\n\r\x0b\x0c\x1c\x85\u2028\u2029éß漢😀", max_size=40)
PLACE = st.tuples(st.integers(-1, 12), st.integers(-1, 20)).map(lambda p: Position(*p))


class PlainText:
    """The obvious model of a document: one string."""

    def __init__(self, text: str) -> None:
        self.text = text

    def offset(self, place: Position) -> int:
        lines = re.split(r"(\r\n|\r|\n)", self.text)
        starts = [sum(map(len, lines[:i])) for i in range(0, len(lines), 2)]
        if place.line < 0:
            return 0
        if place.line >= len(starts):
            return len(self.text)
        return starts[place.line] + min(max(place.column, 0), len(lines[2 * place.line]))

    def replace(self, extent: Range, text: str) -> None:
        start, end = sorted((self.offset(extent.start), self.offset(extent.end)))
        self.text = self.text[:start] + text + self.text[end:]


@given(TEXT)
def test_lines_join_to_the_text_and_split_only_at_protocol_terminators(text: str) -> None:
    lines = split_lines(text)
    assert "".join(lines) == text
    assert len(lines) == len(re.findall(r"\r\n|\r|\n", text)) + 1
    assert not any(re.search(r"[\r\n]", line_content(line)) for line in lines)


@given(TEXT, st.lists(st.tuples(PLACE, PLACE, TEXT), max_size=8))
def test_any_sequence_of_changes_equals_the_plain_text(
    text: str, changes: list[tuple[Position, Position, str]]
) -> None:
    document, model = Document("file:///a", "plaintext", 0, text), PlainText(text)
    for version, (start, end, new) in enumerate(changes, 1):
        before = document.snapshot()
        frozen = before.text
        document.replace(Range(start, end), new)
        document.version = version
        model.replace(Range(start, end), new)
        assert document.snapshot().text == model.text
        assert list(document.lines) == split_lines(model.text)
        assert "".join(before.lines) == frozen, "an older snapshot changed"


@given(TEXT, PLACE, PLACE)
def test_snapshot_cuts_agree_with_offsets(text: str, first: Position, second: Position) -> None:
    snapshot = Snapshot.of(text)
    start, end = sorted((snapshot.clamp(first), snapshot.clamp(second)))
    assert snapshot.before(start) + snapshot.after(start) == text
    assert snapshot.between(Range(start, end)) == text[snapshot.offset_at(start) : snapshot.offset_at(end)]
    assert snapshot.position_at(snapshot.offset_at(start)) == start


def test_before_and_after_can_be_limited_to_lines() -> None:
    snapshot = Snapshot.of("a\nb\nc\nd\n")
    assert snapshot.before(Position(2, 1), max_lines=2) == "b\nc"
    assert snapshot.after(Position(1, 0), max_lines=2) == "b\nc\n"


@given(st.text(alphabet="aé漢😀\u2028", max_size=12), st.sampled_from(list(PositionEncoding)))
def test_columns_survive_the_way_to_client_units_and_back(line: str, encoding: PositionEncoding) -> None:
    for column in range(len(line) + 1):
        units = units_from_column(line, column, encoding)
        assert column_from_units(line, units, encoding) == column


@pytest.mark.parametrize(
    ("encoding", "units"),
    [(PositionEncoding.UTF8, 4), (PositionEncoding.UTF16, 2), (PositionEncoding.UTF32, 1)],
)
def test_an_astral_character_has_the_width_of_its_encoding(encoding: PositionEncoding, units: int) -> None:
    assert units_from_column("😀x", 1, encoding) == units
    assert column_from_units("😀x", units, encoding) == 1


def test_units_inside_a_character_mean_its_start() -> None:
    assert column_from_units("a😀b", 2, PositionEncoding.UTF16) == 1


def test_extents_are_replaced_all_at_once() -> None:
    snapshot = Snapshot.of("één = 1\r\ntwo = 2\r\n")
    edits = [
        (Range(Position(0, 0), Position(0, 3)), "one"),
        (Range(Position(0, 7), Position(1, 0)), "\r\n\r\n"),
        (Range(Position(1, 6), Position(1, 7)), "3"),
    ]
    assert snapshot.replaced(edits) == "one = 1\r\n\r\ntwo = 3\r\n"
    assert snapshot.replaced([]) == snapshot.text
