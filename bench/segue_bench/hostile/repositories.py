"""Repositories whose configuration tries to run a command, which would leave a marker file."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SOURCE = "def area(width, height):\n    return width * height\n"
CHANGED = SOURCE + "\n\ndef volume(width, height, depth):\n    return area(width, height) * depth\n"


@dataclass(frozen=True, slots=True)
class HostileRepository:
    """A way to make git run a command: `build` prepares a folder, in which `opened` is the folder to open.

    `tempts_git` tells whether plain git commands in that folder do run it, which shows that the trap works.
    """

    name: str
    build: Callable[[Path, str], None]
    opened: str = "."
    tempts_git: bool = True


def marked(folder: Path) -> tuple[str, Path]:
    """Return a command that leaves a marker, and the marker."""
    folder.mkdir(parents=True, exist_ok=True)
    marker, script = folder / "marker", folder / "leave-marker"
    script.write_text(f"#!/bin/sh\ntouch {shlex.quote(str(marker))}\nexit 1\n")
    script.chmod(0o755)
    return str(script), marker


def tempt(folder: Path) -> None:
    """Run the commands that an editor's helper might run carelessly."""
    for command in (
        ["status"],
        ["update-index", "--chmod=+x", "shapes.py"],
        ["diff", "HEAD"],
        ["diff", "--cached"],
        ["log", "-3", "-p"],
        ["cat-file", "-p", "HEAD:gone.py"],
        ["fetch", "--quiet"],
    ):
        subprocess.run(
            ["git", "--paginate", "-C", str(folder), *command],
            capture_output=True,
            check=False,
            timeout=20,
            env={"PATH": os.environ["PATH"], "HOME": str(folder), "GIT_TERMINAL_PROMPT": "0"},
        )


def _git(folder: Path, *arguments: str) -> str:
    settings = ("-c", "user.name=a", "-c", "user.email=a@example.invalid", "-c", "commit.gpgSign=false",
                "-c", "protocol.file.allow=always", "-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false")  # fmt: skip
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    done = subprocess.run(
        ["git", *settings, "-C", str(folder), *arguments], check=True, capture_output=True, env=environment
    )
    return done.stdout.decode("utf-8", "replace").strip()


def plain(folder: Path) -> None:
    """Make a repository with three commits, one change that is staged and one that is not."""
    folder.mkdir(parents=True, exist_ok=True)
    _git(folder, "init", "-q", "-b", "main")
    (folder / "shapes.py").write_text(SOURCE)
    for number in range(3):
        (folder / "gone.py").write_text(f"number = {number}\n")
        _git(folder, "add", "-A")
        _git(folder, "commit", "-q", "-m", f"Add number {number}")
    (folder / "staged.py").write_text("from shapes import area\n")
    _git(folder, "add", "staged.py")
    (folder / "shapes.py").write_text(CHANGED)
    os.utime(folder / "gone.py", (1, 1))  # git must read it to know that it is unchanged


def _configured(*settings: str, attributes: str = "") -> Callable[[Path, str], None]:
    """Return a builder of a plain repository with `name=value` settings; `{}` in a value is the command."""

    def build(folder: Path, command: str) -> None:
        plain(folder)
        if attributes:
            (folder / ".gitattributes").write_text(attributes)
        for setting in settings:
            name, _, value = setting.partition("=")
            _git(folder, "config", name, value.replace("{}", command))

    return build


def _hooks(folder: Path, command: str) -> None:
    plain(folder)
    for name in (
        "post-index-change",
        "pre-commit",
        "prepare-commit-msg",
        "post-checkout",
        "reference-transaction",
    ):
        hook = folder / ".git" / "hooks" / name
        hook.parent.mkdir(exist_ok=True)
        shutil.copy(command, hook)


def _embedded_bare(folder: Path, command: str) -> None:
    """Commit a folder that git takes for a bare repository, as a clone would bring it."""
    plain(folder)
    docs = folder / "docs"
    _git(folder, "clone", "-q", "--bare", str(folder), str(docs))
    (docs / "sub").mkdir()
    (docs / "sub" / "page.py").write_text(CHANGED)
    (docs / "shapes.py").write_text(CHANGED)
    (docs / ".gitattributes").write_text("* filter=e\n")
    for name, value in {
        "core.bare": "false",
        "core.worktree": "..",
        "filter.e.clean": command,
        "core.fsmonitor": command,
    }.items():
        _git(folder, "config", "--file", str(docs / "config"), name, value)
    shutil.copy(docs / "config", docs / "config.copy")
    subprocess.run(["git", f"--git-dir={docs}", f"--work-tree={docs}", "read-tree", "HEAD"], check=True, capture_output=True)  # fmt: skip


def _git_file(folder: Path, command: str) -> None:
    _configured("filter.e.clean={}", "core.fsmonitor={}", attributes="* filter=e\n")(folder, command)
    (folder / ".git").rename(folder / "elsewhere")
    (folder / ".git").write_text("gitdir: elsewhere\n")


def _worktree_configuration(folder: Path, command: str) -> None:
    _configured("extensions.worktreeConfig=true", attributes="* filter=e\n")(folder, command)
    (folder / ".git" / "config.worktree").write_text(f'[filter "e"]\n\tclean = {command}\n')


