"""`segue bench retrieval REPO...`: identifier recall of the retrievers, time, and reuse of the model's cache.

A case is a line cut before a name that a file imported (or of the same package) defines and that stands nowhere else
in the file. Recall at B is the share of such names of the line found in the first B characters of the snippets.
"""

from __future__ import annotations

import argparse
import os
import statistics
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from time import thread_time
from typing import TYPE_CHECKING

from segue_bench._cases import WORD, completion_cases, retrieval_cases
from segue_bench._workspace import open_index, unsaved
from segue_context import ContextEngine

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue_bench._cases import Case
    from segue_context import Snippet, WorkspaceIndex

BUDGETS = (1000, 2000, 4000, 8000)
PLAN_CHARS = 4000
PREFIX_CHARS = 6000
COMBINATIONS = {
    "windows": frozenset({"windows"}),
    "definitions": frozenset({"definitions"}),
    "definitions + paired": frozenset({"definitions", "paired"}),
    "all": frozenset({"definitions", "windows", "paired"}),
}


def main(argv: Sequence[str]) -> int:
    """Print the figures of each repository given, and of all together."""
    parser = argparse.ArgumentParser(prog="segue bench retrieval", description=str(__doc__).split("\n", 1)[0])
    parser.add_argument("repositories", nargs="+", type=Path)
    parser.add_argument("--cases", type=int, default=60, help="cases of each repository")
    options = parser.parse_args(argv)
    recall: dict[tuple[str, int], list[float]] = defaultdict(list)
    times: dict[str, list[float]] = defaultdict(list)
    reuse: list[float] = []
    for repository in options.repositories:
        index = open_index(repository)
        cases = retrieval_cases(index, options.cases)
        before = {key: len(values) for key, values in recall.items()}
        for name, retrievers in COMBINATIONS.items():
            measure(index, ContextEngine(index, retrievers=retrievers), cases, name, recall, times)
        reuse += [typed_line_reuse(index, case) for case in completion_cases(index, options.cases // 4)]
        row = "  ".join(f"{b}: {_percent(recall['all', b][before.get(('all', b), 0) :])}" for b in BUDGETS)
        print(f"{repository.name:24} {len(cases):4} cases  {row}", flush=True)
        index.close()
    print()
    for name in COMBINATIONS:
        row = "  ".join(f"{b}: {_percent(recall[name, b])}" for b in BUDGETS)
        print(f"{name:24} {len(recall[name, 1000]):4} cases  {row}")
    print()
    for name, values in times.items():
        print(f"{name:24} p50 {_quantile(values, 0.5):5.1f} ms  p95 {_quantile(values, 0.95):5.1f} ms (CPU)")
    if reuse:
        print(f"{'prompt reused by a key':24} mean {100 * statistics.mean(reuse):.1f} %")
    return 0


def measure(
    index: WorkspaceIndex,
    engine: ContextEngine,
    cases: Sequence[Case],
    name: str,
    recall: dict[tuple[str, int], list[float]],
    times: dict[str, list[float]],
) -> None:
    """Add the recall at each budget, and the times, of one combination of retrievers."""
    for case in cases:
        with unsaved(index, case.query):
            for budget in BUDGETS:
                started = thread_time()
                snippets = engine.retrieve(case.query, budget)
                if name == "all":
                    times["retrieve"].append(1000 * (thread_time() - started))
                found = set(WORD.findall(shown(snippets)[:budget]))
                recall[name, budget].append(sum(w in found for w in case.wanted) / len(case.wanted))
            if name == "all":
                started = thread_time()
                engine.plan(case.query, PLAN_CHARS)
                times["plan"].append(1000 * (thread_time() - started))


def typed_line_reuse(index: WorkspaceIndex, case: Case) -> float:
    """Return the mean share of a prompt that the one before it began with, while the line is typed key by key."""
    engine = ContextEngine(index)
    head, _, line = case.query.prefix.rpartition("\n")
    whole = line + case.truth
    shares: list[float] = []
    before = ""
    for column in range(len(whole) - len(whole.lstrip()), len(whole) + 1):
        query = replace(case.query, prefix=f"{head}\n{whole[:column]}")
        with unsaved(index, query):
            plan = engine.plan(query, PLAN_CHARS)
        prompt = (
            shown(plan.snippets) + query.prefix[-PREFIX_CHARS:]
            if len(query.prefix) <= PREFIX_CHARS
            else (shown(plan.snippets) + query.prefix[head.find("\n", len(head) - PREFIX_CHARS) + 1 :])
        )
        if before:
            shares.append(len(os.path.commonprefix([before, prompt])) / len(prompt))
        before = prompt
    return statistics.mean(shares) if shares else 1.0


def shown(snippets: Sequence[Snippet]) -> str:
    """Return the snippets as a prompt shows them, each under its file's name."""
    return "\n".join(f"# {snippet.path}\n{snippet.text}" for snippet in snippets)


def _percent(values: Sequence[float]) -> str:
    return f"{100 * statistics.mean(values):3.0f} %" if values else "  - "


def _quantile(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))] if values else 0.0
