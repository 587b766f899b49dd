"""Where the real editors live: a folder of the user's cache, filled once and shared by every clone."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

# Read at import: the suite's fixtures point the XDG variables of every test elsewhere.
ROOT = Path(
    os.environ.get("SEGUE_EDITORS_DIR")
    or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "segue-editors"
)


class UnavailableError(Exception):
    """An editor cannot be had on this machine; the message says why in one sentence."""


def command(
    arguments: Sequence[str | Path], *, cwd: Path | None = None, env: dict[str, str] | None = None
) -> str:
    """Run a command of the installation and return what it printed; a failure makes the editor unavailable."""
    try:
        done = subprocess.run(
            [str(part) for part in arguments],
            cwd=cwd,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=900,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UnavailableError(f"{arguments[0]} did not run: {error}") from error
    if done.returncode:
        tail = " / ".join(done.stdout.strip().splitlines()[-3:])
        raise UnavailableError(f"{Path(str(arguments[0])).name} {arguments[1]} failed: {tail}")
    return done.stdout


def installed(name: str, recipe: str, install: Callable[[Path], None]) -> Path:
    """Return the folder `name` of the cache, running `install` on an empty one when `recipe` is not there yet.

    `recipe` names the version of what is installed: changing it installs again. A lock lets several test runs
    share the cache, and a folder appears whole or not at all.
    """
    folder = ROOT / name
    ROOT.mkdir(parents=True, exist_ok=True)
    with _locked(ROOT / f".{name}.lock"):
        stamp = folder / ".recipe"
        if stamp.is_file() and stamp.read_text() == recipe:
            return folder
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        install(folder)
        stamp.write_text(recipe)
    return folder


def python_package(*requirements: str) -> Path:
    """Return a folder of the cache into which pip put `requirements`, for `sys.path` or its `bin/`."""
    name = "python-" + requirements[0].split("==")[0]

    def install(folder: Path) -> None:
        command([sys.executable, "-m", "pip", "install", "-q", "--target", folder, *requirements])

    return installed(name, f"{sys.version_info[:2]} {requirements}", install)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
