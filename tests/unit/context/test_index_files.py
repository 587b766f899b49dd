"""Which files an index holds, and how their text is read."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from segue_context.index._file_kinds import FileKind, kind_of_path, kind_of_text
from segue_context.index._ignore import IgnoreRules
from segue_context.index._reading import decode, read_file
from segue_context.index._scan import TooManyFiles, refusal, scan


def write(root: Path, **files: str) -> None:
    for name, text in files.items():
        put(root, name, text)


def put(root: Path, path: str, text: str = "x = 1\n") -> None:
    full = root / path
    full.parent.mkdir(parents=True, exist_ok=True)
    full.write_text(text, "utf-8")


def paths(root: Path, **options: int) -> list[str]:
    return [file.path for file in scan(root, IgnoreRules(root), **options)]


def test_a_scan_finds_files_in_order_with_size_and_time(tmp_path: Path) -> None:
    for path in ("b.py", "a/c.py", "a/d/e.py", "z.txt"):
        put(tmp_path, path)
    found = list(scan(tmp_path, IgnoreRules(tmp_path)))
    assert [file.path for file in found] == ["b.py", "z.txt", "a/c.py", "a/d/e.py"]
    assert found[0].size == 6
    assert found[0].mtime_ns == (tmp_path / "b.py").stat().st_mtime_ns


@pytest.mark.parametrize(
    ("rules", "kept"),
    [
        ("*.log\n", ["a.py", "build/b.py", "keep/x.py", "sub/a.py"]),
        ("build/\n", ["a.py", "e.log", "keep/x.py", "sub/a.py", "sub/e.log"]),
        ("/a.py\n", ["build/b.py", "e.log", "keep/x.py", "sub/a.py", "sub/e.log"]),
        ("*.log\n!sub/e.log\n", ["a.py", "build/b.py", "keep/x.py", "sub/a.py", "sub/e.log"]),
        ("keep/*\n!keep/x.py\n", ["a.py", "build/b.py", "e.log", "keep/x.py", "sub/a.py", "sub/e.log"]),
        ("# a comment\n\n[\n*.log\n", ["a.py", "build/b.py", "keep/x.py", "sub/a.py"]),
    ],
)
def test_git_ignore_rules(tmp_path: Path, rules: str, kept: list[str]) -> None:
    for path in ("a.py", "build/b.py", "e.log", "keep/x.py", "sub/a.py", "sub/e.log"):
        put(tmp_path, path)
    put(tmp_path, ".gitignore", rules)
    assert sorted(paths(tmp_path)) == [".gitignore", *kept]


def test_a_deeper_ignore_file_wins(tmp_path: Path) -> None:
    for path in ("a.log", "sub/a.log", "sub/deep/a.log"):
        put(tmp_path, path)
    put(tmp_path, ".gitignore", "*.log\n")
    put(tmp_path, "sub/.gitignore", "!*.log\n")
    put(tmp_path, "sub/deep/.gitignore", "a.log\n")
    assert [path for path in paths(tmp_path) if path.endswith(".log")] == ["sub/a.log"]


def test_segueignore_and_git_exclude_are_honoured(tmp_path: Path) -> None:
    for path in ("a.py", "private/b.py", "mine.py"):
        put(tmp_path, path)
    put(tmp_path, ".segueignore", "private\n")
    put(tmp_path, ".git/info/exclude", "mine.py\n")
    assert paths(tmp_path) == [".segueignore", "a.py"]


@pytest.mark.parametrize("folder", ["node_modules", ".git", ".venv", "__pycache__", "site-packages"])
def test_folders_of_tools_are_left_out(tmp_path: Path, folder: str) -> None:
    put(tmp_path, f"{folder}/lib/a.py")
    put(tmp_path, "a.py")
    assert paths(tmp_path) == ["a.py"]
    assert IgnoreRules(tmp_path).excludes(f"{folder}/lib/a.py")


def test_links_are_not_followed(tmp_path: Path) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside"
    put(root, "a/b.py")
    put(outside, "secret.py")
    (root / "a" / "loop").symlink_to(root, target_is_directory=True)
    (root / "out").symlink_to(outside, target_is_directory=True)
    (root / "file.py").symlink_to(outside / "secret.py")
    assert paths(root) == ["a/b.py"]


def test_a_path_with_a_newline_is_a_path(tmp_path: Path) -> None:
    put(tmp_path, "odd\nfolder/fi\nle.py")
    assert paths(tmp_path) == ["odd\nfolder/fi\nle.py"]


def test_a_name_that_is_no_text_is_left_out(tmp_path: Path) -> None:
    put(tmp_path, "a.py")
    try:
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/b\xff.py")).write_text("x")
    except OSError:
        pytest.skip("the file system takes text names only")
    assert paths(tmp_path) == ["a.py"]


def test_pipes_and_sockets_are_no_files(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.py")
    put(tmp_path, "a.py")
    assert paths(tmp_path) == ["a.py"]
    assert read_file(tmp_path / "pipe.py").problem == "irregular"


def test_too_many_files_are_refused(tmp_path: Path) -> None:
    for number in range(12):
        put(tmp_path, f"f{number}.py")
    assert len(paths(tmp_path, max_files=12)) == 12
    with pytest.raises(TooManyFiles, match="more than 11 files"):
        paths(tmp_path, max_files=11)


def test_home_and_root_folders_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "users" / "me"
    (home / "project").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(home))
    assert "root of the file system" in refusal(Path("/"))
    assert "home folder" in refusal(home)
    assert "home folder" in refusal(home.parent)
    assert refusal(home / "project") == ""


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"plain", "plain"),
        ("na\u00efve".encode(), "na\u00efve"),
        ("\ufeffmark".encode(), "mark"),
        ("caf\u00e9".encode("utf-16"), "caf\u00e9"),
        ("# -*- coding: cp1251 -*-\n\u0434\u0430".encode("cp1251"), "# -*- coding: cp1251 -*-\n\u0434\u0430"),
        ("<?xml encoding='shift_jis'?>\u6f22".encode("shift_jis"), "<?xml encoding='shift_jis'?>\u6f22"),
        (b"# coding: no-such-thing\ncaf\xe9", "# coding: no-such-thing\ncaf\u00e9"),
        (b"caf\xe9", "caf\u00e9"),
        (
            "\u00e4\u00f6\u00fc\u00df\u00e9\u00e8".encode() + b"\xff",
            "\u00e4\u00f6\u00fc\u00df\u00e9\u00e8\ufffd",
        ),
        (b"", ""),
    ],
)
def test_encodings(data: bytes, text: str) -> None:
    assert decode(data) == text


def test_binary_data_is_no_text() -> None:
    assert decode(b"\x7fELF\x00\x01") is None


def test_problems_are_named(tmp_path: Path) -> None:
    put(tmp_path, "a.py", "x" * 100)
    assert read_file(tmp_path / "a.py", max_bytes=99).problem == "large"
    assert read_file(tmp_path / "none.py").problem == "missing"
    assert read_file(tmp_path).problem in {"irregular", "unreadable"}
    assert read_file(Path("nul\0byte")).problem == "unreadable"
    (tmp_path / "b.bin").write_bytes(b"\0\1")
    assert read_file(tmp_path / "b.bin").problem == "binary"
    if os.geteuid() != 0:
        (tmp_path / "a.py").chmod(0)
        assert read_file(tmp_path / "a.py").problem == "denied"


def test_a_file_of_200_megabytes_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "big.py"
    with path.open("wb") as file:
        file.truncate(200 * 1024 * 1024)
    assert read_file(path) == type(read_file(path))(
        size=200 * 1024 * 1024, mtime_ns=path.stat().st_mtime_ns, problem="large"
    )


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("src/a.py", FileKind.SOURCE),
        ("vendor/lib/a.go", FileKind.VENDORED),
        ("third_party/x/a.cc", FileKind.VENDORED),
        ("api/service_pb2.py", FileKind.GENERATED),
        ("api/service.pb.go", FileKind.GENERATED),
        ("static/app.min.js", FileKind.GENERATED),
        ("package-lock.json", FileKind.DATA),
        ("locale/de.po", FileKind.DATA),
        ("logo.svg", FileKind.DATA),
        ("vendor.py", FileKind.SOURCE),
    ],
)
def test_kinds_by_path(path: str, kind: FileKind) -> None:
    assert kind_of_path(path) is kind


@pytest.mark.parametrize(
    ("path", "text", "kind"),
    [
        ("a.go", "// Code generated by stringer. DO NOT EDIT.\npackage a\n", FileKind.GENERATED),
        ("a.py", "# @generated\n", FileKind.GENERATED),
        ("a.cs", "// <auto-generated>\n", FileKind.GENERATED),
        ("a.py", "# This is a hand-written file about generated code.\n", FileKind.SOURCE),
        ("a.js", "var a=1;" * 2_000, FileKind.DATA),
        ("a.json", '{"a": 1}\n', FileKind.SOURCE),
        ("a.json", '{"a": 1}\n' * 20_000, FileKind.DATA),
        ("vendor/a.go", "// Code generated by x. DO NOT EDIT.\n", FileKind.VENDORED),
    ],
)
def test_kinds_by_text(path: str, text: str, kind: FileKind) -> None:
    assert kind_of_text(path, text) is kind


def git(folder: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=a", "-c", "user.email=a@example.com")
    subprocess.run(["git", *identity, "-C", str(folder), *arguments], check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    root = tmp_path / "repository"
    (root / "app").mkdir(parents=True)
    git(root, "init", "-q")
    for name in ("main.py", "app/one.py", "app/two.py"):
        (root / name).write_text("x = 1\n")
    git(root, "add", ".")
    git(root, "commit", "-qm", "first")
    return root


def test_another_work_tree_below_the_root_is_left_out(repository: Path) -> None:
    git(repository, "worktree", "add", "-q", "second")
    assert paths(repository) == ["main.py", "app/one.py", "app/two.py"]
    assert IgnoreRules(repository).excludes("second/main.py")
    assert sorted(paths(repository / "second")) == [
        "app/one.py",
        "app/two.py",
        "main.py",
    ]  # no .git among them


def test_a_linked_work_tree_has_the_exclude_file_of_its_repository(repository: Path) -> None:
    git(repository, "worktree", "add", "-q", "../linked")
    (repository / ".git" / "info" / "exclude").write_text("local_only.py\n/app/two.py\n")
    linked = repository.parent / "linked"
    (linked / "local_only.py").write_text("x = 1\n")
    assert sorted(paths(linked)) == ["app/one.py", "main.py"]
    assert paths(linked / "app") == ["one.py"]


def test_the_file_that_core_excludesfile_names_counts(repository: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("two.py\n")
    git(repository, "config", "core.excludesFile", str(tmp_path / "mine"))
    assert paths(repository) == ["main.py", "app/one.py"]


def test_rules_above_the_root_count_up_to_the_repository(repository: Path) -> None:
    (repository / ".gitignore").write_text("gen/\n/app/two.py\n")
    (repository.parent / ".gitignore").write_text("*\n")
    (repository / "app" / "gen").mkdir()
    (repository / "app" / "gen" / "three.py").write_text("x = 1\n")
    assert paths(repository / "app") == ["one.py"]
    (repository / "app" / ".gitignore").write_text("!two.py\n")
    assert sorted(paths(repository / "app")) == [".gitignore", "one.py", "two.py"]


def test_ignore_files_with_a_mark_or_in_utf_16_count(repository: Path) -> None:
    (repository / ".gitignore").write_bytes(b"\xef\xbb\xbfmain.py\n.gitignore\n")
    (repository / "app" / ".gitignore").write_bytes("\ufeffone.py\r\n.gitignore\r\n".encode("utf-16-le"))
    assert paths(repository) == ["app/two.py"]


def test_rules_of_a_folder_a_thousand_levels_down_are_read(tmp_path: Path) -> None:
    deep = "/".join("d" * 1_500)
    (tmp_path / ".gitignore").write_text("*.log\n")
    rules = IgnoreRules(tmp_path)
    assert len(rules.rules_of(deep)) == 1
    assert rules.ignores(f"{deep}/a.log", is_folder=False)


@pytest.mark.parametrize(
    ("folds", "left"), [("true", ["main.py"]), ("false", ["main.py", "app/one.py", "app/two.py"])]
)
def test_case_counts_unless_the_repository_says_otherwise(
    repository: Path, folds: str, left: list[str]
) -> None:
    git(repository, "config", "core.ignoreCase", folds)
    (repository / ".git" / "info" / "exclude").write_text("/APP/Two.*\n[O]NE.py\n")
    assert [path for path in paths(repository) if path.endswith(".py")] == left
