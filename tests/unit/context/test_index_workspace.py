"""The index as its readers see it, built in this process."""

from __future__ import annotations

import logging
import os
import shutil
import sqlite3
import stat
from typing import TYPE_CHECKING

import pytest

from segue_context import IndexOptions, WorkspaceIndex, WorkspaceReader
from segue_context.index._store import CATALOGUE, LEXICAL, is_damage
from segue_syntax import Snapshot

if TYPE_CHECKING:
    from pathlib import Path

FILES = {
    "shop/__init__.py": "",
    "shop/models.py": '''
from shop.money import Money


class Order:
    """An order."""

    def total(self) -> Money:
        return Money(sum(line.price for line in self.lines))
''',
    "shop/money.py": "class Money:\n    def __init__(self, cents):\n        self.cents = cents\n",
    "shop/views.py": "from .models import Order\n\n\ndef show(order: Order):\n    return render(order.total())\n",
    "docs/guide.md": "An Order has a total.\n",
    "vendor/lib.py": "class Order:\n    render = 1\n",
    ".env": "SECRET_TOKEN=abc\n",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    for path, text in FILES.items():
        put(root, path, text)
    return root


@pytest.fixture
def index(root: Path, tmp_path: Path) -> WorkspaceIndex:
    index = WorkspaceIndex(root, tmp_path / "cache")
    assert index.build().state == "ready"
    yield index
    index.close()


def put(root: Path, path: str, text: str) -> None:
    full = root / path
    full.parent.mkdir(parents=True, exist_ok=True)
    full.write_text(text, "utf-8")


def snapshot(text: str, version: int = 1) -> Snapshot:
    return Snapshot.of(text, uri="file:///x.py", version=version, language_id="python")


def found(index: WorkspaceIndex, *words: str, exclude: str = "") -> list[str]:
    return [snippet.path for snippet in index.search(words, exclude=exclude)]


def test_it_is_a_workspace_reader(index: WorkspaceIndex) -> None:
    reader: WorkspaceReader = index
    assert reader.root is not None


def test_files_are_listed_without_the_denied(index: WorkspaceIndex) -> None:
    assert index.files() == sorted(set(FILES) - {".env"})
    assert index.status().files == len(FILES) - 1


def test_search_ranks_windows_and_leaves_vendored_code_out(index: WorkspaceIndex) -> None:
    (best, *_) = index.search(["Money", "price"])
    assert (best.path, best.start_line) == ("shop/models.py", 0)
    assert best.text == FILES["shop/models.py"].rstrip("\n")
    assert found(index, "render") == ["shop/views.py"]
    assert "shop/models.py" not in found(index, "Order", "Money", exclude="shop/models.py")
    assert found(index, "SECRET_TOKEN") == []
    assert found(index, "nowhere") == []
    assert found(index) == []


def test_a_word_given_twice_weighs_more(index: WorkspaceIndex) -> None:
    once = index.search(["cents", "render"])
    twice = index.search(["cents", "render", "render", "render"])
    assert {snippet.path for snippet in once} == {snippet.path for snippet in twice}
    assert twice[0].path == "shop/views.py"


def test_files_with_all_words(index: WorkspaceIndex) -> None:
    assert index.files_with(["Money", "cents"]) == ["shop/money.py"]
    assert sorted(index.files_with(["Order"])) == [
        "docs/guide.md",
        "shop/models.py",
        "shop/views.py",
        "vendor/lib.py",
    ]
    assert index.files_with([]) == []
    assert len(index.files_with(["Order"], limit=2)) == 2


def test_definitions_of_written_code_come_first(index: WorkspaceIndex) -> None:
    assert [symbol.path for symbol in index.definitions("Order")] == ["shop/models.py", "vendor/lib.py"]
    (symbol,) = index.definitions("total")
    assert (symbol.kind, symbol.container, symbol.signature) == (
        "method",
        "Order",
        "def total(self) -> Money",
    )
    assert (symbol.line, symbol.end_line, symbol.name_line, symbol.column) == (7, 9, 7, 8)
    assert [item.name for item in index.members("Money")] == ["__init__", "cents"]


def test_symbols_and_imports_of_a_file(index: WorkspaceIndex) -> None:
    assert [item.name for item in index.symbols_in("shop/models.py")] == ["Order", "total"]
    (item,) = index.imports_of("shop/views.py")
    assert (item.name, item.module, item.target) == ("Order", ".models", "shop/models.py")
    assert index.importers_of("shop/money.py") == ["shop/models.py"]
    assert index.symbols_in("none.py") == index.imports_of("none.py") == index.importers_of("none.py") == []


def test_read_text_stays_inside_and_off_secrets(index: WorkspaceIndex, root: Path, tmp_path: Path) -> None:
    put(tmp_path, "outside.py", "x = 1")
    (root / "link.py").symlink_to(tmp_path / "outside.py")
    (root / "inside.py").symlink_to(root / "shop" / "money.py")
    assert index.read_text("shop/money.py") == FILES["shop/money.py"]
    assert index.read_text("inside.py") == FILES["shop/money.py"]
    for path in (
        ".env",
        "link.py",
        "../outside.py",
        "shop/../../outside.py",
        str(tmp_path / "outside.py"),
        "shop",
        "",
        "no.py",
    ):
        assert index.read_text(path) is None, path


def test_read_text_sees_a_change_at_once(index: WorkspaceIndex, root: Path) -> None:
    assert index.read_text("shop/money.py") == FILES["shop/money.py"]
    put(root, "shop/money.py", "changed = True\n")
    assert index.read_text("shop/money.py") == "changed = True\n"


def test_unsaved_text_wins_everywhere(index: WorkspaceIndex) -> None:
    index.set_overlay("shop/money.py", snapshot("from shop import views\n\nclass Cash:\n    euros = 1\n"))
    assert index.read_text("shop/money.py").startswith("from shop")
    assert index.definitions("Money") == []
    assert [symbol.path for symbol in index.definitions("Cash")] == ["shop/money.py"]
    assert index.files_with(["cents"]) == []
    assert index.files_with(["euros"]) == ["shop/money.py"]
    assert found(index, "cents") == []
    assert found(index, "euros") == ["shop/money.py"]
    assert found(index, "euros", exclude="shop/money.py") == []
    assert [item.target for item in index.imports_of("shop/money.py")] == ["shop/views.py"]
    assert index.importers_of("shop/views.py") == ["shop/money.py"]
    assert [item.name for item in index.symbols_in("shop/money.py")] == ["Cash", "euros"]

    index.set_overlay("shop/money.py", None)
    assert [symbol.path for symbol in index.definitions("Money")] == ["shop/money.py"]
    assert index.definitions("Cash") == []


def test_a_document_that_is_not_on_disk_counts(index: WorkspaceIndex) -> None:
    index.set_overlay("shop/new.py", snapshot("class Brand_New: pass\n"))
    assert "shop/new.py" in index.files()
    assert [symbol.path for symbol in index.definitions("Brand_New")] == ["shop/new.py"]


def test_a_denied_document_is_not_context(index: WorkspaceIndex) -> None:
    index.set_overlay(".env", snapshot("TOKEN_VALUE = 1\n"))
    assert index.read_text(".env") is None
    assert found(index, "TOKEN_VALUE") == []
    assert index.files_with(["TOKEN_VALUE"]) == []
    assert ".env" not in index.files()


def test_an_overlay_scores_like_the_same_text_on_disk(index: WorkspaceIndex) -> None:
    (saved,) = index.search(["render"])
    index.set_overlay("shop/views.py", snapshot(FILES["shop/views.py"]))
    (unsaved,) = index.search(["render"])
    assert unsaved.text == saved.text
    assert unsaved.score == pytest.approx(saved.score, rel=0.5)


def test_a_long_document_answers_from_its_last_analysis_until_settled(index: WorkspaceIndex) -> None:
    body = "".join(f"def first_{number}(): pass\n" for number in range(2_000))
    index.set_overlay("long.py", snapshot(body))
    assert index.definitions("first_7")
    index.set_overlay("long.py", snapshot(body.replace("first_7(", "second(", 1), 2))
    assert index.definitions("first_9")
    index.settle()
    assert index.definitions("second")
    assert not index.definitions("first_7")


def test_a_very_long_document_answers_from_the_index_until_it_is_analysed(
    index: WorkspaceIndex, root: Path
) -> None:
    body = "".join(f"def long_{number}(): pass\n" for number in range(5_000))
    put(root, "long.py", body)
    index.build()
    index.set_overlay("long.py", snapshot(body + "def unsaved_addition(): pass\n"))
    assert index.definitions("long_7")
    assert index.read_text("long.py").endswith("def unsaved_addition(): pass\n")
    index.settle()
    assert index.definitions("unsaved_addition")
    assert [symbol.path for symbol in index.definitions("long_7")] == ["long.py"]


def test_a_second_build_takes_up_changes(index: WorkspaceIndex, root: Path) -> None:
    (root / "shop" / "views.py").unlink()
    put(root, "shop/money.py", "class Coin: pass\n")
    put(root, "shop/extra.py", "from .money import Coin\n")
    assert index.build().state == "ready"
    assert index.definitions("show") == []
    assert index.definitions("Money") == []
    assert found(index, "render") == []
    assert [symbol.path for symbol in index.definitions("Coin")] == ["shop/money.py"]
    assert index.importers_of("shop/money.py") == ["shop/extra.py", "shop/models.py"]


def test_imports_follow_files_that_come_and_go(index: WorkspaceIndex, root: Path) -> None:
    put(root, "shop/late.py", "from .missing import Thing\n")
    index.build()
    assert [item.target for item in index.imports_of("shop/late.py")] == [""]
    put(root, "shop/missing.py", "class Thing: pass\n")
    index.build()
    assert [item.target for item in index.imports_of("shop/late.py")] == ["shop/missing.py"]
    (root / "shop" / "missing.py").unlink()
    index.build()
    assert [item.target for item in index.imports_of("shop/late.py")] == [""]


def test_a_folder_import_names_a_file_and_its_importers(tmp_path: Path) -> None:
    root = tmp_path / "go"
    put(root, "store/store.go", "package store\n\nfunc Open() {}\n")
    put(root, "store/store_test.go", "package store\n")
    put(root, "main.go", 'package main\n\nimport "example.com/app/store"\n\nfunc main() { store.Open() }\n')
    index = WorkspaceIndex(root, tmp_path / "cache")
    index.build()
    assert [item.target for item in index.imports_of("main.go")] == ["store/store.go"]
    assert index.importers_of("store/store.go") == ["main.go"]
    index.close()


def test_nothing_is_written_outside_a_private_cache_folder(index: WorkspaceIndex, root: Path) -> None:
    assert stat.S_IMODE(index.folder.stat().st_mode) == 0o700
    assert sorted(path.name for path in root.iterdir()) == [".env", "docs", "shop", "vendor"]
    assert index.size_on_disk() > 0


@pytest.mark.parametrize("damage", ["catalogue", "catalogue cut", "windows", "windows gone", "version"])
def test_a_damaged_index_is_built_again(
    index: WorkspaceIndex, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    index.close()
    folder = index.folder
    if damage == "catalogue":
        (folder / CATALOGUE).write_bytes(b"this is no database" * 100)
    elif damage == "catalogue cut":
        data = (folder / CATALOGUE).read_bytes()
        (folder / CATALOGUE).write_bytes(data[: len(data) // 2])
    elif damage == "windows":
        (folder / LEXICAL / "meta.json").write_text("{")
    elif damage == "windows gone":
        shutil.rmtree(folder / LEXICAL)
    else:
        connection = sqlite3.connect(folder / CATALOGUE)
        connection.execute("PRAGMA user_version = 999")
        connection.commit()
        connection.close()
    again = WorkspaceIndex(index.root, folder.parents[1])
    assert again.folder == folder
    with caplog.at_level(logging.WARNING):
        assert again.definitions("Order") == [] or damage in {"windows gone", "catalogue cut"}
        assert again.build().state == "ready"
    assert [symbol.path for symbol in again.definitions("Order")] == ["shop/models.py", "vendor/lib.py"]
    assert found(again, "render") == ["shop/views.py"]
    again.close()


def test_a_lost_window_file_is_noticed_and_built_again(index: WorkspaceIndex) -> None:
    index.close()
    for path in (index.folder / LEXICAL).glob("*.idx"):
        path.unlink()
    again = WorkspaceIndex(index.root, index.folder.parents[1])
    assert again.search(["render"]) == []
    assert again.build().state == "ready"
    assert found(again, "render") == ["shop/views.py"]
    again.close()


def test_a_deleted_root_answers_nothing_and_harms_nothing(index: WorkspaceIndex, root: Path) -> None:
    shutil.rmtree(root)
    assert index.search(["Money"]) == []
    assert index.read_text("shop/money.py") is None
    assert index.build().state == "failed"
    assert "no folder any more" in index.status().reason
    assert index.definitions("Order")  # what was known stays known: the folder may come back


def test_a_home_folder_is_refused_and_says_so(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(root))
    refused = WorkspaceIndex(root, tmp_path / "cache")
    status = refused.build()
    assert status.state == "refused"
    assert "home folder" in status.reason
    assert not refused.folder.exists()
    refused.set_overlay("a.py", snapshot("class A: pass\n"))
    assert [symbol.path for symbol in refused.definitions("A")] == ["a.py"]
    refused.close()
    forced = WorkspaceIndex(root, tmp_path / "cache", allow_large=True)
    assert forced.build().state == "ready"
    forced.close()


def test_a_huge_folder_is_refused_unless_forced(root: Path, tmp_path: Path) -> None:
    small = WorkspaceIndex(root, tmp_path / "cache", options=IndexOptions(max_files=3))
    status = small.build()
    assert status.state == "refused"
    assert "more than 3 files" in status.reason
    assert "--force" in status.reason
    small.close()


def test_settings_leave_files_out_and_let_them_in(root: Path, tmp_path: Path) -> None:
    put(root, "big.py", "def in_big(): pass\n" + "#" * 5_000)
    plain = WorkspaceIndex(root, tmp_path / "cache")
    plain.build()
    assert plain.definitions("in_big")
    plain.close()
    options = IndexOptions(deny=("shop/v*.py",), allow=(".env",), max_file_bytes=4_000)
    index = WorkspaceIndex(root, tmp_path / "cache", options=options)
    index.build()
    assert not index.definitions("in_big")
    assert not index.definitions("show")
    assert index.read_text("shop/views.py") is None
    assert index.files_with(["SECRET_TOKEN"]) == [".env"]
    index.close()
    plain = WorkspaceIndex(root, tmp_path / "cache")
    plain.build()
    assert plain.definitions("in_big")
    assert plain.definitions("show")
    assert plain.files_with(["SECRET_TOKEN"]) == []
    plain.close()


def test_what_segueignore_names_is_not_read_even_when_open(root: Path, tmp_path: Path) -> None:
    put(root, ".segueignore", "shop/money.py\n")
    index = WorkspaceIndex(root, tmp_path / "cache")
    index.build()
    assert index.read_text("shop/money.py") is None
    assert index.definitions("Money") == []
    index.set_overlay("shop/money.py", snapshot("class Unsaved: pass\n"))
    assert index.read_text("shop/money.py") is None
    assert index.definitions("Unsaved") == []
    index.close()


def test_a_full_disk_fails_with_a_reason(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from segue_context.index._store import Store

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Store, "commit", full)
    index = WorkspaceIndex(root, tmp_path / "cache")
    status = index.build()
    assert status.state == "failed"
    assert "No space left on device" in status.reason
    assert index.search(["Money"]) == []
    monkeypatch.undo()
    assert index.build().state == "ready"
    assert found(index, "render") == ["shop/views.py"]
    index.close()


def test_a_full_disk_or_a_lock_does_not_cost_the_index(index: WorkspaceIndex) -> None:
    connection = sqlite3.connect(index.folder / CATALOGUE, isolation_level=None)
    assert is_damage(sqlite3.DatabaseError("malformed"))
    connection.execute("BEGIN EXCLUSIVE")
    other = sqlite3.connect(index.folder / CATALOGUE, timeout=0)
    with pytest.raises(sqlite3.Error) as locked:
        other.execute("BEGIN EXCLUSIVE")
    other.close()
    assert not is_damage(locked.value)
    connection.execute("ROLLBACK")
    with pytest.raises(sqlite3.Error) as missing:
        connection.execute("SELECT * FROM no_such_table")
    assert is_damage(missing.value)
    connection.execute(f"PRAGMA max_page_count = {connection.execute('PRAGMA page_count').fetchone()[0]}")
    with pytest.raises(sqlite3.Error) as full:
        connection.execute("CREATE TABLE filler AS SELECT zeroblob(1000000)")
    assert not is_damage(full.value)
    connection.close()


def test_a_cache_folder_that_cannot_be_made_fails_with_a_reason(root: Path, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file, no folder")
    index = WorkspaceIndex(root, tmp_path / "cache")
    assert index.build().state == "failed"
    assert index.files() == []
    index.close()


def test_many_files_in_one_folder(tmp_path: Path) -> None:
    root = tmp_path / "wide"
    root.mkdir()
    for number in range(3_000):
        (root / f"f{number}.py").write_bytes(b"x_%d = 1\n" % number)
    index = WorkspaceIndex(root, tmp_path / "cache")
    assert index.build().files == 3_000
    assert found(index, "x_2718") == ["f2718.py"]
    index.close()


def test_odd_files_are_skipped_and_the_rest_indexed(root: Path, tmp_path: Path) -> None:
    with (root / "huge.py").open("wb") as file:
        file.truncate(200 * 1024 * 1024)
    (root / "latin.py").write_bytes(b"caf\xe9 = zebra_word\n")
    (root / "binary.py").write_bytes(b"\0\1\2zebra_word")
    put(root, "new\nline/odd\nname.py", "zebra_word = 2\n")
    os.mkfifo(root / "pipe.py")
    (root / "loop").symlink_to(root, target_is_directory=True)
    index = WorkspaceIndex(root, tmp_path / "cache")
    assert index.build().state == "ready"
    assert sorted(index.files_with(["zebra_word"])) == ["latin.py", "new\nline/odd\nname.py"]
    assert index.read_text("new\nline/odd\nname.py") == "zebra_word = 2\n"
    index.close()


def test_a_file_that_changes_while_it_is_read_is_read_again(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from segue_context.index import _indexer

    real = _indexer.read_file

    def slow(path: Path, *limits: int) -> object:
        result = real(path, *limits)
        if path.name == "money.py":
            put(
                root,
                "shop/money.py",
                "class Replaced: pass\n# longer than it was before, by far more than a little\n",
            )
        return result

    monkeypatch.setattr(_indexer, "read_file", slow)
    index = WorkspaceIndex(root, tmp_path / "cache")
    index.build()
    monkeypatch.undo()
    index.build()
    assert index.definitions("Money") == []
    assert [symbol.path for symbol in index.definitions("Replaced")] == ["shop/money.py"]
    index.close()


def test_every_answer_is_empty_before_there_is_an_index(root: Path, tmp_path: Path) -> None:
    index = WorkspaceIndex(root, tmp_path / "cache")
    assert index.files() == []
    assert index.search(["Order"]) == []
    assert index.files_with(["Order"]) == []
    assert index.definitions("Order") == []
    assert index.symbols_in("shop/models.py") == []
    assert index.status().state == "off"
    assert index.read_text("shop/money.py") == FILES["shop/money.py"]
    index.refresh(["shop/money.py"])
    index.rescan()
    index.note_typing()
    index.close()


def test_a_symbolic_link_to_the_root_is_the_same_workspace(
    index: WorkspaceIndex, root: Path, tmp_path: Path
) -> None:
    (tmp_path / "alias").symlink_to(root, target_is_directory=True)
    other = WorkspaceIndex(tmp_path / "alias", tmp_path / "cache")
    assert other.folder == index.folder
    assert other.definitions("Order")
    assert other.read_text("shop/money.py") == FILES["shop/money.py"]
    other.close()
