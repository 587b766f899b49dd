"""Tests over LSP: an edit that creates the test file, in the client's terms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segue_bench.fake_model import FakeModelServer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CODE = "package shop\n\nfunc Total(a int, b int) int {\n\treturn a + b\n}\n"
ANSWER = '```go\npackage shop\n\nimport "testing"\n\nfunc TestTotal(t *testing.T) {\n\tif Total(1, 2) != 3 {\n\t\tt.Fatal("wrong")\n\t}\n}\n```'


async def test_a_new_test_file_is_created_by_the_client(run: Callable[..., Any], tmp_path: Path) -> None:
    with FakeModelServer(lambda _: ANSWER) as server:
        environment = {
            "SEGUE_CHAT_PROVIDER": "openai", "SEGUE_CHAT_ENDPOINT": server.endpoint, "SEGUE_CHAT_NAME": "fake-7b",
        }  # fmt: skip
        async with run(tmp_path / "p", editor="vscode", environment=environment) as editor:
            uri = editor.open("shop.go", CODE, language="go")
            here = {"textDocument": {"uri": uri, "version": 1}, "position": {"line": 2, "character": 0}}
            answer = await editor.request("segue/tests", here)
    assert answer.created is True
    assert (answer.framework, answer.tests) == ("go test", ["TestTotal"])
    created, change = answer.edit.documentChanges
    assert (created.kind, created.uri) == ("create", uri.replace("shop.go", "shop_test.go"))
    (edit,) = change.edits
    assert edit.newText.startswith('package shop\n\nimport "testing"\n\nfunc TestTotal(')
