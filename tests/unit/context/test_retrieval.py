from __future__ import annotations

import subprocess
from dataclasses import replace

import pytest

from segue_context import ContextEngine, CursorQuery
from segue_context.engine import RETRIEVERS
from segue_context.retrievers._cursor_features import CursorFeatures
from segue_context.retrievers._related_files import FileGroups, related_files
from segue_context.retrievers._remembered import REMEMBERED_S, Remembered
from segue_context.retrievers.changes import UncommittedChanges, changed_stretches
from segue_context.retrievers.recent_places import EDITED, VIEWED, RecentPlaces

STORE = '''class Store:
    """Keeps items."""

    def insert_item(self, item):
        self.items.append(item)

    def remove_item(self, key):
        del self.items[key]

    def _private_detail(self):
        pass


def open_store(path):
    return Store(path)
'''
APP = "from store import Store\n\n\ndef fill(store: Store, things):\n    for thing in things:\n        store."


@pytest.fixture
def reader(memory_reader):
    other = "def unrelated_helper(value):\n    return value\n"
    return memory_reader({"store.py": STORE, "other.py": other, "app.py": APP}, {"store": "store.py"})


def query(prefix: str = APP, suffix: str = "\n", path: str = "app.py") -> CursorQuery:
    return CursorQuery(path, "python", prefix, suffix)


def size(snippets) -> int:
    return len("\n".join(f"# {s.path}\n{s.text}" for s in snippets))


def test_definitions_of_imported_files_are_found(reader) -> None:
    snippets = ContextEngine(reader, retrievers=["definitions"]).retrieve(query(), 1000)
    assert snippets[0].path == "store.py"
    assert snippets[0].source == "definitions"
    assert "insert_item(self, item)" in snippets[0].text


def test_only_definitions_related_to_the_cursor_are_shown(reader) -> None:
    snippets = ContextEngine(reader, retrievers=["definitions"]).retrieve(query(), 1000)
    assert not any(s.path == "other.py" for s in snippets)


@pytest.mark.parametrize("budget", [0, 40, 120, 300, 1000, 8000])
def test_snippets_with_their_headers_fit_the_budget(reader, budget: int) -> None:
    assert size(ContextEngine(reader).retrieve(query(), budget)) <= budget


def test_the_file_itself_is_never_retrieved(reader) -> None:
    reader.texts["app.py"] = "def insert_item(answer_on_disk):\n    pass\n" * 20
    snippets = ContextEngine(reader).retrieve(query(), 8000)
    assert all(s.path != "app.py" for s in snippets)


def test_a_retriever_that_is_left_out_finds_nothing(reader) -> None:
    assert ContextEngine(reader, retrievers=[]).retrieve(query(), 4000) == []
    windows = ContextEngine(reader, retrievers=["windows"]).retrieve(query(), 4000)
    assert {s.source for s in windows} <= {"windows"}


def test_the_plan_is_the_same_while_one_line_is_typed(reader) -> None:
    engine = ContextEngine(reader)
    plans = [
        engine.plan(query(APP + typed), 2000) for typed in ("", "in", "insert_item(", "insert_item(thing)")
    ]
    assert plans[0].snippets
    assert all(plan == plans[0] for plan in plans)


def test_the_plan_of_the_next_line_keeps_what_it_still_shows_in_place(reader) -> None:
    engine = ContextEngine(reader)
    first = engine.plan(query(), 2000)
    second = engine.plan(query(APP + "insert_item(thing)\n        store."), 2000)
    kept = [s for s in first.snippets if s in second.snippets]
    assert list(second.snippets[: len(kept)]) == kept


def test_a_test_file_is_paired_with_its_source(memory_reader) -> None:
    reader = memory_reader({"src/parser.py": "", "tests/test_parser.py": "", "src/lexer.py": ""})
    nearby = related_files("tests/test_parser.py", reader, Remembered(reader), FileGroups())
    assert list(nearby.paired) == ["src/parser.py"]


def test_a_header_is_paired_with_its_implementation(memory_reader) -> None:
    reader = memory_reader({"db/log.h": "", "db/log.cc": "", "db/log_test.cc": "", "db/table.cc": ""})
    nearby = related_files("db/log.cc", reader, Remembered(reader), FileGroups())
    assert set(nearby.paired) == {"db/log.h", "db/log_test.cc"}


def test_files_of_a_go_package_see_each_other(memory_reader) -> None:
    reader = memory_reader(
        {"pkg/a.go": "package pkg\n", "pkg/b.go": "package pkg\n", "other/c.go": "package other\n"}
    )
    nearby = related_files("pkg/a.go", reader, Remembered(reader), FileGroups())
    assert list(nearby.package) == ["pkg/b.go"]


def test_what_the_index_said_is_asked_again_after_a_while(reader) -> None:
    now = [0.0]
    remembered = Remembered(reader, clock=lambda: now[0])
    before = remembered.symbols_in("store.py")
    reader.texts["store.py"] = "def renamed(): pass\n"
    assert remembered.symbols_in("store.py") == before
    now[0] = REMEMBERED_S + 1
    assert [s.name for s in remembered.symbols_in("store.py")] == ["renamed"]


