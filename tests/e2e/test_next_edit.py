"""Next edits over LSP: a rename, a signature and an import, from the keystroke to the applied edit."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from lsprotocol import types

from segue_bench.fake_model import FakeModelServer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.e2e.conftest import Editor

TRIES = 100


async def answered(editor: Editor, uri: str, version: int, line: int, until: Callable[[Any], bool]) -> Any:
    """Ask for next edits until the index knows enough; fail with the last answer."""
    answer = None
    for _ in range(TRIES):
        answer = await editor.request(
            "segue/nextEdits",
            {
                "textDocument": {"uri": uri, "version": version},
                "position": {"line": line, "character": 0},
                "limit": 10,
            },
        )
        if until(answer):
            return answer
        await asyncio.sleep(0.1)  # the index is built by another process, which tells nobody
    pytest.fail(f"never answered as expected, last: {answer}")


async def opened(editor: Editor, name: str, text: str) -> str:
    """Open a document and wait until the session has started."""
    uri = editor.open(name, text)
    here = {"textDocument": {"uri": uri, "version": 1}, "position": {"line": 0, "character": 0}}
    await editor.request("segue/nextEdits", here)
    return uri


async def actions_at(editor: Editor, uri: str, line: int) -> list[str]:
    """Return the titles of the actions; the test client reads actions with a command as commands, without edits."""
    actions = await editor.client.text_document_code_action_async(
        types.CodeActionParams(
            text_document=types.TextDocumentIdentifier(uri),
            range=types.Range(types.Position(line, 0), types.Position(line, 0)),
            context=types.CodeActionContext(diagnostics=[]),
        )
    )
    return [action.title for action in actions or []]


async def action_offered(editor: Editor, uri: str, line: int, words: str) -> None:
    """Ask for actions until one has these words in its title: the index may not know every file yet."""
    titles: list[str] = []
    for _ in range(TRIES):
        titles = await actions_at(editor, uri, line)
        if any(words in title for title in titles):
            return
        await asyncio.sleep(0.1)  # the index is built by another process, which tells nobody
    pytest.fail(f"never offered, last: {titles}")


async def test_the_rename_of_a_class_reaches_thirty_files(tmp_path: Path, run: Callable[..., Any]) -> None:
    root = tmp_path / "project"
    root.mkdir()
    texts = {"shapes.py": "class Polygon:\n    sides = 0\n"}
    for n in range(30):
        texts[f"user_{n}.py"] = f"from shapes import Polygon\n\n\ndef make_{n}():\n    return Polygon()\n"
    for name, text in texts.items():
        (root / name).write_text(text)
    async with run(root) as editor:
        uri = editor.open("shapes.py", texts["shapes.py"])
        editor.type(uri, 2, 0, 6, "Shape", end=13)
        await answered(
            editor, uri, 2, 0, lambda a: len([e for e in a.edits if e.kind == "rename"]) >= 10 and a.shown
        )
        await action_offered(editor, uri, 0, "apply the same change to 60 places in 30 files")


async def test_a_new_parameter_reaches_twenty_calls(tmp_path: Path, run: Callable[..., Any]) -> None:
    root = tmp_path / "project"
    root.mkdir()
    texts = {"store.py": "def fetch(key, retries):\n    return key, retries\n"}
    for n in range(20):
        texts[f"call_{n}.py"] = f"from store import fetch\n\n\ndef run(key):\n    return fetch(key, {n})\n"
    for name, text in texts.items():
        (root / name).write_text(text)
    async with run(root) as editor:
        uri = editor.open("store.py", texts["store.py"])
        editor.type(uri, 2, 0, 13, "", end=22)  # fetch(key, retries) becomes fetch(key)
        answer = await answered(
            editor, uri, 2, 0, lambda a: len([e for e in a.edits if e.kind == "signature"]) >= 5
        )
        call = next(e for e in answer.edits if e.kind == "signature")
        assert call.text == "    return fetch(key)"
        await action_offered(editor, uri, 0, "apply the same change to 20 places in 20 files")


async def test_a_missing_import_is_added(tmp_path: Path, run: Callable[..., Any]) -> None:
    root = tmp_path / "project"
    root.mkdir()
    (root / "other.py").write_text("from pathlib import Path\n\nHERE = Path()\n")
    (root / "third.py").write_text("from pathlib import Path\n\nTHERE = Path()\n")
    text = "import os\n\n\ndef home():\n    return None\n"
    async with run(root) as editor:
        uri = editor.open("main.py", text)
        editor.type(uri, 2, 4, 11, "Path(os.getcwd())", end=15)
        answer = await answered(editor, uri, 2, 4, lambda a: any(e.kind == "import" for e in a.edits))
        added = next(e for e in answer.edits if e.kind == "import")
        assert added.text == "from pathlib import Path\n"
        assert (added.range.start.line, added.textDocument.uri) == (1, uri)


async def test_acceptance_leads_to_the_next_place_and_a_rejection_to_silence(
    tmp_path: Path, run: Callable[..., Any]
) -> None:
    root = tmp_path / "project"
    root.mkdir()
    text = (
        "def total(items):\n    return sum(items)\n\n\na = total([1])\n\nb = total([2])\n\nc = total([3])\n"
    )
    (root / "a.py").write_text(text)
    async with run(root) as editor:
        uri = editor.open("a.py", text)
        editor.type(uri, 2, 0, 4, "add", end=9)
        answer = await answered(editor, uri, 2, 0, lambda a: any(e.kind == "rename" for e in a.edits))
        first = next(e for e in answer.edits if e.kind == "rename")
        assert first.text.startswith("a = add([1])")
        await editor.command(first.command.command, *first.command.arguments)
        editor.type(uri, 3, 4, 4, "add", end=9)
        following = await answered(editor, uri, 3, 4, lambda a: a.shown)
        assert following.edits[0].text.startswith("b = add([2])")
        editor.client.protocol.notify("segue/didReject", {"id": following.edits[0].id, "reason": "dismissed"})
        quiet = await answered(editor, uri, 3, 4, lambda a: not a.shown)
        assert quiet.edits == []


async def test_an_answer_for_another_version_is_empty(tmp_path: Path, run: Callable[..., Any]) -> None:
    async with run(tmp_path / "project") as editor:
        uri = editor.open("a.py", "def f(a):\n    return a\n\n\nf(1)\nf(2)\n")
        editor.type(uri, 2, 0, 4, "g", end=5)
        stale = {"textDocument": {"uri": uri, "version": 1}, "position": {"line": 0, "character": 0}}
        answer = await editor.request("segue/nextEdits", stale)
        assert (answer.edits, answer.shown) == ([], False)
        answer = await editor.request("textDocument/copilotInlineEdit", stale)
        assert answer.edits == []


async def test_what_was_typed_before_the_session_started_counts(
    tmp_path: Path, run: Callable[..., Any]
) -> None:
    text = "def total(items):\n    return sum(items)\n\n\na = total([1])\n\nb = total([2])\n"
    async with run(tmp_path / "project") as editor:
        uri = editor.open("a.py", text)
        editor.type(uri, 2, 0, 4, "add", end=9)
        answer = await answered(editor, uri, 2, 0, lambda a: a.shown)
        assert answer.edits[0].text == "a = add([1])"


async def test_an_inline_edit_is_what_sidekick_can_use(tmp_path: Path, run: Callable[..., Any]) -> None:
    """sidekick.nvim drops edits whose version is not the buffer's, and runs `command` as it is."""
    text = "def total(items):\n    return sum(items)\n\n\na = total(['\U0001f600'])\n\nb = total([2])\n"

    async def asked(editor: Editor, uri: str, version: int, line: int, character: int) -> Any:
        return await editor.request(
            "textDocument/copilotInlineEdit",
            {
                "textDocument": {"uri": uri, "version": version},
                "position": {"line": line, "character": character},
                "context": {"triggerKind": 2},
            },
        )

    async with run(tmp_path / "project", editor="neovim") as editor:
        uri = editor.open("a.py", text, version=3)
        editor.client.protocol.notify("textDocument/didFocus", {"textDocument": {"uri": uri}})
        editor.type(uri, 8, 0, 4, "add", end=9)
        answer = await asked(editor, uri, 8, 0, 6)
        [edit] = answer.edits
        assert set(vars(answer)) == {"edits"}
        assert set(vars(edit)) == {"text", "range", "textDocument", "command"}
        assert vars(edit.textDocument) == {"uri": uri, "version": 8}
        assert edit.text == "a = add(['\U0001f600'])"
        assert vars(edit.range.start) == {"line": 4, "character": 0}
        assert vars(edit.range.end) == {"line": 4, "character": 19}  # bytes: Neovim asks for UTF-8
        assert set(vars(edit.command)) == {"title", "command", "arguments"}
        editor.type(uri, 9, 4, 0, edit.text, end=19)
        await editor.command(edit.command.command, *edit.command.arguments)
        following = await asked(editor, uri, 9, 4, 0)
        assert [one.text for one in following.edits] == ["b = add([2])"]


