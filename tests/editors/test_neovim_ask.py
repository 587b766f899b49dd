"""Asking and changing code in Neovim: a scratch buffer with the quickfix list, and a diff that waits for a decision."""

from __future__ import annotations

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
CART = "def total(items):\n    return sum(item.price for item in items)\n\n\ndef empty(items):\n    items.clear()\n"
ANSWERS = [
    {
        "when": "add up",
        "places": [{"file": "cart.py", "line": 2, "symbol": "total", "signature": "def total(items)"}],
        "markdown": "`total` adds the prices.",
    },
    {"when": "who calls", "places": [], "markdown": "Nobody calls it."},
]
CHANGE = {
    "when": "guard",
    "hunks": [
        {
            "old": "    return sum(item.price for item in items)\n",
            "new": "    if not items:\n        return 0\n    return sum(item.price for item in items)\n",
        },
        {"old": "    items.clear()\n", "new": "    del items[:]\n"},
    ],
    "unknownNames": [{"name": "Missing", "definedIn": "lib"}],
}


@pytest.fixture(params=["sid", "trixie"], ids=["0.12", "0.10"])
def neovim(
    request: pytest.FixtureRequest, scripted: Scripted, tmp_path: Path
) -> Iterator[Callable[[], Headless]]:
    try:
        program = editors.neovim(request.param)
    except UnavailableError as error:
        pytest.skip(str(error))
    opened: list[Headless] = []

    def start() -> Headless:
        (tmp_path / "work" / ".git").mkdir(parents=True)
        file = tmp_path / "work" / "cart.py"
        file.write_text(CART)
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


def test_a_question_a_follow_up_and_the_places(neovim: Callable[[], Headless], scripted: Scripted) -> None:
    scripted.say(answers=ANSWERS)
    editor = neovim()
    editor.keys(":2,2Segue ask where does it add up?<CR>")
    wait_for(lambda: "`total` adds the prices." in editor.text(), "the answer")
    asked = scripted.heard("segue/ask")[-1]
    assert asked["range"]["start"]["line"] == 1
    assert asked["thread"] == []
    assert editor.lua("vim.fn.getqflist({ title = 1 }).title") == "Segue: where does it add up?"
    assert editor.lua("vim.fn.getqflist()[1].lnum") == "2"

    editor.keys(":Segue ask who calls it?<CR>")
    wait_for(lambda: "Nobody calls it." in editor.text(), "the follow-up")
    (before,) = scripted.heard("segue/ask")[-1]["thread"]
    assert before["question"] == "where does it add up?"
    assert "# where does it add up?" in editor.text()

    editor.keys("/cart.py<CR><CR>")
    wait_for(lambda: editor.text().startswith("def total"), "the place")
    assert editor.lua("vim.api.nvim_win_get_cursor(0)[1]") == "2"


def test_a_change_is_decided_hunk_by_hunk(neovim: Callable[[], Headless], scripted: Scripted) -> None:
    scripted.say(changes=[CHANGE])
    editor = neovim()
    editor.keys(":1,6Segue change guard against nothing<CR>")
    wait_for(lambda: "+    del items[:]" in editor.text() and "@@" in editor.text(), "the diff")
    diff = editor.text()
    assert "# Not known here: Missing (not imported from lib)" in diff
    assert "@@ -2,0 +2,2 @@\n+    if not items:\n+        return 0\n" in diff
    assert code(editor) == CART.rstrip("\n")  # nothing is changed yet

    editor.keys("/if not<CR>r")
    wait_for(lambda: "return 0" not in editor.text(), "the first part to be rejected")
    editor.keys("/del<CR>a")
    wait_for(lambda: editor.text().startswith("def total"), "the diff to go")
    assert editor.text() == CART.replace("items.clear()", "del items[:]").rstrip("\n")

    editor.keys("u:1,6Segue change guard against nothing<CR>")
    wait_for(lambda: "@@" in editor.text(), "the diff again")
    editor.keys("A")
    wait_for(lambda: "return 0" in editor.text(), "all of it")
    assert "del items[:]" in editor.text()
    editor.keys("u")
    assert editor.text() == CART.rstrip("\n")  # one step


def test_a_change_of_lines_that_changed_meanwhile_is_not_inserted(
    neovim: Callable[[], Headless], scripted: Scripted
) -> None:
    scripted.say(changes=[CHANGE])
    editor = neovim()
    editor.keys(":1,6Segue change guard against nothing<CR>")
    wait_for(lambda: "@@" in editor.text(), "the diff")
    editor.keys("<C-w>pggOimport os<Esc>7GA  # here<Esc><C-w>p")
    editor.keys("/if not<CR>a")
    wait_for(lambda: "return 0" in code(editor), "the part that moved")
    assert code(editor).startswith("import os\ndef total(items):\n    if not items:\n")
    editor.keys("/del<CR>a")
    assert "items.clear()" in code(editor)


def code(editor: Headless) -> str:
    """Return the text of the code, whichever window is in front."""
    return str(
        editor.lua("table.concat(vim.api.nvim_buf_get_lines(vim.fn.bufnr('cart.py'), 0, -1, false), '\\n')")
    )
