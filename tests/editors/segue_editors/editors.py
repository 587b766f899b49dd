"""The editors themselves, one function each: found in the cache or installed into it."""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from segue_editors.cache import UnavailableError, command, installed
from segue_editors.debian import unpack, use_own_loader

CODE_SERVER = "4.139.1"
NODE = "24.21.0"
NPM_OPTIONS = ["--no-audit", "--no-fund", "--loglevel=error", "--ignore-scripts"]


@dataclass(frozen=True, slots=True)
class VsCode:
    """The files of a real VS Code workbench and extension host."""

    node: Path
    code_server: Path

    @property
    def server(self) -> Path:
        """The bare VS Code server inside code-server."""
        return self.code_server / "lib" / "vscode" / "out" / "server-main.js"

    def command(self, data: Path, extensions: Path, *, bare: bool = False) -> list[str]:
        """Return the command of code-server, or of the bare server, with a profile of its own."""
        program = self.server if bare else self.code_server / "out" / "node" / "entry.js"
        folders = ["--user-data-dir", str(data), "--extensions-dir", str(extensions)]
        return [str(self.node), str(program), *folders]


def vscode() -> VsCode:
    """Return VS Code's workbench as code-server ships it, with the API check of a stable build put back."""

    def install(folder: Path) -> None:
        npm = shutil.which("npm")
        if npm is None:
            raise UnavailableError("VS Code comes through npm, and this machine has none")
        (folder / "package.json").write_text('{"private": true}')
        arch = {"x86_64": "x64", "aarch64": "arm64"}.get(os.uname().machine, os.uname().machine)
        command([npm, "install", *NPM_OPTIONS, f"node-linux-{arch}@{NODE}"], cwd=folder)
        node_bin = folder / "node_modules" / f"node-linux-{arch}" / "bin"
        env = {**os.environ, "PATH": f"{node_bin}:{os.environ['PATH']}"}
        command([npm, "install", *NPM_OPTIONS, f"code-server@{CODE_SERVER}"], cwd=folder, env=env)
        inner = folder / "node_modules" / "code-server" / "lib" / "vscode"
        command([npm, "install", *NPM_OPTIONS, "--omit=dev"], cwd=inner, env=env)
        shutil.rmtree(inner / "extensions" / "copilot", ignore_errors=True)
        for heavy in (inner / "node_modules" / "@github").glob("copilot*"):
            shutil.rmtree(heavy)
        _refuse_proposed_api(inner / "out")
        (folder / "node").symlink_to(node_bin / "node")

    folder = installed("vscode", f"code-server {CODE_SERVER} node {NODE} strict", install)
    return VsCode(folder / "node", folder / "node_modules" / "code-server")


def _refuse_proposed_api(out: Path) -> None:
    """Put back what a published extension meets: code-server lets every extension use unfinished API."""
    host = out / "vs" / "workbench" / "api" / "node" / "extensionHostProcess.js"
    text, count = re.subn(
        r"function (\w+)\((\w+),(\w+)\)\{return!0\}(?=function \w+\(\w+,\w+\)\{if\(!\1\()",
        r"function \1(\2,\3){return!!(\2.enabledApiProposals&&\2.enabledApiProposals.includes(\3))}",
        host.read_text(encoding="utf-8"),
        count=1,
    )
    page = out / "vs" / "code" / "browser" / "workbench" / "workbench.js"
    switch = "this._envEnablesProposedApiForAll=!0"
    body = page.read_text(encoding="utf-8")
    if count != 1 or switch not in body:
        raise UnavailableError("this VS Code build does not have the API check where the harness expects it")
    host.write_text(text, encoding="utf-8")
    page.write_text(body.replace(switch, "this._envEnablesProposedApiForAll=!1"), encoding="utf-8")


