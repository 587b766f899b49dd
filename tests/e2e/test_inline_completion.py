"""Ghost text through the real process, as each editor asks for it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from lsprotocol import types

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from segue_bench.fake_model import FakeModelServer

CODE = """\
def total_price(rows, tax_rate):
    subtotal = sum(row.price for row in rows)
    return subtotal * (1 + tax_rate)


def total_weight(rows, unit):
    subtotal = sum(row.weight for row in rows)
    return subtotal * unit


def total_count(rows, unit):
    """
# The fake model does not tell how likely its tokens are: its whole answers are shown.
WHOLE = {"completion": {"certainty": 0.0}}


@pytest.mark.asyncio(loop_scope="module")
async def test_every_editor_gets_a_statistical_completion(editor: Any) -> None:
    uri = editor.open("shop.py", CODE)
    editor.type(uri, 2, 11, 0, "    subtotal = sum(row.")
    items = await editor.complete(uri, 11, 23, invoked=True)
    assert items
    assert items[0].insert_text
    assert items[0].range.start == types.Position(11, 23)
    assert items[0].command.command == "segue.accept"
    why = await editor.command("segue.lastCompletion")
    assert why.engine == "statistical"
    assert len(why.postprocess) == len(why.postprocessMessages)
    assert (await editor.command("segue.statisticsPage")).startswith("<!doctype html>")


@pytest.mark.asyncio(loop_scope="module")
async def test_registration_is_static_whatever_the_client_declares(editor: Any) -> None:
    capabilities = editor.result.capabilities
    assert capabilities.inline_completion_provider is not None
    assert capabilities.position_encoding in ("utf-8", "utf-16", "utf-32")
    assert capabilities.experimental["segue"]["nextEdits"] is True


@pytest.mark.asyncio(loop_scope="module")
async def test_columns_count_in_the_negotiated_units(editor: Any) -> None:
    prefix = 'x = "😀é", '
    units = {"utf-8": len(prefix.encode()), "utf-16": len(prefix) + 1, "utf-32": len(prefix)}
    uri = editor.open("a.py", f'y = "😀é", other_value\n{prefix}\n')
    column = units[editor.result.capabilities.position_encoding]
    items = await editor.complete(uri, 1, column, invoked=True)
    assert [item.insert_text for item in items] == ["other_value"]
    assert items[0].range.start.character == column


async def test_a_model_answers_and_is_typed_through_without_another_call(
    run: Callable[..., Any], tmp_path: Path, model: FakeModelServer
) -> None:
    async with run(
        tmp_path / "p", editor="neovim", environment=model.environment, initialization_options=WHOLE
    ) as editor:
        uri = editor.open("a.py", "result = \n")
        items = await editor.complete(uri, 0, 9)
        assert [item.insert_text for item in items] == ["value + 1"]
        for version, typed in enumerate("value", 2):
            editor.type(uri, version, 0, 7 + version, typed)
            items = await editor.complete(uri, 0, 8 + version)
            assert items[0].insert_text == "value + 1"[version - 1 :]
        assert len(model.calls) == 1
        assert (await editor.command("segue.lastCompletion")).cached


async def test_what_follows_an_accepted_piece_is_there_without_another_call(
    run: Callable[..., Any], tmp_path: Path, model: FakeModelServer
) -> None:
    says = [(" value", 0.99), (" +", 0.9), (" other", 0.85), (" -", 0.3), (" more", 0.3)]
    model.tokens = lambda _prompt: says
    alone = {"statistical": {"enabled": False}}
    async with run(
        tmp_path / "p", editor="neovim", environment=model.environment, initialization_options=alone
    ) as editor:
        uri = editor.open("a.py", "result = \n")
        assert [item.insert_text for item in await editor.complete(uri, 0, 9)] == ["value +"]
        asked = len(model.calls)
        editor.type(uri, 2, 0, 9, "value +")
        assert [item.insert_text for item in await editor.complete(uri, 0, 16)] == [" other"]
        assert len(model.calls) == asked


async def test_superseded_calls_are_closed_on_the_socket(
    run: Callable[..., Any], tmp_path: Path, model: FakeModelServer
) -> None:
    model.latency_s = 3600
    async with run(
        tmp_path / "p", editor="emacs", environment=model.environment, initialization_options=WHOLE
    ) as editor:
        uri = editor.open("a.py", "result = \n")
        asking = asyncio.ensure_future(editor.complete(uri, 0, 9))
        await _until(lambda: model.calls)
        model.reply = lambda _prompt: "other()"
        model.latency_s = 0
        editor.type(uri, 2, 0, 0, "first_")
        assert await asyncio.wait_for(asking, 20) == []
        assert [item.insert_text for item in await editor.complete(uri, 0, 15)] == ["other()"]
        await _until(lambda: model.calls[0].closed_early)


async def test_a_cancelled_request_is_answered_and_its_call_closed(
    run: Callable[..., Any], tmp_path: Path, model: FakeModelServer
) -> None:
    model.latency_s = 3600
    async with run(tmp_path / "p", environment=model.environment, initialization_options=WHOLE) as editor:
        uri = editor.open("a.py", "result = \n")
        params = types.InlineCompletionParams(
            types.InlineCompletionContext(types.InlineCompletionTriggerKind.Automatic),
            types.TextDocumentIdentifier(uri),
            types.Position(0, 9),
        )
        answered = editor.client.protocol.send_request("textDocument/inlineCompletion", params, msg_id="c1")
        await _until(lambda: model.calls)
        editor.client.cancel_request(types.CancelParams(id="c1"))
        await _until(answered.done)
        assert "cancel" in str(answered.exception()).lower()
        await _until(lambda: model.calls[0].closed_early)


async def test_a_client_that_refreshes_is_told_of_the_models_answer(
    run: Callable[..., Any], tmp_path: Path, model: FakeModelServer
) -> None:
    async with run(tmp_path / "p", environment=model.environment, initialization_options=WHOLE) as editor:
        uri = editor.open("a.py", "a = 1\nb = \n")
        first = await editor.complete(uri, 1, 4)
        assert [item.insert_text for item in first] == ["1"]
        await _until(lambda: editor.refreshes)
        assert editor.refreshes[0].textDocument.version == 1
        again = await editor.complete(uri, 1, 4)
        assert [item.insert_text for item in again] == ["value + 1"]


async def test_the_popups_entry_is_part_of_the_item(
    run: Callable[..., Any], tmp_path: Path, model: FakeModelServer
) -> None:
    async with run(tmp_path / "p", environment=model.environment, initialization_options=WHOLE) as editor:
        uri = editor.open("a.py", "result = comp\n")
        selected = types.SelectedCompletionInfo(
            types.Range(types.Position(0, 9), types.Position(0, 13)), "compute = "
        )
        context = types.InlineCompletionContext(types.InlineCompletionTriggerKind.Automatic, selected)
        answer = await editor.client.text_document_inline_completion_async(
            types.InlineCompletionParams(context, types.TextDocumentIdentifier(uri), types.Position(0, 13))
        )
        assert answer.items[0].insert_text == "compute = value + 1"
        assert answer.items[0].range.start == types.Position(0, 9)


async def test_what_follows_a_deletion_or_a_word_is_not_asked(
    run: Callable[..., Any], tmp_path: Path, model: FakeModelServer
) -> None:
    async with run(tmp_path / "p", environment=model.environment, initialization_options=WHOLE) as editor:
        uri = editor.open("a.py", "result = valuation\n")
        assert await editor.complete(uri, 0, 12) == []
        assert (await editor.command("segue.status")).segue.lastSilence == "mid_word"
        editor.type(uri, 2, 0, 9, "", end=18)
        assert await editor.complete(uri, 0, 9) == []
        assert (await editor.command("segue.status")).segue.lastSilence == "after_deletion"
        assert not model.calls


@pytest.mark.asyncio(loop_scope="module")
async def test_pausing_silences_until_resumed(editor: Any) -> None:
    uri = editor.open("paused.py", CODE + "subtotal = sum(row.\n")
    assert (await editor.command("segue.pause")).segue.state == "paused"
    assert await editor.complete(uri, 11, 23, invoked=True) == []
    assert (await editor.command("segue.toggle")).segue.paused is False
    assert await editor.complete(uri, 11, 23, invoked=True)


@pytest.mark.asyncio(loop_scope="module")
async def test_a_notebook_cell_is_completed_from_its_fellows(editor: Any) -> None:
    first, second = "vscode-notebook-cell:/n.ipynb#1", "vscode-notebook-cell:/n.ipynb#2"
    cells = [types.NotebookCell(types.NotebookCellKind.Code, uri) for uri in (first, second)]
    texts = ["subtotal = sum(row.price for row in rows)\nprint(subtotal)", "x = sum(row."]
    editor.client.notebook_document_did_open(
        types.DidOpenNotebookDocumentParams(
            types.NotebookDocument("file:///n.ipynb", "jupyter-notebook", 1, cells),
            [
                types.TextDocumentItem(uri, "python", 1, text)
                for uri, text in zip((first, second), texts, strict=True)
            ],
        )
    )
    items = await editor.complete(second, 0, 12, invoked=True)
    assert items
    assert items[0].insert_text.startswith("price")
    assert items[0].range.start == types.Position(0, 12)


async def _until(condition: Callable[[], object]) -> None:
    async def poll() -> None:
        while not condition():  # noqa: ASYNC110 - the other side is another process
            await asyncio.sleep(0.01)

    await asyncio.wait_for(poll(), 30)


@pytest.mark.parametrize(
    ("language", "line", "cursor", "entry", "extent", "reply", "shown"),
    [
        ("typescript", "const user = getUs();", 15, "getUser", (13, 18), "ById", "getUserById"),
        ("typescript", "const user = getUs();", 18, "getUser", (13, 18), "ById", "getUserById"),
        ("python", "rows = data.fil", 15, "filter", (12, 15), "(active)", "filter(active)"),
        ("python", "rows = data.filt(1)", 13, "filter", (12, 16), "_by", "filter_by"),
    ],
)
async def test_a_suggestion_replaces_what_the_popup_s_entry_does(
    run: Callable[..., Any],
    tmp_path: Path,
    model: FakeModelServer,
    language: str,
    line: str,
    cursor: int,
    entry: str,
    extent: tuple[int, int],
    reply: str,
    shown: str,
) -> None:
    model.reply = lambda _prompt: reply
    async with run(tmp_path / "p", environment=model.environment, initialization_options=WHOLE) as editor:
        uri = editor.open("a.ts" if language == "typescript" else "a.py", f"{line}\n", language=language)
        selected = types.SelectedCompletionInfo(
            types.Range(types.Position(0, extent[0]), types.Position(0, extent[1])), entry
        )
        answer = await editor.client.text_document_inline_completion_async(
            types.InlineCompletionParams(
                types.InlineCompletionContext(types.InlineCompletionTriggerKind.Invoked, selected),
                types.TextDocumentIdentifier(uri),
                types.Position(0, cursor),
            )
        )
        [item] = answer.items
        assert item.insert_text == shown
        assert (item.range.start.character, item.range.end.character) == extent


@pytest.mark.parametrize(
    ("cells", "column", "reply"),
    [
        (["import asyncio\nasync def f(): return 1", "r = "], 4, "await f()"),
        (["import asyncio", "async with session() as s:\n    r = "], 8, "await s.get(url)"),
        (["import pandas as pd", "# time it\n"], 0, "%timeit pd.DataFrame()"),
        (["import pandas as pd", "# look\n"], 0, "!pip install pandas"),
        (["%load_ext autoreload\nx = 1", "y = "], 4, "x + 1"),
        (["!ls\nfiles = 2", "%%time\ntotal = "], 8, "files + 1"),
        (["def g():\n    return 1", "await "], 6, "g()"),
    ],
)
async def test_a_notebook_s_own_language_is_completed(
    run: Callable[..., Any],
    tmp_path: Path,
    model: FakeModelServer,
    cells: list[str],
    column: int,
    reply: str,
) -> None:
    model.reply = lambda _prompt: reply
    async with run(tmp_path / "p", environment=model.environment, initialization_options=WHOLE) as editor:
        uris = [f"vscode-notebook-cell:/n.ipynb#{number}" for number in range(len(cells))]
        kinds = [types.NotebookCell(types.NotebookCellKind.Code, uri) for uri in uris]
        editor.client.notebook_document_did_open(
            types.DidOpenNotebookDocumentParams(
                types.NotebookDocument("file:///n.ipynb", "jupyter-notebook", 1, kinds),
                [
                    types.TextDocumentItem(uri, "python", 1, text)
                    for uri, text in zip(uris, cells, strict=True)
                ],
            )
        )
        items = await editor.complete(uris[-1], cells[-1].count("\n"), column, invoked=True)
        assert items[0].insert_text == reply
