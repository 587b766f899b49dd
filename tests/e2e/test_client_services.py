"""What the server asks of its client: settings, registrations, progress, the popup as a fallback."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from lsprotocol import types

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


async def until(condition: Callable[[], object]) -> None:
    async def poll() -> None:
        while not condition():  # noqa: ASYNC110 - the other side is another process
            await asyncio.sleep(0.01)

    await asyncio.wait_for(poll(), 40)


async def test_settings_are_pulled_and_applied_again_when_they_change(
    run: Callable[..., Any], tmp_path: Path
) -> None:
    async with run(tmp_path / "p", editor="vscode") as editor:
        await until(
            lambda: any(one.method == "workspace/didChangeConfiguration" for one in editor.registered)
        )
        assert any(one.method == "workspace/didChangeWatchedFiles" for one in editor.registered)

        async def value(name: str) -> Any:
            rows = await editor.command("segue.settings")
            return next((row.value, row.origin) for row in rows if row.name == name)

        assert await value("completion.max_lines") == (40, "default")
        editor.client.set_configuration({"segue": {"completion": {"max_lines": 7}}})
        editor.client.workspace_did_change_configuration(types.DidChangeConfigurationParams(settings=None))
        while await value("completion.max_lines") != (7, "workspace/configuration"):  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.02)


async def test_indexing_shows_progress_and_ends(run: Callable[..., Any], tmp_path: Path) -> None:
    root = tmp_path / "p"
    root.mkdir()
    for number in range(400):
        (root / f"file{number}.py").write_text(f"def function_{number}(argument):\n    return argument\n")
    async with run(root, editor="vscode") as editor:
        reports = editor.client.progress_reports
        kinds = (types.WorkDoneProgressBegin, types.WorkDoneProgressEnd)
        await until(lambda: any(isinstance(one, kinds[1]) for series in reports.values() for one in series))
        [series] = reports.values()
        assert isinstance(series[0], kinds[0])
        status = await editor.command("segue.status")
        assert status.segue.index.state == "ready"
        assert status.segue.index.files == 400
        await until(lambda: bool(editor.statuses) and editor.statuses[-1].segue.index.state == "ready")
        assert editor.statuses[-1].segue.index.files == 400, "who only listens knows the count, too"


async def test_the_popup_serves_clients_without_ghost_text_only(
    run: Callable[..., Any], tmp_path: Path
) -> None:
    options = {"completion": {"certainty": 0.0}}
    async with run(tmp_path / "p", editor="emacs", initialization_options=options) as editor:
        uri = editor.open("a.py", "subtotal = sum(row.price for row in rows)\nx = sum(row.pr")

        async def popup() -> types.CompletionList:
            params = types.CompletionParams(types.TextDocumentIdentifier(uri), types.Position(1, 14))
            result = await editor.client.text_document_completion_async(params)
            assert isinstance(result, types.CompletionList)
            return result

        [item] = (await popup()).items
        assert isinstance(item.text_edit, types.TextEdit)
        assert item.text_edit.range.start == types.Position(1, 12)
        assert item.text_edit.new_text.startswith("price")
        assert item.filter_text == "pr"
        await editor.complete(uri, 1, 14)
        assert not (await popup()).items
