"""Fits the calibration of the next-edit rules: `python -m segue_bench.next_edit_fit`.

`moments REPO... --output FILE` keeps what the rules propose at moments of commits and of plays, and what was right.
`fit FILE... --gate FILE... --output calibration.json` fits on such files. Every candidate is an example: did the user
edit that place, and exactly so? Moments when nothing is left to do are examples too. How candidates are ordered and
when the first is shown is decided on repositories that the weights have not seen.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from segue_bench._logistic import fit_logistic, log_loss
from segue_bench._next_edit_rows import moments_of, read_moments, write_moments
from segue_next_edit import best_of, calibrated
from segue_next_edit import calibration_features as features

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from segue_bench._next_edit_rows import Moment, Row
    from segue_next_edit import Candidate, Ranked

Models = dict[str, dict[str, dict[str, float]]]

_PER_KIND = 12
_PER_MODEL = 12_000
_RARE = 25
_PLAY_WEIGHT = 0.5
_BY_BINDING = frozenset({"rename", "signature"})
_RIDGES = (4.0, 16.0, 64.0, 256.0)
_ORDERS = (2.0, 4.0, 8.0)
_CONTENTS = (0.0, 0.25, 0.5, 1.0, 2.0, 4.0)
_NEVER = 9.0
PLACE_AIM = 0.8
CONTENT_AIM = 0.56
ALARM_AIM = 0.015
LEAST_SHOWN = 0.05
"""What the gate aims at: right places and contents among what is shown, alarms among finished changes; the best few
say nothing yet."""


@dataclass(frozen=True, slots=True)
class Example:
    """What was seen of one candidate, and whether it was right; `exact` is None without content."""

    repo: str
    seen: dict[str, float]
    located: bool
    exact: bool | None
    weight: float


def examples_of(moments: Iterable[Moment], seed: int) -> dict[str, list[Example]]:
    """Return the candidates of moments by what they are weighed as, large groups of a moment thinned out."""
    chance = random.Random(seed)
    found: defaultdict[str, list[Example]] = defaultdict(list)
    for moment in moments:
        kinds: defaultdict[str, list[Row]] = defaultdict(list)
        taken = {
            place
            for row in moment.rows
            if row.candidate.weighed_as == "resolved rename"
            for place in _places(row)
        }
        for row in moment.rows:
            renamed = row.candidate.kind not in _BY_BINDING and not taken.isdisjoint(_places(row))
            if row.known and not renamed:  # the rename is shown there, whatever else is likely
                kinds[row.candidate.weighed_as].append(row)
        for kind, rows in kinds.items():
            kept = rows if len(rows) <= _PER_KIND else chance.sample(rows, _PER_KIND)
            weight = (_PLAY_WEIGHT if moment.played else 1.0) * min(3.0, len(rows) / len(kept))
            for row in kept:
                content = None if row.candidate.new is None else row.exact
                seen = dict(features(row.candidate.evidence))
                found[kind].append(Example(moment.repo, seen, row.located, content, weight))
    return found


def _places(row: Row) -> Iterator[tuple[str, int]]:
    c = row.candidate
    return ((c.path, line) for line in range(c.start, max(c.end, c.start + 1)))


def fitted(found: Sequence[tuple[Example, bool]], prior: Mapping[str, float]) -> dict[str, float]:
    """Return the weights of a logistic model, the constant under ``bias``; rare features keep those of `prior`.

    How near to `prior` they stay is what lets halves of the repositories foretell each other best.
    """
    counts = Counter(name for example, _ in found for name in example.seen)
    names = sorted({name for name, count in counts.items() if count >= _RARE} | prior.keys() - {"bias"})
    known = [prior.get(name, 0.0) for name in ("bias", *names)]

    def fit(table: _Table, ridge: float) -> list[float]:
        return fit_logistic(table.rows, table.right, weights=table.weights, prior=known, ridge=ridge)

    def loss(ridge: float) -> float:
        return sum(
            log_loss(others.rows, others.right, fit(mine, ridge)) for mine, others in (halves, halves[::-1])
        )

    repos = {repo: at % 2 for at, repo in enumerate(sorted({example.repo for example, _ in found}))}
    halves = [_Table.of([row for row in found if repos[row[0].repo] == side], names) for side in (0, 1)]
    ridge = min(_RIDGES, key=loss) if all(half.right for half in halves) else _RIDGES[-1]
    weights = fit(_Table.of(found, names), ridge)
    return {name: round(weight, 4) for name, weight in zip(["bias", *names], weights, strict=True)}


@dataclass(frozen=True, slots=True)
class _Table:
    """The values of examples, a constant first, whether each was right, and how much it counts."""

    rows: list[list[float]]
    right: list[bool]
    weights: list[float]

    @classmethod
    def of(cls, found: Sequence[tuple[Example, bool]], names: Sequence[str]) -> _Table:
        rows = [[1.0, *(example.seen.get(name, 0.0) for name in names)] for example, _ in found]
        return cls(rows, [right for _, right in found], [example.weight for example, _ in found])


@dataclass(frozen=True, slots=True)
class Answer:
    """The first answer of one moment with its chances, and whether it was right; `done` when nothing was left to do."""

    ranked: Ranked
    row: Row
    done: bool

    @property
    def written(self) -> bool:
        """Whether it may be shown at all."""
        return (
            self.row.candidate.new is not None
            and self.row.candidate.placeholder is None
            and self.row.candidate.sure
        )


def first_answers(moments: Sequence[Moment], models: Models) -> Iterator[Answer]:
    """Yield the first answer of each moment, with `models` in use."""
    with calibrated(models):
        for moment in moments:
            rows = {id(row.candidate): row for row in moment.rows}

            def old_of(candidate: Candidate, rows: dict[int, Row] = rows) -> Sequence[str]:
                return rows[id(candidate)].old

            for ranked in best_of([row.candidate for row in moment.rows], old_of):
                row = rows[id(ranked.candidate)]
                if row.allowed:
                    yield Answer(ranked, row, moment.done)
                    break


def gate_of(moments: Sequence[Moment], models: Models) -> dict[str, dict[str, float]]:
    """Return how much content counts in the order and for the gate, and from which worth on edits are shown."""
    orders: dict[float, list[Answer]] = {}
    for order in _ORDERS:
        orders[order] = list(first_answers(moments, {**models, "gate": {"order": {"content": order}}}))
    order, answers = max(orders.items(), key=lambda pair: sum(a.row.located + a.row.exact for a in pair[1]))
    left = sum(not moment.done for moment in moments)
    tried = [(*least_worth(answers, content, left), content) for content in _CONTENTS]
    shown, least, content = max(tried, key=lambda row: row[0])
    print(f"order {order:g}, content {content:g}, least {least:g}: {shown} of {left} shown", file=sys.stderr)
    return {"order": {"content": order}, "worth": {"content": content, "least": least}}


def least_worth(answers: Sequence[Answer], content: float, left: int) -> tuple[int, float]:
    """Return how many edits are shown from the lowest worth on that keeps the aims, and that worth."""
    shown = places = contents = alarms = most = 0
    least = _NEVER
    worths = [(a.ranked.place + content * a.ranked.content, a) for a in answers if a.written]
    for worth, answer in sorted(worths, key=lambda pair: -pair[0]):
        shown, alarms = shown + (not answer.done), alarms + answer.done
        places, contents = places + answer.row.located, contents + answer.row.exact
        kept = places >= PLACE_AIM * shown and contents >= CONTENT_AIM * shown and alarms <= ALARM_AIM * left
        if shown >= LEAST_SHOWN * left and kept:
            most, least = shown, worth
    return most, round(least, 4)


def fit(
    files: Sequence[Path], gates: Sequence[Path], prior: Models, keep: Collection[str], seed: int
) -> Models:
    """Return the models and the gate that moments of repositories give."""
    models: Models = {}
    found = examples_of(chain.from_iterable(map(read_moments, files)), seed)
    chance = random.Random(seed)
    models |= {kind: prior[kind] for kind in keep}
    for kind, examples in sorted(found.items()):
        if kind in models:
            continue
        rows = chance.sample(examples, _PER_MODEL) if len(examples) > _PER_MODEL else examples
        known = prior.get(kind, {})
        models[kind] = {"location": fitted([(e, e.located) for e in rows], known.get("location", {}))}
        content = [(e, e.exact) for e in rows if e.exact is not None]
        if any(same for _, same in content):
            models[kind]["exact"] = fitted(content, known.get("exact", {}))
        print(f"{kind}: {len(examples)}, {sum(e.located for e in examples)} right", file=sys.stderr)
    moments = [m for file in gates for m in read_moments(file) if not m.played]
    return {**models, "gate": gate_of(moments, models)}


def main(argv: Sequence[str] | None = None) -> int:
    """Keep moments of repositories, or fit on them and write the calibration."""
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    find = commands.add_parser("moments")
    find.add_argument("repos", nargs="+", type=Path)
    find.add_argument("--commits", type=int, default=1000)
    find.add_argument("--cases", type=int, default=100, help="how many cases a repository")
    find.add_argument("--plays", type=int, default=6, help="how many plays of each kind a repository")
    find.add_argument("--seed", type=int, default=1)
    find.add_argument("--output", type=Path, required=True)
    fitting = commands.add_parser("fit")
    fitting.add_argument("files", nargs="+", type=Path)
    fitting.add_argument("--gate", nargs="+", type=Path, required=True, help="moments of other repositories")
    fitting.add_argument("--prior", type=Path, help="a calibration of other repositories to begin with")
    fitting.add_argument("--keep", nargs="*", default=(), help="kinds whose weights stay as they are there")
    fitting.add_argument("--seed", type=int, default=1)
    fitting.add_argument("--output", type=Path, required=True, help="where to write calibration.json")
    options = parser.parse_args(argv)
    if options.command == "moments":
        of = {
            "commits": options.commits,
            "cases": options.cases,
            "plays": options.plays,
            "seed": options.seed,
        }
        found = chain.from_iterable(moments_of(folder, **of) for folder in options.repos)
        print(write_moments(found, options.output), "moments", file=sys.stderr)
        return 0
    prior = json.loads(options.prior.read_text("utf-8")) if options.prior else {}
    models = fit(options.files, options.gate, prior, options.keep, options.seed)
    options.output.write_text(json.dumps(models, indent=1, sort_keys=True) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
