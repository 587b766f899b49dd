"""Next edits in VS Code with nothing but stable API: hint, jump, preview, accept, dismiss, list."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from segue_editors.vscode import Workbench, wait_for

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from segue_editors.servers import Scripted

pytestmark = pytest.mark.editor

FILES = {
    "a.py": "def summe(values):\n    return sum(values)\n\n\nprint(summe([1, 2]))\n",
    "b.py": "from a import summe\n\n\ndef report(rows):\n\tprice = summe(row.price for row in rows)\n\treturn price\n",
}
HERE = {
    "when": "def total(",
    "file": "a.py",
    "old": "print(summe([1, 2]))\n",
    "new": "print(total([1, 2]))\n",
    "reason": "the same name",
}
THERE = {
    "when": "print(total(",
    "file": "b.py",
    "old": "\tprice = summe(row.price for row in rows)\n\treturn price\n",
    "new": "\tprices = [row.price for row in rows]\n\tprice = total(prices)\n\treturn price\n",
    "reason": "the same name",
}


def test_jump_accept_and_go_on_in_another_file(
    workbench: Callable[..., Workbench],
    scripted: Scripted,
    vsix: Path,
    picture: Callable[[Workbench, str], None],
) -> None:
    scripted.say(edits=[HERE, THERE])
    window = workbench(files=FILES, settings={"segue.client.serverPath": str(scripted.program)}, vsix=vsix)
    window.open("a.py")
    window.wait_ready()
    rename_first_line(window)

    hint = wait_for(lambda: next((text for text in window.decorations() if "Tab" in text), ""), "the hint")
    assert hint == "Tab: go to line 5 ↓ (the same name)"
    assert window.struck() == ["summe"]
    assert "total" in window.decorations()
    picture(window, "next-edit-hint")

    window.press("Tab")
    wait_for(lambda: "Tab: accept  Esc: dismiss" in window.decorations(), "the hint at the edit")
    assert "Ln 5" in str(window.page.locator(".part.statusbar").inner_text())
    window.press("Tab")
    wait_for(lambda: "print(total([1, 2]))" in window.lines(), "the edit to be applied")
    wait_for(
        lambda: any("go to b.py:5" in text for text in window.decorations()), "the hint to the other file"
    )
    accepted = [call["arguments"] for call in scripted.heard("workspace/executeCommand")]
    assert accepted == [["e-0"]]

    window.press("Tab")
    wait_for(lambda: window.active_tab() == "b.py", "the other file to open")
    wait_for(
        lambda: any("price = total(prices)" in text for text in window.decorations()), "the preview beside"
    )
    picture(window, "next-edit-other-file")
    window.press("Tab")
    wait_for(lambda: any("total(prices)" in line for line in window.lines()), "the edit to be applied")
    saved = window.saved("b.py")
    assert saved == FILES["b.py"].replace(str(THERE["old"]), str(THERE["new"]))
    wait_for(lambda: not window.decorations(), "the screen to be clean again")
    assert len(scripted.heard("textDocument/didShowInlineEdit")) == 2
    assert window.errors == []


def test_escape_dismisses_and_tab_keeps_its_other_meanings(
    workbench: Callable[..., Workbench], scripted: Scripted, vsix: Path
) -> None:
    scripted.say(edits=[HERE])
    window = workbench(files=FILES, settings={"segue.client.serverPath": str(scripted.program)}, vsix=vsix)
    window.open("a.py")
    window.wait_ready()
    rename_first_line(window)
    wait_for(lambda: any("Tab: go to" in text for text in window.decorations()), "the hint")

    # In front of a line's text Tab indents; the hint names the other key.
    window.press("Control+Home")
    wait_for(lambda: any("Alt+Enter: go to" in text for text in window.decorations()), "the hint without Tab")
    window.press("Tab")
    wait_for(lambda: window.lines()[0].startswith("    def total("), "Tab to indent")
    window.press("Shift+Tab", "End")
    wait_for(lambda: window.lines()[0].startswith("def total("), "Shift+Tab to undo it")

    # With a selection Tab indents the line too.
    wait_for(lambda: any("Tab: go to" in text for text in window.decorations()), "the hint again")
    window.press("Shift+Home", "Tab")
    wait_for(lambda: not window.lines()[0].startswith("def"), "Tab to act on the selection")
    window.press("Control+z", "End")

    wait_for(lambda: any("Tab: go to" in text for text in window.decorations()), "the hint once more")
    window.press("Escape")
    wait_for(lambda: not window.decorations(), "the hint to go")
    assert scripted.heard("segue/didReject")[-1] == {"id": "e-0", "reason": "dismissed"}

    window.command("Segue: List Next Edits")
    window.choose("a.py:5")
    wait_for(lambda: "Tab: accept  Esc: dismiss" in window.decorations(), "the chosen edit")
    window.press("Tab")
    wait_for(lambda: "print(total([1, 2]))" in window.lines(), "the edit to be applied")


def rename_first_line(window: Workbench) -> None:
    """Rename `summe` in the first line to `total`, as a user would."""
    window.press("Control+Home", "Control+ArrowRight", "Control+ArrowRight")
    window.press("Control+Backspace")
    window.type("total")
