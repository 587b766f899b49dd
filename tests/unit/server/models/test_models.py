"""The model in use: opened, asked when it can answer, and explained when it cannot."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from segue_bench.fake_model import FakeModelServer
from segue_server.configuration import ConfigurationStore, Settings
from segue_server.models.completion import ModelKeeper, model_settings
from segue_server.runtime.tasks import TaskRegistry
from segue_server.status import StatusBoard

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


def settings(**variables: str) -> Settings:
    environment = {f"SEGUE_{name.upper()}": value for name, value in variables.items()}
    return ConfigurationStore.load(user_file=Path("/none"), environment=environment).settings


@pytest_asyncio.fixture
async def keeper(tmp_path: Path) -> AsyncIterator[ModelKeeper]:
    tasks = TaskRegistry()
    keeper = ModelKeeper(cache_dir=tmp_path, tasks=tasks)
    yield keeper
    await tasks.close()
    await keeper.aclose()


async def test_before_and_without_a_model_nothing_is_asked(keeper: ModelKeeper) -> None:
    assert keeper.cold
    assert keeper.current() is None
    await keeper.apply(settings(provider="none"))
    assert keeper.current() is None
    assert (keeper.status.state, keeper.status.reason) == ("offline", "none")


async def test_missing_weights_are_said_with_what_to_do(keeper: ModelKeeper) -> None:
    await keeper.apply(settings(provider="embedded"))
    assert keeper.status.state == "offline"
    assert "segue model pull" in keeper.status.message
    assert keeper.current() is None


async def test_a_setting_that_cannot_work_is_a_status(keeper: ModelKeeper) -> None:
    await keeper.apply(settings(provider="openai", endpoint="http://127.0.0.1:1", api_key="line\nbreak"))
    assert (keeper.status.state, keeper.status.reason) == ("offline", "configuration")
    assert "line" in keeper.status.message
    assert "break" in keeper.status.message


async def test_a_server_on_this_machine_is_local_and_asked_what_it_can(keeper: ModelKeeper) -> None:
    with FakeModelServer(lambda _prompt: "x") as server:
        await keeper.apply(settings(provider="openai", endpoint=server.endpoint, model="qwen2.5-coder-fake"))
        assert keeper.local
        assert keeper.name == "openai/qwen2.5-coder-fake"
        assert keeper.current() is not None

        async def ready() -> None:
            while keeper.status.state != "ready":  # noqa: ASYNC110 - the server runs in a thread
                await asyncio.sleep(0.01)

        await asyncio.wait_for(ready(), 20)
        assert not server.calls
        await keeper.apply(settings(provider="none"))
        assert keeper.current() is None


async def test_a_dead_server_is_offline_before_it_is_needed(keeper: ModelKeeper) -> None:
    await keeper.apply(settings(provider="openai", endpoint="http://127.0.0.1:9", model="qwen2.5-coder"))

    async def offline() -> None:
        while keeper.status.state != "offline":  # noqa: ASYNC110
            await asyncio.sleep(0.01)

    await asyncio.wait_for(offline(), 30)
    assert keeper.status.message


@pytest.mark.parametrize(
    ("endpoint", "local"),
    [("http://localhost:1", True), ("http://[::1]:2", True), ("https://models.example", False)],
)
async def test_only_loopback_is_local(keeper: ModelKeeper, endpoint: str, local: bool) -> None:
    chosen = settings(provider="llamacpp", endpoint=endpoint)
    assert model_settings(chosen).endpoint == endpoint
    await keeper.apply(chosen)
    assert keeper.local == local


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
