"""A terminal program in tmux: type, and read the screen."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

from segue_editors.cache import UnavailableError
from segue_editors.vscode import wait_for

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


class Terminal:
    """A program on a screen of its own."""

    def __init__(
        self,
        arguments: Sequence[str | Path],
        folder: Path,
        env: Mapping[str, str],
        size: tuple[int, int] = (90, 24),
    ) -> None:
        if not shutil.which("tmux"):
            raise UnavailableError("terminal editors are driven through tmux, and this machine has none")
        self._socket = folder / "tmux"
        home = {"HOME": str(folder), "TERM": "xterm-256color", "SHELL": "/bin/sh", "LANG": "C.UTF-8"}
        xdg = {
            f"XDG_{name}_HOME": str(folder / "xdg" / name.lower())
            for name in ("CACHE", "CONFIG", "DATA", "STATE")
        }
        self._env = {**os.environ, **home, **xdg, **env}
        command = ["new-session", "-d", "-x", str(size[0]), "-y", str(size[1]), "-c", str(folder)]
        self.tmux("-f", "/dev/null", *command, "--", *map(str, arguments))

    def tmux(self, *arguments: str) -> str:
        """Run a command of tmux and return what it prints."""
        done = subprocess.run(
            ["tmux", "-S", str(self._socket), "-u", *arguments],
            env=self._env,
            capture_output=True,
            text=True,
            timeout=20,
            check=False,
        )
        return done.stdout

    def press(self, *keys: str) -> None:
        """Press keys by tmux's names for them."""
        self.tmux("send-keys", *keys)

    def type(self, text: str) -> None:
        """Type text."""
        self.tmux("send-keys", "-l", text)

    def screen(self) -> str:
        """Return what is on the screen."""
        return self.tmux("capture-pane", "-p")

    def colours(self) -> str:
        """Return what is on the screen with its escape sequences."""
        return self.tmux("capture-pane", "-p", "-e")

    def wait(self, text: str, seconds: float = 30) -> str:
        """Wait until `text` is on the screen and return the screen."""
        try:
            return wait_for(lambda: screen if text in (screen := self.screen()) else "", repr(text), seconds)
        except AssertionError as error:
            raise AssertionError(f"{error}; the screen:\n{self.screen()}") from None

    def wait_gone(self, text: str, seconds: float = 20) -> None:
        """Wait until `text` is not on the screen."""
        wait_for(lambda: text not in self.screen(), f"{text!r} to go", seconds)

    def close(self) -> None:
        """End the program and its screen."""
        self.tmux("kill-server")
