"""Asking git about a repository without letting the repository run or configure anything.

A repository's own configuration can name commands in many places: filters, hooks, monitors, pagers, text conversion,
helpers of remotes. So git never reads it. Each question is asked through a *view*: a temporary git directory with a
configuration of ours, whose objects, references and index are links to the repository's. The user's configuration is
not read either; of both, the few settings that say how files are written (line ends, letter case) are copied.

Everything in Segue that runs git is in this module.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from segue_context.files import read_regular_file

if TYPE_CHECKING:
    from collections.abc import Iterator

_SHARED = ("objects", "refs", "packed-refs", "reftable", "shallow")
_COPIED = frozenset(
    ["core.autocrlf", "core.eol", "core.filemode", "core.ignorecase", "core.symlinks", "core.precomposeunicode",
     "core.repositoryformatversion", "extensions.objectformat", "extensions.refstorage"]
)  # fmt: skip
_PLAIN_VALUE = re.compile(r"true|false|yes|no|on|off|input|lf|crlf|native|\d|sha1|sha256|files|reftable")
_OURS = {
    "core.bare": "false",
    "core.hooksPath": os.devnull,
    "core.attributesFile": os.devnull,
    "core.fsmonitor": "false",
    "core.quotePath": "false",
    "core.bigFileThreshold": "1m",
    "core.packedGitLimit": "256m",
    "safe.bareRepository": "explicit",
    "protocol.allow": "never",
    "gc.auto": "0",
}
_DIFF = (
    "--no-color", "--no-ext-diff", "--no-textconv", "--src-prefix=a/", "--dst-prefix=b/", "--submodule=short",
    "--ignore-submodules=dirty",
)  # fmt: skip
_LOG = ("--no-show-signature", "--no-mailmap", "--no-notes", "--no-color", "--encoding=UTF-8", "--no-ext-diff",
        "--no-textconv")  # fmt: skip
_COMMIT_FORMAT = "%x01%H%x00%as%x00%an%x00%s%x00%b%x02"
_HUNK = re.compile(r"^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@", re.MULTILINE)
_SECTION = re.compile(r"\s*\[([^\]\s\"]{1,80})[^\]]{0,200}\]")
_IGNORES_CASE = re.compile(r"\s*ignorecase\s*(?:=\s*\"?(\w{1,10})\"?)?\s*(?:[#;]|$)", re.IGNORECASE)
_MAX_SMALL_FILE = 1024 * 1024
_MAX_OUTPUT = 16 * 1024 * 1024
_TIMEOUT_S = 20
_KILLED = 128 + 9  # what a shell and `timeout` make of it
# Git may wait for a pipe in a repository and outlive a server that is killed: `timeout`, where there is one, ends it.
_BOUNDED = f"""ulimit -v {2 * 1024**2} 2>/dev/null
command -v timeout >/dev/null && exec timeout -s KILL {_TIMEOUT_S} "$@"
exec "$@\""""
_SHELL = ("/bin/sh", "-c", _BOUNDED, "git") if os.name == "posix" else ()


