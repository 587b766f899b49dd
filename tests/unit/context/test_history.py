"""Edits become events that replay to the present text, with undo and redo told apart."""

from __future__ import annotations

import itertools

from hypothesis import example, given, settings
from hypothesis import strategies as st

from segue_context import EditHistory, LineEdit
from segue_syntax import Document, Position, Range, Snapshot


class Clock:
    """A clock that tests set."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Editor:
    """A document whose changes go into a history."""

    def __init__(self, text: str, path: str = "a.py", history: EditHistory | None = None) -> None:
        self.clock = Clock()
        self.history = history or EditHistory(clock=self.clock)
        self.path = path
        self.document = Document("file:///" + path, "python", 0, text)

    def edit(self, start: tuple[int, int], end: tuple[int, int], text: str, after_s: float = 0.1) -> None:
        self.clock.now += after_s
        before = self.document.snapshot()
        extent = self.document.replace(Range(Position(*start), Position(*end)), text)
        self.document.version += 1
        self.history.record(self.path, before, self.document.snapshot(), extent)


def replayed(text: str, edits: list[LineEdit]) -> list[str]:
    lines = text.split("\n")
    for edit in edits:
        assert tuple(lines[edit.line : edit.line + len(edit.old)]) == edit.old
        lines[edit.line : edit.line + len(edit.old)] = edit.new
    return lines


def test_typing_a_word_is_one_edit_even_with_a_pause() -> None:
    editor = Editor("value = 1\nprint(value)\n")
    for column, letter in enumerate("new_"):
        editor.edit((0, column), (0, column), letter, after_s=3.0 if column == 2 else 0.1)
    assert editor.history.edits() == [
        LineEdit("a.py", 0, ("value = 1",), ("new_value = 1",), editor.clock.now)
    ]
    assert len(editor.history.diffs(context=0)) == 2


def test_edits_within_eight_lines_and_one_second_are_one_event_but_two_hunks() -> None:
    editor = Editor("\n".join(f"line {n}" for n in range(30)))
    editor.edit((2, 0), (2, 0), "x")
    editor.edit((8, 0), (8, 0), "y")
    editor.edit((28, 0), (28, 0), "z")
    assert len(editor.history.diffs()) == 2
    assert [edit.line for edit in editor.history.edits()] == [2, 8, 28]


def test_several_cursors_keep_their_own_events() -> None:
    text = "\n".join(f"name {n}" for n in range(60))
    editor = Editor(text)
    for letter_at, letter in enumerate("abc"):
        for line in (0, 20, 40):
            editor.edit((line, letter_at), (line, letter_at), letter, after_s=0.01)
    edits = editor.history.edits()
    assert [(e.line, e.new) for e in edits] == [
        (0, ("abcname 0",)),
        (20, ("abcname 20",)),
        (40, ("abcname 40",)),
    ]


def test_an_undo_and_a_redo_are_recognised_long_after_and_after_edits_elsewhere() -> None:
    editor = Editor("\n".join(f"line {n}" for n in range(40)))
    editor.edit((5, 0), (5, 4), "row")
    editor.edit((30, 0), (30, 0), "added\n", after_s=5)
    assert str(editor.history.action) == "typed"
    editor.edit((5, 0), (5, 3), "line", after_s=20)
    assert str(editor.history.action) == "undo"
    assert [edit.line for edit in editor.history.edits()] == [30]
    editor.edit((5, 0), (5, 4), "row", after_s=2)
    assert str(editor.history.action) == "redo"
    assert [edit.line for edit in editor.history.edits()] == [5, 30]


def test_a_pasted_block_and_a_rewritten_file_are_told() -> None:
    editor = Editor("a\nb\n")
    editor.edit((1, 0), (1, 0), "x\n" * 30)
    assert str(editor.history.action) == "paste"
    editor.edit((0, 0), (0, 0), "y\n" * 600)
    assert str(editor.history.action) == "bulk"
    assert editor.history.edits() == []


def test_a_block_that_was_cut_is_moved_and_not_pasted() -> None:
    block = "".join(f"line {n}\n" for n in range(20))
    editor = Editor("a\n" + block + "b\n")
    editor.edit((1, 0), (21, 0), "")
    editor.edit((1, 0), (1, 0), "".join(f"    {line}\n" for line in block.splitlines()))
    assert editor.history.action == "typed"
    editor.edit((0, 0), (0, 0), "other\n" + block)
    assert str(editor.history.action) == "paste"


def test_a_branch_switch_forgets_what_was_typed() -> None:
    editor = Editor("a\nb\n")
    editor.edit((0, 0), (0, 0), "x")
    editor.history.bulk_change()
    assert (editor.history.action, editor.history.edits()) == ("bulk", [])


def test_the_diff_of_an_event_has_context_and_one_based_lines() -> None:
    editor = Editor("one\ntwo\nthree\nfour\nfive\n")
    editor.edit((2, 0), (2, 5), "drei")
    assert editor.history.diffs(context=1)[0].diff == "@@ -2,3 +2,3 @@\n two\n-three\n+drei\n four\n"


def test_the_text_before_the_last_events_comes_back() -> None:
    editor = Editor("one\ntwo\nthree")
    editor.edit((1, 0), (1, 3), "zwei\nzweieinhalb")
    assert editor.history.before("a.py", ["one", "zwei", "zweieinhalb", "three"]) == ["one", "two", "three"]


def test_carriage_returns_do_not_reach_the_edits() -> None:
    editor = Editor("one\r\ntwo\r\nthree\r\n")
    editor.edit((1, 0), (1, 3), "zwei")
    assert [(e.old, e.new) for e in editor.history.edits()] == [(("two",), ("zwei",))]


places = st.tuples(st.integers(0, 25), st.integers(0, 6))
edits = st.tuples(
    places, places, st.sampled_from(["", "x", "\n", "ab\ncd", "\n\nq\n"]), st.sampled_from([0.1, 2.0])
)


@settings(max_examples=150, deadline=None)
@given(st.lists(edits, max_size=25))
def test_replaying_the_edits_gives_the_present_text(
    changes: list[tuple[tuple[int, int], tuple[int, int], str, float]],
) -> None:
    text = "\n".join(f"row {n}" for n in range(20))
    editor = Editor(text)
    for start, end, new, after_s in changes:
        editor.edit(start, end, new, after_s)
    assert "\n".join(replayed(text, editor.history.edits())) == editor.document.snapshot().text
    other = Editor(text)
    for start, end, new, after_s in changes:
        before = other.document.snapshot()
        other.clock.now += after_s
        other.document.replace(Range(Position(*start), Position(*end)), new)
        other.document.version += 1
        other.history.record("a.py", before, other.document.snapshot())
    assert "\n".join(replayed(text, other.history.edits())) == other.document.snapshot().text


typed = st.tuples(
    st.integers(0, 19), st.integers(0, 5), st.sampled_from(["x", "word"]), st.sampled_from([0.1, 2.0])
)


@settings(max_examples=100, deadline=None)
@example([(row, 0, "x", 0.1) for row in (10, 0, 2, 10, 11)], 0.05)
@example([(row, 0, "x", 0.1) for row in (10, 0, 3, 9, 12)], 0.05)
@given(st.lists(typed, max_size=12), st.sampled_from([0.05, 3.0]))
def test_undoing_all_that_was_typed_leaves_nothing_and_is_told(
    changes: list[tuple[int, int, str, float]], pause_s: float
) -> None:
    """An editor's undo goes back through the texts, one change at a time, over events as within them."""
    editor = Editor("\n".join(f"row {n}" for n in range(20)))
    done = []
    for line, column, new, after_s in changes:
        before = editor.document.snapshot()
        editor.edit((line, column), (line, column), new, after_s)
        done.append((before, editor.document.snapshot()))
    for before, after in reversed(done):
        editor.clock.now += pause_s
        editor.history.record("a.py", after, before)
        assert editor.history.action == "undo"
    assert editor.history.edits() == []


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["a.py", "b.py"]), edits), max_size=20))
def test_edits_of_several_files_replay_each_on_its_own(
    changes: list[tuple[str, tuple[tuple[int, int], tuple[int, int], str, float]]],
) -> None:
    text = "\n".join(f"row {n}" for n in range(20))
    clock = Clock()
    history = EditHistory(clock=clock)
    editors = {path: Editor(text, path, history) for path in ("a.py", "b.py")}
    for path, (start, end, new, after_s) in changes:
        clock.now += after_s
        editors[path].edit(start, end, new)
    for path, editor in editors.items():
        mine = [edit for edit in history.edits() if edit.path == path]
        assert "\n".join(replayed(text, mine)) == editor.document.snapshot().text


