"""`segue bench retrieval REPO...`: identifier recall of the retrievers, time, and reuse of the model's cache.

A case is a line cut before a name that a file imported (or of the same package) defines and that stands nowhere else
in the file. Recall at B is the share of such names of the line found in the first B characters of the snippets.
"""

from __future__ import annotations

import argparse
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
            engine = ContextEngine(index, retrievers=retrievers)
            for case in cases:
                for budget, found in recalls(index, engine, case).items():
                    recall[name, budget].append(found)
        engine = ContextEngine(index, retrievers=COMBINATIONS["all"])
        for case in cases:
            for what, taken_ms in times_of(index, engine, case).items():
                times[what].append(taken_ms)
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


def recalls(index: WorkspaceIndex, engine: ContextEngine, case: Case) -> dict[int, float]:
    """Return the share of the wanted names that the snippets of each budget hold."""
    with unsaved(index, case.query):
        found = {}
        for budget in BUDGETS:
            words = set(WORD.findall(shown(engine.retrieve(case.query, budget))[:budget]))
            found[budget] = sum(word in words for word in case.wanted) / len(case.wanted)
    return found


def times_of(index: WorkspaceIndex, engine: ContextEngine, case: Case) -> dict[str, float]:
    """Return the CPU time of a retrieval and of a plan, in ms."""
    with unsaved(index, case.query):
        started = thread_time()
        engine.retrieve(case.query, PLAN_CHARS)
        retrieved = thread_time()
        engine.plan(case.query, PLAN_CHARS)
        planned = thread_time()
    return {"retrieve": 1000 * (retrieved - started), "plan": 1000 * (planned - retrieved)}


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
        start = head.find("\n", len(head) - PREFIX_CHARS) + 1 if len(head) > PREFIX_CHARS else 0
        prompt = f"{shown(plan.snippets)}\n{query.prefix[start:]}"
        if before:
            shares.append(_common(before, prompt) / len(prompt))
        before = prompt
    return statistics.mean(shares) if shares else 1.0


def shown(snippets: Sequence[Snippet]) -> str:
    """Return the snippets as a prompt shows them, each under its file's name."""
    return "\n".join(f"# {snippet.path}\n{snippet.text}" for snippet in snippets)


def _common(one: str, other: str) -> int:
    pairs = zip(one, other, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def _percent(values: Sequence[float]) -> str:
    return f"{100 * statistics.mean(values):3.0f} %" if values else "  - "


def _quantile(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))] if values else 0.0