class GitError(Exception):
    """Why git could not be asked, as one sentence."""


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit: its hash, its date (YYYY-MM-DD), its author's name, its message in two parts, and what it changed."""

    sha: str
    date: str
    author: str
    subject: str
    body: str = ""
    paths: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository with a work tree: `git_dir` holds its HEAD and index, `common_dir` what all its work trees share."""

    root: Path
    git_dir: Path
    common_dir: Path

    def staged_diff(self) -> str:
        """Return what is staged as a unified diff with renames, "" when nothing is. Raises `GitError`."""
        with self._view() as git:
            return git.ask("diff", "--cached", "--find-renames", *_DIFF)

    def working_diff(self, *options: str) -> str:
        """Return what is changed against the last commit, staged or not; without a commit, against the index."""
        with self._view(work_tree=True) as git:
            start = ("HEAD",) if git.has_commit() else ()
            return git.ask("diff", *start, "--find-renames", *_DIFF, *options)

    def messages(self, count: int = 80) -> list[str]:
        """Return the messages of the latest commits that are no merges, newest first; none in a new repository."""
        with self._view() as git:
            if not git.has_commit():
                return []
            said = git.ask("log", f"-{count}", "--no-merges", "--no-show-signature", "--no-mailmap",
                           "--no-notes", "--encoding=UTF-8", "--format=%B%x00")  # fmt: skip
        return [message.strip() for message in said.split("\0") if message.strip()]

    def head(self) -> str:
        """Return the hash of the commit that is checked out, "" in a new repository. Raises `GitError`."""
        with self._view() as git:
            return git.ask("rev-parse", "HEAD").strip() if git.has_commit() else ""

    def commits(self, count: int, *, below: str = "") -> list[Commit]:
        """Return the latest commits that are no merges, newest first, with the files that each changed.

        With `below`, a folder of the work tree, those that changed something there, with paths relative to it.
        """
        with self._view() as git:
            if not git.has_commit():
                return []
            said = git.ask("log", f"-{count}", "--no-merges", *_LOG, "--name-only", "--no-renames", "-z",
                           f"--format={_COMMIT_FORMAT}", "HEAD", "--", *([below] if below else []))  # fmt: skip
        return _commits(said, below.rstrip("/") + "/" if below else "")

    def history_of(self, path: str, lines: tuple[int, int] | None = None, *, count: int = 10) -> list[Commit]:
        """Return the latest commits that changed a file, or its `lines` (1-based, inclusive), newest first.

        `path` is relative to the work tree. The lines are those of the commit that is checked out. Raises `GitError`.
        """
        with self._view() as git:
            if not git.has_commit():
                return []
            where = (f"-L{lines[0]},{lines[1]}:{path}", "--no-patch") if lines else ()
            said = git.ask("log", f"-{count}", *_LOG, *where, f"--format={_COMMIT_FORMAT}%x00", "HEAD",
                           *(() if lines else ("--", path)))  # fmt: skip
        return _commits(said, "")

    def committed_lines(self, path: str, lines: tuple[int, int] | None) -> tuple[int, int] | None:
        """Return where `lines` of a file's present text are in the commit that is checked out; both as in `history_of`.

        Lines that are not committed yet become the ones that they replace, or the next ones. Raises `GitError`.
        """
        if lines is None:
            return None
        hunks = [
            tuple(int(part or 1) for part in found)
            for found in _HUNK.findall(self.working_diff("--unified=0", "--", path))
        ]
        first, last = (_committed_line(hunks, line) for line in lines)
        return first, max(first, last)

    def setting(self, name: str) -> str:
        """Return a setting of the repository or, where it has none, of the user; "" when neither has it.

        The value is data: nothing is run and nothing is included from elsewhere.
        """
        return _settings([*_user_files(), self.common_dir / "config"]).get(name.lower(), "")

    @contextmanager
    def _view(self, *, work_tree: bool = False) -> Iterator[_View]:
        """Give a git directory that shows this repository's content under our configuration."""
        with tempfile.TemporaryDirectory(prefix="segue-git-") as folder:
            view = Path(folder, "view")
            empty = Path(folder, "empty")
            view.mkdir()
            empty.mkdir()
            (view / "HEAD").write_bytes(self._head())
            (view / "config").write_text(self._configuration(), "utf-8")
            links = [self.common_dir / name for name in _SHARED]
            links += self.git_dir.glob("sharedindex.*")
            for source in links:
                if source.is_file() or source.is_dir():  # no pipe, no device
                    (view / source.name).symlink_to(source.resolve())
            index = self._index()
            yield _View(view, self.root if work_tree else empty, index or view / "index", str(self.root))

    def _head(self) -> bytes:
        head = self.git_dir / "HEAD"
        if head.is_symlink() and str(target := head.readlink()).startswith("refs/"):
            return b"ref: " + os.fsencode(target) + b"\n"
        read = read_regular_file(head, _MAX_SMALL_FILE)
        if read.problem:
            raise GitError(f"git cannot be asked in {self.root}: its HEAD is {read.problem}.")
        return read.data

    def _configuration(self) -> str:
        found = _settings([*_user_files(), self.common_dir / "config"])
        chosen = {
            name: found[name]
            for name in sorted(_COPIED)
            if _PLAIN_VALUE.fullmatch(found.get(name, "").lower())
        }
        lines = []
        for name, value in (chosen | _OURS).items():
            section, _, key = name.partition(".")
            lines.append(f"[{section}]\n\t{key} = {value}\n")
        return "".join(lines)

    def _index(self) -> Path | None:
        """Return the index: the one that a running `git commit` prepares, where a hook or its editor started us."""
        named = os.environ.get("GIT_INDEX_FILE", "")
        for index in (Path(named), self.git_dir / "index") if named else (self.git_dir / "index",):
            if os.path.realpath(index.parent) == os.path.realpath(self.git_dir) and index.is_file():
                return index.resolve()
        return None


