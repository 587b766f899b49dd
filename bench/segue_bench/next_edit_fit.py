"""Fits the calibration of the next-edit rules on the histories of repositories: `python -m segue_bench.next_edit_fit`.

Every candidate of every case is an example: did the user edit that place, and exactly so? Cases are moments of commits
and of plays (see `_next_edit_played`); moments when nothing is left to do are examples too. An edit with a place to fill
in is exact when all else is right. Logistic regression by Newton's method, plain Python.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import partial
from itertools import chain
from math import exp
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from segue_bench._git_tree import GitRepo
from segue_bench._next_edit_cases import finished
from segue_bench._next_edit_played import played
from segue_bench._next_edit_score import exact, exact_around, located
from segue_bench.next_edit_history import sampled
from segue_next_edit import NextEdit, calibrated, candidates_for, first_answer
from segue_next_edit import calibration_features as features

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from segue_bench._next_edit_cases import Case
    from segue_bench._tree_reader import TreeReader

_T = TypeVar("_T")

_PER_KIND = 12
_PER_MODEL = 14_000
_RARE = 25
_PLAY_WEIGHT = 2.0
_IN_ONE_FILE = frozenset({"repeat", "block", "local"})
"""Plays that know of one file only what is to be done."""
_BY_BINDING = frozenset({"rename", "signature"})
PLACE_AIM = 0.77
CONTENT_AIM = 0.48
ALARM_AIM = 0.013
LEAST_SHOWN = 0.05
"""What the gate aims at: right places and contents among what is shown, alarms among finished changes; the best few
say nothing yet. A hunk of a commit often holds more than the change that is proposed: half of them is much."""


@dataclass(frozen=True, slots=True)
class Example:
    """What was seen of one candidate, and whether it was right; `exact` is None without content."""

    kind: str
    seen: dict[str, float]
    located: bool
    exact: bool | None
    weight: float


def examples_of(folder: Path, *, commits: int, cases: int, plays: int, seed: int) -> Iterator[Example]:
    """Yield the candidates of the cases of one repository, the large groups thinned out."""
    repo = GitRepo(folder)
    chance = random.Random(seed)
    try:
        moments = chain(
            ((moment, 1.0) for moment in sampled(repo, commits=commits, cases=cases, seed=seed)),
            ((moment, _PLAY_WEIGHT) for moment in played(repo, plays=plays, seed=seed)),
        )
        for (case, tree), weight in moments:
            yield from _examples(case, tree, chance, weight)
            yield from _examples(finished(case), tree, chance, weight)
    finally:
        repo.close()


def _examples(case: Case, tree: TreeReader, chance: random.Random, importance: float) -> Iterator[Example]:
    kinds: defaultdict[str, list[Example]] = defaultdict(list)
    lines = {path: text.split("\n") for path, text in case.files.items()}
    found = candidates_for(tree.over(case.files), case.history, case.cursor)
    taken = {
        place for c in found if c.weighed_as == "resolved rename" for place in _places(c.path, c.start, c.end)
    }
    for c in found:
        if case.id.partition("#")[0] in _IN_ONE_FILE and c.path not in case.files:
            continue  # whether other files are meant is not known
        if c.kind not in _BY_BINDING and not taken.isdisjoint(_places(c.path, c.start, c.end)):
            continue  # the rename is shown there, whatever else is likely
        edit = NextEdit(c.path, c.start, c.end, (), c.new, c.kind, 0.0)
        right = any(located(edit, target) for target in case.targets)
        same = _is_exact(edit, c.placeholder, case, lines)
        kinds[c.weighed_as].append(
            Example(c.weighed_as, dict(features(c.evidence)), right, None if c.new is None else same, 1.0)
        )
    for rows in kinds.values():
        kept = rows if len(rows) <= _PER_KIND else chance.sample(rows, _PER_KIND)
        weight = importance * min(3.0, len(rows) / len(kept))
        yield from (Example(e.kind, e.seen, e.located, e.exact, weight) for e in kept)


def _places(path: str, start: int, end: int) -> set[tuple[str, int]]:
    return {(path, line) for line in range(start, max(end, start + 1))}


def _is_exact(
    edit: NextEdit,
    placeholder: tuple[int, int, int] | None,
    case: Case,
    lines: dict[str, list[str]],
) -> bool:
    return any(
        exact(edit, target, lines.get(target.path, [])) or exact_around(edit, placeholder, target)
        for target in case.targets
    )


def fitted(rows: Sequence[tuple[dict[str, float], bool, float]], *, ridge: float = 2.0) -> dict[str, float]:
    """Return the weights of a logistic model, the constant under ``bias``; rare features are left out."""
    seen = Counter(name for row, _, _ in rows for name in row)
    names = sorted(name for name, count in seen.items() if count >= _RARE)
    index = {name: at + 1 for at, name in enumerate(names)}
    size = len(names) + 1
    vectors = [
        ([(0, 1.0), *((index[n], v) for n, v in row.items() if n in index)], float(right), weight)
        for row, right, weight in rows
    ]
    weights = [0.0] * size
    for _ in range(12):
        gradient = [-ridge * w if at else 0.0 for at, w in enumerate(weights)]
        curve = [[0.0] * size for _ in range(size)]
        for at in range(size):
            curve[at][at] = ridge if at else 1e-6
        for vector, right, weight in vectors:
            score = sum(weights[at] * value for at, value in vector)
            p = 1 / (1 + exp(-max(-30.0, min(30.0, score))))
            error, bend = weight * (right - p), weight * max(p * (1 - p), 1e-6)
            for at, value in vector:
                gradient[at] += error * value
                row = curve[at]
                scaled = bend * value
                for other, more in vector:
                    if other >= at:
                        row[other] += scaled * more
        step = _solved(curve, gradient)
        weights = [w + max(-2.0, min(2.0, s)) for w, s in zip(weights, step, strict=True)]
        if max(map(abs, step)) < 1e-4:
            break
    return {"bias": round(weights[0], 4), **{n: round(weights[at], 4) for n, at in index.items()}}


def _solved(curve: list[list[float]], right: list[float]) -> list[float]:
    """Solve a symmetric system, of which the upper half is given, by Cholesky's method."""
    size = len(right)
    lower = [[0.0] * size for _ in range(size)]
    for i in range(size):
        for j in range(i + 1):
            rest = curve[j][i] - sum(lower[i][k] * lower[j][k] for k in range(j))
            lower[i][j] = max(rest, 1e-9) ** 0.5 if i == j else rest / lower[j][j]
    half = [0.0] * size
    for i in range(size):
        half[i] = (right[i] - sum(lower[i][k] * half[k] for k in range(i))) / lower[i][i]
    result = [0.0] * size
    for i in reversed(range(size)):
        result[i] = (half[i] - sum(lower[k][i] * result[k] for k in range(i + 1, size))) / lower[i][i]
    return result