def chromium() -> Path:
    """Return a Chromium that shows the same fonts on every machine."""
    packages = [
        "chromium",
        "fonts-inter",
        "fonts-jetbrains-mono",
        "fonts-wqy-microhei",
        "fonts-noto-color-emoji",
    ]

    def install(folder: Path) -> None:
        root = unpack(packages, folder)
        fonts = folder / "fonts.conf"
        fonts.write_text(
            '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd"><fontconfig>'
            f"<dir>{root}/usr/share/fonts</dir><dir>/usr/share/fonts</dir><cachedir>{folder}/fontcache</cachedir>"
            "<alias><family>monospace</family><prefer><family>JetBrains Mono</family></prefer></alias>"
            "<alias><family>sans-serif</family><prefer><family>Inter</family></prefer></alias>"
            "<alias><family>system-ui</family><prefer><family>Inter</family></prefer></alias></fontconfig>"
        )
        places = [*root.glob("usr/lib/*-linux-gnu*"), *root.glob("lib/*-linux-gnu*"), root / "usr" / "lib"]
        libraries = ":".join(str(path) for place in places for path in (place, place / "pulseaudio"))
        program = next(
            (
                path
                for path in (root / "usr/lib/chromium/chromium", Path("/usr/lib/chromium/chromium"))
                if path.exists()
            ),
            None,
        )
        if program is None:
            raise UnavailableError("Debian's chromium package has no program where the harness expects it")
        write_script(
            folder / "chromium",
            f'export LD_LIBRARY_PATH="{libraries}" FONTCONFIG_FILE="{fonts}"\nexec "{program}" "$@"\n',
        )
        command([folder / "chromium", "--version"])

    return installed("chromium", " ".join(packages), install) / "chromium"


def neovim(suite: str = "sid") -> Path:
    """Return Neovim of a Debian release: sid has 0.12, trixie 0.10."""

    def install(folder: Path) -> None:
        root = unpack(["neovim"], folder, suite=suite)
        # Neovim starts itself again through /proc/self/exe, so the loader must be named inside the program.
        use_own_loader(root / "usr" / "bin" / "nvim", root)
        library = next((root / "usr" / "lib").glob("*-linux-gnu*"))
        write_script(
            folder / "nvim",
            f'export VIMRUNTIME="{root}/usr/share/nvim/runtime" LUA_PATH="{root}/usr/share/lua/5.1/?.lua;;" '
            f'LUA_CPATH="{library}/lua/5.1/?.so;;"\nexec "{root}/usr/bin/nvim" "$@"\n',
        )
        command([folder / "nvim", "--version"])

    return installed(f"neovim-{suite}", f"neovim {suite}", install) / "nvim"


def emacs() -> Path:
    """Return Emacs 30 with lsp-mode from Debian's unstable release."""
    packages = ["emacs-nox", "elpa-lsp-mode", "elpa-dash", "elpa-f", "elpa-ht", "elpa-s", "elpa-lv"]
    packages += ["elpa-hydra", "elpa-markdown-mode", "elpa-spinner", "elpa-posframe"]

    def install(folder: Path) -> None:
        root = unpack(packages, folder, suite="sid")
        program = root / "usr" / "bin" / "emacs-nox"
        use_own_loader(program, root)
        lisp = root / "usr" / "share" / "emacs"
        version = next(path.name for path in sorted(lisp.iterdir()) if path.name[0].isdigit())
        load = [lisp / version / "lisp", lisp / "site-lisp" / "elpa-src"]
        paths = [
            path for top in load if top.is_dir() for path in [top, *sorted(top.rglob("*"))] if path.is_dir()
        ]
        programs = next((root / "usr" / "libexec" / "emacs" / version).iterdir())
        dump = next((root / "usr").rglob("emacs*.pdmp"))
        etc = lisp / version / "etc"
        terminfo = f"{root}/usr/share/terminfo:/usr/share/terminfo:/lib/terminfo"
        write_script(
            folder / "emacs",
            f'export EMACSDATA="{etc}" EMACSDOC="{etc}" EMACSPATH="{programs}" TERMINFO_DIRS="{terminfo}"\n'
            f'export EMACSLOADPATH="{":".join(map(str, paths))}"\n'
            f'exec "{program}" --dump-file="{dump}" "$@"\n',
        )
        command([folder / "emacs", "--version"])

    return installed("emacs", " ".join(packages), install) / "emacs"


def write_script(path: Path, body: str) -> None:
    """Write an executable shell script."""
    path.write_text(f"#!/bin/sh\n{body}")
    path.chmod(0o755)
