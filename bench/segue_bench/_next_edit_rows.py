"""Moments with all that the rules propose in them, kept in a file: to find that takes minutes, to fit on it seconds."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any

from segue_bench._git_tree import GitRepo
from segue_bench._next_edit_cases import finished
from segue_bench._next_edit_played import played
from segue_bench._next_edit_score import exact, exact_around, located
from segue_bench.next_edit_history import sampled
from segue_next_edit import Candidate, NextEdit, proposed_for

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from segue_bench._next_edit_cases import Case
    from segue_bench._tree_reader import TreeReader

PLAYED = "played"
_BUDGET_S = 0.5
"""Enough to know the files that a server knows after a while."""
_NEEDED = frozenset({"resolved", "same_file", "below", "distance"})
"""Evidence that is asked for by its name."""
_IN_ONE_FILE = frozenset({"repeat", "block", "local"})
"""Plays that know of one file only what is to be done."""


@dataclass(frozen=True, slots=True)
class Row:
    """A candidate, the lines that it replaces, whether it may be offered, and whether the user edited there, and so.

    It is not `known` whether it is right where a play tells of one file only.
    """

    candidate: Candidate
    old: tuple[str, ...]
    allowed: bool
    located: bool
    exact: bool
    known: bool


@dataclass(frozen=True, slots=True)
class Moment:
    """The rows of one moment of a repository; nothing was left to do when it was `done`."""

    repo: str
    id: str
    played: bool
    done: bool
    rows: tuple[Row, ...]


def moments_of(folder: Path, *, commits: int, cases: int, plays: int, seed: int) -> Iterator[Moment]:
    """Yield the moments of the cases of one repository, each in the middle of a change and after it."""
    repo = GitRepo(folder)
    try:
        moments = chain(
            ((moment, False) for moment in sampled(repo, commits=commits, cases=cases, seed=seed)),
            ((moment, True) for moment in (played(repo, plays=plays, seed=seed) if plays else ())),
        )
        for (case, tree), is_played in moments:
            for now in (case, finished(case)):
                rows = tuple(_rows(now, tree))
                yield Moment(str(folder), case.id, is_played, now is not case, rows)
    finally:
        repo.close()


def _rows(case: Case, tree: TreeReader) -> Iterator[Row]:
    lines = {path: text.split("\n") for path, text in case.files.items()}
    one_file = case.id.partition("#")[0] in _IN_ONE_FILE
    found = proposed_for(tree.over(case.files), case.history, case.cursor, budget_s=_BUDGET_S)
    for candidate, old, allowed in found:
        edit = NextEdit(
            candidate.path, candidate.start, candidate.end, old, candidate.new, candidate.kind, 0.0
        )
        here = any(located(edit, target) for target in case.targets)
        same = any(
            exact(edit, target, lines.get(target.path, []))
            or exact_around(edit, candidate.placeholder, target)
            for target in case.targets
        )
        yield Row(candidate, old, allowed, here, same, not one_file or candidate.path in case.files)


def write_moments(moments: Iterable[Moment], path: Path) -> int:
    """Write moments, one a line, and return how many they are."""
    with gzip.open(path, "wt", encoding="utf-8", compresslevel=3) as file:
        return sum(
            bool(file.write(json.dumps(_as_json(moment), separators=(",", ":")) + "\n")) for moment in moments
        )


def read_moments(path: Path) -> Iterator[Moment]:
    """Yield the moments of a file."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield _of_json(json.loads(line))


def _as_json(moment: Moment) -> dict[str, Any]:
    groups = list(dict.fromkeys(row.candidate.group for row in moment.rows))
    number = {group: at for at, group in enumerate(groups)}
    return {
        "repo": moment.repo,
        "id": moment.id,
        "played": moment.played,
        "done": moment.done,
        "rows": [
            [r.candidate.path, r.candidate.start, r.candidate.end, r.candidate.new, r.candidate.kind,
             number[r.candidate.group], {n: round(v, 4) for n, v in r.candidate.evidence.items() if v or n in _NEEDED},
             r.candidate.placeholder, r.old, r.allowed, r.located, r.exact, r.known]
            for r in moment.rows
        ],
    }  # fmt: skip


def _of_json(found: dict[str, Any]) -> Moment:
    rows = []
    for path, start, end, new, kind, group, evidence, placeholder, old, *told in found["rows"]:
        content = None if new is None else tuple(new)
        candidate = Candidate(path, start, end, content, kind, str(group), "", evidence, placeholder)
        rows.append(Row(candidate, tuple(old), *told))
    return Moment(found["repo"], found["id"], found["played"], found["done"], tuple(rows))
