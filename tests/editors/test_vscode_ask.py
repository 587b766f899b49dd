"""Asking and changing code in VS Code: the view in the side bar, and changes that wait for a decision."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from segue_editors.vscode import Workbench, wait_for

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from segue_editors.servers import Scripted

pytestmark = pytest.mark.editor

FILES = {
    "cart.py": "def total(items):\n    return sum(item.price for item in items)\n\n\ndef empty(items):\n    items.clear()\n",
    "page.py": "from cart import total\n\n\ndef show(items):\n    print(total(items))\n",
}
ANSWERS = [
    {
        "when": "add up",
        "places": [{"file": "cart.py", "line": 1, "symbol": "total", "signature": "def total(items)"}],
        "markdown": "`total` adds the **prices** of all items.\n\nThe page calls it:\n\n```python\nprint(total(items))\n```",
        "facets": ["tests", "page"],
    },
    {"when": "who calls", "places": [{"file": "page.py", "line": 5}], "markdown": "`show` calls it."},
    {"when": "why", "places": [], "markdown": "Because it is so."},
]


def settings(scripted: Scripted, **more: Any) -> dict[str, Any]:
    return {"segue.client.serverPath": str(scripted.program), **more}


def test_a_conversation(
    workbench: Callable[..., Workbench],
    scripted: Scripted,
    vsix: Path,
    picture: Callable[[Workbench, str], None],
) -> None:
    scripted.say(answers=ANSWERS)
    window = workbench(files=FILES, settings=settings(scripted), vsix=vsix)
    window.open("page.py")
    window.wait_ready()
    window.press("Control+Alt+k")
    wait_for(lambda: is_ready(window), "the cursor in the box")
    window.type("where does it add up the prices")
    window.press("Enter")
    wait_for(lambda: "adds the prices of all items" in shown(window), "the answer")
    assert scripted.heard("segue/ask")[-1]["thread"] == []
    picture(window, "ask")

    window.type("who calls it")
    window.press("Enter")
    wait_for(lambda: "show calls it." in shown(window), "the follow-up")
    (before,) = scripted.heard("segue/ask")[-1]["thread"]
    assert before["question"] == "where does it add up the prices"
    assert "adds the **prices**" in before["answer"]

    view(window).get_by_text("cart.py", exact=True).last.click()
    wait_for(lambda: window.active_tab() == "cart.py", "the place to open")

    window.press("Control+Home", "Shift+ArrowDown", "Control+Alt+k")
    wait_for(lambda: "cart.py:1-2" in shown(window), "the selection to be named")
    window.type("why is it like this")
    window.press("Enter")
    wait_for(lambda: "Because it is so." in shown(window), "the answer about the selection")
    asked = scripted.heard("segue/ask")[-1]
    assert asked["uri"].endswith("cart.py")
    assert asked["range"]["start"] == {"line": 0, "character": 0}

    window.command("Segue: New Conversation")
    wait_for(lambda: "Because it is so." not in shown(window), "an empty conversation")
    wait_for(lambda: is_ready(window), "the cursor in the box again")
    window.command("Segue: Show Earlier Conversations")
    window.choose("where does it add up the prices")
    wait_for(lambda: "show calls it." in shown(window), "the conversation of before")
    view(window).get_by_role("button", name="tests").first.click()
    wait_for(
        lambda: scripted.heard("segue/ask")[-1]["question"].endswith("(tests)"), "the choice to be asked"
    )
    assert window.errors == []


CHANGE = {
    "when": "guard",
    "hunks": [
        {
            "old": "    return sum(item.price for item in items)\n",
            "new": "    if not items:\n        return 0\n    return sum(item.price for item in items)\n",
        },
        {"old": "    items.clear()\n", "new": "    del items[:]\n"},
    ],
    "unknownNames": [{"name": "Missing", "definedIn": ""}],
}


def test_a_change_is_decided_hunk_by_hunk(
    workbench: Callable[..., Workbench],
    scripted: Scripted,
    vsix: Path,
    picture: Callable[[Workbench, str], None],
) -> None:
    scripted.say(changes=[CHANGE])
    window = workbench(files=FILES, settings=settings(scripted), vsix=vsix)
    window.open("cart.py")
    window.wait_ready()
    before = [line for line in window.lines() if line]
    instruct(window, "guard against nothing")
    wait_for(lambda: "Accept all 2" in lenses(window), "the decision to be offered")
    assert "Not known here: Missing" in lenses(window)
    wait_for(lambda: any("return 0" in text for text in window.decorations()), "the new lines")
    assert [line for line in window.lines() if line] == before  # nothing is changed yet
    picture(window, "change")

    window.page.locator(".codelens-decoration a", has_text="Reject").nth(0).click()
    wait_for(lambda: "Accept all" not in lenses(window), "one hunk to be left")
    window.press("Alt+Enter")
    wait_for(lambda: any("del items[:]" in line for line in window.lines()), "the other hunk")
    wait_for(lambda: "Accept" not in lenses(window), "the screen to be clean")
    assert window.saved("cart.py") == FILES["cart.py"].replace("items.clear()", "del items[:]")

    window.press("Control+z", "Control+s")
    instruct(window, "guard against nothing")
    wait_for(lambda: "Accept all 2" in lenses(window), "the decision again")
    window.press("Control+Enter")
    wait_for(lambda: any("return 0" in line for line in window.lines()), "all of it")
    saved = window.saved("cart.py")
    assert "return 0" in saved
    assert "del items[:]" in saved
    window.press("Control+z")  # one step
    wait_for(lambda: [line for line in window.lines() if line] == before, "one undo to take all of it back")

    instruct(window, "guard against nothing")
    wait_for(lambda: "Accept all 2" in lenses(window), "the decision once more")
    window.press("Escape")
    wait_for(lambda: "Accept" not in lenses(window), "the change to be dismissed")
    assert [line for line in window.lines() if line] == before
    assert window.errors == []


def instruct(window: Workbench, instruction: str) -> None:
    window.press("Control+Home", "Control+i")
    window.page.locator(".quick-input-widget input").wait_for()
    window.type(instruction)
    window.press("Enter")
    window.in_editor()  # the answer can be there before the box has gone


def lenses(window: Workbench) -> str:
    texts = window.page.locator(".codelens-decoration").all_inner_texts()
    return " ".join(str(text).replace("\u00a0", " ") for text in texts)


def view(window: Workbench) -> Any:
    """Return the frame of the view in the side bar, None before there is one."""
    return window.frame_with("body.segue-ask")


def is_ready(window: Workbench) -> bool:
    """Whether the cursor is in the question box."""
    return window.frame_with("body.segue-ask #question:focus") is not None


def shown(window: Workbench) -> str:
    frame = view(window)
    return window.text_of(frame, "body.segue-ask") if frame else ""
