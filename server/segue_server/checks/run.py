"""Running one command of the user's settings in a copy: no shell, little environment, limits, no network where that can be had."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_OUTPUT_BYTES = 1_000_000
_FILE_BYTES = 500_000_000
_MEMORY_BYTES = 8_000_000_000
_PROBE_S = 5.0
_UNSHARED = (
    ("--user", "--map-root-user", "--net", "--pid", "--fork", "--kill-child"),
    ("--user", "--map-root-user", "--net"),
)
_PASSED_ON = ("PATH", "LANG", "LC_ALL", "TZ", "SYSTEMROOT", "JAVA_HOME")
_PACKAGES = {"GOMODCACHE": "go/pkg/mod", "CARGO_HOME": ".cargo", "RUSTUP_HOME": ".rustup"}


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended: `status` is its exit status, None when it did not; `failure` is then the sentence why."""

    status: int | None
    output: str = ""
    failure: str = ""

    @property
    def passed(self) -> bool:
        """Whether it ran and reported no problem."""
        return self.status == 0


def run(
    command: Sequence[str], folder: Path, *, outside: Path, timeout_s: float, network: bool = False
) -> Ran:
    """Run `command` in `folder`, for at most `timeout_s`; what it started ends with it.

    The program is one that an absolute path names, or is looked for on the user's PATH, but never inside of `outside`, the
    folder that was copied, or of the copy: what lies there is the repository's and not the user's choice. `{folder}` in an argument becomes the copy's path.
    """
    if not command:
        return Ran(
            None, failure="The command is empty: name a program in assist.checkers or assist.test_commands."
        )
    program = _program(command[0], (outside, folder))
    if program is None:
        return Ran(
            None,
            failure=f"{command[0]} is not installed on your PATH, outside of the repository, so nothing was run.",
        )
    arguments = [str(program), *(one.replace("{folder}", str(folder)) for one in command[1:])]
    if not network:
        arguments = [*_offline(), *arguments]
    arguments = [*_limits(timeout_s), *arguments]
    with (
        tempfile.TemporaryDirectory(prefix="segue-home-", ignore_cleanup_errors=True) as home,
        tempfile.TemporaryFile() as out,
    ):
        try:
            process = subprocess.Popen(
                arguments,
                cwd=folder,
                env=_environment(home, folder),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        except OSError as error:
            return Ran(None, failure=f"{command[0]} could not be started: {error.strerror or error}.")
        try:
            status = process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            return Ran(
                None, _read(out), f"{command[0]} did not end within {timeout_s:g} seconds and was stopped."
            )
        finally:
            _end(process)
        return Ran(status, _read(out))


def _program(name: str, forbidden: Sequence[Path]) -> Path | None:
    """Return the program that a command names: by an absolute path, or on the PATH but not in what a repository brought."""
    if Path(name).is_absolute():
        return Path(name) if os.access(name, os.X_OK) and Path(name).is_file() else None
    folders = os.environ.get("PATH", os.defpath).split(os.pathsep)
    path = os.pathsep.join(folder for folder in folders if Path(folder).is_absolute())
    found = None if os.sep in name else shutil.which(name, path=path)
    if found is None:
        return None
    places = {Path(found), Path(os.path.realpath(found))}
    around = {one for folder in forbidden for one in (folder, folder.resolve())}
    return None if any(place.is_relative_to(folder) for place in places for folder in around) else Path(found)


def _environment(home: str, folder: Path) -> dict[str, str]:
    """Return an environment without keys and without the user's home; packages that are installed stay in reach."""
    kept = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    for name, place in _PACKAGES.items():
        folder = Path.home() / place
        if name not in kept and folder.is_dir():
            kept[name] = str(folder)
    own = dict.fromkeys(
        ("HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "GOCACHE"), home
    )
    paths = os.pathsep.join(
        (str(folder), str(folder / "src"))
    )  # the copy, not what an editable install points to
    return {
        **kept,
        **own,
        "PYTHONPATH": paths,
        "GOPROXY": "off",
        "CI": "1",
        "NO_COLOR": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def _limits(timeout_s: float) -> tuple[str, ...]:
    """Return what to put in front of a command to bound what it may use; () where this machine cannot do that.

    Set from outside after the start, limits would miss what the command has started until then.
    """
    program = shutil.which("prlimit")
    if program is None:
        return ()
    return (
        program,
        f"--cpu={int(timeout_s) * 4 + 1}",
        f"--fsize={_FILE_BYTES}",
        f"--data={_MEMORY_BYTES}",  # Node and Java reserve far more addresses than they use
        "--core=0",
    )


def _end(process: subprocess.Popen[bytes]) -> None:
    """End what is left of a command and of what it started."""
    if os.name == "posix":
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    with suppress(subprocess.TimeoutExpired):
        process.wait(_PROBE_S)


def _read(out: IO[bytes]) -> str:
    out.seek(0)
    return out.read(_OUTPUT_BYTES).decode("utf-8", "replace")


@cache
def _offline() -> tuple[str, ...]:
    """Return what to put in front of a command so that it has no network; () where this machine cannot do that."""
    program = shutil.which("unshare")
    for words in _UNSHARED if program is not None else ():
        with suppress(OSError, subprocess.TimeoutExpired):
            if (
                subprocess.run(
                    [str(program), *words, "true"], capture_output=True, timeout=_PROBE_S, check=False
                ).returncode
                == 0
            ):
                return (str(program), *words)
    program = shutil.which("bwrap")
    return (program, "--dev-bind", "/", "/", "--unshare-net", "--die-with-parent") if program else ()
