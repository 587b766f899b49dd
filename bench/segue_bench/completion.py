"""`segue bench completion REPO...`: how often the engines are right, and what a display threshold trades.

A case is a line of code cut at a random token border; right means that the first line of the answer is exactly what
follows. Without ``--model`` the statistical engine is measured alone.
"""

from __future__ import annotations

import argparse
import asyncio
from dataclasses import dataclass
from pathlib import Path
from time import thread_time
from typing import TYPE_CHECKING

from segue_bench._cases import completion_cases
from segue_bench._measured_pipeline import MeasuredPipeline
from segue_bench._workspace import open_index, unsaved
from segue_bench.eval_complete import chosen_settings, open_chosen_model
from segue_context import ContextEngine

if TYPE_CHECKING:
    from collections.abc import Sequence

THRESHOLDS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One case: what was offered and whether it was right."""

    engine: str
    confidence: float
    right: bool
    chars: int
    suggest_ms: float


def main(argv: Sequence[str]) -> int:
    """Print the figures of the repositories given."""
    parser = argparse.ArgumentParser(
        prog="segue bench completion", description=str(__doc__).split("\n", 1)[0]
    )
    parser.add_argument("repositories", nargs="+", type=Path)
    parser.add_argument("--cases", type=int, default=60, help="cases of each repository")
    parser.add_argument("--model", action="store_true", help="ask the configured language model as well")
    parser.add_argument("--no-context", action="store_true", help="show the model nothing but the file")
    options = parser.parse_args(argv)
    outcomes: list[Outcome] = []
    settings = chosen_settings(use_context=not options.no_context)
    model = open_chosen_model(settings) if options.model else None
    with asyncio.Runner() as runner:
        for repository in options.repositories:
            index = open_index(repository)
            pipeline = MeasuredPipeline(index, settings, model, repository=repository.name)
            engine = ContextEngine(index, retrievers=("definitions", "windows", "paired"))
            found: list[Outcome] = []
            for case in completion_cases(index, options.cases):
                answer = runner.run(pipeline.complete(case.query, 1)).answer
                with unsaved(index, case.query):
                    started = thread_time()
                    engine.outlook(case.query)
                    suggest_ms = 1000 * (thread_time() - started)
                text = answer.suggestions[0].text.split("\n", 1)[0].rstrip() if answer.suggestions else ""
                right = bool(text) and text == case.truth
                found.append(
                    Outcome(answer.engine, answer.confidence, right, len(case.truth.strip()), suggest_ms)
                )
            runner.run(pipeline.aclose())
            index.close()
            outcomes += found
            print(f"{repository.name:24} {_figures(found)}", flush=True)
        if model is not None:
            runner.run(model.aclose())
    print(f"{'all':24} {_figures(outcomes)}\n")
    for engine_name in sorted({outcome.engine for outcome in outcomes}):
        print(f"{engine_name:24} {_figures([o for o in outcomes if o.engine == engine_name])}")
    print("\nthreshold   shown   right of shown   characters saved per case")
    for threshold in THRESHOLDS:
        print(_trade(outcomes, threshold))
    times = sorted(outcome.suggest_ms for outcome in outcomes)
    if times:
        p50, p95 = times[len(times) // 2], times[int(len(times) * 0.95)]
        print(f"\nstatistical suggestion: p50 {p50:.1f} ms, p95 {p95:.1f} ms (CPU)")
    return 0


def _figures(outcomes: Sequence[Outcome]) -> str:
    count = len(outcomes) or 1
    best = sorted(outcomes, key=lambda o: -o.confidence)
    top = "  ".join(
        f"top {share} %: {100 * sum(o.right for o in best[:size]) / size:.0f} %"
        for share in (20, 35, 50)
        if (size := max(1, len(best) * share // 100))
    )
    exact = 100 * sum(o.right for o in outcomes) / count
    saved = sum(o.chars for o in outcomes if o.right) / count
    return f"{len(outcomes):4} cases  exact {exact:3.0f} %  CPO {saved:5.2f}  {top}"


def _trade(outcomes: Sequence[Outcome], threshold: float) -> str:
    shown = [o for o in outcomes if o.engine != "none" and o.confidence >= threshold]
    count = len(outcomes) or 1
    right = [o for o in shown if o.right]
    return (
        f"{threshold:9.1f}   {100 * len(shown) / count:4.0f} %   {100 * len(right) / (len(shown) or 1):12.0f} %"
        f"   {sum(o.chars for o in right) / count:10.2f}"
    )
