"""Explaining and commenting through the real process, as each editor asks for it, against a chat endpoint."""

from __future__ import annotations

import asyncio
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from segue_bench.fake_model import FakeModelServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CODE = """\
import os


def total_price(rows, tax_rate):
    subtotal = sum(row.price for row in rows)
    if tax_rate < 0:
        raise ValueError("negative tax")
    return subtotal * (1 + tax_rate)


def print_all(rows):
    for row in rows:
        print(total_price([row], 0.1))
"""
DOC = '''\
Sure, here is the function with a docstring:

```python
def total_price(rows, tax_rate):
    """Return the price of all rows with tax.

    Args:
        rows: The rows to add up.
        tax_rate: The tax, as a share.
        currency: The currency.

    Returns:
        The price.

    Raises:
        ValueError: If the tax is negative.
    """
    return 0
```
'''
EDITORS = ["vscode", "neovim", "emacs"]


class Chat(FakeModelServer):
    """A chat endpoint whose answer a test sets."""

    def __init__(self, answer: str = "") -> None:
        self.answer = answer
        super().__init__(lambda _prompt: self.answer)

    @property
    def environment(self) -> dict[str, str]:
        return {
            "SEGUE_CHAT_PROVIDER": "openai",
            "SEGUE_CHAT_ENDPOINT": self.endpoint,
            "SEGUE_CHAT_NAME": "chatty-7b",
        }


@pytest.fixture
def chat() -> Iterator[Chat]:
    with Chat() as server:
        yield server


def read_code_actions(client: Any) -> None:
    """Have the client tell code actions from commands by their kind; lsprotocol takes any `command` for the latter."""
    converter = client.protocol._converter

    def structure(value: Any, _: Any) -> Any:
        return converter.structure(value, types.CodeAction)

    converter.register_structure_hook(types.Command | types.CodeAction, structure)


def watch(client: Any) -> dict[str, list[Any]]:
    """Collect what the server asks of the client and tells it."""
    read_code_actions(client)
    seen: dict[str, list[Any]] = {"progress": [], "shown": [], "messages": [], "edits": []}

    def show(params: types.ShowDocumentParams) -> types.ShowDocumentResult:
        seen["shown"].append(params)
        return types.ShowDocumentResult(success=True)

    def apply(params: types.ApplyWorkspaceEditParams) -> types.ApplyWorkspaceEditResult:
        seen["edits"].append(params.edit)
        return types.ApplyWorkspaceEditResult(applied=True)

    client.protocol.fm.features.update(
        {
            types.PROGRESS: seen["progress"].append,
            types.WINDOW_SHOW_MESSAGE: lambda params: seen["messages"].append(params.message),
            types.WINDOW_SHOW_DOCUMENT: show,
            types.WORKSPACE_APPLY_EDIT: apply,
            types.WINDOW_WORK_DONE_PROGRESS_CREATE: lambda params: None,
        }
    )
    return seen


async def until(condition: Callable[[], Any]) -> None:
    for _ in range(2000):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not happen within 20 s")


def at(line: int, character: int = 0) -> dict[str, int]:
    return {"line": line, "character": character}


def lines(first: int, end: int) -> dict[str, Any]:
    return {"start": at(first), "end": at(end)}


def changes_of(edit: Any) -> list[Any]:
    if edit.document_changes:
        return list(edit.document_changes[0].edits)
    return next(iter(edit.changes.values()))


def applied(text: str, changes: list[Any]) -> str:
    rows = text.split("\n")
    for change in sorted(changes, key=lambda one: -one.range.start.line):
        start, end = change.range.start, change.range.end
        before = "\n".join([*rows[: start.line], rows[start.line][: start.character]])
        after = "\n".join([rows[end.line][end.character :], *rows[end.line + 1 :]])
        new = getattr(change, "new_text", None) or change.newText
        rows = (before + new + after).split("\n")
    return "\n".join(rows)


def same_but_docstring(before: str, after: str) -> None:
    from segue_assist import same_code

    assert before != after
    assert same_code(before, after, "python")
    assert '"""Return the price of all rows with tax.' in after
    assert "currency" not in after


@pytest.fixture(params=EDITORS)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


async def actions_at(
    editor: Any, uri: str, first: int, end: int, *diagnostics: types.Diagnostic
) -> list[Any]:
    found = await editor.client.text_document_code_action_async(
        types.CodeActionParams(
            text_document=types.TextDocumentIdentifier(uri),
            range=types.Range(types.Position(first, 0), types.Position(end, 0)),
            context=types.CodeActionContext(diagnostics=list(diagnostics)),
        )
    )
    return list(found or [])