@pytest.mark.parametrize(
    ("line", "receiver", "callee", "wants"),
    [
        ("    store.in", "store", "", True),
        ("    self", "", "", False),
        ("    result = build(", "", "build", True),
        ("    std::ve", "std", "", True),
        ("    ptr->na", "ptr", "", True),
        ("    except ", "", "", True),
        ("    total = ", "", "", False),
    ],
)
def test_the_scene_says_what_is_being_typed(line: str, receiver: str, callee: str, *, wants: bool) -> None:
    features = CursorFeatures(query("x = 1\n" + line))
    assert (features.receiver, features.callee, features.wants_definitions) == (receiver, callee, wants)


def test_words_near_the_cursor_come_first_and_neither_keywords_nor_the_begun_word_count() -> None:
    features = CursorFeatures(query("far = 1\nnear = far\nreturn here + the", "\nbelow(here)\n"))
    assert features.words(2, 1) == ["here", "near", "far", "below"]


def test_the_index_is_searched_once_while_a_word_is_typed(reader, monkeypatch) -> None:
    asked = []
    search = reader.search
    monkeypatch.setattr(reader, "search", lambda words, **more: asked.append(words) or search(words, **more))
    engine = ContextEngine(reader)
    engine.outlook(query("order = build(it"))
    first = len(asked)
    engine.outlook(query("order = build(item"))
    assert len(asked) == first > 0
    engine.outlook(query("order = build(item, "))
    assert len(asked) > first


def test_recent_places_are_the_latest_places_of_other_files(reader) -> None:
    places = RecentPlaces()
    places.visit("store.py", 3, EDITED)
    places.visit("store.py", 4, VIEWED)
    places.visit("app.py", 1, VIEWED)
    places.visit("gone.py", 1, VIEWED)
    found = places.snippets(reader, "app.py", frozenset({EDITED, VIEWED}))
    assert [(s.path, s.source) for s in found] == [("store.py", EDITED)]
    assert "insert_item" in found[0].text
    assert places.snippets(reader, "app.py", frozenset({VIEWED})) == []
    assert places.recent_paths("app.py") == ["gone.py", "store.py"]


def test_viewed_places_enter_the_plan(memory_reader) -> None:
    reader = memory_reader({"notes.py": "SECRET_OF_SPEED = 9\n", "app.py": "x = 1\n"})
    engine = ContextEngine(reader)
    engine.viewed("notes.py", 0)
    assert any(s.source == VIEWED for s in engine.plan(query("x = 1\ny = ", "\n"), 1000).snippets)


def test_the_new_side_of_each_hunk_is_a_changed_stretch() -> None:
    diff = (
        "diff --git a/x.py b/x.py\n--- a/x.py\n+++ b/x.py\n@@ -1,2 +1,3 @@ def f():\n a\n+--- new\n-old\n b\n"
        "@@ -9 +10 @@\n-c\n+d\n"
    )
    found = changed_stretches(diff)
    assert [(s.path, s.start_line, s.end_line, s.text) for s in found] == [
        ("x.py", 0, 3, "a\n--- new\nb"),
        ("x.py", 9, 10, "d"),
    ]
    assert changed_stretches("") == []


def test_uncommitted_changes_are_read_without_running_what_the_repository_configures(tmp_path) -> None:
    def git(*arguments: str) -> None:
        subprocess.run(
            ["git", "-c", "user.name=t", "-c", "user.email=t@example.invalid", *arguments],
            cwd=tmp_path,
            check=True,
        )

    git("init", "-q")
    (tmp_path / "a.py").write_text("one\n")
    git("add", "a.py")
    git("commit", "-qm", "first")
    git("config", "diff.external", "touch ran-external")
    git("config", "core.fsmonitor", "touch ran-monitor")
    (tmp_path / "a.py").write_text("one\ntwo\n")
    changes = UncommittedChanges(tmp_path)
    changes.look()
    assert [(s.path, s.text) for s in changes.snippets("")] == [("a.py", "one\ntwo")]
    assert not list(tmp_path.glob("ran-*"))


def test_a_folder_without_git_has_no_changes(tmp_path) -> None:
    changes = UncommittedChanges(tmp_path / "absent")
    changes.look()
    assert changes.snippets("") == []


def test_every_source_of_a_plan_can_be_switched(reader) -> None:
    engine = ContextEngine(reader)
    engine.viewed("other.py", 0)
    shown = {s.source for s in engine.plan(query(), 4000).snippets}
    assert shown <= RETRIEVERS
    assert len(shown) > 1


def test_a_cursor_without_a_file_or_text_is_answered(reader) -> None:
    empty = replace(query("", ""), path="")
    engine = ContextEngine(reader)
    assert engine.retrieve(empty, 1000) == []
    assert engine.plan(empty, 1000).snippets == ()
