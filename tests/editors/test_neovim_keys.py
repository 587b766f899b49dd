"""Neovim's keys and ghost text, with a server that can be slow: what is on the screen always fits the text."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from segue_editors import editors
from segue_editors.cache import UnavailableError
from segue_editors.headless import Headless
from segue_editors.vscode import wait_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from segue_editors.servers import Scripted

pytestmark = pytest.mark.editor

PLUGIN = Path(__file__).parents[2] / "clients" / "neovim"
ADD = {"after": "def add(", "text": "left, right):\n    return left + right"}
IMPORT = {"when": "total", "file": "a.py", "old": "from b import summe\n", "new": "from b import total\n"}
SILENT = 600_000


@pytest.fixture(params=["sid", "trixie"], ids=["0.12", "0.10"])
def neovim(
    request: pytest.FixtureRequest, scripted: Scripted, tmp_path: Path
) -> Iterator[Callable[[str], Headless]]:
    try:
        program = editors.neovim(request.param)
    except UnavailableError as error:
        pytest.skip(str(error))
    opened: list[Headless] = []

    def start(text: str) -> Headless:
        (tmp_path / "work" / ".git").mkdir(parents=True)
        file = tmp_path / "work" / "a.py"
        file.write_text(text)
        init = tmp_path / "init.lua"
        init.write_text(
            f"vim.opt.rtp:prepend('{PLUGIN}')\nvim.o.swapfile = false\n"
            f"require('segue').setup({{ cmd = {{ '{scripted.program}', 'serve' }} }})\n"
        )
        editor = Headless(program, ["--clean", "-u", init, file], tmp_path)
        opened.append(editor)
        wait_for(lambda: scripted.heard("textDocument/didOpen"), "the server to know the file", 60)
        return editor

    yield start
    for editor in opened:
        editor.close()


def test_tab_at_an_edit_accepts_at_any_column_and_undo_brings_it_back(
    neovim: Callable[[str], Headless], scripted: Scripted
) -> None:
    scripted.say(edits=[IMPORT])
    editor = neovim("from b import summe\n\n")
    editor.keys("Gototal = 1")
    editor.wait("go to line 1")
    editor.keys("<Tab>")
    editor.wait("accept")
    # Several at once: what comes while the edit is applied does nothing.
    editor.keys("<Tab><Tab><Tab>")
    wait_for(lambda: "summe" not in editor.text(), "the edit")
    assert editor.text() == "from b import total\n\ntotal = 1"
    editor.keys("<Esc>u")
    editor.wait("accept")
    assert editor.text().startswith("from b import summe\n")


def test_undo_takes_back_what_was_typed_after_a_jump(
    neovim: Callable[[str], Headless], scripted: Scripted
) -> None:
    scripted.say(edits=[IMPORT])
    editor = neovim("from b import summe\n\n")
    editor.keys("Gototal = 1")
    editor.wait("go to line 1")
    editor.keys("<Tab>")
    editor.wait("accept")
    editor.keys("x<Esc>")
    wait_for(lambda: editor.text().startswith("xfrom"), "the key")
    editor.keys("u")
    wait_for(lambda: editor.text() == "from b import summe\n\ntotal = 1", "the undo of that key alone")


def test_tab_indents_where_no_edit_is(neovim: Callable[[str], Headless], scripted: Scripted) -> None:
    scripted.say(edits=[IMPORT])
    editor = neovim("from b import summe\n\n")
    editor.keys("Gototal = 1")
    editor.wait("go to line 1")
    editor.keys("<Esc>0i<Tab>")
    wait_for(lambda: editor.text().endswith("\ttotal = 1") or editor.text().endswith("    total = 1"), "Tab")


def test_ghost_text_fits_what_is_typed_before_the_server_answers(
    neovim: Callable[[str], Headless], scripted: Scripted
) -> None:
    scripted.say(completions=[ADD])
    editor = neovim("x = 1\n")
    editor.keys("odef add(")
    assert editor.wait("right)") == ["2:left, right):", "2:    return left + right"]
    scripted.say(completions=[ADD], delay_ms=SILENT)
    editor.keys("le")
    editor.shows(["2:ft, right):", "2:    return left + right"])
    editor.keys("x")
    editor.shows([], "def add(lex")


def test_ghost_text_follows_its_line_and_leaves_with_the_cursor(
    neovim: Callable[[str], Headless], scripted: Scripted
) -> None:
    scripted.say(completions=[ADD])
    editor = neovim("x = 1\n")
    editor.keys("odef add(")
    editor.wait("right)")
    scripted.say(completions=[ADD], delay_ms=SILENT)
    editor.lua("vim.api.nvim_buf_set_lines(0, 0, 0, false, { 'import os' }) or 'done'")
    editor.keys("l")
    editor.shows(["3:eft, right):", "3:    return left + right"], "def add(l")
    editor.keys("<Up>")
    editor.shows([])


def test_what_was_dismissed_does_not_come_back_on_its_line(
    neovim: Callable[[str], Headless], scripted: Scripted
) -> None:
    scripted.say(completions=[ADD, {**ADD, "after": "def add( "}])
    editor = neovim("x = 1\n")
    editor.keys("odef add(")
    editor.wait("right)")
    editor.keys("<Esc>")
    editor.shows([])
    wait_for(lambda: scripted.heard("segue/didReject"), "the dismissal")
    assert scripted.heard("segue/didReject")[-1]["reason"] == "dismissed"
    before = scripted.answered("textDocument/inlineCompletion")
    editor.keys("a<Space>")
    wait_for(lambda: scripted.answered("textDocument/inlineCompletion") > before, "the server's answer")
    editor.shows([])
    scripted.say(completions=[{"after": "def add( ", "text": "*values):"}])
    editor.keys("<BS><Space>")
    editor.shows(["2:*values):"])


def test_help_is_found_without_a_plugin_manager(neovim: Callable[[str], Headless]) -> None:
    editor = neovim("x = 1\n")
    editor.keys("<Cmd>help segue-keys<CR>")
    wait_for(lambda: "accept ghost text" in editor.text(), "the page")


def test_a_server_that_died_is_started_again_and_hears_what_is_typed(
    neovim: Callable[[str], Headless], scripted: Scripted
) -> None:
    scripted.say(completions=[ADD])
    editor = neovim("\n")
    [server] = scripted.processes()
    os.kill(server, signal.SIGKILL)
    wait_for(lambda: server not in scripted.processes(), "the server to die")
    editor.keys("idef ")
    wait_for(lambda: len(scripted.heard("textDocument/didOpen")) == 2, "another server", 60)
    editor.keys("add(")
    editor.wait("left, right")
