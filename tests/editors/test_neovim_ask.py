"""Asking and changing code in Neovim: a scratch buffer with the quickfix list, and a diff that waits for a decision."""

from __future__ import annotations

import sys
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


@pytest.fixture
def real(tmp_path: Path) -> Iterator[Callable[[dict[str, str]], Headless]]:
    """Start Neovim 0.12 with the real server, without a model, on the first of some files."""
    try:
        program = editors.neovim("sid")
    except UnavailableError as error:
        pytest.skip(str(error))
    opened: list[Headless] = []

    def start(files: dict[str, str]) -> Headless:
        work = tmp_path / "work"
        (work / ".git").mkdir(parents=True)
        for name, text in files.items():
            (work / name).write_text(text)
        init = tmp_path / "init.lua"
        init.write_text(
            f"vim.opt.rtp:prepend('{PLUGIN}')\nvim.o.swapfile = false\n"
            f"require('segue').setup({{ cmd = {{ '{Path(sys.executable).with_name('segue')}', 'serve' }}, "
            "settings = { model = { provider = 'none' } } })\n"
            "vim.ui.select = function(items, _, choose) choose(items[1], 1) end\n"
        )
        editor = Headless(program, ["--clean", "-u", init, work / next(iter(files))], tmp_path)
        opened.append(editor)
        wait_for(lambda: editor.lua("require('segue').client() and 'yes' or ''") == "yes", "the server", 60)
        return editor

    yield start
    for editor in opened:
        editor.close()


def test_the_real_server_answers_without_a_model(real: Callable[[dict[str, str]], Headless]) -> None:
    mail = 'def send_invoice(customer):\n    """Send the invoice by mail."""\n'
    editor = real({"cart.py": CART, "mail.py": mail})
    question = "where is the invoice sent by mail?"
    wait_for(lambda: answered(editor, question, "mail.py:1-2"), "the answer", 90)
    name = "vim.fn.fnamemodify(vim.fn.bufname(vim.fn.getqflist()[1].bufnr), ':t')"
    assert editor.lua(name) == "mail.py"


def test_a_fix_for_the_problem_of_another_linter(real: Callable[[dict[str, str]], Headless]) -> None:
    editor = real({"dump.py": "def dump(value):\n    return json.dumps(value)\n"})
    problem = "{ lnum = 1, col = 11, end_col = 15, message = 'Undefined name `json`', source = 'linter' }"
    editor.lua(f"vim.diagnostic.set(vim.api.nvim_create_namespace('linter'), 0, {{ {problem} }}) or ''")
    editor.keys("2G")
    wait_for(lambda: fixed(editor, "import json"), "the import", 60)


def fixed(editor: Headless, wanted: str) -> bool:
    """Ask for fixes, and return whether the text has what was wanted."""
    editor.keys(":Segue fix<CR>")
    try:
        wait_for(lambda: wanted in editor.text(), "the fix", 3)
    except AssertionError:
        return False
    return True


def answered(editor: Headless, question: str, wanted: str) -> bool:
    """Ask, and return whether the answer is the wanted one: it is not while the index is being made."""
    editor.keys(f":Segue ask {question}<CR>")
    try:
        wait_for(lambda: wanted in editor.text(), "the answer", 3)
    except AssertionError:
        return False
    return True


FIX = {
    "title": "Change items to thing",
    "old": "    items.clear()\n",
    "new": "    thing.clear()\n",
}
PROBLEMS = [{"when": "thing", "message": "thing is not defined"}]
NOTIFY = "vim.notify = function(text) _G.told = (_G.told or '') .. text end"


def test_a_fix_that_makes_it_worse_can_be_taken_back(
    neovim: Callable[[], Headless], scripted: Scripted
) -> None:
    scripted.say(fixes=[FIX], problems=PROBLEMS)
    editor = neovim()
    listen(editor)
    editor.keys("6G:Segue fix<CR>")
    wait_for(lambda: "thing.clear()" in editor.text(), "the fix")
    wait_for(lambda: "there is 1 more problem" in told(editor), "the warning")
    assert "thing is not defined. `:Segue revert` takes it back." in told(editor)
    editor.keys(":Segue revert<CR>")
    wait_for(lambda: editor.text() == CART.rstrip("\n"), "the code as it was")


def test_an_accepted_change_that_makes_it_worse_can_be_taken_back(
    neovim: Callable[[], Headless], scripted: Scripted
) -> None:
    hunks = [*CHANGE["hunks"][:1], {"old": FIX["old"], "new": FIX["new"]}]
    scripted.say(changes=[{"when": "guard", "hunks": hunks}], problems=PROBLEMS)
    editor = neovim()
    listen(editor)
    editor.keys(":1,6Segue change guard against nothing<CR>")
    wait_for(lambda: "@@" in editor.text(), "the diff")
    editor.keys("/if not<CR>a")
    wait_for(lambda: "if not" not in editor.text(), "the first part to be accepted")
    assert "more problem" not in told(editor)  # the change is not whole yet
    editor.keys("/thing<CR>a")
    wait_for(lambda: "there is 1 more problem" in told(editor), "the warning")
    assert "if not items" in code(editor)
    editor.keys(":Segue revert<CR>")
    wait_for(lambda: code(editor) == CART.rstrip("\n"), "the code as it was")


def test_what_changed_since_is_not_taken_back(neovim: Callable[[], Headless], scripted: Scripted) -> None:
    scripted.say(fixes=[FIX], problems=PROBLEMS)
    editor = neovim()
    listen(editor)
    editor.keys("6G:Segue fix<CR>")
    wait_for(lambda: "there is 1 more problem" in told(editor), "the warning")
    editor.keys("ggOimport os<Esc>:Segue revert<CR>")
    wait_for(lambda: "has changed since" in told(editor), "the refusal")
    assert "thing.clear()" in code(editor)


def test_tests_are_written_into_a_file_beside_the_code(
    neovim: Callable[[], Headless], scripted: Scripted
) -> None:
    text = "def test_total():\n    assert total([]) == 0\n"
    scripted.say(tests={"file": "totals_test.py", "text": text, "notes": ["They were not run."]})
    editor = neovim()
    listen(editor)
    editor.keys("2G:Segue tests<CR>")
    wait_for(lambda: "test_total" in editor.text(), "the tests")
    wait_for(lambda: editor.text() == text.rstrip("\n"), "the tests and no line more")
    assert editor.lua("vim.fn.bufname()").endswith("totals_test.py")
    assert scripted.heard("segue/tests")[-1]["position"]["line"] == 1
    wait_for(lambda: "They were not run." in told(editor), "the note")
    assert code(editor) == CART.rstrip("\n")


def test_a_refusal_is_told(neovim: Callable[[], Headless], scripted: Scripted) -> None:
    data = {"reason": "no_model", "setting": "chat.provider"}
    scripted.say(refusals={"segue/tests": {"message": "No model answers.", "data": data}})
    editor = neovim()
    listen(editor)
    editor.keys(":Segue tests<CR>")
    wait_for(lambda: "No model answers." in told(editor), "the refusal")
    assert editor.text() == CART.rstrip("\n")


def listen(editor: Headless) -> None:
    """Note what is told from now on, and choose the first entry of each menu."""
    editor.lua(f"load({NOTIFY!r})() or ''")
    editor.lua("load('vim.ui.select = function(items, _, choose) choose(items[1], 1) end')() or ''")


def told(editor: Headless) -> str:
    return editor.lua("_G.told or ''")
