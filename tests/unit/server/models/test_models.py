"""The model in use: opened, asked when it can answer, and explained when it cannot."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from segue_bench.fake_model import FakeModelServer
from segue_model import WeightsError
from segue_server.configuration import ConfigurationStore, Settings
from segue_server.models.chat import ChatManager, chat_settings
from segue_server.models.completion import ModelManager, model_settings
from segue_server.runtime.tasks import TaskRegistry
from segue_server.status import StatusBoard

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


def settings(**variables: str) -> Settings:
    environment = {f"SEGUE_{name.upper()}": value for name, value in variables.items()}
    return ConfigurationStore.load(user_file=Path("/none"), environment=environment).settings


@pytest_asyncio.fixture
async def manager(tmp_path: Path) -> AsyncIterator[ModelManager]:
    tasks = TaskRegistry()
    manager = ModelManager(cache_dir=tmp_path, tasks=tasks)
    yield manager
    await tasks.close()
    await manager.aclose()


async def test_before_and_without_a_model_nothing_is_asked(manager: ModelManager) -> None:
    assert manager.cold
    assert manager.current() is None
    await manager.apply(settings(provider="none"))
    assert manager.current() is None
    assert (manager.status.state, manager.status.reason) == ("offline", "none")


async def test_missing_weights_are_said_with_what_to_do(manager: ModelManager) -> None:
    await manager.apply(settings(provider="embedded", model="smollm2-135m"))
    assert manager.status.state == "offline"
    assert "segue model pull" in manager.status.message
    assert manager.current() is None


async def test_a_default_that_was_never_downloaded_is_no_failure(manager: ModelManager) -> None:
    await manager.apply(settings())
    board = StatusBoard(started=True)
    board.set_model(manager.name, manager.status)
    told = board.report()
    assert (told["kind"], told["segue"]["state"], told["segue"]["lastError"]) == ("Normal", "ready", "")
    assert "segue connect" in told["message"]
    assert "segue model pull" in told["message"]


async def test_a_setting_that_cannot_work_is_a_status(manager: ModelManager) -> None:
    await manager.apply(settings(provider="openai", endpoint="http://127.0.0.1:1", api_key="line\nbreak"))
    assert (manager.status.state, manager.status.reason) == ("offline", "configuration")
    assert "line" in manager.status.message
    assert "break" in manager.status.message


async def test_a_server_on_this_machine_is_local_and_asked_what_it_can(manager: ModelManager) -> None:
    with FakeModelServer(lambda _prompt: "x") as server:
        await manager.apply(settings(provider="openai", endpoint=server.endpoint, model="qwen2.5-coder-fake"))
        assert manager.local
        assert manager.name == "openai/qwen2.5-coder-fake"
        assert manager.current() is not None

        async def ready() -> None:
            while manager.status.state != "ready":  # noqa: ASYNC110 - the server runs in a thread
                await asyncio.sleep(0.01)

        await asyncio.wait_for(ready(), 20)
        assert not server.calls
        await manager.apply(settings(provider="none"))
        assert manager.current() is None


async def test_a_dead_server_is_offline_before_it_is_needed(manager: ModelManager) -> None:
    await manager.apply(settings(provider="openai", endpoint="http://127.0.0.1:9", model="qwen2.5-coder"))

    async def offline() -> None:
        while manager.status.state != "offline":  # noqa: ASYNC110
            await asyncio.sleep(0.01)

    await asyncio.wait_for(offline(), 30)
    assert manager.status.message


@pytest.mark.parametrize(
    ("endpoint", "local"),
    [
        ("http://localhost:1", True),
        ("http://[::1]:2", True),
        ("https://models.example", False),
        ("", True),
        ("localhost:2", True),
    ],
)
async def test_only_loopback_is_local(manager: ModelManager, endpoint: str, local: bool) -> None:
    chosen = settings(provider="llamacpp", endpoint=endpoint)
    assert model_settings(chosen).endpoint == endpoint
    await manager.apply(chosen)
    assert manager.local == local


def test_fallback_endpoints_inherit_everything_else() -> None:
    chosen = settings(
        provider="openai",
        endpoint="http://a.example",
        model="m",
        api_key="k",
        model_fallback_endpoints="http://b.example,http://c.example",
    )
    made = model_settings(chosen)
    assert [fallback.endpoint for fallback in made.fallbacks] == ["http://b.example", "http://c.example"]
    assert all(fallback.api_key == "k" and fallback.model == "m" for fallback in made.fallbacks)


def test_the_status_names_the_state_and_is_sent_once_per_change() -> None:
    from segue_model import ModelStatus

    sent: list[str] = []
    board = StatusBoard(listener=lambda report: sent.append(report["segue"]["state"]))
    board.changed()
    board.started = True
    board.set_model("m", ModelStatus("loading", "", "The model is loading."))
    board.set_model("m", ModelStatus("ready"))
    board.calls = 1
    board.changed()
    board.changed()
    board.calls = 0
    board.set_model("m", ModelStatus("offline", "refused", "Nobody answers at http://x."))
    board.paused = True
    board.changed()
    assert sent == ["starting", "warming", "ready", "busy", "offline", "paused"]
    assert board.report()["segue"]["lastError"] == "Nobody answers at http://x."
    assert board.report()["kind"] == "Inactive"


async def test_the_embedded_default_that_is_not_here_is_no_chat_model_until_it_is_chosen(
    tmp_path: Path,
) -> None:
    tasks = TaskRegistry()
    chats = ChatManager(tasks, tmp_path)
    assert await chats.of(chat_settings(settings())) is None
    for chosen in (settings(model="smollm2-135m"), settings(chat_provider="embedded")):
        with pytest.raises(WeightsError, match="segue model pull"):
            await chats.of(chat_settings(chosen))
    await tasks.close()
