"""Test frameworks themselves, one function each: on the machine already, in the cache, or installed into it."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from segue_editors.cache import UnavailableError, command, installed
from segue_editors.debian import unpack
from segue_editors.editors import NPM_OPTIONS, write_script

if TYPE_CHECKING:
    from pathlib import Path

_JUNIT = """
classes=$(mktemp -d)
find . -name '*.java' -exec javac -cp '{jars}' -d "$classes" {{}} +
class=$(echo "$1" | sed 's#.*/java/##; s#[.]java$##; s#/#.#g')
exec java -cp "{jars}:$classes" org.junit.runner.JUnitCore "$class"
"""


def program(name: str) -> str:
    """Return the path of a program of this machine."""
    found = shutil.which(name)
    if found is None:
        raise UnavailableError(f"this machine has no {name}")
    return found


def node_modules(package: str, version: str) -> Path:
    """Return a folder `node_modules` with a package of npm and all that it needs."""

    def install(folder: Path) -> None:
        (folder / "package.json").write_text('{"private": true}')
        command([program("npm"), "install", *NPM_OPTIONS, f"{package}@{version}"], cwd=folder)

    return installed(f"npm-{package}", f"{package} {version}", install) / "node_modules"


def rspec() -> Path:
    """Return RSpec with a Ruby of its own, as Debian packages it."""
    packages = ["ruby", "ruby-rspec"]

    def install(folder: Path) -> None:
        root = unpack(packages, folder)
        ruby = next((root / "usr" / "bin").glob("ruby[0-9]*"))
        libraries = sorted((root / "usr" / "lib").glob("*-linux-gnu*"))
        load = [
            *root.glob("usr/lib/ruby/vendor_ruby"),
            *root.glob("usr/lib/ruby/[0-9]*"),
            *root.glob("usr/lib/*-linux-gnu*/ruby/[0-9]*"),
            *root.glob("usr/share/rubygems-integration/all/gems/*/lib"),
        ]
        write_script(
            folder / "rspec",
            f'export LD_LIBRARY_PATH="{":".join(map(str, libraries))}" RUBYLIB="{":".join(map(str, load))}"\n'
            f'exec "{ruby}" --disable-gems -e \'require "rspec/core"; exit RSpec::Core::Runner.run(ARGV)\' -- "$@"\n',
        )
        command([folder / "rspec", "--version"])

    return installed("rspec", " ".join(packages), install) / "rspec"


def junit() -> Path:
    """Return a program that compiles the Java of its folder and runs the JUnit 4 tests of one file."""
    packages = ["junit4"]
    program("javac")

    def install(folder: Path) -> None:
        root = unpack(packages, folder)
        jars = ":".join(str(path) for path in sorted(root.glob("usr/share/java/*.jar")))
        write_script(folder / "junit", _JUNIT.format(jars=jars))

    return installed("junit", " ".join(packages), install) / "junit"


def go() -> Path:
    """Return the program of Go: the machine's own, else Debian's."""
    own = shutil.which("go")
    packages = ["golang-go"]

    def install(folder: Path) -> None:
        if own is not None:
            write_script(folder / "go", f'exec "{own}" "$@"\n')
            return
        root = unpack(packages, folder)
        home = next(
            path for path in sorted((root / "usr" / "lib").glob("go-*")) if (path / "bin" / "go").exists()
        )
        write_script(folder / "go", f'export GOROOT="{home}"\nexec "{home}/bin/go" "$@"\n')
        command([folder / "go", "version"])

    return installed("go", f"{own} {packages}", install) / "go"