def _commits(said: str, below: str) -> list[Commit]:
    """Return the commits in what `git log` printed in `_COMMIT_FORMAT`; only paths in the folder `below` count."""
    found = []
    for entry in said.split("\x01")[1:]:
        head, _, tail = entry.partition("\x02")
        fields = head.split("\0", 4)
        if len(fields) == 5:
            paths = (path.strip("\n") for path in tail.split("\0"))
            inside = tuple(path.removeprefix(below) for path in paths if path and path.startswith(below))
            sha, date, author, subject, body = fields
            found.append(Commit(sha, date, author, subject, body.strip(), inside))
    return found


def _committed_line(hunks: list[tuple[int, ...]], line: int) -> int:
    """Return the old number of a line, given hunks without context: old start and count, new start and count."""
    moved = 0
    for old, removed, new, added in hunks:
        if line < new + (not added):
            break
        if line < new + added:
            return max(1, old + min(line - new, removed - 1) if removed else old)
        moved += removed - added
    return line + moved


def repository_of(folder: Path) -> Repository:
    """Return the repository whose work tree `folder` is or lies in.

    A bare repository is none, wherever it lies: git's own search would take a folder that holds `HEAD` and
    `objects` for one, with the configuration that a clone brought along. Raises `GitError`.
    """
    start = Path(os.path.realpath(folder))
    for root in (start, *start.parents):
        git = root / ".git"
        if git.is_dir():
            return Repository(root, git, _common_dir(git))
        if git.is_file():
            return _linked(root, git)
    raise GitError(f"git cannot be asked in {folder}: it is in no repository with a work tree.")


def folds_case(folder: Path) -> bool:
    """Return whether letters match in either case in the repository around `folder`, as its configuration says.

    Git is not asked, so this takes no time; a folder outside a repository is like most of its system.
    """
    try:
        repository = repository_of(folder)
    except GitError:
        return sys.platform in {"darwin", "win32"}
    text = read_regular_file(repository.common_dir / "config", _MAX_SMALL_FILE).data.decode(
        "utf-8", "replace"
    )
    section, folds = "", False
    for line in text.splitlines():
        if head := _SECTION.match(line):
            section, line = head[1].lower(), line[head.end() :]  # noqa: PLW2901
        if section == "core" and (found := _IGNORES_CASE.match(line)):
            folds = (found[1] or "true").lower() in {"true", "yes", "on", "1"}
    return folds


