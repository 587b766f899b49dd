"""Neovim without a screen: keys go in through its socket, and what Segue draws is read from its marks."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

from segue_editors.vscode import wait_for

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_DRAWN = """(function()
  local drawn = {}
  for name, space in pairs(vim.api.nvim_get_namespaces()) do
    if vim.startswith(name, 'segue.') then
      for _, mark in ipairs(vim.api.nvim_buf_get_extmarks(0, space, 0, -1, { details = true })) do
        for _, chunks in ipairs({ mark[4].virt_text or {}, unpack(mark[4].virt_lines or {}) }) do
          for _, chunk in ipairs(chunks) do
            table.insert(drawn, mark[2] + 1 .. ':' .. chunk[1])
          end
        end
      end
    end
  end
  return vim.json.encode(drawn)
end)()"""


class Headless:
    """One Neovim in a process of its own."""

    def __init__(self, program: Path, arguments: Sequence[str | Path], folder: Path) -> None:
        self._program = program
        self.socket = folder / "nvim.sock"
        self._process = subprocess.Popen(
            [program, "--headless", "--listen", self.socket, *arguments],
            cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        wait_for(self.socket.exists, "Neovim's socket", 60)

    def _remote(self, what: str, argument: str) -> str:
        command = [self._program, "--clean", "--headless", "--server", self.socket, what, argument]
        return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False).stdout

    def keys(self, keys: str) -> None:
        """Press keys in Neovim's notation, such as `ix<Esc>`, one after the other without a pause."""
        self._remote("--remote-send", keys)

    def lua(self, expression: str) -> str:
        """Return the value of an expression that is a string."""
        return self._remote("--remote-expr", f"luaeval({json.dumps(expression)})").rstrip("\n")

    def text(self) -> str:
        """Return the text of the buffer."""
        lines: list[str] = json.loads(
            self.lua("vim.json.encode(vim.api.nvim_buf_get_lines(0, 0, -1, false))")
        )
        return "\n".join(lines)

    def drawn(self) -> list[str]:
        """Return what Segue draws, as LINE:TEXT, where the mark is now."""
        found: list[str] = json.loads(self.lua(_DRAWN.replace("\n", " ")) or "[]")
        return found

    def wait(self, text: str, seconds: float = 60) -> list[str]:
        """Wait until Segue draws `text`, and return all that it draws."""

        def found() -> list[str]:
            drawn = self.drawn()
            return drawn if any(text in one for one in drawn) else []

        return wait_for(found, repr(text), seconds)

    def shows(self, drawn: list[str], text: str = "") -> None:
        """Wait until this, and nothing else, is drawn, in a buffer that ends with `text`."""
        wait_for(lambda: self.text().endswith(text) and self.drawn() == drawn, f"{drawn} on the screen", 60)

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()
