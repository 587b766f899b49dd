"""Fixes, tests and refusals in VS Code, and what the editor's own checkers say of a change that was accepted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from segue_editors.vscode import Workbench, wait_for

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from segue_editors.servers import Scripted

pytestmark = pytest.mark.editor

CART = "def total(items):\n    return summ(item.price for item in items)\n\n\ndef empty(items):\n    items.clear()\n"
FIXED = CART.replace("summ", "sum")
RIGHT = {"title": "Change summ to sum", "old": CART.split("\n")[1] + "\n", "new": FIXED.split("\n")[1] + "\n"}
WRONG = {**RIGHT, "title": "Change summ to summe", "new": RIGHT["new"].replace("sum", "summe(summ")}
PROBLEMS = [
    {"when": "summ", "message": "summ is not defined"},
    {"when": "summe", "message": "summe is not defined"},
]
CHANGE = {
    "when": "guard",
    "hunks": [
        {"old": "    items.clear()\n", "new": "    if summ:\n        items.clear()\n"},
    ],
}
TESTS = "from cart import total\n\n\ndef test_total_of_nothing():\n    assert total([]) == 0\n"


@pytest.fixture
def window(workbench: Callable[..., Workbench], scripted: Scripted, vsix: Path) -> Callable[..., Workbench]:
    def start(**settings: Any) -> Workbench:
        given = {"segue.client.serverPath": str(scripted.program), **settings}
        window = workbench(files={"cart.py": CART}, settings=given, vsix=vsix)
        window.open("cart.py", 2)
        window.wait_ready()
        return window

    return start


def test_a_fix_that_makes_it_worse_can_be_taken_back(
    window: Callable[..., Workbench],
    scripted: Scripted,
    picture: Callable[[Workbench, str], None],
) -> None:
    scripted.say(fixes=[RIGHT, WRONG], problems=PROBLEMS)
    bench = window()
    bench.page.locator(".squiggly-error").first.wait_for()
    choose_fix(bench, "Change summ to summe", lambda: picture(bench, "fix"))
    wait_for(lambda: any("summe(summ" in line for line in bench.lines()), "the fix")
    told = bench.notification("more problem than before the change")
    assert "There is 1 more problem than before the change: summe is not defined" in told
    picture(bench, "revert")
    bench.press_button("Revert the Change")
    wait_for(lambda: any("return summ(" in line for line in bench.lines()), "the code as it was")
    assert bench.saved("cart.py") == CART
    assert bench.errors == []


def test_a_fix_that_helps_is_counted_in_the_status_bar(
    window: Callable[..., Workbench], scripted: Scripted
) -> None:
    scripted.say(fixes=[RIGHT], problems=PROBLEMS)
    bench = window()
    bench.page.locator(".squiggly-error").first.wait_for()
    choose_fix(bench, "Change summ to sum")
    status = bench.page.locator(".statusbar-item", has_text="1 fewer, 0 new")
    status.wait_for()
    assert bench.saved("cart.py") == FIXED
    assert not any("more problem" in one for one in bench.notifications())


def test_an_accepted_change_that_makes_it_worse_can_be_taken_back(
    window: Callable[..., Workbench], scripted: Scripted
) -> None:
    scripted.say(changes=[CHANGE], problems=PROBLEMS)
    bench = window()
    bench.page.locator(".squiggly-error").first.wait_for()
    bench.press("Control+i")
    bench.page.locator(".quick-input-widget input").wait_for()
    bench.type("guard it")
    bench.press("Enter")
    bench.in_editor()
    bench.page.locator(".codelens-decoration a", has_text="Accept").first.wait_for()
    bench.press("Control+Enter")
    wait_for(lambda: any("if summ:" in line for line in bench.lines()), "the change")
    bench.notification("There is 1 more problem than before the change: summ is not defined")
    bench.press_button("Revert the Change")
    wait_for(lambda: not any("if summ:" in line for line in bench.lines()), "the code as it was")
    assert bench.saved("cart.py") == CART


def test_tests_are_written_into_a_file_beside_the_code(
    window: Callable[..., Workbench],
    scripted: Scripted,
    picture: Callable[[Workbench, str], None],
) -> None:
    scripted.say(tests={"file": "test_cart.py", "text": TESTS})
    bench = window()
    bench.command("Segue: Write Tests for the Definition")
    bench.page.locator('.tab.active[data-resource-name="test_cart.py"]').wait_for()
    wait_for(lambda: any("test_total_of_nothing" in line for line in bench.lines()), "the tests")
    picture(bench, "tests")
    assert "position" in scripted.heard("segue/tests")[-1]
    assert bench.errors == []


def test_a_note_about_a_setting_has_a_button_for_it(
    window: Callable[..., Workbench], scripted: Scripted, picture: Callable[[Workbench, str], None]
) -> None:
    note = "The tests were not run: the folder is not in assist.trusted_folders."
    scripted.say(tests={"file": "test_cart.py", "text": TESTS, "notes": [note]})
    bench = window()
    bench.command("Segue: Write Tests for the Definition")
    bench.notification("The tests were not run")
    bench.press_button("Open the Setting")
    wait_for(lambda: "segue.assist.trustedFolders" in searched(bench), "the setting")
    label = bench.page.locator(".settings-editor .setting-item-label", has_text="Trusted Folders")
    label.first.wait_for()
    bench.press("Control+a")
    bench.type("@ext:segue.segue completion")
    wait_for(lambda: "Disabled Languages" in titles(bench), "the settings of completion")
    assert "_" not in titles(bench)
    picture(bench, "settings")


@pytest.mark.parametrize(
    ("setting", "button"), [("privacy.allow", "Open the Setting"), ("chat.provider", "Choose a Model")]
)
def test_a_refusal_has_a_button_for_what_decides_it(
    window: Callable[..., Workbench], scripted: Scripted, setting: str, button: str
) -> None:
    refusal = {"message": "That cannot be done.", "data": {"reason": "no", "setting": setting}}
    scripted.say(refusals={"segue/tests": refusal})
    bench = window()
    bench.command("Segue: Write Tests for the Definition")
    assert bench.notification("That cannot be done.")
    bench.press_button(button)
    if button == "Choose a Model":
        bench.page.locator(".quick-input-widget .quick-input-title", has_text="Model").wait_for()
    else:
        wait_for(lambda: f"segue.{setting}" in searched(bench), "the setting")


def choose_fix(bench: Workbench, title: str, before: Callable[[], None] = lambda: None) -> None:
    """Choose an entry of the menu of fixes at the cursor; without any fixes yet, the editor says so and is asked again."""
    row = bench.page.locator(".action-widget .monaco-list-row", has_text=title).first

    def opened() -> bool:
        bench.press("Control+.")
        bench.page.wait_for_timeout(1_500)
        return row.is_visible()

    wait_for(opened, "the menu of fixes", 60)
    before()
    row.click()


def titles(bench: Workbench) -> str:
    """Return the titles of the settings on the screen."""
    return " ".join(bench.page.locator(".settings-editor .setting-item-label").all_inner_texts())


def searched(bench: Workbench) -> str:
    """Return what the settings are searched for, "" while they are not open."""
    boxes = bench.page.locator(".settings-editor .search-container .view-lines").all_inner_texts()
    return " ".join(str(text) for text in boxes)
