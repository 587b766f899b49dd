"""Next edits never keep a completion waiting, and are not made for a text that is gone."""

from __future__ import annotations

import asyncio
import threading
from types import SimpleNamespace
from typing import Any

import pytest

from segue_context import EditHistory
from segue_next_edit import Prediction
from segue_server.configuration import Settings
from segue_server.next_edits.offered import NextEdits
from segue_server.runtime.tasks import TaskRegistry
from segue_server.workspace.workspaces import Located


class Slow:
    """An engine that answers when it is let."""

    def __init__(self) -> None:
        self.let = threading.Event()
        self.asked: list[int] = []
        self.begun = threading.Event()

    def predict(self, _history: Any, cursor: tuple[str, int], _top: int, **_options: Any) -> Prediction:
        self.asked.append(cursor[1])
        self.begun.set()
        assert self.let.wait(30)
        return Prediction(silence="nothing")


@pytest.fixture
def slow() -> Slow:
    return Slow()


@pytest.fixture
def where(slow: Slow) -> Located:
    scope: Any = SimpleNamespace(history=EditHistory(), next_edit=slow)
    return Located(scope, "a.py")


async def test_they_wait_for_each_other_and_nobody_waits_for_them(slow: Slow, where: Located) -> None:
    tasks = TaskRegistry()
    edits = NextEdits(tasks, SimpleNamespace())  # type: ignore[arg-type]
    asking = [asyncio.ensure_future(edits.predict(where, n, Settings())) for n in range(8)]
    await asyncio.to_thread(slow.begun.wait, 30)
    assert await asyncio.wait_for(tasks.in_thread(lambda: "free"), 30) == "free"
    asking[3].cancel()
    await asyncio.wait({asking[3]})  # else its turn may come before it has heard
    slow.let.set()
    await asyncio.wait_for(asyncio.gather(*asking, return_exceptions=True), 30)
    assert slow.asked == [0, 1, 2, 4, 5, 6, 7]
    await tasks.close()


async def test_what_the_text_has_outrun_is_not_made(slow: Slow, where: Located) -> None:
    tasks = TaskRegistry()
    edits = NextEdits(tasks, SimpleNamespace())  # type: ignore[arg-type]
    current = True
    first = asyncio.ensure_future(edits.predict(where, 1, Settings()))
    await asyncio.to_thread(slow.begun.wait, 30)
    second = asyncio.ensure_future(edits.predict(where, 2, Settings(), wanted=lambda: current))
    await asyncio.sleep(0)
    current = False
    slow.let.set()
    await asyncio.wait_for(first, 30)
    prediction, offered = await asyncio.wait_for(second, 30)
    assert (prediction.edits, prediction.shown, offered) == ((), False, [])
    assert slow.asked == [1]
    await tasks.close()
