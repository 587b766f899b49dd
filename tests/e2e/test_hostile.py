"""A hostile repository, opened in the real server and named on the real command line: nothing of it runs or holds us."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from lsprotocol import types

from segue_bench.hostile.files import FILES, write_files
from segue_bench.hostile.repositories import CHANGED, REPOSITORIES, marked

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


_LARGE = 6_000_000


def surroundings(home: Path) -> dict[str, str]:
    kinds = ("CACHE", "CONFIG", "DATA", "STATE")
    return {"HOME": str(home), **{f"XDG_{kind}_HOME": str(home / kind) for kind in kinds}}


async def test_nothing_in_a_repository_runs(tmp_path: Path, run: Callable[..., Any]) -> None:
    """All traps at once, each in a folder of the workspace: open, complete, next edit, index, then the command line."""
    command, marker = marked(tmp_path / "commands")
    folders = []
    for number, hostile in enumerate(REPOSITORIES):
        hostile.build(tmp_path / f"r{number}", command)
        folders.append(tmp_path / f"r{number}" / hostile.opened)
    marker.unlink(missing_ok=True)
    some = folders[::5] + [
        folder for folder, hostile in zip(folders, REPOSITORIES, strict=True) if hostile.opened != "."
    ]
    async with run(
        tmp_path / "r0",
        environment=surroundings(tmp_path / "home"),
        folders=[types.WorkspaceFolder(uri=folder.as_uri(), name=folder.name) for folder in some],
    ) as editor:
        for folder in some:
            uri = editor.open((folder / "shapes.py").as_uri(), CHANGED)
            editor.type(uri, 2, 5, 0, "    v")
            await editor.complete(uri, 5, 5, invoked=True)
            await editor.request("textDocument/copilotInlineEdit", {
                "textDocument": {"uri": uri, "version": 2}, "position": {"line": 5, "character": 5},
            })  # fmt: skip
    assert not marker.exists()


def test_nothing_in_a_repository_runs_on_the_command_line(tmp_path: Path) -> None:
    command, marker = marked(tmp_path / "commands")
    environment = {
        **os.environ,
        **surroundings(tmp_path / "home"),
        "SEGUE_PROVIDER": "none",
        "GIT_PAGER": command,
    }
    for number, hostile in enumerate(REPOSITORIES[::6]):
        hostile.build(tmp_path / f"r{number}", command)
        marker.unlink(missing_ok=True)
        for arguments in (["commit-message", "--dry-run"], ["explain", "shapes.py:1-2", "--dry-run"]):
            subprocess.run(
                [sys.executable, "-m", "segue_server", *arguments], cwd=tmp_path / f"r{number}" / hostile.opened,
                env=environment, capture_output=True, check=False, stdin=subprocess.DEVNULL,
            )  # fmt: skip
            assert not marker.exists(), f"{hostile.name}: {arguments[0]}"


async def test_hostile_files_cost_no_session(tmp_path: Path, run: Callable[..., Any]) -> None:
    """Every file is opened and completed in; the server answers all, and its loop is never held for long."""
    root = tmp_path / "project"
    write_files(root)
    async with run(root, environment=surroundings(tmp_path / "home")) as editor:
        for file in FILES:
            if len(file.text) > _LARGE:
                continue  # the benchmark opens them
            uri = editor.open(file.name, file.text, language=file.language)
            await editor.complete(uri, 0, 0, invoked=True)
        uri = editor.open("fine.py", CHANGED)
        editor.type(uri, 2, 5, 0, "    v")
        await editor.complete(uri, 5, 5, invoked=True)
        report = await editor.command("segue.status")
        assert report is not None


@pytest.mark.parametrize("kind", ["/dev/zero", "/proc/self/fd/0", "fifo"])
async def test_a_project_file_that_never_ends_holds_nobody(
    tmp_path: Path, run: Callable[..., Any], kind: str
) -> None:
    root = tmp_path / "project"
    root.mkdir()
    for name in (".segue.toml", ".gitignore", ".segueignore"):
        if kind == "fifo":
            os.mkfifo(root / name)
        else:
            (root / name).symlink_to(kind)
    async with run(root, environment=surroundings(tmp_path / "home")) as editor:
        uri = editor.open("a.py", CHANGED)
        await editor.complete(uri, 1, 3, invoked=True)
