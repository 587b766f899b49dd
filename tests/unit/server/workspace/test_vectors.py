"""Code is embedded while nobody types; without an embedding model nothing happens."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from segue_context import WorkspaceIndex
from segue_context.privacy import SendingRules
from segue_context.search import Meaning
from segue_server.configuration import Settings
from segue_server.models.searches import Searches
from segue_server.runtime.tasks import TaskRegistry
from segue_server.workspace.vectors import IdleEmbedding

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Sequence
    from pathlib import Path


class Encoder:
    """Remembers what it embeds, and tells the loop when it has embedded something."""

    name = "letters"

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.asked: list[str] = []
        self.embedded = asyncio.Event()
        self._loop = loop

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        self.asked.extend(texts)
        self._loop.call_soon_threadsafe(self.embedded.set)
        return [[1.0, float(len(text))] for text in texts]


@pytest.fixture
def scope(tmp_path: Path) -> Iterator[Any]:
    (tmp_path / "house").mkdir()
    (tmp_path / "house" / "roof.py").write_text("def lift(roof):\n    return roof\n", "utf-8")
    index = WorkspaceIndex(tmp_path / "house", tmp_path / "cache")
    index.build()
    yield SimpleNamespace(index=index, rules=SendingRules(tmp_path / "house"))
    index.close()


@pytest.fixture
async def tasks() -> AsyncIterator[TaskRegistry]:
    registry = TaskRegistry()
    yield registry
    await registry.close()


async def test_a_workspace_is_embedded_while_nobody_types(scope: Any, tasks: TaskRegistry) -> None:
    encoder = Encoder(asyncio.get_running_loop())
    meaning = Meaning(scope.index, encoder, scope.rules, patience_s=1)
    searches: Any = SimpleNamespace(meaning=lambda _index, _rules: meaning)
    embedding = IdleEmbedding(tasks, searches, lambda: [scope], idle_s=0, look_s=0)
    tasks.spawn(embedding.run(), name="embed")
    await asyncio.wait_for(encoder.embedded.wait(), 60)
    assert "lift" in "\n".join(encoder.asked)
    meaning.close()


def test_without_a_pulled_model_questions_are_ranked_by_words(scope: Any, tmp_path: Path) -> None:
    searches = Searches(Settings, tmp_path)
    assert searches.meaning(scope.index, scope.rules) is None
    searches.close()


def test_a_chosen_server_ranks_by_meaning_and_zoekt_is_asked_where_it_is_chosen(
    scope: Any, tmp_path: Path
) -> None:
    chosen = {
        "embeddings": {"provider": "openai", "endpoint": "http://127.0.0.1:9"},
        "ask": {"engine": "zoekt", "endpoint": "http://127.0.0.1:9"},
    }
    settings = Settings.model_validate(chosen)
    searches = Searches(lambda: settings, tmp_path)
    assert searches.meaning(scope.index, scope.rules) is not None
    result = searches.of(scope.index, scope.rules).search("where is the roof lifted by somebody")
    assert result.places[0].symbol == "lift"
    assert "The Zoekt server did not answer" in result.note
    assert "ranked by words alone" in result.note
    searches.close()