def zeta(latency_s: float = 0.0) -> FakeModelServer:
    """A next-edit model on loopback that multiplies by the new parameter, wherever it is asked."""
    text = "def area(w, h):\n    return w * h\n>>>>>>> UPDATED\n"
    return FakeModelServer(lambda _prompt: text, latency_s=latency_s)


def asked_of(server: FakeModelServer) -> dict[str, Any]:
    return {"environment": {**server.environment, "SEGUE_MODEL": "zeta-2"}}


AREA = "def area(w):\n    return w\n"


async def test_the_model_writes_after_the_rules_have_answered(
    tmp_path: Path, run: Callable[..., Any]
) -> None:
    with zeta(latency_s=0.3) as server:
        async with run(tmp_path / "project", **asked_of(server)) as editor:
            uri = editor.open("a.py", AREA)
            editor.type(uri, 2, 0, 10, ", h")
            at_once = await answered(editor, uri, 2, 0, lambda _: True)
            assert not any(edit.kind == "model" for edit in at_once.edits)
            written = await answered(editor, uri, 2, 0, lambda a: any(e.kind == "model" for e in a.edits))
            assert (written.shown, written.edits[0].text) == (True, "    return w * h")
            told = [where for where in editor.refreshes if getattr(where, "feature", "") == "nextEdits"]
            assert [where.textDocument.version for where in told] == [2]
        assert len(server.calls) == 1