def _linked(root: Path, file: Path) -> Repository:
    """Return the repository that a `.git` file (of a linked work tree or a submodule) names."""
    written = read_regular_file(file, _MAX_SMALL_FILE).data.decode("utf-8", "surrogateescape").strip()
    if not written.startswith("gitdir:"):
        raise GitError(f"git cannot be asked in {root}: its .git file names no git directory.")
    git = Path(os.path.realpath(root / written.removeprefix("gitdir:").strip()))
    if not (git / "HEAD").exists():
        raise GitError(
            f"git cannot be asked in {root}: the git directory that its .git file names is missing."
        )
    return Repository(root, git, _common_dir(git))


def _common_dir(git_dir: Path) -> Path:
    read = read_regular_file(git_dir / "commondir", _MAX_SMALL_FILE)
    if read.problem:
        return git_dir
    return Path(os.path.realpath(git_dir / read.data.decode("utf-8", "surrogateescape").strip()))


def _user_files() -> list[Path]:
    base = os.environ.get("XDG_CONFIG_HOME")
    home = Path.home()
    return [(Path(base) if base else home / ".config") / "git" / "config", home / ".gitconfig"]


def _settings(files: list[Path]) -> dict[str, str]:
    """Return what configuration files say, the last winning; git parses their text and follows no includes."""
    text = b"\n".join(read_regular_file(file, _MAX_SMALL_FILE).data for file in files)
    said = _run(["config", "--file", "-", "--no-includes", "--list", "-z"], os.sep, {}, text=text)
    entries = (entry.partition("\n") for entry in said.split("\0"))
    return {name.lower(): value for name, _, value in entries if name}


@dataclass(frozen=True, slots=True)
class _View:
    git_dir: Path
    work_tree: Path
    index: Path
    name: str

    def ask(self, *arguments: str) -> str:
        environment = {
            "GIT_DIR": str(self.git_dir),
            "GIT_WORK_TREE": str(self.work_tree),
            "GIT_INDEX_FILE": str(self.index),
        }
        try:
            return _run(["--no-pager", "--literal-pathspecs", *arguments], str(self.git_dir), environment)
        except GitError as error:
            raise GitError(f"git cannot be asked in {self.name}: {error}.") from None

    def has_commit(self) -> bool:
        try:
            self.ask("rev-parse", "--quiet", "--verify", "HEAD^{commit}")
        except GitError:
            return False
        return True


def _run(arguments: list[str], cwd: str, variables: dict[str, str], *, text: bytes = b"") -> str:
    """Run git with a bound on time, memory and output; longer output is cut. Raises `GitError` with what it said."""
    program = _program()
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as errors:
        given.write(text)
        given.seek(0)
        process = subprocess.Popen(
            [*_SHELL, program, *arguments],
            stdin=given,
            stdout=subprocess.PIPE,
            stderr=errors,
            cwd=cwd,
            env=_environment() | variables,
        )
        late = threading.Timer(_TIMEOUT_S + 1, process.kill)
        late.daemon = True
        late.start()
        with process:
            assert process.stdout is not None
            output = process.stdout.read(_MAX_OUTPUT)
            cut = bool(process.stdout.read(1))
            if cut:
                process.kill()
        ended = not late.is_alive() or process.returncode == _KILLED
        late.cancel()
        errors.seek(0)
        said = errors.read(4_096).decode("utf-8", "replace").strip().split("\n")[0]
    if cut:
        return output[: output.rfind(b"\n") + 1].decode("utf-8", "replace")
    if process.returncode:
        raise GitError("it did not answer in time" if ended else said.rstrip(".") or "it failed")
    return output.decode("utf-8", "replace")


def _program() -> str:
    """Return the git to run: the first on PATH in a folder named from the root, never one in the current folder."""
    import shutil

    folders = [
        part for part in os.environ.get("PATH", os.defpath).split(os.pathsep) if Path(part).is_absolute()
    ]
    program = shutil.which("git", path=os.pathsep.join(folders))
    if program is None:
        raise GitError("the command git was not found on this machine")
    return program


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return kept | {
        "LC_ALL": "C",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_SYSTEM": os.devnull,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ALLOW_PROTOCOL": "none",
    }
