"""Vim with coc.nvim, an editor without inline completion: the completion menu, a code action, an explanation."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from segue_editors.terminal import Terminal
from segue_editors.vscode import wait_for

if TYPE_CHECKING:
    from segue_editors.servers import FakeModel

pytestmark = pytest.mark.editor

SEGUE = Path(sys.executable).with_name("segue")
# Read at import: the suite's fixtures take Segue's variables away from every test.
COC = Path(os.environ.get("SEGUE_TEST_COC", ""))


def test_completion_and_an_explanation(model: FakeModel, tmp_path: Path) -> None:
    """coc.nvim as its authors build it (a tag, or the branch `release`): no registry has it."""
    vim = shutil.which("vim")
    if vim is None or not (COC / "build" / "index.js").is_file():
        pytest.skip("needs Vim, Node and SEGUE_TEST_COC, a checkout of coc.nvim's branch release or of a tag")
    server = {"command": str(SEGUE), "args": ["serve"], "filetypes": ["*"], "rootPatterns": [".git"]}
    (tmp_path / "coc-settings.json").write_text(json.dumps({"languageserver": {"segue": server}}))
    vimrc = tmp_path / "vimrc"
    vimrc.write_text(
        "set nocompatible nobackup noswapfile hidden encoding=utf-8 shortmess+=I\nfiletype plugin on\n"
        f"let g:coc_config_home = '{tmp_path}'\nlet g:coc_data_home = '{tmp_path / 'coc'}'\n"
        f"let g:coc_disable_startup_warning = 1\nset runtimepath^={COC}\n"
        "nmap <F2> <Plug>(coc-codeaction-cursor)\n"
    )
    work = tmp_path / "work"
    (work / ".git").mkdir(parents=True)
    file = work / "shop.py"
    file.write_text("def net_price(gross, rate):\n    return gross / (1 + rate)\n\n\n")
    model.answers |= {"tax = net_": "price(100, 0.2)", "takes the": "", "net_price": "It takes the tax off."}
    chat = {name.replace("SEGUE_", "SEGUE_CHAT_"): value for name, value in model.environment.items()}
    terminal = Terminal([vim, "-u", vimrc, "-N", file], tmp_path, {**model.environment, **chat})
    try:
        terminal.wait("net_price")
        wait_for(lambda: is_running(terminal, tmp_path / "services"), "coc.nvim to start the server", 60)
        terminal.type("Gotax = net_")
        terminal.wait("net_price(100, 0.2)")
        terminal.press("C-y")
        terminal.press("Escape")
        terminal.type(":w\n")
        wait_for(lambda: "tax = net_price(100, 0.2)" in file.read_text(), "the file", 30)
        terminal.type("gg")
        terminal.press("F2")
        menu = terminal.wait("Explain net_price")
        row = next(line for line in menu.splitlines() if "Explain net_price" in line)
        terminal.type(row.split(".")[0].strip("│ "))
        terminal.wait("explanation-")  # in a tab of its own
        [page] = tmp_path.rglob("explanation-*.md")
        assert "It takes the tax off." in page.read_text()
    finally:
        terminal.close()


def is_running(terminal: Terminal, file: Path) -> bool:
    """Whether coc.nvim says that its server runs."""
    terminal.type(f":silent! call writefile([string(CocAction('services'))], '{file}')\n")
    return file.is_file() and "running" in file.read_text()
