"""Asking and changing code in Emacs: a buffer of answers with links, and a diff that waits for a decision."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from segue_editors.vscode import wait_for

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from segue_editors.servers import Scripted
    from segue_editors.terminal import Terminal

pytestmark = pytest.mark.editor

CART = "def total(items):\n    return sum(items)\n\n\ndef empty(items):\n    items.clear()\n"
ANSWERS = [
    {
        "when": "add up",
        "places": [{"file": "cart.py", "line": 2, "symbol": "total"}],
        "markdown": "`total` adds the **prices**.",
    },
    {"when": "who calls", "places": [], "markdown": "Nobody calls it."},
]
CHANGE = {
    "when": "guard",
    "hunks": [
        {
            "old": "    return sum(items)\n",
            "new": "    if not items:\n        return 0\n    return sum(items)\n",
        },
        {"old": "    items.clear()\n", "new": "    del items[:]\n"},
    ],
    "unknownNames": [{"name": "Missing", "definedIn": ""}],
}


def test_a_question_a_follow_up_and_a_change(
    emacs: Callable[..., Terminal], scripted: Scripted, tmp_path: Path
) -> None:
    scripted.say(answers=ANSWERS, changes=[CHANGE])
    work = tmp_path / "work"
    (work / ".git").mkdir(parents=True)
    file = work / "cart.py"
    file.write_text(CART)
    terminal = emacs(file, scripted.program)
    wait_for(lambda: scripted.heard("textDocument/didOpen"), "the server to know the file", 60)

    terminal.press("M-n", "a")
    terminal.wait("Ask about this repository:")
    terminal.type("where does it add up?")
    terminal.press("Enter")
    screen = terminal.wait("total adds the prices.")
    assert "where does it add up?" in screen
    assert scripted.heard("segue/ask")[-1]["thread"] == []
    terminal.press("C-x", "o", "i")
    terminal.wait("Follow-up:")
    terminal.type("who calls it?")
    terminal.press("Enter")
    terminal.wait("Nobody calls it.")
    (before,) = scripted.heard("segue/ask")[-1]["thread"]
    assert before["question"] == "where does it add up?"
    terminal.press("M-<", "Tab", "Enter")
    wait_for(lambda: "L2" in terminal.screen(), "the place")
    terminal.press("C-x", "1")

    change(terminal)
    screen = terminal.wait("@@ -6,1 +6,1 @@")
    assert "# Not known here: Missing" in screen
    assert "+        return 0" in screen
    terminal.press("r")
    terminal.wait_gone("+        return 0")
    terminal.press("a")
    terminal.wait_gone("@@")
    terminal.press("C-x", "C-s")
    wait_for(lambda: file.read_text() == CART.replace("items.clear()", "del items[:]"), "the one part")

    terminal.press("C-/", "C-x", "C-s")
    wait_for(lambda: file.read_text() == CART, "the undo")
    change(terminal)
    terminal.wait("@@ -6,1 +6,1 @@")
    terminal.press("A")
    terminal.wait_gone("@@")
    terminal.press("C-x", "C-s")
    wait_for(lambda: "return 0" in file.read_text() and "del items[:]" in file.read_text(), "all of it")
    terminal.press("C-/", "C-x", "C-s")
    wait_for(lambda: file.read_text() == CART, "one undo to take all of it back")


def change(terminal: Terminal) -> None:
    """Ask for the change of the definition at point."""
    terminal.press("M-n", "i")
    terminal.wait("Change the code:")
    terminal.type("guard against nothing")
    terminal.press("Enter")
