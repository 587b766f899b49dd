"""Whatever an editor sends, the server's text is the editor's text."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue_server.lsp.documents import DocumentStore, IncomingChange
from segue_syntax import Position, PositionEncoding, Snapshot

URI = "file:///a.py"
TEXT = st.text(alphabet="ab \t\n\r\x0b\x0c\x1c\x85\u2028\u2029éß漢😀", max_size=30)
PLACE = st.tuples(st.integers(0, 10), st.integers(0, 14))
ENCODINGS = st.sampled_from(list(PositionEncoding))


def width(text: str, encoding: PositionEncoding) -> int:
    """Return how many client units a text takes, by encoding it."""
    codec, unit = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}[encoding]
    return len(text.encode(codec)) // unit


class Editor:
    """The obvious editor: one string. Places are drawn as (line, characters); it speaks client units."""

    def __init__(self, text: str, encoding: PositionEncoding) -> None:
        self.text = text
        self.encoding = encoding

    def offset(self, place: tuple[int, int]) -> int:
        parts = re.split(r"(\r\n|\r|\n)", self.text)
        line, column = place
        if 2 * line >= len(parts):
            return len(self.text)
        return sum(map(len, parts[: 2 * line])) + min(column, len(parts[2 * line]))

    def units(self, place: tuple[int, int]) -> tuple[int, int]:
        parts = re.split(r"(\r\n|\r|\n)", self.text)
        line, column = place
        content = parts[2 * line] if 2 * line < len(parts) else ""
        beyond = max(0, column - len(content))  # a column past the end stays past the end
        return line, width(content[:column], self.encoding) + beyond

    def change(self, start: tuple[int, int], end: tuple[int, int], text: str) -> IncomingChange:
        change = IncomingChange(text, self.units(start), self.units(end))
        first, last = sorted((self.offset(start), self.offset(end)))
        self.text = self.text[:first] + text + self.text[last:]
        return change


@given(TEXT, st.lists(st.lists(st.tuples(PLACE, PLACE, TEXT), min_size=1, max_size=3), max_size=6), ENCODINGS)
def test_any_sequence_of_changes_gives_the_editors_text(
    text: str, batches: list[list[tuple[tuple[int, int], tuple[int, int], str]]], encoding: PositionEncoding
) -> None:
    store, editor = DocumentStore(encoding), Editor(text, encoding)
    store.open(URI, "python", 0, text)
    for version, batch in enumerate(batches, 1):
        changes = [editor.change(min(a, b), max(a, b), new) for a, b, new in batch]
        change = store.change(URI, version, changes)
        assert change is not None
        assert change.after.text == editor.text
        for edit in change.edits:
            start = edit.before.offset_at(edit.extent.start)
            end = edit.before.offset_at(edit.extent.end)
            assert edit.before.text[start:end] == edit.removed
            assert edit.before.text[:start] + edit.text + edit.before.text[end:] == edit.after.text
    view = store.view(URI)
    assert view is not None
    assert view.snapshot.text == editor.text


@given(TEXT, PLACE, ENCODINGS)
def test_places_survive_the_way_in_and_out(
    text: str, place: tuple[int, int], encoding: PositionEncoding
) -> None:
    store, editor = DocumentStore(encoding), Editor(text, encoding)
    store.open(URI, "python", 0, text)
    view = store.view(URI)
    assert view is not None
    position = view.position(*editor.units(place))
    assert view.snapshot.offset_at(position) == editor.offset(place)
    assert view.position(*view.to_client(position)) == position


def test_a_change_of_the_whole_text_replaces_it() -> None:
    store = DocumentStore()
    store.open(URI, "python", 0, "a\nb")
    change = store.change(URI, 1, [IncomingChange("c")])
    assert change is not None
    assert (change.after.text, change.edits[0].removed) == ("c", "a\nb")


def test_changes_of_unknown_documents_are_survived_and_resynced() -> None:
    store = DocumentStore()
    assert store.change(URI, 3, [IncomingChange("x", (0, 0), (0, 0))]) is None
    assert store.view(URI) is None
    change = store.change(URI, 4, [IncomingChange("whole text\n")])
    assert change is not None
    view = store.view(URI)
    assert view is not None
    assert (view.snapshot.text, view.version) == ("whole text\n", 4)


def test_escaped_and_plain_uris_name_one_document() -> None:
    store = DocumentStore()
    store.open("file:///c%3A/a%20b.py", "python", 1, "x")
    assert store.version("file:///c:/a b.py") == 1
    assert "file:///c:/a%20b.py" in store


def test_only_deletions_count_as_deletions() -> None:
    store = DocumentStore()
    store.open(URI, "python", 0, "value = 1\n")
    store.change(URI, 1, [IncomingChange("", (0, 0), (0, 5))])
    view = store.view(URI)
    assert view is not None
    assert (view.after_deletion, view.recent_deletions) == (True, ("value",))
    store.change(URI, 2, [IncomingChange("x", (0, 0), (0, 0))])
    view = store.view(URI)
    assert view is not None
    assert not view.after_deletion


def test_closing_and_opening_again_starts_afresh() -> None:
    store = DocumentStore()
    store.open(URI, "python", 7, "old")
    closed = store.close(URI)
    assert closed is not None
    assert closed.text == "old"
    assert store.close(URI) is None
    store.open(URI, "python", 1, "new")
    assert store.version(URI) == 1


@pytest.mark.parametrize(
    ("text", "end"), [("ab", Position(1, 4)), ("a\nbc", Position(2, 2)), ("a\r", Position(2, 0))]
)
def test_an_edit_knows_where_its_text_ends(text: str, end: Position) -> None:
    store = DocumentStore()
    store.open(URI, "python", 0, "x\nyz\n")
    change = store.change(URI, 1, [IncomingChange(text, (1, 2), (1, 2))])
    assert change is not None
    assert change.edits[0].end == end


class TestNotebooks:
    """Cells of one language read as one text, in order."""

    def store(self) -> DocumentStore:
        store = DocumentStore()
        for name, language, text in (
            ("c1", "python", "import os\n"),
            ("c2", "markdown", "# words"),
            ("c3", "python", "os."),
            ("c4", "python", "print(1)"),
        ):
            store.open(f"nb:{name}", language, 1, text)
        store.open_notebook(
            "file:///n.ipynb", [f"nb:c{n}" for n in (1, 2, 3, 4)], ["nb:c1", "nb:c3", "nb:c4"]
        )
        return store

    def test_a_cell_is_seen_among_its_fellows(self) -> None:
        view = self.store().view("nb:c3")
        assert view is not None
        assert view.snapshot.text == "import os\n\nos.\nprint(1)"
        position = view.position(0, 3)
        assert (position, view.to_client(position)) == (Position(2, 3), (0, 3))
        assert view.snapshot.before(position).endswith("os.")

    def test_places_past_a_cells_end_stay_in_the_cell(self) -> None:
        view = self.store().view("nb:c3")
        assert view is not None
        assert view.position(5, 0) == Position(2, 3)

    def test_text_cells_are_left_alone(self) -> None:
        view = self.store().view("nb:c2")
        assert view is not None
        assert (view.snapshot.text, view.first_line) == ("# words", 0)

    def test_moved_added_and_removed_cells_are_followed(self) -> None:
        store = self.store()
        store.open("nb:c5", "python", 1, "import re")
        store.splice_notebook("file:///n.ipynb", 0, 2, ["nb:c5"], ["nb:c5"])
        view = store.view("nb:c3")
        assert view is not None
        assert view.snapshot.text == "import re\nos.\nprint(1)"
        store.close_notebook("file:///n.ipynb", ["nb:c1"])
        assert store.uris == ["nb:c2"]

    def test_a_cells_change_is_seen_in_the_joined_text(self) -> None:
        store = self.store()
        change = store.change("nb:c3", 2, [IncomingChange("path", (0, 3), (0, 3))])
        view = store.view("nb:c3")
        assert change is not None
        assert view is not None
        seen = change.seen_in(view)
        assert seen.edits[-1].end == Position(2, 7)
        assert seen.after.before(seen.edits[-1].end).endswith("os.path")

    def test_changes_of_unknown_notebooks_are_ignored(self) -> None:
        store = DocumentStore()
        store.splice_notebook("file:///n.ipynb", 0, 0, ["nb:x"], ["nb:x"])
        assert store.notebook_of("nb:x") == ""


def test_the_joined_text_of_a_view_is_a_snapshot() -> None:
    store = DocumentStore()
    store.open(URI, "python", 1, "a")
    view = store.view(URI)
    assert view is not None
    assert isinstance(view.snapshot, Snapshot)


def test_changes_that_nobody_heard_of_wait_for_the_first_listener() -> None:
    store = DocumentStore()
    store.open(URI, "python", 1, "a\n")
    store.change(URI, 2, [IncomingChange("b", (0, 0), (0, 1))])
    store.change(URI, 3, [IncomingChange("c", (0, 1), (0, 1))])
    heard: list[str] = []
    early = store.listen(lambda change: heard.append(change.after.text))
    assert [(change.before.text, change.after.text) for change in early] == [
        ("a\n", "b\n"),
        ("b\n", "bc\n"),
    ]
    store.change(URI, 4, [IncomingChange("d", (0, 2), (0, 2))])
    assert heard == ["bcd\n"]
    assert store.listen(lambda _change: None) == []


def test_what_is_kept_for_the_first_listener_is_bounded() -> None:
    store = DocumentStore()
    store.open(URI, "python", 0, "")
    for version in range(1, 1001):
        store.change(URI, version, [IncomingChange("x", (0, 0), (0, 0))])
    early = store.listen(lambda _change: None)
    assert 0 < len(early) < 1000
    assert early[-1].after.text == "x" * 1000
