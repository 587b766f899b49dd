"""A replay: lines typed key by key in simulated time, through the pipeline, with the figures that come of it."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from segue_bench._replay_figures import calibration, figures, measures, plot
from segue_bench._replay_play import Line, Pace, Played, Shown, Typist
from segue_bench._simulated_model import SimulatedModel
from segue_bench._simulated_time import SimulatedLoop, SimulatedTasks
from segue_model import LikelyToken
from segue_server.completion.completer import Completer
from segue_server.completion.settings import PipelineSettings
from segue_server.completion.types import Cleaning

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

LINE = Line("shapes.py", "python", ("def area(shape):", "    return shape.width", "", "x = 1"), 1)


@dataclass
class Outlook:
    """Says one line with one chance."""

    text: str
    chance_of_all: float

    def likeliest_path(self) -> list[str]:
        return [self.text] if self.text else []

    def chance(self, text: str) -> float:
        return self.chance_of_all if self.text.startswith(text) else 0.0

    def lines(self, limit: int) -> list[Any]:
        return []

    def sources(self, text: str) -> tuple[()]:
        return ()


@dataclass
class Context:
    """Goes on with `says` after "return"."""

    says: str
    asked: list[str] = field(default_factory=list)

    def outlook(self, query: Any) -> Outlook:
        line = query.prefix.rpartition("\n")[2]
        self.asked.append(line)
        return Outlook(self.says if line == "    return" else "", 0.95)


@pytest.fixture
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner(loop_factory=SimulatedLoop) as runner:
        yield runner


async def played(context: Context, pace: Pace | None = None) -> Played:
    tasks = SimulatedTasks(scale=0.0)
    completer = Completer(
        settings=PipelineSettings, model=lambda: None, cleaning=Cleaning.standard(), tasks=tasks
    )
    try:
        return await Typist(completer, context, pace or Pace()).play(LINE)  # type: ignore[arg-type]
    finally:
        await tasks.close()


def test_what_is_right_is_accepted_with_one_key(runner: asyncio.Runner) -> None:
    line = runner.run(played(Context(" shape.width")))
    assert (line.accepted, line.acceptances, line.characters) == (12, 1, 18)
    assert [shown.text for shown in line.shown] == [" shape.width"]
    assert line.wrong == 0


def test_what_is_wrong_is_typed_against(runner: asyncio.Runner) -> None:
    line = runner.run(played(Context(" shape.height")))
    assert (line.accepted, line.wrong) == (0, 1)


def test_what_came_too_late_is_typed_through(runner: asyncio.Runner) -> None:
    line = runner.run(played(Context(" shape.width"), Pace(key_s=0.05)))
    assert line.accepted < 12
    assert line.wrong == 0


def test_simulated_time_is_not_waited_for(runner: asyncio.Runner) -> None:
    async def pause() -> float:
        await asyncio.sleep(3600)
        return asyncio.get_running_loop().time()

    started = time.monotonic()
    assert runner.run(pause()) >= 3600
    assert time.monotonic() - started < 60


def test_a_simulated_model_takes_the_time_of_what_it_reads_and_writes(runner: asyncio.Runner) -> None:
    class Model:
        async def tokens(self, prompt: Any, **_: Any) -> AsyncIterator[LikelyToken]:
            for text in ("a", "b", "c"):
                yield LikelyToken(text, -0.1, -0.1)

    @dataclass
    class Prompt:
        prefix: str

    async def timed(model: SimulatedModel, prefix: str) -> float:
        loop = asyncio.get_running_loop()
        started = loop.time()
        async for _ in model.tokens(Prompt(prefix), least=0.01):  # type: ignore[arg-type]
            pass
        return loop.time() - started

    model = SimulatedModel(Model())  # type: ignore[arg-type]
    cold = runner.run(timed(model, "x" * 860))
    warm = runner.run(timed(model, "x" * 860))
    assert cold == pytest.approx(1.054, abs=0.01)
    assert warm == pytest.approx(0.054, abs=0.01)


def lines_shown(*shown: tuple[float, bool]) -> list[Played]:
    return [
        Played(LINE, accepted=9, acceptances=1, shown=[Shown("abc", chance, "both", right)], seconds=[0.05])
        for chance, right in shown
    ]


def test_the_figures() -> None:
    lines = lines_shown((0.85, True), (0.85, False))
    assert measures(lines) == (50.0, 50.0, 0.5)
    assert "completed  50.0 %" in figures("all", lines)
    many = lines_shown(*[(0.85, True)] * 9, *[(0.85, False)] * 3)
    assert "0.85 → 0.75 (12)" in calibration(many)
    assert plot({0.8: many, 0.9: many}, 0.8).startswith("<svg")