@dataclass(frozen=True, slots=True)
class Moment:
    """The first answer of one case, whether it has content and was right; `done` when nothing was left to do."""

    worth: float
    written: bool
    located: bool
    exact: bool
    done: bool


def moments_of(
    folder: Path, *, commits: int, cases: int, models: dict[str, dict[str, dict[str, float]]]
) -> Iterator[Moment]:
    """Yield the first answers in cases of a repository that the examples are not of, with `models` in use."""
    repo = GitRepo(folder)
    try:
        with calibrated(models):
            for case, tree in sampled(repo, commits=commits, cases=cases, seed=7):
                for moment in (case, finished(case)):
                    best = first_answer(tree.over(moment.files), moment.history, moment.cursor)
                    if best is None:
                        continue
                    edit, worth = best
                    right = any(located(edit, t) for t in case.targets) if moment is case else False
                    lines = {path: text.split("\n") for path, text in case.files.items()}
                    same = moment is case and _is_exact(edit, edit.placeholder, case, lines)
                    yield Moment(worth, edit.new is not None, right, same, moment is not case)
    finally:
        repo.close()


def least_worth(moments: Sequence[Moment]) -> float:
    """Return the least worth from which edits are shown: the lowest that keeps the aims."""
    shown = places = contents = alarms = 0
    left = sum(not m.done for m in moments) or 1
    least = 9.0
    for m in sorted((m for m in moments if m.written), key=lambda m: -m.worth):
        shown, places, contents = shown + (not m.done), places + m.located, contents + m.exact
        alarms += m.done
        kept = places >= PLACE_AIM * shown and contents >= CONTENT_AIM * shown and alarms <= ALARM_AIM * left
        if shown >= LEAST_SHOWN * left and kept:
            least = m.worth
    return round(least, 4)


def _each(
    read: Callable[..., Iterator[_T]], folders: Sequence[Path], options: dict[str, Any]
) -> Iterator[list[_T]]:
    """Yield what `read` finds in each repository, read by processes of their own so that none keeps its files."""
    with get_context("spawn").Pool(os.cpu_count(), maxtasksperchild=1) as pool:
        yield from pool.imap(partial(_listed, read, options), folders, chunksize=1)


def _listed(read: Callable[..., Iterator[_T]], options: dict[str, Any], folder: Path) -> list[_T]:
    return list(read(folder, **options))


def main(argv: Sequence[str] | None = None) -> int:
    """Fit on the repositories given and write the calibration."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("repos", nargs="+", type=Path)
    parser.add_argument("--commits", type=int, default=1000)
    parser.add_argument("--cases", type=int, default=200)
    parser.add_argument("--plays", type=int, default=12, help="how many plays of each kind a repository")
    parser.add_argument(
        "--gate", nargs="+", type=Path, required=True, help="other repositories, for the gate"
    )
    parser.add_argument("--gate-cases", type=int, default=60, help="how many cases of each of them")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--output", type=Path, required=True, help="where to write calibration.json")
    options = parser.parse_args(argv)
    kinds: defaultdict[str, list[Example]] = defaultdict(list)
    wanted = {
        "commits": options.commits,
        "cases": options.cases,
        "plays": options.plays,
        "seed": options.seed,
    }
    for examples in _each(examples_of, options.repos, wanted):
        for example in examples:
            kinds[example.kind].append(example)
        print(sum(map(len, kinds.values())), "examples", file=sys.stderr, flush=True)
    models: dict[str, dict[str, dict[str, float]]] = {}
    chance = random.Random(options.seed)
    for kind, found in sorted(kinds.items()):
        rows = chance.sample(found, _PER_MODEL) if len(found) > _PER_MODEL else found
        models[kind] = {"location": fitted([(e.seen, e.located, e.weight) for e in rows])}
        content = [(e.seen, bool(e.exact), e.weight) for e in rows if e.exact is not None]
        if any(same for _, same, _ in content):
            models[kind]["exact"] = fitted(content)
        print(kind, len(found), sum(e.located for e in found), file=sys.stderr, flush=True)
    options.output.write_text(json.dumps(models, indent=1, sort_keys=True) + "\n", "utf-8")
    wanted = {"commits": options.commits, "cases": options.gate_cases, "models": models}
    moments = [moment for found in _each(moments_of, options.gate, wanted) for moment in found]
    models["gate"] = {"worth": {"least": least_worth(moments)}}
    print(models["gate"], file=sys.stderr)
    options.output.write_text(json.dumps(models, indent=1, sort_keys=True) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
