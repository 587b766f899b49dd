"""`segue bench next-edit REPO...`: how often the rules find the next edits of real histories.

Cases are moments within commits: the first hunk, or the first half, is what the user has done; the others are what
comes next. The whole tree is at hand, as it was. Silence is measured on the same commits, all done.
"""

from __future__ import annotations

import argparse
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from segue_bench._git_tree import GitRepo
from segue_bench._next_edit_cases import cases_of, finished
from segue_bench._next_edit_score import Scores
from segue_bench._tree_reader import TreeReader
from segue_next_edit import NextEditEngine

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from segue_bench._next_edit_cases import Case


def sampled(repo: GitRepo, *, commits: int, cases: int, seed: int = 0) -> Iterator[tuple[Case, TreeReader]]:
    """Yield at most `cases` cases of a repository with the whole tree of each."""
    for case in cases_of(repo, commits=commits, cases=cases, seed=seed):
        tree = repo.tree(case.parent)
        reader = TreeReader(tree, partial(_blob, repo, tree))
        reader.index()  # as a workspace has one: looking for words in every file is no part of a prediction
        yield case, reader


def _blob(repo: GitRepo, tree: dict[str, str], path: str) -> str | None:
    return repo.blob(tree[path])


def measure(folder: Path, *, commits: int, cases: int, seed: int = 0) -> Scores:
    """Predict in the cases of one repository and count."""
    repo = GitRepo(folder)
    scores = Scores()
    try:
        for case, tree in sampled(repo, commits=commits, cases=cases, seed=seed):
            reader = tree.over(case.files)
            started = time.thread_time()
            prediction = NextEditEngine(reader).predict(case.history, case.cursor)
            spent_ms = (time.thread_time() - started) * 1000
            done = finished(case)
            after = NextEditEngine(tree.over(done.files)).predict(done.history, done.cursor)
            scores.add(case, prediction, after, spent_ms)
    finally:
        repo.close()
    return scores


def main(argv: Sequence[str]) -> int:
    """Print the figures of each repository and of all together."""
    parser = argparse.ArgumentParser(prog="segue bench next-edit", description=__doc__)
    parser.add_argument(
        "repos", nargs="*", type=Path, default=[Path()], help="git repositories (default: here)"
    )
    parser.add_argument("--commits", type=int, default=1000, help="how many of the newest commits to look at")
    parser.add_argument("--cases", type=int, default=300, help="how many cases a repository")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(argv)
    together = Scores()
    for folder in options.repos:
        scores = measure(folder, commits=options.commits, cases=options.cases, seed=options.seed)
        print(f"== {folder}\n{scores.report()}\n", flush=True)
        together.merge(scores)
    if len(options.repos) > 1:
        print(f"== all {len(options.repos)} repositories\n{together.report()}")
    return 0