def test_a_line_changed_again_after_an_acceptance_tells_each_step() -> None:
    clock = Clock()
    history = EditHistory(clock=clock)
    texts = ["def load():\n", "def read():\n", "def fetch():\n", "def load():\n"]
    for before, after in itertools.pairwise(texts):
        history.record("a.py", Snapshot.of(before), Snapshot.of(after))
        history.settle()
    [edit] = history.edits()
    assert edit.old == edit.new == ("def load():",)
    assert [(old[0], new[0]) for old, new in edit.steps] == [
        ("def read():", "def fetch():"),
        ("def fetch():", "def load():"),
    ]


def test_a_line_touched_up_after_an_edit_elsewhere_is_one_edit_and_its_step() -> None:
    clock = Clock()
    history = EditHistory(clock=clock)
    texts = ["def load():\n\n\n\n\n\n\n\n\n\nload()\n", "def read():\n\n\n\n\n\n\n\n\n\nload()\n"]
    texts += [texts[1].replace("\nload", "\nread"), "def fetch():\n\n\n\n\n\n\n\n\n\nread()\n"]
    for before, after in itertools.pairwise(texts):
        history.record("a.py", Snapshot.of(before), Snapshot.of(after))
        clock.now += 5
    first, second = history.edits()
    assert (first.old, first.new, first.steps) == (
        ("def load():",), ("def fetch():",), ((("def read():",), ("def fetch():",)),),
    )  # fmt: skip
    assert second.steps == ()
