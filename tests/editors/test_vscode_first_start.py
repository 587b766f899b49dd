"""The first minutes of a new user, and the machines on which Segue cannot work."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from segue_editors.servers import FakeModel
from segue_editors.vscode import Workbench, wait_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from segue_editors.servers import Scripted

pytestmark = pytest.mark.editor

SEGUE = Path(sys.executable).with_name("segue")


@pytest.fixture
def local_model() -> Iterator[FakeModel]:
    """A model server where Segue looks for one."""
    model = FakeModel(ports=(8012, 8080, 1337, 1234))
    yield model
    model.close()


def path_without(*names: str) -> str:
    """Return the PATH without the folders that hold one of these programs."""
    folders = os.environ["PATH"].split(os.pathsep)
    return os.pathsep.join(
        folder for folder in folders if not any((Path(folder) / name).exists() for name in names)
    )


def test_a_new_user_follows_only_what_the_screen_says(
    workbench: Callable[..., Workbench],
    vsix: Path,
    local_model: FakeModel,
    picture: Callable[[Workbench, str], None],
    figure: Callable[[str, float], None],
) -> None:
    local_model.answers |= {
        "def add(left, right):\n    return left": " + right",
        "what colour is the sky": "Blue.",
    }
    local_model.answers["def net_price("] = "gross, rate):\n    return gross / (1 + rate)\n"
    files = {"shop.py": "def gross_price(net, rate):\n    return net * (1 + rate)\n\n\n"}
    window = workbench(
        files=files,
        vsix=vsix,
        env={"PATH": path_without("segue")},
        settings={"workbench.startupEditor": "welcomePage"},
    )
    window.notification("Segue needs its language server")
    picture(window, "first-start")
    began = time.monotonic()
    window.press_button("Set Up")
    window.notification("Segue is set up", seconds=420)
    figure("first_start set up s", round(time.monotonic() - began, 1))
    assert list(window.home.rglob("server-*/segue-is-complete"))
    picture(window, "first-start-connect")
    wait_for(
        lambda: "No model is connected yet" in window.status_label(), "the status to say what is missing"
    )
    assert "Segue: Connect a Model" in window.status_label()
    entry = window.page.locator('[id="segue.segue.segue.status"]').first
    assert "warning" not in str(entry.get_attribute("class")), "nothing is wrong yet"
    window.press_button("Connect a Model")
    picture_of = window.page.locator(
        ".quick-input-list .monaco-list-row", has_text="qwen2.5-coder-fake"
    ).first
    picture_of.wait_for(timeout=60_000)
    picture(window, "connect-a-model")
    window.choose("qwen2.5-coder-fake")
    window.notification("Completion and chat will use qwen2.5-coder-fake", seconds=60)
    window.open("shop.py")
    window.press("Control+End")
    window.type("def net_price(")
    wait_for(lambda: "gross / (1 + rate)" in asked(window), "a suggestion of the model", 60)
    figure("first_start first model suggestion s, 3 clicks", round(time.monotonic() - began, 1))
    picture(window, "first-suggestion")
    window.command("Segue: Open the Walkthrough")
    window.page.locator("text=Get Started with Segue").first.wait_for()
    picture(window, "walkthrough")


def test_no_python_is_said_once_with_a_button(
    workbench: Callable[..., Workbench], vsix: Path, tmp_path: Path, picture: Callable[[Workbench, str], None]
) -> None:
    settings = {"segue.client.python": str(tmp_path / "no-python")}
    window = workbench(files={"a.py": ""}, vsix=vsix, env={"PATH": path_without("segue")}, settings=settings)
    window.notification("Segue needs its language server")
    window.press_button("Set Up")
    assert "no-python is not there" in window.notification("Segue needs Python 3.11 or newer")
    picture(window, "no-python")
    window.open("a.py")
    window.type("def add(")
    assert window.status_label().startswith("Segue: The language server is not set up yet.")


def test_a_server_that_does_not_start_is_named(
    workbench: Callable[..., Workbench], vsix: Path, tmp_path: Path
) -> None:
    broken = tmp_path / "segue"
    broken.write_text("#!/bin/sh\necho 'there is no pygls here' >&2\nexit 3\n")
    broken.chmod(0o755)
    window = workbench(files={"a.py": ""}, vsix=vsix, settings={"segue.client.serverPath": str(broken)})
    message = window.notification("does not start")
    assert str(broken) in message
    assert "there is no pygls here" in message
    assert len(window.notifications()) == 1


def test_views_git_files_and_an_untrusted_folder_are_quiet(
    workbench: Callable[..., Workbench], vsix: Path, scripted: Scripted
) -> None:
    scripted.say(completions=[{"after": "def add(", "text": "left, right)"}])
    files = {
        "a.py": "",
        ".git/COMMIT_EDITMSG": "",
        ".vscode/settings.json": '{"segue.client.serverPath": "/bin/false"}',
    }
    window = workbench(
        files=files, vsix=vsix, settings={"segue.client.serverPath": str(scripted.program)}, trusted=False
    )
    window.open("a.py")
    window.wait_ready()
    window.type("def add(")
    window.ghost()
    uris = {
        call["textDocument"]["uri"].rsplit("/", 1)[-1]
        for call in scripted.heard("textDocument/inlineCompletion")
    }
    assert uris == {"a.py"}


def asked(window: Workbench) -> str:
    """Return the ghost text; where a busy machine gave none, ask for it."""
    try:
        return window.ghost(5)
    except AssertionError:
        window.press("Alt+Backslash")
        return window.ghost()


def test_the_sample_of_the_walkthrough(
    workbench: Callable[..., Workbench],
    vsix: Path,
    model: FakeModel,
    picture: Callable[..., None],
) -> None:
    model.answers["price_with_tax"] = (
        "`price_with_tax` adds the **tax** to a net price:\n\n* `net` is the price before tax,\n* `rate` the share of tax."
    )
    chat = {name.replace("SEGUE_", "SEGUE_CHAT_"): value for name, value in model.environment.items()}
    window = workbench(
        files={"empty.py": ""},
        vsix=vsix,
        env={"SEGUE_PROVIDER": "none", **chat},
        settings={
            "segue.client.serverPath": str(SEGUE),
            "editor.stickyScroll.enabled": False,
            "breadcrumbs.enabled": False,
            "editor.lightbulb.enabled": "off",
        },
        size=(1000, 560),
    )
    window.open("empty.py")
    window.wait_ready()
    window.command("Segue: Open the Sample")
    window.page.wait_for_selector('.tab.active[data-resource-name="segue-sample.py"]')
    window.in_editor()
    window.press("Control+b")  # the side bar leaves its place to the code
    part = (528, 60, 460, 300)
    window.type("tea = gro")
    wait_for(lambda: "ss_price" in asked(window), "a suggestion without a model")
    picture(window, "walkthrough-ghost", part)
    window.press("Tab")
    wait_for(
        lambda: any("tea = gross_price" in line for line in window.lines()), "the suggestion to be taken"
    )

    window.press("Control+Home", *["ArrowDown"] * 3, "Home", "Control+ArrowRight", "Control+ArrowRight")
    window.press("Control+Backspace")
    window.type("price_with_tax")
    wait_for(lambda: any("Tab: go to" in text for text in window.decorations()), "the next edit")
    picture(window, "walkthrough-next", part)
    window.press("Tab")
    wait_for(lambda: any("Tab: accept" in text for text in window.decorations()), "the jump")
    window.press("Tab")
    wait_for(lambda: any("bread = price_with_tax(" in line for line in window.lines()), "the edit")

    window.command("Segue: Explain the Selection or Symbol")
    wait_for(lambda: window.frame_with("body.segue-answer strong"), "the explanation")
    picture(window, "walkthrough-explain", (528, 60, 460, 300))