def _included(condition: str) -> Callable[[Path, str], None]:
    def build(folder: Path, command: str) -> None:
        plain(folder)
        (folder / ".gitattributes").write_text("* filter=e\n")
        (folder / "more").write_text(f'[filter "e"]\n\tclean = {command}\n[core]\n\tfsmonitor = {command}\n')
        with (folder / ".git" / "config").open("a") as config:
            config.write(f"[{condition}]\n\tpath = ../more\n")

    return build


def _submodule(*settings: str) -> Callable[[Path, str], None]:
    def build(folder: Path, command: str) -> None:
        plain(folder)
        library = folder.parent / f"{folder.name}-library"
        plain(library)
        _git(folder, "submodule", "--quiet", "add", str(library), "lib")
        _git(folder, "commit", "-q", "-m", "Add lib")
        (folder / "staged.py").write_text(CHANGED)
        _git(folder, "add", "staged.py")
        inner = folder / "lib"
        (inner / "gone.py").write_text("number = 9\n")
        (inner / ".gitattributes").write_text("* filter=e\n")
        for setting in settings:
            name, _, value = setting.partition("=")
            _git(inner, "config", name, value.replace("{}", command))

    return build


def _partial_clone(*settings: str) -> Callable[[Path, str], None]:
    """Return a builder of a repository that misses an object, which git would fetch from the remote."""

    def build(folder: Path, command: str) -> None:
        plain(folder)
        blob = _git(folder, "rev-parse", "HEAD:gone.py")
        (folder / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
        (folder / "gone.py").write_text("number = 7\n")
        for setting in (
            "core.repositoryFormatVersion=1",
            "extensions.partialClone=origin",
            "remote.origin.promisor=true",
            "remote.origin.partialCloneFilter=blob:none",
            *settings,
        ):
            name, _, value = setting.partition("=")
            _git(folder, "config", name, value.replace("{}", command))

    return build


def _signed(folder: Path, command: str) -> None:
    _configured("log.showSignature=true", "gpg.program={}")(folder, command)
    commit = _git(folder, "cat-file", "commit", "HEAD")
    head, _, message = commit.partition("\n\n")
    signature = "gpgsig -----BEGIN PGP SIGNATURE-----\n \n AAAA\n -----END PGP SIGNATURE-----"
    done = subprocess.run(
        ["git", "-C", str(folder), "hash-object", "-t", "commit", "-w", "--stdin"],
        input=f"{head}\n{signature}\n\n{message}\n".encode(), capture_output=True, check=True,
    )  # fmt: skip
    _git(folder, "update-ref", "HEAD", done.stdout.decode().strip())


REPOSITORIES: tuple[HostileRepository, ...] = (
    HostileRepository("filter.clean", _configured("filter.e.clean={}", attributes="* filter=e\n")),
    HostileRepository("filter.process", _configured("filter.e.process={}", "filter.e.required=true", attributes="* filter=e\n")),
    HostileRepository("diff.textconv", _configured("diff.x.textconv={}", attributes="* diff=x\n")),
    HostileRepository("diff.command", _configured("diff.x.command={}", attributes="* diff=x\n")),
    HostileRepository("diff.external", _configured("diff.external={}")),
    HostileRepository("core.fsmonitor", _configured("core.fsmonitor={}")),
    HostileRepository("core.hooksPath", _configured("core.hooksPath=.evil"), tempts_git=False),
    HostileRepository("hooks", _hooks),
    HostileRepository("core.pager", _configured("core.pager={}", "pager.diff={}", "pager.log={}"), tempts_git=False),
    HostileRepository("alias", _configured("alias.staged=!{}", "alias.diff=!{}", "alias.config=!{}"), tempts_git=False),
    HostileRepository("credential.helper", _configured("credential.helper={}", "core.askPass={}", "remote.origin.url=https://127.0.0.1:9/x"), tempts_git=False),
    HostileRepository("core.gitProxy", _configured("core.gitProxy={}", "remote.origin.url=git://127.0.0.1:9/x")),
    HostileRepository("gpg.program", _signed),
    HostileRepository("include.path", _included("include")),
    HostileRepository("includeIf", _included('includeIf "gitdir:/"')),
    HostileRepository("config.worktree", _worktree_configuration),
    HostileRepository("merge, editor", _configured("merge.x.driver={}", "core.editor={}", "sequence.editor={}", "interactive.diffFilter={}", attributes="* merge=x\n"), tempts_git=False),
    HostileRepository(".git file", _git_file),
    HostileRepository("embedded bare repository", _embedded_bare, opened="docs/sub"),
    HostileRepository("submodule filter", _submodule("filter.e.clean={}")),
    HostileRepository("submodule monitor", _submodule("core.fsmonitor={}")),
    HostileRepository("partial clone, ssh", _partial_clone("core.sshCommand={}", "remote.origin.url=ssh://127.0.0.1/x")),
    HostileRepository("partial clone, upload pack", _partial_clone("remote.origin.uploadpack={}", "remote.origin.url=.")),
    HostileRepository("partial clone, ext", _partial_clone("protocol.ext.allow=always", "remote.origin.url=ext::{} %S")),
    HostileRepository("partial clone, remote helper", _partial_clone("protocol.allow=always", "remote.origin.vcs=ext", "remote.origin.url=ext::{}")),
)  # fmt: skip
