"""The process that indexes: one per workspace, replaced when it dies, harmless when it is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from segue_context import IndexOptions, IndexStatus, WorkspaceIndex
from segue_context.index._store import Store
from segue_syntax.storage import FileLock

PATIENCE_S = 60.0


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    root.mkdir()
    for number in range(40):
        (root / f"module_{number}.py").write_text(f"def function_{number}():\n    return shared_name\n")
    return root


def until(check: object, what: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    pause = time.sleep
    while not check():
        assert time.monotonic() < deadline, f"waited in vain until {what}"
        pause(0.02)


def indexer_pid(index: WorkspaceIndex) -> int:
    process = index._client._process
    return process.pid if process is not None else 0


def test_a_started_index_becomes_ready_and_follows_changes(root: Path, tmp_path: Path) -> None:
    seen: list[IndexStatus] = []
    index = WorkspaceIndex(root, tmp_path / "cache", on_status=seen.append)
    index.start()
    assert index.wait_until_ready(PATIENCE_S)
    assert len(index.files_with(["shared_name"])) == 40
    assert {status.state for status in seen} >= {"indexing", "ready"}
    (root / "module_0.py").write_text("def renamed(): pass\n")
    (root / "added.py").write_text("def added(): pass\n")
    (root / "module_1.py").unlink()
    index.refresh(["module_0.py", "added.py", "module_1.py"])
    until(lambda: index.definitions("added") and not index.definitions("function_1"), "the change is indexed")
    assert index.definitions("renamed")
    assert not index.definitions("function_0")
    until(lambda: len(index.files_with(["shared_name"])) == 38, "the windows are gone")
    index.close()
    lock = FileLock(index.folder / "lock")
    assert lock.try_acquire()
    lock.release()


def test_a_whole_folder_may_come_and_go(root: Path, tmp_path: Path) -> None:
    index = WorkspaceIndex(root, tmp_path / "cache")
    index.start()
    assert index.wait_until_ready(PATIENCE_S)
    (root / "sub" / "deep").mkdir(parents=True)
    (root / "sub" / "deep" / "a.py").write_text("def deep_down(): pass\n")
    index.refresh(["sub"])
    until(lambda: index.definitions("deep_down"), "the new folder is indexed")
    (root / "sub" / "deep" / "a.py").unlink()
    (root / "sub" / "deep").rmdir()
    index.refresh(["sub/deep"])
    until(lambda: not index.definitions("deep_down"), "the removed folder is forgotten")
    (root / ".gitignore").write_text("module_7.py\n")
    index.refresh([".gitignore"])
    until(lambda: not index.definitions("function_7"), "the ignore rule is honoured")
    index.close()


def test_a_refresh_stays_inside_and_follows_no_link(root: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "alien.py").write_text("def alien(): pass\n")
    (root / "link").symlink_to(outside, target_is_directory=True)
    (root / "loop").symlink_to(root, target_is_directory=True)
    (root / "file.py").symlink_to(outside / "alien.py")
    index = WorkspaceIndex(root, tmp_path / "cache")
    index.start()
    assert index.wait_until_ready(PATIENCE_S)
    (root / "last.py").write_text("def last(): pass\n")
    index.refresh([
        "link", "link/alien.py", "loop", "loop/module_1.py", "file.py", "", "/", ".", "..", "../outside/alien.py",
        str(outside / "alien.py"), "no\0path", "last.py",
    ])  # fmt: skip
    until(lambda: index.definitions("last"), "the one good path is indexed")
    assert not index.definitions("alien")
    assert [symbol.path for symbol in index.definitions("function_1")] == ["module_1.py"]
    assert len(index.files()) == 41
    index.close()


def test_two_servers_share_one_indexer_and_the_second_takes_over(root: Path, tmp_path: Path) -> None:
    first, second = (WorkspaceIndex(root, tmp_path / "cache") for _ in range(2))
    first.start()
    assert first.wait_until_ready(PATIENCE_S)
    second.start()
    assert second.wait_until_ready(PATIENCE_S)
    assert second.status().state == "following"
    assert second.definitions("function_3")

    (root / "told_by_second.py").write_text("def told_by_second(): pass\n")
    second.refresh(["told_by_second.py"])
    until(lambda: first.definitions("told_by_second"), "the first server's indexer hears of it")
    assert second.definitions("told_by_second")

    (root / "after.py").write_text("def after(): pass\n")  # before: closing may take longer than taking over
    first.close()
    until(lambda: second.definitions("after"), "the second server has an indexer of its own")
    until(lambda: second.status().state == "ready", "it is ready")
    second.close()


def test_a_build_beside_a_running_server_waits_for_its_indexer(root: Path, tmp_path: Path) -> None:
    server = WorkspaceIndex(root, tmp_path / "cache")
    server.start()
    assert server.wait_until_ready(PATIENCE_S)
    (root / "unheard.py").write_text("def unheard(): pass\n")
    command = WorkspaceIndex(root, tmp_path / "cache")
    assert command.build().state == "ready"
    assert command.definitions("unheard")
    command.close()
    server.close()


def test_what_a_killed_commit_left_behind_does_not_stop_the_next(root: Path, tmp_path: Path) -> None:
    """tantivy names the files of a commit by a number that the next writer counts up to again."""
    index = WorkspaceIndex(root, tmp_path / "cache")
    index.build()
    folder = index.folder / "lexical"
    segment = next(folder.glob("*.idx")).stem
    for number in range(400):
        (folder / f"{segment}.{number}.del").touch()
    (root / "module_3.py").write_text("def renewed(): pass\n")
    assert index.build().state == "ready"
    assert index.definitions("renewed")
    assert len(index.files_with(["shared_name"])) == 39
    index.close()


def test_a_killed_indexer_is_replaced(root: Path, tmp_path: Path) -> None:
    index = WorkspaceIndex(root, tmp_path / "cache")
    index.start()
    assert index.wait_until_ready(PATIENCE_S)
    killed = indexer_pid(index)
    os.kill(killed, signal.SIGKILL)
    (root / "later.py").write_text("def later(): pass\n")
    until(lambda: index.definitions("later"), "a new indexer has scanned")
    assert indexer_pid(index) != killed
    index.close()


def test_the_indexer_ends_with_its_server(root: Path, tmp_path: Path) -> None:
    script = (
        "import sys, pathlib\n"
        "from segue_context import WorkspaceIndex\n"
        "index = WorkspaceIndex(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))\n"
        "index.start(); assert index.wait_until_ready(60)\n"
        "print(index._client._process.pid, flush=True)\n"
        "sys.stdin.read()\n"
    )
    server = subprocess.Popen(
        [sys.executable, "-c", script, str(root), str(tmp_path / "cache")],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert server.stdout is not None
    assert server.stdin is not None
    pid = int(server.stdout.readline())
    assert Path(f"/proc/{pid}").exists() or sys.platform != "linux"
    server.kill()
    server.wait()
    server.stdout.close()
    server.stdin.close()
    index = WorkspaceIndex(root, tmp_path / "cache")
    lock = FileLock(index.folder / "lock")
    until(lock.try_acquire, "the orphan has let go of the lock")
    lock.release()
    index.close()


@pytest.mark.parametrize("moment", ["scan", "lexical", "commit", "symbols"])
def test_kill_9_at_any_moment_loses_nothing(root: Path, tmp_path: Path, moment: str) -> None:
    """The indexer kills itself in the middle of each phase; the next run completes the index."""
    script = (
        "import os, signal, sys, pathlib\n"
        "from segue_context import WorkspaceIndex\n"
        "from segue_context.index import _indexer, _store, _catalogue, _lexical\n"
        "def die(*_, **__): os.kill(os.getpid(), signal.SIGKILL)\n"
        "count = 0\n"
        "def dying(function, after):\n"
        "    def wrapped(*args, **kwargs):\n"
        "        global count\n"
        "        count += 1\n"
        "        if count > after: die()\n"
        "        return function(*args, **kwargs)\n"
        "    return wrapped\n"
        "moment = sys.argv[3]\n"
        "if moment == 'scan': _catalogue.Catalogue.note_found = dying(_catalogue.Catalogue.note_found, 0)\n"
        "if moment == 'lexical': _lexical.LexicalWriter.put = dying(_lexical.LexicalWriter.put, 17)\n"
        "if moment == 'commit': _catalogue.Catalogue.set_lexical = die\n"
        "if moment == 'symbols': _catalogue.Catalogue.put_symbols = dying(_catalogue.Catalogue.put_symbols, 17)\n"
        "WorkspaceIndex(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])).build()\n"
    )
    cache = tmp_path / "cache"
    run = subprocess.run([sys.executable, "-c", script, str(root), str(cache), moment], check=False)
    assert run.returncode == -signal.SIGKILL
    index = WorkspaceIndex(root, cache)
    index.search(["shared_name"])  # whatever is there can be asked
    assert index.build().state == "ready"
    assert sorted(index.files_with(["shared_name"])) == sorted(path.name for path in root.iterdir())
    assert len(index.search(["shared_name"], limit=100)) == 40
    assert all(index.definitions(f"function_{number}") for number in range(40))
    index.close()


def test_random_kills_never_leave_an_unreadable_index(root: Path, tmp_path: Path) -> None:
    index = WorkspaceIndex(root, tmp_path / "cache")
    index.build()
    for wait in (0.05, 0.15, 0.25, 0.35):
        for path in root.iterdir():
            path.write_text(path.read_text() + f"# {wait}\n")
        script = (
            "import sys, pathlib\nfrom segue_context import WorkspaceIndex\nprint('go', flush=True)\n"
            "while True: WorkspaceIndex(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])).build()\n"
        )
        process = subprocess.Popen(
            [sys.executable, "-c", script, str(root), str(tmp_path / "cache")], stdout=subprocess.PIPE
        )
        assert process.stdout is not None
        process.stdout.readline()
        try:
            process.wait(timeout=wait)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()
        assert index.definitions("function_5")
        assert index.files_with(["shared_name"])
    assert index.build().state == "ready"
    assert len(index.search(["shared_name"], limit=100)) == 40
    index.close()


def test_windows_committed_without_their_rows_are_indexed_again(root: Path, tmp_path: Path) -> None:
    """The two stores disagree by a generation, as after a power cut: the difference is replayed."""
    index = WorkspaceIndex(root, tmp_path / "cache")
    index.build()
    store = Store(index.folder)
    number = store.catalogue.id_of("module_3.py")
    store.lexical.remove(number)
    store.lexical.commit(store.generation)
    store.catalogue.set_lexical(store.generation + 1, [store.catalogue.row_of("module_3.py")])
    store.close()
    assert "module_3.py" not in index.files_with(["shared_name"])
    index.build()
    assert "module_3.py" in index.files_with(["shared_name"])
    index.close()


def test_a_watching_indexer_sees_changes_by_itself(root: Path, tmp_path: Path) -> None:
    index = WorkspaceIndex(root, tmp_path / "cache")
    index.start(watch=True)
    assert index.wait_until_ready(PATIENCE_S)
    number = 0

    def written_and_seen() -> bool:
        nonlocal number  # the watch may begin after the first of these
        number += 1
        (root / "watched.py").write_text(f"def watched(): pass\n# {number}\n")
        return bool(index.definitions("watched"))

    until(written_and_seen, "the file is noticed")
    index.close()


def test_typing_pauses_but_does_not_stop_indexing(root: Path, tmp_path: Path) -> None:
    index = WorkspaceIndex(root, tmp_path / "cache")
    index.start()

    def typing_until_ready() -> bool:
        index.note_typing()
        return index.status().state == "ready"

    until(typing_until_ready, "it is ready all the same")
    index.close()


def test_a_refused_folder_starts_no_process(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[IndexStatus] = []
    huge = WorkspaceIndex(root, tmp_path / "cache", options=IndexOptions(max_files=5), on_status=seen.append)
    huge.start()
    until(lambda: huge.status().state == "refused", "it is refused")
    assert "more than 5 files" in huge.status().reason
    huge.close()
    monkeypatch.setenv("HOME", str(root))
    home = WorkspaceIndex(root, tmp_path / "cache")
    home.start()
    assert home.status().state == "refused"
    assert home._client is None
    home.close()


def test_a_started_index_rebuilds_what_it_cannot_read(root: Path, tmp_path: Path) -> None:
    index = WorkspaceIndex(root, tmp_path / "cache")
    index.build()
    index.close()
    (index.folder / "catalogue.sqlite").write_bytes(b"nonsense" * 1000)
    again = WorkspaceIndex(root, tmp_path / "cache")
    again.start()
    assert again.wait_until_ready(PATIENCE_S)
    assert again.definitions("function_3")
    again.close()


def test_an_index_folder_that_cannot_be_written_is_reported(root: Path, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("no folder")
    index = WorkspaceIndex(root, tmp_path / "cache")
    index.start()
    until(lambda: index.status().state == "failed", "the failure is told")
    assert index.search(["shared_name"]) == []
    index.close()
