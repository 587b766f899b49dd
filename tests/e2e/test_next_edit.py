"""Next edits over LSP: a rename, a signature and an import, from the keystroke to the applied edit."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from lsprotocol import types

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
    """Open a document and wait until the session listens: what is typed before that is no history."""
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


async def test_the_rename_of_a_class_reaches_thirty_files(tmp_path: Path, run: Callable[..., Any]) -> None:
    root = tmp_path / "project"
    root.mkdir()
    texts = {"shapes.py": "class Polygon:\n    sides = 0\n"}
    for n in range(30):
        texts[f"user_{n}.py"] = f"from shapes import Polygon\n\n\ndef make_{n}():\n    return Polygon()\n"
    for name, text in texts.items():
        (root / name).write_text(text)
    async with run(root) as editor:
        uri = await opened(editor, "shapes.py", texts["shapes.py"])
        editor.type(uri, 2, 0, 6, "Shape", end=13)
        await answered(
            editor, uri, 2, 0, lambda a: len([e for e in a.edits if e.kind == "rename"]) >= 10 and a.shown
        )
        titles = await actions_at(editor, uri, 0)
        assert any("apply the same change to 60 places in 30 files" in title for title in titles), titles


async def test_a_new_parameter_reaches_twenty_calls(tmp_path: Path, run: Callable[..., Any]) -> None:
    root = tmp_path / "project"
    root.mkdir()
    texts = {"store.py": "def fetch(key, retries):\n    return key, retries\n"}
    for n in range(20):
        texts[f"call_{n}.py"] = f"from store import fetch\n\n\ndef run(key):\n    return fetch(key, {n})\n"
    for name, text in texts.items():
        (root / name).write_text(text)
    async with run(root) as editor:
        uri = await opened(editor, "store.py", texts["store.py"])
        editor.type(uri, 2, 0, 13, "", end=22)  # fetch(key, retries) becomes fetch(key)
        answer = await answered(
            editor, uri, 2, 0, lambda a: len([e for e in a.edits if e.kind == "signature"]) >= 5
        )
        call = next(e for e in answer.edits if e.kind == "signature")
        assert call.text == "    return fetch(key)"
        titles = await actions_at(editor, uri, 0)
        assert any("apply the same change to 20 places in 20 files" in title for title in titles), titles


async def test_a_missing_import_is_added(tmp_path: Path, run: Callable[..., Any]) -> None:
    root = tmp_path / "project"
    root.mkdir()
    (root / "other.py").write_text("from pathlib import Path\n\nHERE = Path()\n")
    (root / "third.py").write_text("from pathlib import Path\n\nTHERE = Path()\n")
    text = "import os\n\n\ndef home():\n    return None\n"
    async with run(root) as editor:
        uri = await opened(editor, "main.py", text)
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
        uri = await opened(editor, "a.py", text)
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
        uri = await opened(editor, "a.py", "def f(a):\n    return a\n\n\nf(1)\nf(2)\n")
        editor.type(uri, 2, 0, 4, "g", end=5)
        stale = {"textDocument": {"uri": uri, "version": 1}, "position": {"line": 0, "character": 0}}
        answer = await editor.request("segue/nextEdits", stale)
        assert (answer.edits, answer.shown) == ([], False)
        answer = await editor.request("textDocument/copilotInlineEdit", stale)
        assert answer.edits == []