async def test_explain_in_every_editor(
    run: Callable[..., Any], tmp_path: Path, chat: Chat, name: str
) -> None:
    chat.answer = "It adds up `row.price` with `total_price()` and prints it."
    async with run(tmp_path / "p", editor=name, environment=chat.environment) as editor:
        seen = watch(editor.client)
        uri = editor.open("shop.py", CODE)
        answer = await editor.request(
            "segue/explain",
            {
                "textDocument": {"uri": uri},
                "position": at(11),
                "partialResultToken": "t1",
                "workDoneToken": "w1",
            },
        )
        assert f"[`total_price()`]({uri}#L4)" in answer.markdown
        assert answer.refused == ""
        assert answer.model == "openai/chatty-7b"
        assert answer.usage.answerTokens > 0
        partial = [one.value for one in seen["progress"] if one.token == "t1"]
        assert len(partial) > 1
        assert "".join(value["markdown"] for value in partial) == answer.markdown
        kinds = [one.value.get("kind") for one in seen["progress"] if one.token == "w1"]
        assert (kinds[0], kinds[-1]) == ("begin", "end")
        assert "print_all" in chat.calls[0].prompt
        status = await editor.request("segue/status", {})
        assert status.segue.assist.answerTokens == answer.usage.answerTokens

        action = next(
            one for one in await actions_at(editor, uri, 11, 12) if one.title.startswith("Explain the sel")
        )
        assert action.command.command == "segue.assist.explain"
        await editor.command(action.command.command, *action.command.arguments)
        if name == "emacs":  # declares no showDocument
            await until(lambda: seen["messages"])
            where, _, told = seen["messages"][0].partition("\n\n")
            path = Path(where.removeprefix("The explanation is in ").removesuffix("."))
            assert told in answer.markdown
        else:
            await until(lambda: seen["shown"])
            path = Path(seen["shown"][0].uri.removeprefix("file://"))
        assert path.suffix == ".md"
        assert "[`total_price()`](" in path.read_text("utf-8")

        extent = types.Range(types.Position(12, 8), types.Position(12, 13))
        problem = types.Diagnostic(range=extent, message="undefined name `print`")
        action = next(one for one in await actions_at(editor, uri, 12, 12, problem) if one.diagnostics)
        asked = len(chat.calls)
        await editor.command(action.command.command, *action.command.arguments)
        await until(lambda: len(chat.calls) > asked)
        assert "undefined name `print`" in chat.calls[-1].prompt


async def test_comment_in_every_editor(
    run: Callable[..., Any], tmp_path: Path, chat: Chat, name: str
) -> None:
    chat.answer = DOC
    async with run(tmp_path / "p", editor=name, environment=chat.environment) as editor:
        seen = watch(editor.client)
        uri = editor.open("shop.py", CODE)
        action = next(
            one for one in await actions_at(editor, uri, 3, 3) if one.title == "Document total_price"
        )
        if name == "emacs":  # declares no resolveSupport: the action is a command that applies the edit
            await editor.command(action.command.command, *action.command.arguments)
            await until(lambda: seen["edits"])
            edit = seen["edits"][0]
        else:
            edit = (await editor.client.code_action_resolve_async(action)).edit
        if name == "vscode":
            assert edit.document_changes[0].text_document.version == 1
        same_but_docstring(CODE, applied(CODE, changes_of(edit)))

        chat.answer = '"""Return one."""'
        code = 's = "😀é"\ndef f(): return "😀", 1\n'
        uri = editor.open("a.py", code)
        place = {"textDocument": {"uri": uri, "version": 1}, "position": at(1)}
        edit = (await editor.request("segue/comment", place)).edit
        versioned = hasattr(edit, "documentChanges")
        change = (edit.documentChanges[0].edits if versioned else next(iter(vars(edit.changes).values())))[0]
        assert applied(code, [change]) == 's = "😀é"\ndef f():\n    """Return one."""\n    return "😀", 1\n'


