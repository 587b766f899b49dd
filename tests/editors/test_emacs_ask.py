"""Asking, changing, fixing and testing code in Emacs: answers with links, a diff that waits for a decision, files of tests."""

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


def opened(emacs: Callable[..., Terminal], scripted: Scripted, tmp_path: Path) -> tuple[Terminal, Path]:
    """Open a file of a repository in Emacs; return both once the server knows the file."""
    file = tmp_path / "work" / "cart.py"
    (file.parent / ".git").mkdir(parents=True)
    file.write_text(CART)
    terminal = emacs(file, scripted.program)
    wait_for(lambda: scripted.heard("textDocument/didOpen"), "the server to know the file", 60)
    return terminal, file


def test_a_question_a_follow_up_and_a_change(
    emacs: Callable[..., Terminal], scripted: Scripted, tmp_path: Path
) -> None:
    scripted.say(answers=ANSWERS, changes=[CHANGE])
    terminal, file = opened(emacs, scripted, tmp_path)

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


FIXES = [
    {"title": "Change sum to summe", "old": "    return sum(items)\n", "new": "    return summe(items)\n"},
    {"title": "Change sum to total", "old": "    return sum(items)\n", "new": "    return total(items)\n"},
]
TESTS = "from cart import total\n\n\ndef test_total_of_nothing():\n    assert total([]) == 0\n"


def test_fixes_and_tests(emacs: Callable[..., Terminal], scripted: Scripted, tmp_path: Path) -> None:
    scripted.say(
        fixes=FIXES,
        problems=[{"when": "return sum(", "message": "sum is not defined"}],
        tests={"file": "test_cart.py", "text": TESTS, "notes": ["The tests were not run."]},
    )
    terminal, file = opened(emacs, scripted, tmp_path)
    terminal.wait("Flymake[1 0]")
    terminal.press("C-n", "M-n", "f")
    terminal.wait("Select code action:")
    terminal.type("Change sum to total")
    terminal.press("Enter", "C-x", "C-s")
    wait_for(lambda: "return total(items)" in file.read_text(), "the fix")
    (asked,) = scripted.heard("textDocument/codeAction")[-1:]
    assert asked["context"]["only"] == ["quickfix"]
    assert [one["message"] for one in asked["context"]["diagnostics"]] == ["sum is not defined"]
    scripted.say(
        fixes=[], tests={"file": "test_cart.py", "text": TESTS, "notes": ["The tests were not run."]}
    )

    terminal.press("M-n", "t")
    terminal.wait("assert total([]) == 0")
    terminal.wait("The tests were not run.")
    assert "position" in scripted.heard("segue/tests")[-1]
    terminal.press("C-x", "C-s")
    written = file.with_name("test_cart.py")
    wait_for(lambda: written.is_file() and written.read_text() == TESTS, "the file of tests")


def test_a_refusal_is_one_sentence(
    emacs: Callable[..., Terminal], scripted: Scripted, tmp_path: Path
) -> None:
    refusal = {"message": "There is no model: set chat.provider.", "data": {"reason": "no_model"}}
    scripted.say(refusals={"segue/tests": refusal}, fixes=[])
    terminal, file = opened(emacs, scripted, tmp_path)
    terminal.press("M-n", "t")
    terminal.wait("There is no model: set chat.provider.")
    terminal.press("M-n", "f")
    terminal.wait("Segue: no fix is known for this line.")
    assert file.read_text() == CART
