"""Choosing a model server from the editor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segue_bench.fault_server import FaultServer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from segue_bench.fault_server import Connection, Request


def vllm(connection: Connection, request: Request) -> None:
    if request.path == "/v1/models":
        connection.answer(200, {"data": [{"id": "qwen2.5-coder", "owned_by": "vllm"}]})
    elif request.path == "/v1/completions":
        connection.answer(200, {"choices": [{"text": " + right", "finish_reason": "stop"}]})
    elif request.path == "/v1/chat/completions":
        connection.answer(200, {"choices": [{"message": {"content": "Blue."}, "finish_reason": "stop"}]})
    else:
        connection.answer(404, {})


async def test_a_server_is_found_tried_and_used_from_then_on(run: Callable[..., Any], tmp_path: Path) -> None:
    with FaultServer(vllm) as server:
        async with run(tmp_path / "p") as editor:
            found = await editor.request("segue/findServers", {"endpoint": server.url})
            assert found.problem == ""
            [there] = found.servers
            assert (there.title, there.models[0].name) == ("vLLM", "qwen2.5-coder")
            assert there.models[0].uses == ["completion", "chat"]
            answer = await editor.request(
                "segue/connect", {"endpoint": server.url, "model": "qwen2.5-coder", "key": "sk-mine"}
            )
            assert answer.works, answer.problem
            assert "answers after" in answer.completion
            assert "answers after" in answer.chat
            rows = {row.name: row for row in await editor.command("segue.settings")}
            assert (rows["model.endpoint"].value, rows["model.endpoint"].origin) == (server.url, "user file")
            assert "sk-mine" not in str(rows)


async def test_a_client_may_keep_the_key_itself(run: Callable[..., Any], tmp_path: Path) -> None:
    with FaultServer(vllm) as server:
        async with run(tmp_path / "p") as editor:
            asked = {"endpoint": server.url, "model": "qwen2.5-coder", "key": "sk-mine"}
            answer = await editor.request("segue/connect", {**asked, "keepKey": False})
            assert (answer.works, answer.section) == (True, "model")
            assert not any("key" in sentence for sentence in answer.done)
            answer = await editor.request("segue/connect", asked)
            assert any("key is kept" in sentence for sentence in answer.done)


async def test_what_does_not_work_is_said_and_not_written(run: Callable[..., Any], tmp_path: Path) -> None:
    with FaultServer(lambda connection, _: connection.answer(401, {})) as server:
        async with run(tmp_path / "p") as editor:
            found = await editor.request("segue/findServers", {"endpoint": server.url})
            assert (found.servers, found.reason) == ([], "no_key")
            answer = await editor.request("segue/connect", {"endpoint": server.url, "model": "m"})
            assert not answer.works
            assert "wants a key and none was sent" in answer.problem
            rows = {row.name: row.origin for row in await editor.command("segue.settings")}
            assert rows["model.endpoint"] != "user file"
