"""Git is asked without a repository's configuration, and still says what a commit message needs."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from segue_bench.hostile.repositories import REPOSITORIES, HostileRepository, marked, plain, tempt
from segue_context.git import GitError, repository_of

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def _no_git_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)


def git(root: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", "-c", "user.name=a", "-c", "user.email=a@example.invalid", "-c", "protocol.file.allow=always",
         "-C", str(root), *arguments], check=True, capture_output=True,
    )  # fmt: skip
    return done.stdout.decode("utf-8", "replace")


@pytest.mark.parametrize("hostile", REPOSITORIES, ids=lambda hostile: hostile.name)
def test_no_configuration_of_a_repository_runs_anything(tmp_path: Path, hostile: HostileRepository) -> None:
    command, marker = marked(tmp_path / "commands")
    hostile.build(tmp_path / "repository", command)
    marker.unlink(missing_ok=True)
    opened = tmp_path / "repository" / hostile.opened
    repository = repository_of(opened)
    for question in (repository.staged_diff, repository.working_diff, repository.messages):
        try:
            assert question() or hostile.opened != "."
        except GitError as error:
            assert "partial clone" in hostile.name
            assert str(error).count("\n") == 0  # noqa: PT017
    assert not marker.exists()
    if hostile.tempts_git:
        tempt(opened)
        assert marker.exists(), "the trap is no trap"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    plain(tmp_path / "r")
    return tmp_path / "r"


def test_the_staged_and_the_working_diff_differ(repository: Path) -> None:
    asked = repository_of(repository)
    assert "+from shapes import area" in asked.staged_diff()
    assert "volume" not in asked.staged_diff()
    assert "volume" in asked.working_diff()
    assert asked.messages()[0] == "Add number 2"


def test_a_folder_inside_is_of_the_same_repository(repository: Path) -> None:
    (repository / "deep" / "er").mkdir(parents=True)
    assert repository_of(repository / "deep" / "er").root == repository.resolve()


def test_renames_and_new_deleted_and_binary_files_are_told_apart(repository: Path) -> None:
    git(repository, "mv", "gone.py", "\u00e4 b.py")
    (repository / "logo.png").write_bytes(b"\x89PNG\0\0\1")
    git(repository, "add", "-A")
    diff = repository_of(repository).staged_diff()
    assert "rename to \u00e4 b.py" in diff
    assert "new file mode 100644\nindex 0000000.." in diff
    assert "Binary files /dev/null and b/logo.png differ" in diff


def test_a_submodule_shows_its_old_and_its_new_commit(repository: Path, tmp_path: Path) -> None:
    plain(tmp_path / "library")
    git(repository, "submodule", "--quiet", "add", str(tmp_path / "library"), "lib")
    git(repository, "commit", "-qm", "Add lib")
    old = git(repository / "lib", "rev-parse", "HEAD").strip()
    (repository / "lib" / "gone.py").write_text("number = 8\n")
    git(repository / "lib", "commit", "-qam", "Newer")
    new = git(repository / "lib", "rev-parse", "HEAD").strip()
    git(repository, "add", "lib")
    diff = repository_of(repository).staged_diff()
    assert f"-Subproject commit {old}" in diff
    assert f"+Subproject commit {new}" in diff


def test_a_hook_of_commit_all_sees_what_is_committed(repository: Path, tmp_path: Path) -> None:
    """`git commit -a` and `git commit FILE` prepare another index, which git names to its hooks."""
    seen = tmp_path / "seen"
    hook = repository / ".git" / "hooks" / "prepare-commit-msg"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(
        f"#!{sys.executable}\nfrom pathlib import Path\nfrom segue_context.git import repository_of\n"
        f"Path({str(seen)!r}).write_text(repository_of(Path('.')).staged_diff())\n"
    )
    hook.chmod(0o755)
    git(repository, "reset", "-q")
    git(repository, "commit", "-q", "-m", "All", "-a")
    assert "volume" in seen.read_text()
    (repository / "gone.py").write_text("number = 5\n")
    (repository / "shapes.py").write_text("nothing\n")
    git(repository, "commit", "-q", "-m", "One", "gone.py")
    assert "number = 5" in seen.read_text()
    assert "nothing" not in seen.read_text()


def test_an_index_elsewhere_is_not_used(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain(tmp_path / "other")
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "other" / ".git" / "index"))
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "other" / ".git"))
    (repository / "own.py").write_text("own = 1\n")
    subprocess.run(["git", "-C", str(repository), "add", "own.py"], check=True,
                   env={"PATH": os.environ["PATH"]})  # fmt: skip
    assert "+own = 1" in repository_of(repository).staged_diff()


def test_a_linked_work_tree_has_its_own_index(repository: Path, tmp_path: Path) -> None:
    git(repository, "worktree", "add", "-q", str(tmp_path / "linked"))
    (tmp_path / "linked" / "there.py").write_text("there = 1\n")
    git(tmp_path / "linked", "add", "there.py")
    asked = repository_of(tmp_path / "linked")
    assert "+there = 1" in asked.staged_diff()
    assert asked.messages()[0] == "Add number 2"
    assert "there" not in repository_of(repository).staged_diff()


def test_a_message_is_text_whatever_the_log_is_written_in(repository: Path) -> None:
    git(repository, "commit", "-qm", "Gr\u00f6\u00dfe pr\u00fcfen")
    git(repository, "config", "i18n.logOutputEncoding", "ISO-8859-1")
    assert repository_of(repository).messages()[0] == "Gr\u00f6\u00dfe pr\u00fcfen"


def test_a_new_repository_a_sha256_one_and_a_split_index_are_read(tmp_path: Path) -> None:
    for name, options in {"new": (), "wide": ("--object-format=sha256",)}.items():
        root = tmp_path / name
        root.mkdir()
        git(root, "init", "-q", *options)
        (root / "a.py").write_text("a = 1\n")
        git(root, "add", ".")
        git(root, "update-index", "--split-index")
        asked = repository_of(root)
        assert "+a = 1" in asked.staged_diff()
        assert asked.messages() == []
        git(root, "commit", "-qm", "One")
        assert asked.messages() == ["One"]
        (root / "a.py").write_text("a = 2\n")
        assert "+a = 2" in asked.working_diff()


def test_line_ends_that_git_converts_are_no_change(repository: Path) -> None:
    (repository / "lines.txt").write_bytes(b"one\ntwo\n")
    git(repository, "add", ".")
    git(repository, "commit", "-qm", "Lines")
    git(repository, "config", "core.autocrlf", "true")
    (repository / "lines.txt").write_bytes(b"one\r\ntwo\r\n")
    assert "lines.txt" not in repository_of(repository).working_diff()


def test_what_is_no_repository_is_refused_in_one_sentence(tmp_path: Path) -> None:
    bare = tmp_path / "bare"
    git(tmp_path, "init", "-q", "--bare", str(bare))
    for folder in (tmp_path, bare, bare / "objects"):
        with pytest.raises(GitError, match="no repository with a work tree"):
            repository_of(folder)


@pytest.mark.parametrize("name", ["HEAD", "index", "config", "packed-refs"])
def test_a_pipe_in_the_git_directory_holds_nobody(repository: Path, name: str) -> None:
    file = repository / ".git" / name
    file.unlink(missing_ok=True)
    os.mkfifo(file)
    try:
        repository_of(repository).staged_diff()
    except GitError as error:
        assert "git cannot be asked" in str(error)  # noqa: PT017 - answering is right too


def test_a_git_of_the_repository_is_not_run(
    repository: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    command, marker = marked(tmp_path / "commands")
    (repository / "git").symlink_to(command)
    monkeypatch.chdir(repository)
    monkeypatch.setenv("PATH", ".:" + os.environ["PATH"])
    assert repository_of(repository).staged_diff()
    assert not marker.exists()


def test_a_setting_is_read_as_data(repository: Path) -> None:
    git(repository, "config", "core.excludesFile", "~/ignored")
    assert repository_of(repository).setting("core.excludesFile") == "~/ignored"
    assert repository_of(repository).setting("no.such") == ""


def test_commits_come_newest_first_with_the_files_that_they_changed(repository: Path) -> None:
    (repository / "src").mkdir()
    (repository / "src/ä b.py").write_text("one\ntwo\n", "utf-8")
    git(repository, "add", ".")
    git(repository, "commit", "-q", "-m", "Add two lines\n\nBecause of issue 7.")
    (repository / "src/ä b.py").write_text("one\nTWO\n", "utf-8")
    git(repository, "commit", "-q", "-a", "-m", "Shout")
    found = repository_of(repository).commits(10, below="src")
    assert [(commit.subject, commit.paths) for commit in found] == [
        ("Shout", ("ä b.py",)),
        ("Add two lines", ("ä b.py",)),
    ]
    assert found[1].body == "Because of issue 7."
    assert found[0].sha == repository_of(repository).head()


def test_the_history_of_lines_leaves_out_commits_that_changed_others(repository: Path) -> None:
    file = repository / "list.txt"
    for text, message in (
        ("a\nb\nc\n", "Begin"),
        ("a\nb\nC\n", "Change the end"),
        ("A\nb\nC\n", "Change the start"),
    ):
        file.write_text(text, "utf-8")
        git(repository, "add", ".")
        git(repository, "commit", "-q", "-m", message)
    asked = repository_of(repository)
    assert [commit.subject for commit in asked.history_of("list.txt")] == [
        "Change the start",
        "Change the end",
        "Begin",
    ]
    assert [commit.subject for commit in asked.history_of("list.txt", (3, 3))] == ["Change the end", "Begin"]


def test_a_repository_without_a_commit_has_no_history(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", str(tmp_path))
    asked = repository_of(tmp_path)
    assert (asked.head(), asked.commits(5), asked.history_of("a")) == ("", [], [])