async def test_line_comments_for_a_selection(run: Callable[..., Any], tmp_path: Path, chat: Chat) -> None:
    chat.answer = "6: Refunds are handled elsewhere.\n99: nowhere"
    async with run(tmp_path / "p", environment=chat.environment) as editor:
        uri = editor.open("shop.py", CODE)
        answer = await editor.request("segue/comment", {"textDocument": {"uri": uri}, "range": lines(5, 7)})
        change = answer.edit.documentChanges[0].edits[0]
        after = applied(CODE, [change])
        assert after.split("\n")[5:7] == ["    # Refunds are handled elsewhere.", "    if tax_rate < 0:"]


def git(root: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(root), *arguments], check=True)


def repository(root: Path) -> None:
    """Make a repository with a style of its own, and stage a file and a secret."""
    root.mkdir()
    git(root, "init", "-q")
    git(root, "config", "user.email", "a@example.org")
    git(root, "config", "user.name", "A")
    for number in range(4):
        (root / "a.txt").write_text(f"{number}\n")
        git(root, "add", ".")
        git(root, "commit", "-qm", f"fix(core): mend part {number}")
    (root / "shop.py").write_text(CODE)
    (root / ".env").write_text("PASSWORD=hunter2hunter2\n")
    git(root, "add", "-f", ".")


async def test_commit_message(run: Callable[..., Any], tmp_path: Path, chat: Chat) -> None:
    root = tmp_path / "p"
    repository(root)
    chat.answer = "```\nfeat(core): Add prices with tax.\n```"
    async with run(root, environment=chat.environment) as editor:
        answer = await editor.request("segue/commitMessage", {})
        assert answer.message == "feat(core): add prices with tax"
        assert answer.leftOut == [".env"]
        assert "hunter2" not in chat.calls[0].prompt
        assert "total_price" in chat.calls[0].prompt
        by_command = await editor.command("segue.assist.commitMessage", {})
        assert by_command.message == answer.message


BAD_ANSWERS = (
    "This function is quite interesting. I like how it adds things up. Let me know if you need more!",
    "",
    "```javascript\nfunction volcano(zebra) { return zebra; }\n```",
    "计算所有行的总价格，包括税费，并返回结果。",
)


async def test_a_bad_answer_is_one_sentence_and_no_edit(
    run: Callable[..., Any], tmp_path: Path, chat: Chat
) -> None:
    async with run(tmp_path / "p", environment=chat.environment) as editor:
        seen = watch(editor.client)
        uri = editor.open("shop.py", CODE)
        for answer in BAD_ANSWERS:
            chat.answer = answer
            with pytest.raises(JsonRpcException) as refusal:
                await editor.request("segue/comment", {"textDocument": {"uri": uri}, "position": at(3)})
            assert_one_sentence(refusal.value.message)
            action = next(
                one for one in await actions_at(editor, uri, 3, 3) if one.title == "Document total_price"
            )
            resolved = await editor.client.code_action_resolve_async(action)
            assert resolved.edit is None
            await until(lambda: seen["messages"])
            assert_one_sentence(seen["messages"].pop())


def assert_one_sentence(message: str) -> None:
    assert message.endswith(".")
    assert "\n" not in message
    assert ". " not in message


BAD_PLACES: dict[str, tuple[str, str, dict[str, Any]]] = {
    "empty selection": ("segue/explain", CODE, {"range": lines(1, 2)}),
    "half a function": ("segue/explain", CODE, {"range": lines(5, 12)}),
    "half a function to comment": ("segue/comment", CODE, {"range": lines(5, 12)}),
    "binary": ("segue/explain", "\0\1\2\3" * 10, {"range": lines(0, 1)}),
    "huge": ("segue/explain", "x = 1\n" * 150_000, {"range": lines(0, 1)}),
    "huge selection": ("segue/explain", "x = 1\n" * 20_000, {"range": lines(0, 19_999)}),
    "incomplete function": ("segue/comment", "def f(a,\n    b = (\n", {"position": at(0)}),
    "no function": ("segue/comment", "x = 1\n", {"position": at(0)}),
    "unknown action": ("segue/explain", CODE, {"position": at(3), "action": "dance"}),
}


async def test_a_bad_place_is_one_sentence_and_the_model_is_not_asked(
    run: Callable[..., Any], tmp_path: Path, chat: Chat
) -> None:
    async with run(tmp_path / "p", environment=chat.environment) as editor:
        for number, (what, (method, text, where)) in enumerate(BAD_PLACES.items()):
            uri = editor.open(f"shop{number}.py", text)
            with pytest.raises(JsonRpcException) as refusal:
                await editor.request(method, {"textDocument": {"uri": uri}, **where})
            assert_one_sentence(refusal.value.message)
            assert refusal.value.code == -32803, what
            assert not chat.calls, what


