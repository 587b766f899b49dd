"""Commands of the user's settings on a copy: hostile repositories, hanging checkers, missing programs."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

from segue_server.checks import compared, copied, run

PYTHON = [sys.executable, "-c"]


def python(
    code: str, folder: Path, *, timeout_s: float = 30.0, outside: Path | None = None
) -> tuple[int | None, str, str]:
    ran = run([*PYTHON, code], folder, outside=outside or folder / "nowhere", timeout_s=timeout_s)
    return ran.status, ran.output, ran.failure


def test_a_copy_holds_files_and_inner_links_and_nothing_from_outside(tmp_path: Path) -> None:
    root, secret = tmp_path / "root", tmp_path / "secret"
    (root / "src").mkdir(parents=True)
    (root / ".git").mkdir()
    (root / ".git" / "config").write_text("x")
    secret.mkdir()
    (secret / "key").write_text("hidden")
    (root / "src" / "a.py").write_text("a")
    (root / "inner").symlink_to("src/a.py")
    (root / "absolute").symlink_to(root / "src" / "a.py")
    (root / "out").symlink_to("../secret/key")
    (root / "folder").symlink_to("../secret")
    (root / "twice").symlink_to("folder/key")
    os.mkfifo(root / "pipe")
    with copied(root) as copy:
        held = sorted(str(path.relative_to(copy)) for path in copy.rglob("*"))
        assert held == ["inner", "src", "src/a.py"]
        (copy / "inner").write_text("changed")
        kept = copy
    assert not kept.exists()
    assert (root / "src" / "a.py").read_text() == "a"


@pytest.mark.skipif(sys.platform != "linux", reason="limits of another process are Linux's")
def test_memory_is_limited_and_addresses_are_not(tmp_path: Path) -> None:
    reserve = (
        "import mmap; mmap.mmap(-1, 20 << 30, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x4000, mmap.PROT_READ)"
    )
    status, output, _ = python(reserve, tmp_path)
    assert status == 0, output
    status, output, _ = python("bytearray(20 << 30)", tmp_path)
    assert status != 0
    assert "MemoryError" in output


def test_a_command_gets_no_keys_no_input_and_no_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEGUE_API_KEY", "secret")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    code = (
        "import os, sys; print(sorted(os.environ)); print(repr(sys.stdin.read())); print(os.environ['HOME'])"
    )
    status, output, _ = python(code, tmp_path)
    assert status == 0, output
    assert "secret" not in output
    assert "KEY" not in output
    assert "''" in output
    assert str(Path.home()) != output.splitlines()[-1]


def test_a_command_that_hangs_ends_with_all_that_it_started(tmp_path: Path) -> None:
    mark = tmp_path / "alive"
    child = f"import time; time.sleep(3); open({str(mark)!r}, 'w')"
    code = (
        f"import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', {child!r}]); time.sleep(60)"
    )
    began = time.monotonic()
    status, _, failure = python(code, tmp_path, timeout_s=1.0)
    assert status is None
    assert "did not end within 1 seconds" in failure
    assert time.monotonic() - began < 30
    assert not mark.exists()


def test_output_is_cut(tmp_path: Path) -> None:
    status, output, _ = python("print('x' * 3_000_000)", tmp_path)
    assert status == 0
    assert len(output) <= 1_000_000


@pytest.mark.parametrize("name", ["surely-not-installed", "./tool", "bin/tool"])
def test_a_program_that_is_not_on_the_path_is_one_sentence(tmp_path: Path, name: str) -> None:
    (tmp_path / "bin").mkdir()
    for place in (tmp_path / "tool", tmp_path / "bin" / "tool"):
        place.write_text("#!/bin/sh\ntouch ran\n")
        place.chmod(0o755)
    ran = run([name], tmp_path, outside=tmp_path / "nowhere", timeout_s=5)
    assert ran.status is None
    assert (
        ran.failure == f"{name} is not installed on your PATH, outside of the repository, so nothing was run."
    )
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("path", ["{root}/bin", ".", "{links}"])
def test_a_program_that_the_repository_brought_is_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    root, links, copy = tmp_path / "root", tmp_path / "links", tmp_path / "copy"
    for folder in (root / "bin", links, copy):
        folder.mkdir(parents=True)
    mark = tmp_path / "ran"
    for place in (root / "bin" / "ruff", copy / "ruff"):
        place.write_text(f"#!/bin/sh\ntouch {mark}\n")
        place.chmod(0o755)
    (links / "ruff").symlink_to(root / "bin" / "ruff")
    monkeypatch.setenv("PATH", path.format(root=root, links=links))
    monkeypatch.chdir(copy)
    ran = run(["ruff"], copy, outside=root, timeout_s=5)
    assert ran.status is None
    assert not mark.exists()


def test_an_argument_is_never_read_by_a_shell(tmp_path: Path) -> None:
    ran = run(
        [*PYTHON, "import sys; print(sys.argv[1])", "$(touch ran); `touch ran`"],
        tmp_path,
        outside=tmp_path / "x",
        timeout_s=30,
    )
    assert ran.output.strip() == "$(touch ran); `touch ran`"
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("a.py:3:5: F821 Undefined name `x`\na.py:9:1: E711 wrong\n", "a.py:4:5: E711 wrong\n", "1 fewer, 0 new"),
        ("/t/a.ts(3,5): error TS2304: Cannot find 'x'.\n", "/t/a.ts(3,5): error TS2322: Type 'y'.\n", "1 fewer, 1 new"),
        ("./a.go:3:5: undefined: x\n", "", "1 fewer, 0 new"),
        ("b.py:3:5: F821 Undefined name `x`\nFound 1 error.\n", "b.py:3:5: F821 Undefined name `x`\n", "0 fewer, 0 new"),
    ],
)  # fmt: skip
def test_problems_are_compared_wherever_they_moved(before: str, after: str, said: str) -> None:
    path = "src/a" + {"ts": ".ts", "go": ".go"}.get(
        before.split("(")[0].split(":")[0].rsplit(".", 1)[-1], ".py"
    )
    assert str(compared(before, after, path)) == said
