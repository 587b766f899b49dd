"""The status tells how things are now, not how they were."""

from __future__ import annotations

from typing import Any

import pytest

from segue_context import IndexStatus
from segue_model import ModelStatus
from segue_server.status import MODEL, NEXT_EDIT_MODEL, StatusBoard
from segue_server.workspace.indexing import index_report

READY, BROKEN = ModelStatus("ready"), ModelStatus("offline", reason="unauthorized", message="Another key.")


@pytest.fixture
def sent() -> list[dict[str, Any]]:
    return []


@pytest.fixture
def board(sent: list[dict[str, Any]]) -> StatusBoard:
    return StatusBoard(listener=lambda report: sent.append(report["segue"]), started=True)


def test_an_error_goes_when_the_model_works_again(board: StatusBoard, sent: list[dict[str, Any]]) -> None:
    board.set_model("openai/m", BROKEN)
    board.set_model("openai/m", READY)
    assert [report["lastError"] for report in sent] == ["Another key.", ""]


def test_an_error_goes_with_the_model_that_had_it(board: StatusBoard) -> None:
    board.set_model("openai/m", BROKEN)
    board.set_model("ollama/m", ModelStatus("starting"))
    assert board.last_error == ""


def test_what_works_says_nothing_of_what_does_not(board: StatusBoard, sent: list[dict[str, Any]]) -> None:
    board.failed(NEXT_EDIT_MODEL, "No chat model there.")
    board.failed(MODEL, "Nobody listens.")
    assert board.last_error == "Nobody listens."
    board.set_model("openai/m", READY)
    assert sent[-1]["lastError"] == "No chat model there."
    board.works(NEXT_EDIT_MODEL)
    board.changed()
    assert sent[-1]["lastError"] == ""


def test_a_change_of_the_index_is_told(board: StatusBoard, sent: list[dict[str, Any]]) -> None:
    for state in ("starting", "indexing", "indexing", "ready"):
        board.index = index_report([IndexStatus(state)])
        board.changed()
    assert [report["index"]["state"] for report in sent] == ["starting", "indexing", "ready"]


def test_several_indexes_are_as_ready_as_the_least(board: StatusBoard) -> None:
    failed = IndexStatus("failed", reason="The disk is full.")
    report = index_report([IndexStatus("ready", files=3), failed, IndexStatus("ready", files=4)])
    assert (report["state"], report["reason"], report["files"]) == ("failed", "The disk is full.", 7)
    assert index_report([IndexStatus("ready")])["reason"] == ""
    assert index_report([]) == {"state": "off", "files": 0}
