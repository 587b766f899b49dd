"""Helpers of the model room's tests."""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING

import pytest

from segue_bench.fault_server import FaultServer
from segue_model import (
    Chunk,
    CompletionModel,
    CompletionPrompt,
    GenerationOptions,
    ModelSettings,
    OpenedModel,
    Timeouts,
    open_model,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from pathlib import Path

SHORT = Timeouts(connect_s=2.0, write_s=2.0, read_s=0.6, total_s=20.0, loading_s=10.0)


@pytest.fixture
def server() -> Iterator[FaultServer]:
    """A loopback server that misbehaves to order."""
    with FaultServer() as running:
        yield running


@pytest.fixture
async def opened(tmp_path: Path) -> AsyncIterator[Callable[[ModelSettings], OpenedModel]]:
    """Opens models and closes them after the test."""
    models: list[OpenedModel] = []

    def open_(settings: ModelSettings) -> OpenedModel:
        models.append(open_model(settings, cache_dir=tmp_path / "cache"))
        return models[-1]

    yield open_
    for model in models:
        await model.aclose()


async def collect(
    model: CompletionModel, prefix: str = "def f():\n", suffix: str = "", **options: object
) -> list[Chunk]:
    """Return every piece of a completion."""
    prompt = CompletionPrompt(prefix, suffix, path="a.py", language_id="python")
    async with aclosing(model.stream(prompt, GenerationOptions(**options))) as chunks:  # type: ignore[arg-type]
        return [chunk async for chunk in chunks]


async def text_of(model: CompletionModel, prefix: str = "def f():\n", **options: object) -> str:
    """Return the whole text of a completion."""
    return "".join(chunk.text for chunk in await collect(model, prefix, **options))