async def test_a_file_changed_meanwhile_gets_no_edit(
    run: Callable[..., Any], tmp_path: Path, chat: Chat
) -> None:
    chat.answer, chat.latency_s = DOC, 0.5
    async with run(tmp_path / "p", environment=chat.environment) as editor:
        uri = editor.open("shop.py", CODE)
        asked = asyncio.ensure_future(
            editor.request("segue/comment", {"textDocument": {"uri": uri}, "position": at(3)})
        )
        await until(lambda: chat.calls)
        editor.type(uri, 2, 0, 0, "import sys\n")
        with pytest.raises(JsonRpcException) as refusal:
            await asked
        assert refusal.value.code == -32801
        assert_one_sentence(refusal.value.message)


async def test_a_cancelled_request_closes_the_socket(
    run: Callable[..., Any], tmp_path: Path, chat: Chat
) -> None:
    chat.answer, chat.pause_s = "A long story. " * 200, 0.05
    async with run(tmp_path / "p", environment=chat.environment) as editor:
        seen = watch(editor.client)
        uri = editor.open("shop.py", CODE)
        params = {"textDocument": {"uri": uri}, "position": at(3), "partialResultToken": 7}
        asked = editor.client.protocol.send_request("segue/explain", params)
        await until(lambda: seen["progress"])
        editor.client.cancel_request(types.CancelParams(id=_id_of(editor.client, asked)))
        await until(lambda: chat.calls[0].ended)
        assert chat.calls[0].closed_early


def _id_of(client: Any, future: Any) -> Any:
    return next(one for one, waiting in client.protocol._request_futures.items() if waiting is future)


async def test_cancelling_the_progress_ends_the_command(
    run: Callable[..., Any], tmp_path: Path, chat: Chat
) -> None:
    chat.answer, chat.pause_s = "A long story. " * 200, 0.05
    async with run(tmp_path / "p", editor="neovim", environment=chat.environment) as editor:
        seen = watch(editor.client)
        uri = editor.open("shop.py", CODE)
        await editor.command("segue.assist.explain", {"textDocument": {"uri": uri}, "position": at(3)})
        await until(lambda: len(seen["progress"]) > 1)
        token = seen["progress"][0].token
        editor.client.window_work_done_progress_cancel(types.WorkDoneProgressCancelParams(token=token))
        await until(lambda: chat.calls[0].ended)
        assert chat.calls[0].closed_early
        assert not seen["shown"]


async def test_denied_files_and_secrets_are_not_sent(
    run: Callable[..., Any], tmp_path: Path, chat: Chat
) -> None:
    chat.answer = "It holds settings."
    async with run(tmp_path / "p", environment=chat.environment) as editor:
        secret = editor.open(".env", "PASSWORD=hunter2hunter2\n", language="properties")
        with pytest.raises(JsonRpcException) as refusal:
            await editor.request("segue/explain", {"textDocument": {"uri": secret}, "range": lines(0, 1)})
        assert "not sent" in refusal.value.message
        code = 'def connect():\n    password = "hX82kd93jJd82nMq01"\n    return password\n'
        uri = editor.open("a.py", code)
        await editor.request("segue/explain", {"textDocument": {"uri": uri}, "position": at(0)})
        assert len(chat.calls) == 1
        assert "hX82kd93jJd82nMq01" not in chat.calls[0].prompt


async def test_a_model_that_is_too_small_says_so(run: Callable[..., Any], tmp_path: Path, chat: Chat) -> None:
    environment = {**chat.environment, "SEGUE_CHAT_NAME": "smollm2-135m"}
    async with run(tmp_path / "p", environment=environment) as editor:
        uri = editor.open("shop.py", CODE)
        place = {"textDocument": {"uri": uri}, "position": at(3)}
        answer = await editor.request("segue/explain", place)
        assert "too small to explain code" in answer.refused
        assert "`segue connect`" in answer.markdown
        assert f"[`total_price`]({uri}#L4)" in answer.markdown
        with pytest.raises(JsonRpcException, match="too small to comment code"):
            await editor.request("segue/comment", place)
        assert not chat.calls


