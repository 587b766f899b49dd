"""Denied means denied: through the real server, nothing of a denied file reaches a model server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from segue_bench.fake_model import FakeModelServer

MARK = "unmistakable_name"


def sent(model: FakeModelServer) -> str:
    return "\n".join(str(call) for call in model.calls)


async def test_a_request_right_after_opening_a_denied_file_sends_nothing(
    run: Callable[..., Any], tmp_path: Path, model: FakeModelServer
) -> None:
    root = tmp_path / "p"
    root.mkdir()
    (root / ".segueignore").write_text("private/\n*.sql\n")
    async with run(root, editor="neovim", environment=model.environment) as editor:
        for name in ("private/new.py", "dump.sql", ".env", "deep/private/a/b.py"):  # none is on disk
            uri = editor.open(name, f"{MARK} = 1\nresult = \n")
            assert await editor.complete(uri, 1, 9, invoked=True) == []
        assert model.calls == []
        uri = editor.open("open.py", "result = \n")
        assert await editor.complete(uri, 0, 9, invoked=True)
        assert MARK not in sent(model)


async def test_a_rule_that_is_added_while_a_file_is_open_counts_at_once(
    run: Callable[..., Any], tmp_path: Path, model: FakeModelServer
) -> None:
    root = tmp_path / "p"
    root.mkdir()
    (root / "open.py").write_text("result = \n")
    async with run(root, editor="neovim", environment=model.environment) as editor:
        uri = editor.open("open.py", "result = \n")
        assert await editor.complete(uri, 0, 9, invoked=True)
        asked = len(model.calls)
        (root / ".segueignore").write_text("open.py\n")
        editor.type(uri, 2, 0, 0, f"{MARK} = ")
        assert await editor.complete(uri, 0, 9 + len(MARK) + 3, invoked=True) == []
        assert len(model.calls) == asked
