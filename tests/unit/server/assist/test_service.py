"""The assistant's service: one call a request, and a refusal in one sentence where it cannot be met."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from segue_assist import AssistError, Target
from segue_bench.fake_model import FakeModelServer
from segue_context import WorkspaceIndex
from segue_context.privacy import SendingRules
from segue_server.assist.requests import file_link
from segue_server.assist.service import AssistService, Question
from segue_server.configuration import Settings
from segue_server.runtime.paths import directories
from segue_server.runtime.tasks import TaskRegistry
from segue_server.workspace.open_documents import OpenDocumentsReader
from segue_syntax import Position, Range, Snapshot

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from segue_context.search import SearchResult

CODE = "def area(width, height):\n    return width * height\n"


@dataclass
class Folder:
    root: Path | None
    reader: OpenDocumentsReader
    rules: SendingRules
    index: WorkspaceIndex | None = None


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    return Folder(tmp_path, OpenDocumentsReader(), SendingRules(tmp_path))


@pytest.fixture
async def service() -> AsyncIterator[AssistService]:
    with FakeModelServer(lambda _: "It multiplies `area`.") as server:
        chat = {"provider": "openai", "endpoint": server.endpoint, "name": "fake-7b"}
        settings = Settings.model_validate({"chat": chat})
        tasks = TaskRegistry()
        opened = AssistService(lambda: settings, directories(), tasks, file_link)
        yield opened
        await opened.aclose()
        await tasks.close()


def target() -> Target:
    snapshot = Snapshot.of(CODE, uri="file:///shapes.py", language_id="python")
    return Target(snapshot, "shapes.py", Range(Position(0, 0), Position(0, 0)))


async def test_an_explanation_is_shown_piece_by_piece(service: AssistService, folder: Folder) -> None:
    pieces: list[str] = []
    request, answer = await service.explain(folder, target(), show=pieces.append)
    assert request.prompt.action == "explain"
    assert "".join(pieces) == answer.text
    assert answer.text.endswith("shapes.py#L1).")


@pytest.fixture
def staged(folder: Folder) -> Folder:
    assert folder.root is not None
    (folder.root / "shapes.py").write_text(CODE)
    subprocess.run(["git", "-C", str(folder.root), "add", "."], check=True)
    return folder


async def test_a_change_is_read_from_the_repository(service: AssistService, staged: Folder) -> None:
    request, _ = await service.explain(staged, "staged")
    assert "width * height" in request.messages[-1].content


async def test_without_a_change_there_is_nothing_to_explain(service: AssistService, folder: Folder) -> None:
    with pytest.raises(AssistError, match="no change"):
        await service.explain(folder, "working")


@pytest.mark.parametrize("call", ["explain", "commit_message"])
async def test_without_a_folder_there_is_no_repository(service: AssistService, call: str) -> None:
    nowhere = Folder(None, OpenDocumentsReader(), SendingRules(None))
    arguments: list[Any] = ["staged"] if call == "explain" else []
    with pytest.raises(AssistError) as refusal:
        await getattr(service, call)(nowhere, *arguments)
    assert refusal.value.reason == "not_a_repository"


@pytest.mark.parametrize("action", ["explain", "comment"])
async def test_a_preview_sends_nothing(service: AssistService, folder: Folder, action: str) -> None:
    request = await service.preview(folder, action, target())
    assert "width" in request.messages[-1].content
    with pytest.raises(AssistError, match="name it"):
        await service.preview(folder, action, None)


def test_a_link_leads_to_a_file(tmp_path: Path) -> None:
    assert file_link(tmp_path, "a b.py", 2) == (tmp_path / "a b.py").as_uri() + "#L3"
    assert file_link(None, "untitled", 0) == ""


async def test_without_an_index_a_question_is_refused(service: AssistService, folder: Folder) -> None:
    with pytest.raises(AssistError) as refusal:
        await service.ask(folder, Question("where is the area?"))
    assert refusal.value.reason == "no_index"


async def test_a_question_is_answered_from_the_index_and_by_the_model(
    service: AssistService, folder: Folder, tmp_path: Path
) -> None:
    assert folder.root is not None
    (folder.root / "shapes.py").write_text(CODE)
    folder.index = WorkspaceIndex(folder.root, tmp_path / "cache")
    folder.index.build()
    found: list[SearchResult] = []
    shown: list[str] = []
    answer = await service.ask(
        folder, Question("how is the area computed?"), found=found.append, show=shown.append
    )
    alone = await service.ask(folder, Question("how is the area computed?", use_model=False))
    folder.index.close()
    assert answer.answer == "It multiplies `area`."
    assert "".join(shown) == answer.answer
    assert [place.symbol for place in found[0].places] == ["area"]
    assert (alone.answer, [place.symbol for place in alone.search.places]) == (None, ["area"])
