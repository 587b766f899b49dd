"""VS Code with the real server: from the first key to the answer of a model, and what happens when something dies."""

from __future__ import annotations

import os
import re
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from segue_editors.vscode import Workbench, wait_for

if TYPE_CHECKING:
    from collections.abc import Callable

    from segue_editors.servers import FakeModel

pytestmark = pytest.mark.editor

SEGUE = Path(sys.executable).with_name("segue")
FILES = {
    "shop.py": 'def gross_price(net, rate):\n    """Return the price with tax."""\n    return net * (1 + rate)\n',
    "bill.py": "from shop import gross_price\n\n\ndef bill(lines):\n    return [gross_price(line.net, line.rate) for line in lines]\n",
}
SHOP = {
    "shop.py": "def gross_price(net, rate):\n    return net * (1 + rate)\n\n\n"
    "first = gross_price(1, 0.2)\nsecond = gross_price(2, 0.2)\n"
}


def server_process(window: Workbench) -> int:
    """Return the id of the language server that this window started."""
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            words = (entry / "cmdline").read_bytes().split(b"\0")
            environment = (entry / "environ").read_bytes()
        except OSError:
            continue
        if (
            b"serve" in words
            and b"--stdio" in words
            and f"HOME={window.home}".encode() in environment.split(b"\0")
        ):
            return int(entry.name)
    return 0


def test_a_model_answers_dies_and_the_server_is_killed(
    workbench: Callable[..., Workbench],
    model: FakeModel,
    vsix: Path,
    picture: Callable[[Workbench, str], None],
) -> None:
    model.answers["def net_price("] = "gross, rate):\n    return gross / (1 + rate)\n"
    model.answers["def weight("] = "lines):\n    return sum(line.weight for line in lines)\n"
    window = workbench(
        files=FILES, settings={"segue.client.serverPath": str(SEGUE)}, vsix=vsix, env=model.environment
    )
    window.open("shop.py")
    window.wait_ready()
    window.press("Control+End")
    window.type("\n\ndef net_price(")
    wait_for(lambda: "gross, rate" in window.ghost_now(), "the model's answer")
    picture(window, "ghost-text")
    window.press("Tab")
    saved = window.saved("shop.py")
    assert "def net_price(gross, rate):\n    return gross / (1 + rate)" in saved

    first = server_process(window)
    os.kill(first, signal.SIGKILL)
    wait_for(lambda: server_process(window) not in {0, first}, "another server process")
    wait_for(lambda: "Last answer" not in window.status_label(), "the status of the new server")
    window.wait_ready()
    window.open("bill.py")
    window.press("Control+End")
    window.type("\n\ndef weight(")
    wait_for(lambda: "sum(line.weight" in asked(window), "an answer of the new server")
    window.press("Escape")

    model.close()
    window.press("Control+End", "Enter")
    window.type("unheard_of = ")
    wait_for(
        lambda: "ready" not in window.status_label().splitlines()[0],
        "the status to say that the model is gone",
        40,
    )
    picture(window, "model-offline")
    assert not window.notifications(), "a dead model server is a matter of the status bar, not of popups"

    window.command("Segue: Show Statistics")
    page = wait_for(lambda: window.frame_with("body > .cards"), "the page of statistics")
    told = wait_for(lambda: window.text_of(page, "body"), "its text")
    assert "saved you" in told
    assert not re.search(r"\b[a-z]+_[a-z]+\b", told), "a code is no word"
    picture(window, "statistics")


def test_what_is_typed_while_the_server_starts_again_is_answered(
    workbench: Callable[..., Workbench], model: FakeModel, vsix: Path
) -> None:
    model.answers["def net_price("] = "gross, rate):\n    return gross / (1 + rate)\n"
    window = workbench(
        files=FILES, settings={"segue.client.serverPath": str(SEGUE)}, vsix=vsix, env=model.environment
    )
    window.open("shop.py")
    window.wait_ready()
    window.press("Control+End")
    window.type("\n\n")
    os.kill(server_process(window), signal.SIGKILL)
    window.type("def net_price(", delay_ms=0)
    assert "gross, rate" in window.ghost(40)


def rename_the_function(window: Workbench) -> None:
    window.open("shop.py")
    window.wait_ready()
    window.press("Control+Home", "Control+ArrowRight", "Control+ArrowRight", "Control+Backspace")
    window.type("full_price")