async def test_a_client_that_cannot_be_told_waits_for_the_model(
    tmp_path: Path, run: Callable[..., Any]
) -> None:
    with zeta() as server:
        async with run(tmp_path / "project", editor="neovim", **asked_of(server)) as editor:
            uri = editor.open("a.py", AREA)
            editor.type(uri, 2, 0, 10, ", h")
            here = {"textDocument": {"uri": uri, "version": 2}, "position": {"line": 0, "character": 0}}
            answer = await editor.request("textDocument/copilotInlineEdit", here)
            assert [edit.text for edit in answer.edits] == ["    return w * h"]


async def test_typing_on_cancels_the_model(tmp_path: Path, run: Callable[..., Any]) -> None:
    with zeta(latency_s=60) as server:
        async with run(tmp_path / "project", editor="neovim", **asked_of(server)) as editor:
            uri = editor.open("a.py", AREA)
            editor.type(uri, 2, 0, 10, ", h")
            here = {"textDocument": {"uri": uri, "version": 2}, "position": {"line": 0, "character": 0}}
            asking = asyncio.ensure_future(editor.request("segue/nextEdits", here))
            for _ in range(TRIES):
                if server.calls:
                    break
                await asyncio.sleep(0.1)  # the model's server tells nobody that it was asked
            editor.type(uri, 3, 0, 13, "e")
            answer = await asking
            assert (answer.edits, answer.shown) == ([], False)
            for _ in range(TRIES):
                if server.calls[0].closed_early:
                    break
                await asyncio.sleep(0.1)
            assert server.calls[0].closed_early


PATCHES = """shape.py:2
-    return w
+    return w * h
use.py:4
-print(side(2))
+print(side(2) * 2)
shape.py:9
-nothing
+something
"""


@pytest.mark.parametrize("section", ["model", "chat"])
async def test_a_chat_model_writes_several_places_and_files(
    tmp_path: Path, run: Callable[..., Any], section: str
) -> None:
    """Asked once: what is accepted of its answer brings up the rest of it, and what fits no text is left out."""
    root = tmp_path / "project"
    root.mkdir()
    (root / "use.py").write_text("from shape import side\n\n\nprint(side(2))\n")
    with FakeModelServer(lambda _prompt: PATCHES) as server:
        provider = {
            "provider": "chat" if section == "model" else "openai",
            "endpoint": server.endpoint,
            "name": "tiny",
        }
        asked = {"environment": {"SEGUE_PROVIDER": ""}, "initialization_options": {section: provider}}
        async with run(root, editor="neovim", **asked) as editor:
            uri = editor.open("shape.py", "def side(w):\n    return w\n")
            editor.type(uri, 2, 0, 10, ", h")
            answer = await answered(editor, uri, 2, 0, lambda a: any(e.kind == "model" for e in a.edits))
            written = [edit for edit in answer.edits if edit.kind == "model"]
            assert answer.shown
            assert [(e.textDocument.uri, e.text) for e in written] == [
                (uri, "    return w * h"),
                (editor.uri("use.py"), "print(side(2) * 2)"),
            ]
            [call] = server.calls
            assert "2|     return w" in call.prompt
            assert "+def side(w, h):" in call.prompt
            editor.type(uri, 3, 1, 0, written[0].text, end=12)
            await editor.command(written[0].command.command, *written[0].command.arguments)
            following = await answered(editor, uri, 3, 1, lambda a: bool(a.edits))
            assert [(e.textDocument.uri, e.kind) for e in following.edits[:1]] == [
                (editor.uri("use.py"), "model")
            ]
            assert following.shown
        assert len(server.calls) == 1


async def test_the_model_is_left_alone_where_the_settings_say_so(
    tmp_path: Path, run: Callable[..., Any]
) -> None:
    with zeta() as server:
        asked = {**asked_of(server), "initialization_options": {"next_edit": {"model": "off"}}}
        async with run(tmp_path / "project", editor="neovim", **asked) as editor:
            uri = editor.open("a.py", AREA)
            editor.type(uri, 2, 0, 10, ", h")
            answer = await answered(editor, uri, 2, 0, lambda _: True)
            assert not any(edit.kind == "model" for edit in answer.edits)
        assert server.calls == []
