"""The three editors as the test of random keys drives them: real keys go in, text and screen come out."""

from __future__ import annotations

import gc
import json
import socket
import sys
import urllib.request
import warnings
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from segue_editors.cache import python_package
from segue_editors.random_keys import Look, Profile
from segue_editors.vscode import wait_for

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue_editors.headless import Headless
    from segue_editors.terminal import Terminal
    from segue_editors.vscode import Workbench

NAMES = ("a.txt", "b.txt")
HERE = Path(__file__).parent


def _look(state: dict[str, Any], name: str, cursor: int) -> Look:
    active = NAMES.index(name) if name in NAMES else -1
    cursors = tuple(cursor if at == active else 0 for at in range(len(NAMES)))
    hint = str(state["hint"]) if active >= 0 else f"in {name}"
    return Look(tuple(state["texts"]), cursors, active, str(state["ghost"]), hint)


class VsCodeKeys:
    """VS Code: keys through the browser, text from its extension host, the rest from the screen."""

    profile = Profile("VS Code", lags=True, jumps_to_change=True, indents_blank_lines=True)
    settings: ClassVar = {
        "editor.autoIndent": "none",
        "editor.autoClosingBrackets": "never",
        "editor.autoClosingQuotes": "never",
        "editor.detectIndentation": False,
        "editor.insertSpaces": True,
        "editor.tabSize": 4,
        "editor.trimAutoWhitespace": False,
        "editor.useTabStops": False,
        "editor.wordBasedSuggestions": "off",
    }
    _KEYS: ClassVar = {
        "Begin": "Control+Home", "End": "Control+End", "Undo": "Control+z", "Redo": "Control+y",
        "Left": "ArrowLeft", "Right": "ArrowRight", "Up": "ArrowUp", "Down": "ArrowDown", "Other": "Control+PageDown",
    }  # fmt: skip

    def __init__(self, window: Workbench) -> None:
        self._window = window
        port = window.folder / "port"
        number = wait_for(lambda: port.is_file() and port.read_text(), "the state of the extension host", 60)
        self._address = f"http://127.0.0.1:{number}/"

    def _ask(self, texts: Sequence[str] | None = None) -> dict[str, Any]:
        body = None if texts is None else json.dumps(texts).encode()
        with urllib.request.urlopen(urllib.request.Request(self._address, data=body), timeout=60) as answer:
            state: dict[str, Any] = json.loads(answer.read())
            return state

    def start(self, texts: Sequence[str]) -> None:
        """Give the documents these texts."""
        self._ask(texts)
        self._window.in_editor()

    def press(self, keys: Sequence[str]) -> None:
        """Press keys."""
        self._window.press(*(self._KEYS.get(key, key) for key in keys))

    def look(self) -> Look:
        """Return what is there."""
        state = self._ask()
        hints = [text for text in self._window.decorations() if "Tab:" in text or "Alt+Enter:" in text]
        name = NAMES[state["active"]] if state["active"] >= 0 else ""
        ghost = self._window.ghost_now()
        if "\n" in ghost and name:  # what follows the cursor is drawn again, where it is going to be
            ghost = ghost.removesuffix(state["texts"][state["active"]][state["cursor"] :].split("\n")[0])
        return _look({**state, "ghost": ghost, "hint": " ".join(hints)}, name, state["cursor"])


