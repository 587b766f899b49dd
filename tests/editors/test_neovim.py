"""Neovim: ghost text drawn by 0.12 itself and by the plugin on 0.10, next edits, health."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from segue_editors import editors
from segue_editors.cache import UnavailableError
from segue_editors.terminal import Terminal
from segue_editors.vscode import wait_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from segue_editors.servers import FakeModel, Scripted

pytestmark = pytest.mark.editor

PLUGIN = Path(__file__).parents[2] / "clients" / "neovim"
# Read at import: the suite's fixtures take Segue's variables away from every test.
SIDEKICK = Path(os.environ.get("SEGUE_TEST_SIDEKICK", ""))
ADD = {"after": "def add(", "text": "left, right):\n    return left + right"}


@pytest.fixture(params=["sid", "trixie"], ids=["0.12", "0.10"])
def neovim(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[..., Terminal]]:
    try:
        program = editors.neovim(request.param)
    except UnavailableError as error:
        pytest.skip(str(error))
    opened: list[Terminal] = []

    def start(file: Path, command: Path, env: dict[str, str] | None = None) -> Terminal:
        init = tmp_path / "init.lua"
        init.write_text(
            f"vim.opt.rtp:prepend('{PLUGIN}')\nvim.o.swapfile = false\nvim.o.laststatus = 2\n"
            f"require('segue').setup({{ cmd = {{ '{command}', 'serve' }} }})\n"
            "vim.o.statusline = \"%f [%{v:lua.require'segue.status'.text()}]\"\n"
        )
        try:
            terminal = Terminal([program, "--clean", "-u", init, file], tmp_path, env or {})
        except UnavailableError as error:
            pytest.skip(str(error))
        opened.append(terminal)
        return terminal

    yield start
    for terminal in opened:
        terminal.close()


def test_ghost_text_and_next_edits(
    neovim: Callable[..., Terminal], scripted: Scripted, tmp_path: Path
) -> None:
    work = tmp_path / "work"
    work.mkdir()
    (work / ".git").mkdir()
    (work / "a.py").write_text("")
    (work / "b.py").write_text("x = 1\nprint(summe(x))\n")
    edit = {
        "when": "total",
        "file": "b.py",
        "old": "print(summe(x))\n",
        "new": "print(total(x))\n",
        "reason": "renamed",
    }
    scripted.say(completions=[ADD], edits=[edit])
    terminal = neovim(work / "a.py", scripted.program)
    terminal.wait("[segue ✓]")

    terminal.press("i")
    terminal.type("def add(")
    terminal.wait("    return left + right")
    terminal.type("left")
    terminal.wait("def add(left, right):")
    terminal.press("Tab")
    wait_for(lambda: scripted.heard("workspace/executeCommand"), "the acceptance")
    terminal.press("Escape")
    terminal.type(":w\n")
    wait_for(
        lambda: (work / "a.py").read_text() == "def add(left, right):\n    return left + right\n", "the file"
    )

    terminal.type("ototal = 1")
    terminal.press("Escape")
    terminal.wait("<Tab>: go to work/b.py:2 (renamed)")
    terminal.press("Tab")
    terminal.wait("print(summetotal(x))")
    terminal.wait("<Tab>: accept")
    terminal.press("Tab")
    terminal.wait("print(total(x))")
    terminal.type(":w\n")
    wait_for(lambda: (work / "b.py").read_text() == "x = 1\nprint(total(x))\n", "the other file")
    terminal.type(":checkhealth segue\n")
    assert "ERROR" not in terminal.wait("running, 1 client(s)")


def test_the_real_server(neovim: Callable[..., Terminal], model: FakeModel, tmp_path: Path) -> None:
    model.answers["def net_price("] = "gross, rate):\n    return gross / (1 + rate)\n"
    work = tmp_path / "work"
    work.mkdir()
    (work / ".git").mkdir()
    (work / "shop.py").write_text("def gross_price(net, rate):\n    return net * (1 + rate)\n")
    terminal = neovim(work / "shop.py", Path(sys.executable).with_name("segue"), model.environment)
    terminal.wait("[segue ✓]")
    terminal.type("Go")
    terminal.press("Enter")
    terminal.type("def net_price(")
    terminal.wait("return gross / (1 + rate)")
    terminal.press("Tab")
    wanted = "def net_price(gross, rate):\n    return gross / (1 + rate)"
    wait_for(lambda: wanted in written(terminal, work / "shop.py"), "the file")
    model.answers["explain"] = "It adds the tax."
    terminal.type("gg:Segue explain\n")  # the only action is done without asking
    terminal.wait("It adds the tax.")
    terminal.type(":Segue status\n")
    terminal.wait("is ready.")


def test_sidekick_draws_and_applies_next_edits(tmp_path: Path) -> None:
    """The plugin as its authors ship it; Segue's client is only called what sidekick.nvim looks for.

    The first edit follows the client's start at once: what is typed while the server starts counts too.
    """
    if not (SIDEKICK / "lua" / "sidekick").is_dir():
        pytest.skip("SEGUE_TEST_SIDEKICK does not name a checkout of sidekick.nvim")
    work = tmp_path / "work"
    work.mkdir()
    (work / ".git").mkdir()
    file = work / "a.py"
    file.write_text(
        "def total(items):\n    return sum(items)\n\n\na = total([1])\n\nb = total([2])\n\nc = total([3])\n"
    )
    init = tmp_path / "init.lua"
    init.write_text(
        f"vim.opt.rtp:prepend('{SIDEKICK}')\nvim.o.swapfile = false\n"
        f"vim.lsp.config('segue_copilot', {{ cmd = {{ '{Path(sys.executable).with_name('segue')}', 'serve' }}, "
        f"filetypes = {{ 'python' }}, root_dir = '{work}' }})\n"
        "vim.lsp.enable('segue_copilot')\n"
        "require('sidekick').setup({ nes = { debounce = 50 } })\n"
        "vim.keymap.set('n', '<Tab>', function() require('sidekick').nes_jump_or_apply() end)\n"
        "vim.api.nvim_create_autocmd('LspAttach', { callback = function() vim.schedule(function()\n"
        "  vim.api.nvim_feedkeys(vim.keycode('wciwadd<Esc>'), 't', false) end) end })\n"
    )
    try:
        program = editors.neovim("sid")
        terminal = Terminal([program, "--clean", "-u", init, file], tmp_path, {"SEGUE_PROVIDER": "none"})
    except UnavailableError as error:
        pytest.skip(str(error))
    try:
        for name, line in (("a", 5), ("b", 7), ("c", 9)):
            terminal.wait(f"{name} = totaladd(")  # the new name is drawn behind the struck one
            terminal.press("Tab")
            terminal.wait(f" {line},5 ")  # the cursor's place: line and column
            terminal.press("Tab")
            terminal.wait(f"{name} = add(")
        terminal.type(":w\n")
        wait_for(lambda: "total" not in file.read_text(), "the file")
    finally:
        terminal.close()
    assert file.read_text().count("add(") == 4


def written(terminal: Terminal, path: Path) -> str:
    """Write the buffer and return what is in the file."""
    terminal.press("Escape")
    terminal.type(":w\n")
    return path.read_text()