def test_a_rename_is_followed(
    workbench: Callable[..., Workbench], vsix: Path, picture: Callable[[Workbench, str], None]
) -> None:
    window = workbench(
        files=SHOP,
        settings={"segue.client.serverPath": str(SEGUE)},
        vsix=vsix,
        env={"SEGUE_PROVIDER": "none"},
    )
    rename_the_function(window)
    for _ in range(3):  # the server may join neighbouring lines to one edit
        if not any("gross_price" in line for line in window.lines()):
            break
        before = window.lines()
        window.command("Segue: Show the Next Edit")
        wait_for(lambda: any("full_price" in text for text in window.decorations()), "the preview")
        picture(window, "next-edit")
        if not any("Tab: accept" in text for text in window.decorations()):
            window.press("Alt+Enter")
            wait_for(lambda: any("Tab: accept" in text for text in window.decorations()), "the jump")
        window.press("Tab")
        wait_for(lambda before=before: window.lines() != before, "the edit")
    assert "gross_price" not in window.saved("shop.py")


def test_all_places_of_several_files_are_previewed(
    workbench: Callable[..., Workbench], vsix: Path, picture: Callable[[Workbench, str], None]
) -> None:
    uses = "from shop import gross_price\n\ntotal = gross_price(1, 2)\n"
    window = workbench(
        files={"shop.py": "def gross_price(net, rate):\n    return net * rate\n", "a.py": uses, "b.py": uses},
        settings={"segue.client.serverPath": str(SEGUE)},
        vsix=vsix,
        env={"SEGUE_PROVIDER": "none"},
    )
    window.open("shop.py")
    window.wait_ready()
    wait_for(lambda: explained(window, "a.py:3"), "an explanation with a use that the index knows", 60)
    assert "No chat model is connected. Segue: Connect a Model finds" in explanation(window)
    window.frame_with("body.segue-answer").get_by_text("a.py:3").click()
    wait_for(lambda: window.active_tab() == "a.py", "the link to open")
    assert "Ln 3" in window.page.locator(".part.statusbar").inner_text()
    rename_the_function(window)
    wait_for(lambda: everywhere(window), "the action for all places", 60)
    preview = window.page.locator(".bulk-edit-panel").first
    preview.wait_for()
    picture(window, "everywhere-preview")
    assert "a.py" in preview.inner_text()
    window.open(
        "shop.py"
    )  # Looking around closes the menu's list; what follows the edit is said all the same.
    preview.locator(".monaco-button", has_text="Apply").first.click()
    window.notification("4 places changed in 2 files")
    renamed = uses.replace("gross_price", "full_price")
    for file in (window.folder / "a.py", window.folder / "b.py"):
        window.open(file.name)
        window.press("Control+S")
        wait_for(lambda file=file: file.read_text() == renamed, f"{file.name} on the disk")


def test_explaining(
    workbench: Callable[..., Workbench],
    model: FakeModel,
    vsix: Path,
    picture: Callable[[Workbench, str], None],
) -> None:
    model.answers["gross_price"] = "It adds the **tax** to the net price:\n\n* `net` is the price before tax."
    window = workbench(
        files=SHOP, settings={"segue.client.serverPath": str(SEGUE)}, vsix=vsix, env=model.environment
    )
    window.open("shop.py")
    window.wait_ready()
    window.command("Segue: Explain the Selection or Symbol")
    assert "tax" in wait_for(lambda: explanation(window), "the explanation")
    picture(window, "explanation")
    window.type("# ")
    wait_for(
        lambda: any(line.startswith("# ") for line in window.lines()), "the cursor to be in the code again"
    )


def everywhere(window: Workbench) -> bool:
    """Ask for a preview of the action for all places; false while the index does not know them all."""
    window.press("Control+.")
    menu = window.page.locator(".action-widget .monaco-list-row")
    with suppress(window.playwright_error):
        menu.first.wait_for(timeout=3_000)
    wanted = menu.filter(has_text="to 4 places in 2 files")
    for _ in range(menu.count() if wanted.count() else 0):
        if "focused" in str(wanted.first.get_attribute("class")):
            window.press("Control+Enter")
            return True
        window.press("ArrowDown")
    window.press("Escape")
    return False


def asked(window: Workbench) -> str:
    """Return the ghost text; where there is none, ask for it by key."""
    if not window.ghost_now():
        window.press("Alt+Backslash")
        window.page.wait_for_timeout(500)
    return window.ghost_now()


def explained(window: Workbench, text: str) -> bool:
    """Ask for an explanation, and return whether it holds `text`."""
    window.command("Segue: Explain the Selection or Symbol")
    return text in wait_for(lambda: explanation(window), "an explanation")


def explanation(window: Workbench) -> str:
    """Return the text of the page with the explanation, once there is more than the wait."""
    for frame in window.page.frames:
        text = window.text_of(frame, "body.segue-answer")
        if text and "Waiting" not in text:
            return text
    return ""