class NeovimKeys:
    """Neovim: keys as its interface takes them from a terminal, everything else over the same socket."""

    options = (
        "for name, value in pairs({ autoindent = false, expandtab = true, tabstop = 4, shiftwidth = 4, softtabstop = 0,"
        " smarttab = false, endofline = false, fixendofline = false, whichwrap = 'b,s,<,>,[,]', swapfile = false })"
        " do vim.o[name] = value end vim.g.segue_keys = 0\n"
        "vim.keymap.set({ 'i', 'n' }, '<F12>', '<Cmd>let g:segue_keys += 1<CR>')\n"
    )
    _KEYS: ClassVar = {
        "Begin": "<C-Home>", "End": "<C-End>", "Undo": "<Esc>ui", "Redo": "<Esc><C-r>i", "Left": "<Left>",
        "Right": "<Right>", "Up": "<Up>", "Down": "<Down>", "Other": "<Esc><C-^>i", "Escape": "<Esc>gi",
        "Enter": "<CR>", "Backspace": "<BS>", "Tab": "<Tab>",
    }  # fmt: skip

    def __init__(self, editor: Headless) -> None:
        packages = str(python_package("pynvim==0.6.0"))
        if packages not in sys.path:
            sys.path.append(packages)
        import pynvim

        self.profile = Profile("Neovim")
        self._nvim: Any = pynvim.attach("socket", path=str(editor.socket))
        self._script = (HERE / "look.lua").read_text()
        self._sent = 0

    def _state(self) -> dict[str, Any]:
        state: dict[str, Any] = self._nvim.exec_lua(self._script, NAMES)
        return state

    def start(self, texts: Sequence[str]) -> None:
        """Give the buffers these texts."""
        self.press(["<Esc>"])
        for name, text in reversed(list(zip(NAMES, texts, strict=True))):
            self._nvim.command(f"buffer {name}")
            self._nvim.exec_lua("vim.api.nvim_buf_set_lines(0, 0, -1, false, ...)", text.split("\n"))
            self._nvim.exec_lua("vim.bo.endofline, vim.bo.fixendofline = false, false")
        self.press(["<Esc>G$a"])

    def press(self, keys: Sequence[str]) -> None:
        """Press keys, and wait until they were taken."""
        self._sent += 1
        self._nvim.input("".join(self._KEYS.get(key, key) for key in keys) + "<F12>")
        wait_for(lambda: self._state()["keys"] == self._sent, "the keys to be taken")

    def close(self) -> None:
        """Leave Neovim alone; pynvim leaves its socket to the garbage collector, which would tell the next test."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)
            self._nvim.close()
            del self._nvim
            gc.collect()

    def look(self) -> Look:
        """Return what is there."""
        state = self._state()
        lines = state["texts"][NAMES.index(state["name"])].split("\n") if state["name"] in NAMES else [""]
        row = min(state["row"], len(lines) - 1)
        column = len(lines[row].encode()[: state["column"]].decode(errors="ignore"))
        look = _look(state, state["name"], sum(len(line) + 1 for line in lines[:row]) + column)
        return look if state["mode"] == "i" else replace(look, active=-1)


class EmacsKeys:
    """Emacs in a terminal: keys through the terminal, everything else over a port of the loopback."""

    profile = Profile("Emacs", types_through=False, tab_jumps=False, escape_interrupts=True, keys=("Next",))
    _KEYS: ClassVar = {
        "Begin": "M-<", "End": "M->", "Undo": "C-_", "Redo": "F6", "Other": "F5", "Escape": "C-g", "Backspace": "BSpace",
    }  # fmt: skip

    @staticmethod
    def init(work: Path) -> str:
        """Return what the init file needs besides; both documents of the folder are opened."""
        indent = "(insert (make-string (- 4 (% (current-column) 4)) ?\\s))"
        return (
            f"(electric-indent-mode -1)\n(setq-default require-final-newline nil mode-require-final-newline nil)\n"
            f"(add-hook 'text-mode-hook (lambda () (setq-local indent-line-function (lambda () {indent})) (lsp)))\n"
            f'(load "{HERE / "look.el"}")\n(add-hook \'emacs-startup-hook (lambda () (find-file "{work / NAMES[0]}")))'
        )

    def __init__(self, terminal: Terminal, port: Path) -> None:
        self._terminal = terminal
        number = int(wait_for(lambda: port.is_file() and port.read_text(), "Emacs to listen", 60))
        self._socket = socket.create_connection(("127.0.0.1", number), timeout=60)
        self._answers = self._socket.makefile("r", encoding="utf-8")
        self._commands = 0

    def _eval(self, expression: str) -> Any:
        self._socket.sendall(expression.encode() + b"\n")
        return json.loads(self._answers.readline())

    def start(self, texts: Sequence[str]) -> None:
        """Give the buffers these texts."""
        quoted = " ".join(json.dumps(text, ensure_ascii=False) for text in texts)
        self._eval(f"(setq segue-test-texts '({quoted}))")
        self.press(["F7"])

    def press(self, keys: Sequence[str]) -> None:
        """Press keys, and wait until they were taken."""
        before = self._eval("(segue-test-look)")["commands"]
        commands: list[str] = []
        for key in keys:
            if key == "Next":
                commands += [";", "send-keys", "M-n", "e"]
            elif len(key) == 1:
                commands += [";", "send-keys", "-l", key]
            else:
                commands += [";", "send-keys", self._KEYS.get(key, key)]
        self._terminal.tmux(*commands[1:])

        # A quit that interrupts something is no command.
        wanted = before + len(keys) - keys.count("Escape")

        def taken() -> bool:
            state = self._eval("(segue-test-look)")
            return bool(state["commands"] >= wanted and not state["pending"])

        try:
            wait_for(taken, f"{keys} to be taken, {wanted} in all")
        except AssertionError as error:
            raise AssertionError(
                f"{error}: {self._eval('(segue-test-look)')}\n{self._terminal.screen()}"
            ) from None

    def close(self) -> None:
        """Leave Emacs alone."""
        self._answers.close()
        self._socket.close()

    def look(self) -> Look:
        """Return what is there."""
        state = self._eval("(segue-test-look)")
        return _look(state, state["name"], state["cursor"])