async def test_a_dead_endpoint_is_one_sentence(run: Callable[..., Any], tmp_path: Path, chat: Chat) -> None:
    environment = {**chat.environment, "SEGUE_CHAT_ENDPOINT": "http://127.0.0.1:9"}
    async with run(tmp_path / "p", environment=environment) as editor:
        uri = editor.open("shop.py", CODE)
        with pytest.raises(JsonRpcException) as refusal:
            await editor.request("segue/explain", {"textDocument": {"uri": uri}, "position": at(3)})
        assert refusal.value.code == -32803
        assert "\n" not in refusal.value.message


async def test_a_trusted_project_brings_its_own_prompts_and_rules(
    run: Callable[..., Any], tmp_path: Path, chat: Chat
) -> None:
    root = tmp_path / "p"
    folder = root / ".segue" / "prompts"
    folder.mkdir(parents=True)
    (folder / "rules.md").write_text("Speak like a pirate.")
    (folder / "haiku.md").write_text(
        "---\ntitle: Write a haiku about\ninput: symbol\noutput: markdown\n---\n# User\nA haiku on {{name}}{{what}}\n{{rules}}\n"
    )
    chat.answer = "Prices in the wind"
    for trusted in (False, True):
        options = {"assist": {"trustedFolders": [str(root)] if trusted else []}}
        async with run(root, environment=chat.environment, initialization_options=options) as editor:
            uri = editor.open("shop.py", CODE)
            titles = [one.title for one in await actions_at(editor, uri, 3, 3)]
            assert ("Write a haiku about total_price" in titles) is trusted
            await editor.request("segue/explain", {"textDocument": {"uri": uri}, "position": at(3)})
            assert ("pirate" in chat.calls[-1].prompt) is trusted


EDITED = "Sure:\n```python\ndef total_price(rows, tax_rate=0):\n    subtotal = sum(row.price for row in rows)\n    return vat(subtotal) * (1 + tax_rate)\n```\n"


async def test_edit_in_every_editor(run: Callable[..., Any], tmp_path: Path, chat: Chat, name: str) -> None:
    chat.answer = EDITED
    async with run(tmp_path / "p", editor=name, environment=chat.environment) as editor:
        seen = watch(editor.client)
        uri = editor.open("shop.py", CODE)
        params = {
            "textDocument": {"uri": uri, "version": 1},
            "position": at(5),
            "instruction": "drop the check",
        }
        answer = await editor.request("segue/edit", {**params, "partialResultToken": "t1"})
        after = applied(CODE, list(answer.edits))
        head, body = CODE.split("def total_price")[0], CODE.split("\n\n\ndef print_all")[1]
        assert after.startswith(head + "def total_price(rows, tax_rate=0):\n")
        assert after.endswith("    return vat(subtotal) * (1 + tax_rate)\n\n\ndef print_all" + body)
        assert len(answer.edits) == 2
        assert (answer.textDocument.version, answer.range.start.line, answer.range.end.line) == (1, 3, 8)
        assert [one.name for one in answer.unknownNames] == ["vat"]
        assert answer.title == "drop the check"
        shown = "".join(one.value["text"] for one in seen["progress"] if one.token == "t1")
        assert shown == EDITED.split("```python\n")[1].split("```")[0]
        assert "drop the check" in chat.calls[0].prompt

        await editor.command("segue.assist.edit", params)
        await until(lambda: seen["edits"])
        assert applied(CODE, changes_of(seen["edits"][0])) == after


async def test_an_edit_of_a_file_that_changed_or_cannot_be_written_is_refused(
    run: Callable[..., Any], tmp_path: Path, chat: Chat
) -> None:
    chat.answer, chat.latency_s = EDITED, 0.5
    async with run(tmp_path / "p", environment=chat.environment) as editor:
        uri = editor.open("shop.py", CODE)
        params = {"textDocument": {"uri": uri}, "position": at(3), "instruction": "x"}
        asked = asyncio.ensure_future(editor.request("segue/edit", params))
        await until(lambda: chat.calls)
        editor.type(uri, 2, 0, 0, "import sys\n")
        with pytest.raises(JsonRpcException) as refusal:
            await asked
        assert refusal.value.code == -32801
        path = tmp_path / "p" / "fixed.py"
        path.write_text(CODE)
        path.chmod(0o444)
        uri = editor.open("fixed.py", CODE)
        with pytest.raises(JsonRpcException) as refusal:
            await editor.request("segue/edit", {**params, "textDocument": {"uri": uri}})
        assert "read-only" in refusal.value.message
        assert len(chat.calls) == 1
