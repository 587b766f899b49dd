"""`segue bench replay REPO...`: real lines typed key by key, and what the suggestions saved.

A line is taken out of its file but for its indentation and typed again at a steady pace, through the server's own
pipeline. What has been on the screen for 100 ms and is exactly how the text goes on is accepted with one key. By
default the clock is simulated: the statistical engine costs the processor time that it takes, and the model what it
needs on two idle cores, so that the figures do not depend on the machine's load. ``--real`` types in real time.
"""

from __future__ import annotations

import argparse
import asyncio
from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from segue_bench._replay_figures import calibration, figures, plot
from segue_bench._replay_play import Line, Pace, Played, Typist, lines_of
from segue_bench._simulated_model import SimulatedModel
from segue_bench._simulated_time import SimulatedLoop, SimulatedTasks
from segue_bench._workspace import open_index, unsaved
from segue_bench.eval_complete import chosen_settings, open_chosen_model
from segue_context import ContextEngine
from segue_server.completion.completer import Completer
from segue_server.completion.settings import pipeline_settings
from segue_server.completion.types import Cleaning
from segue_server.runtime.tasks import TaskRegistry

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue_context import CursorQuery, WorkspaceIndex
    from segue_context.statistical import Outlook
    from segue_model import CompletionModel
    from segue_server.completion.settings import PipelineSettings

CURVE = (0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95)
"""The certainties of ``--curve``."""


@dataclass(frozen=True, slots=True)
class Setup:
    """How lines are typed."""

    pace: Pace
    lines: int
    seed: int
    real: bool


def main(argv: Sequence[str] | None = None) -> int:
    """Print the figures of each repository, each language and all of them."""
    parser = argparse.ArgumentParser(prog="segue bench replay", description=str(__doc__).split("\n", 1)[0])
    parser.add_argument("repositories", nargs="+", type=Path)
    parser.add_argument("--lines", type=int, default=10, help="lines of each repository")
    parser.add_argument("--key-ms", type=float, default=180.0, help="time between keys")
    parser.add_argument("--pause-ms", type=float, default=0.0, help="pause at the start of a line")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--real", action="store_true", help="type in real time")
    parser.add_argument("--no-model", action="store_true", help="the statistical engine alone")
    parser.add_argument("--curve", action="store_true", help="also try other certainties")
    parser.add_argument("--plot", type=Path, metavar="FILE.svg", help="draw the curve and the calibration")
    options = parser.parse_args(argv)
    pace = Pace(options.key_ms / 1000, options.pause_ms / 1000)
    setup = Setup(pace, options.lines, options.seed, options.real)
    settings = chosen_settings()
    model = None if options.no_model else open_chosen_model(settings)
    chosen = settings.completion.certainty
    tried = sorted({chosen, *(CURVE if options.curve or options.plot else ())})
    played: dict[float, list[Played]] = defaultdict(list)
    with asyncio.Runner(loop_factory=asyncio.new_event_loop if options.real else SimulatedLoop) as runner:
        for repository in options.repositories:
            found = runner.run(_replay(repository, pipeline_settings(settings), tried, model, setup))
            for certainty, lines in found.items():
                played[certainty] += lines
            print(figures(repository.resolve().name, found[chosen]), flush=True)
        if model is not None:
            runner.run(model.aclose())
    _print(played, chosen)
    if options.plot:
        options.plot.write_text(plot(played, chosen), "utf-8")
    return 0


def _print(played: dict[float, list[Played]], chosen: float) -> None:
    by_language: dict[str, list[Played]] = defaultdict(list)
    for line in played[chosen]:
        by_language[line.line.language].append(line)
    print()
    for language, lines in sorted(by_language.items()):
        print(figures(language, lines))
    print(figures("all", played[chosen]))
    if len(played) > 1:
        print("\nby certainty")
        for certainty, lines in sorted(played.items()):
            print(figures(f"{certainty:.2f}", lines))
    print("\nchance said and share that was right, of what was shown")
    print(calibration([line for lines in played.values() for line in lines]))


async def _replay(
    repository: Path,
    settings: PipelineSettings,
    certainties: Sequence[float],
    model: CompletionModel | None,
    setup: Setup,
) -> dict[float, list[Played]]:
    """Type the lines of one repository once for each certainty."""
    index = open_index(repository)
    context = RememberingContext(index)
    lines = lines_of(index, setup.lines, seed=setup.seed)
    found: dict[float, list[Played]] = {certainty: [] for certainty in certainties}
    asked = SimulatedModel(model) if model is not None and not setup.real else model
    for line in lines:
        with unsaved(index, line.query):
            for certainty in certainties:
                played = await _type(line, replace(settings, certainty=certainty), context, asked, setup)
                found[certainty].append(played)
        context.forget()
    index.close()
    return found


async def _type(
    line: Line,
    settings: PipelineSettings,
    context: ContextEngine,
    model: CompletionModel | SimulatedModel | None,
    setup: Setup,
) -> Played:
    tasks = TaskRegistry() if setup.real else SimulatedTasks()

    def better(_request: object) -> None:
        typist.refreshed = True

    completer = Completer(
        settings=lambda: settings,
        model=lambda: model,
        cleaning=Cleaning.standard(),
        tasks=tasks,
        on_better=better,
        clock_s=asyncio.get_running_loop().time,
    )
    typist = Typist(completer, context, setup.pace)
    try:
        return await typist.play(line)
    finally:
        completer.close()
        await tasks.close()


class RememberingContext(ContextEngine):
    """A context engine that answers the same question once: other certainties ask it again."""

    def __init__(self, index: WorkspaceIndex) -> None:
        super().__init__(index, retrievers=("definitions", "windows", "paired"))
        self._answers: dict[str, Outlook] = {}

    def outlook(self, query: CursorQuery) -> Outlook:
        """Return what may be typed."""
        known = self._answers.get(query.prefix)
        if known is None:
            known = self._answers[query.prefix] = super().outlook(query)
        return known

    def forget(self) -> None:
        """Drop the answers, for another line."""
        self._answers.clear()


if __name__ == "__main__":
    raise SystemExit(main())
