"""Ghost text in VS Code: shown, typed through, accepted whole and in part, paused, and told to the server."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from segue_editors.vscode import Workbench, wait_for

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from segue_editors.servers import Scripted

pytestmark = pytest.mark.editor

ADD = {"after": "def add(", "text": "left, right):\n    return left + right", "covers": 1}


def ids(messages: list[dict[str, Any]]) -> list[str]:
    return [message["item"]["command"]["arguments"][0] for message in messages]


def test_typed_through_accepted_and_in_parts(
    workbench: Callable[..., Workbench], scripted: Scripted, vsix: Path, figure: Callable[[str, float], None]
) -> None:
    scripted.say(completions=[ADD])
    settings = {"segue.client.serverPath": str(scripted.program)}
    window = workbench(files={"a.py": "", "b.py": "", "c.py": ""}, settings=settings, vsix=vsix)
    window.open("a.py")
    window.wait_ready()
    appeared = window.watch_ghost()

    window.type("def add(")
    assert window.ghost() == "left, right:\n    return left + right"  # the bracket stands there already
    delay_ms = (appeared()[0] - scripted.answered("textDocument/inlineCompletion")) * 1000
    figure("ghost_ms_after_answer", round(delay_ms))
    wait_for(
        lambda: ids(scripted.heard("textDocument/didShowCompletion")) == ["c-def add("], "the shown event"
    )

    window.type("left, ")
    assert window.ghost().startswith("right:\n")
    assert len(appeared()) == 1, "typing through made the suggestion flicker"
    window.press("Tab")
    wait_for(lambda: not window.ghost_now(), "the suggestion to be taken")
    assert window.saved("a.py") == "def add(left, right):\n    return left + right"
    accepted = scripted.heard("workspace/executeCommand")
    assert [(call["command"], call["arguments"]) for call in accepted] == [("segue.accept", ["c-def add("])]
    assert not scripted.heard("segue/didReject")

    window.open("b.py")
    window.type("def add(")
    window.ghost()
    window.press("Control+ArrowRight")
    parts = wait_for(
        lambda: scripted.heard("textDocument/didPartiallyAcceptCompletion"), "the partial acceptance"
    )
    assert parts[0]["acceptedLength"] == len("left")
    window.press("Control+Alt+ArrowRight")
    wait_for(lambda: "def add(left, right):" in window.lines()[0], "the next line to be taken")

    window.open("c.py")
    window.type("def add(")
    window.ghost()
    wait_for(lambda: len(scripted.heard("textDocument/didShowCompletion")) >= 3, "the shown event")
    window.type("x")
    typed = {"id": "c-def add(", "reason": "typed"}
    wait_for(lambda: typed in scripted.heard("segue/didReject"), "the rejection")
    assert not window.ghost_now()

    # What was dismissed does not come back for a space, but something else does.
    window.press("Control+a", "Delete")
    scripted.say(completions=[ADD, {**ADD, "after": "def add( "}])
    window.type("def add(")
    window.ghost()
    window.press("Escape")
    wait_for(lambda: not window.ghost_now(), "the suggestion to go")
    answers = scripted.answered("textDocument/inlineCompletion")
    window.type(" ")
    wait_for(lambda: scripted.answered("textDocument/inlineCompletion") > answers, "another answer")
    window.page.wait_for_timeout(500)
    assert not window.ghost_now()
    scripted.say(completions=[{"after": "def add( ", "text": "*values):"}])
    window.press("Backspace")
    window.type(" ")
    assert window.ghost().startswith("*values")
    assert window.errors == []


FROM_THE_FOLDER = {
    "segue.completion.maxLines": 7,
    "segue.model.endpoint": "http://127.0.0.1:9",
    "segue.model.fallbackEndpoints": ["http://127.0.0.1:9"],
    "segue.model.fallback_endpoints": ["http://127.0.0.1:9"],
    "segue.privacy.allow": [".env"],
    "segue.privacy.deny": [],
    "segue.assist.trusted_folders": ["/"],
}


def test_pause_and_resume(workbench: Callable[..., Workbench], scripted: Scripted, vsix: Path) -> None:
    scripted.say(completions=[ADD])
    settings = {
        "segue.client.serverPath": str(scripted.program),
        "workbench.colorTheme": "Default Dark Modern",
        "segue.completion.debounce_ms": 40,
        "segue.privacy.deny": ["plans/"],
    }
    files = {"a.py": "", "b.py": "", "n.txt": "", ".vscode/settings.json": json.dumps(FROM_THE_FOLDER)}
    window = workbench(files=files, settings=settings, vsix=vsix)
    window.open("a.py")
    window.wait_ready()
    given = scripted.heard("initialize")[-1]["initializationOptions"]
    completion, privacy = {"maxLines": 7, "debounceMilliseconds": 40}, {"deny": ["plans/"]}
    assert given == {"segue": {"completion": completion, "privacy": privacy}}, (
        "a folder sets what it may set only, and the user may spell a name as the server does"
    )
    wait_for(lambda: "scripted is ready" in window.status_label(), "the model's name in the status")

    window.command("Segue: Pause Suggestions")
    window.choose("In python files")
    wait_for(lambda: "Paused in python files." in window.status_label(), "the pause in the status")
    asked = len(scripted.heard("textDocument/inlineCompletion"))
    window.open("b.py")
    window.type("def add(")
    window.open("n.txt")
    window.type("def add(")
    window.ghost()
    assert len(scripted.heard("textDocument/inlineCompletion")) > asked
    uris = {call["textDocument"]["uri"] for call in scripted.heard("textDocument/inlineCompletion")[asked:]}
    assert not any(uri.endswith(".py") for uri in uris)

    window.open("b.py")
    window.command("Segue: Resume Suggestions")
    window.press("End", "ArrowLeft")
    window.command("Segue: Trigger a Suggestion")
    window.ghost()
    window.command("Segue: Show Details of the Last Suggestion")
    wait_for(lambda: any("the prompt that was sent" in line for line in window.lines()), "the prompt")


LOOKS = {
    "a.py": "# 日本語のコメント と絵文字 🎉🎉\ndef summe(preise):\n\tgesamt = 0\n\tfor preis in preise:\n\t\tgesamt += preis\n\treturn gesamt\n\n\n"
    "x = summe([1, 2])  # " + "a long line that is wrapped " * 6 + "\n"
}


def test_looks(
    workbench: Callable[..., Workbench],
    scripted: Scripted,
    vsix: Path,
    picture: Callable[[Workbench, str], None],
) -> None:
    old = "\tgesamt = 0\n\tfor preis in preise:\n\t\tgesamt += preis\n\treturn gesamt\n"
    edit = {
        "when": "total",
        "file": "a.py",
        "old": old,
        "new": "\treturn sum(preise)  # 合計 🎉\n",
        "reason": "simpler",
    }
    scripted.say(completions=[{"after": "y = ", "text": "summe([3, 4])  # 合計 🎉"}], edits=[edit])
    settings = {
        "segue.client.serverPath": str(scripted.program),
        "editor.minimap.enabled": True,
        "editor.wordWrap": "on",
    }
    window = workbench(files=LOOKS, settings=settings, vsix=vsix)
    window.open("a.py")
    window.wait_ready()
    window.press("Control+End")
    window.type("y = ")
    window.ghost()
    picture(window, "looks-ghost")
    window.press("Tab", "Enter")
    window.type("total = 0")
    wait_for(lambda: any("sum(preise)" in text for text in window.decorations()), "the next edit")
    picture(window, "looks-edit")
    assert window.errors == []
