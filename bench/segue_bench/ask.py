"""`segue bench ask [REPO...]`: how good the answers to questions about repositories are.

A: docstring to function, the docstrings removed (Python). B: the questions of Semble (MinishLab/semble, MIT), with
`--semble FOLDER` (its `benchmarks` folder and, in `checkouts/`, the repositories at their pinned revisions; `--fetch`
clones both into FOLDER). C: the subjects of later commits to the files that they changed. E: questions without an answer,
and vague ones, put to every repository; those of B about other repositories are among them.

Printed are the share of questions whose first place, first five and first ten hold the answer, the mean reciprocal rank,
NDCG@10 over files, the share refused, and the CPU time of one answer. No chat model is asked. Where an embedding model is
there, each set is measured by words alone and by meaning too (`--no-embeddings` does without), and the gain is printed.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import tempfile
from dataclasses import dataclass, field
from math import log2
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING

from segue_bench._ask_cases import (
    AskCase,
    AskSet,
    commit_set,
    docstring_set,
    same_path,
    semble_sets,
    unanswerable,
)
from segue_bench._workspace import open_index

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from segue_context.search import Searcher, SearchResult
    from segue_server.models.searches import Searches

_SEMBLE = "https://github.com/MinishLab/semble.git"
_TOP = 10


@dataclass(slots=True)
class Figures:
    """What came out for one set of questions."""

    ranks: list[int] = field(default_factory=list)
    ndcg: list[float] = field(default_factory=list)
    refused: list[bool] = field(default_factory=list)
    milliseconds: list[float] = field(default_factory=list)

    def mrr(self) -> float:
        """Return the mean reciprocal rank."""
        return sum(1 / rank for rank in self.ranks if rank) / max(len(self.ranks), 1)

    def mean_ndcg(self) -> float:
        """Return the mean NDCG@10."""
        return sum(self.ndcg) / max(len(self.ndcg), 1)

    def row(self, name: str) -> str:
        """Return the figures on one line."""
        count = len(self.refused)
        if not count:
            return f"{name:22} no questions"
        found = [sum(0 < rank <= top for rank in self.ranks) / count for top in (1, 5, 10)]
        times = sorted(self.milliseconds)
        p95 = times[min(len(times) - 1, int(0.95 * len(times)))]
        return (
            f"{name:22} {count:4}  MRR {self.mrr():.3f}  R@1/5/10 {found[0]:.2f}/{found[1]:.2f}/{found[2]:.2f}  "
            f"NDCG@10 {self.mean_ndcg():.3f}  refused {sum(self.refused) / count:5.1%}  "
            f"{statistics.median(times):.0f}/{p95:.0f} ms"
        )


def main(argv: Sequence[str]) -> int:
    """Measure and print; return 0."""
    parser = argparse.ArgumentParser(
        prog="segue bench ask", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("repositories", nargs="*", type=Path, help="checkouts for A, C and E")
    parser.add_argument("--sets", default="ABCE", help="which sets to run (default ABCE)")
    parser.add_argument(
        "--count", type=int, default=100, help="questions of A and C a repository (default 100)"
    )
    parser.add_argument("--semble", type=Path, help="the folder with Semble's annotations and checkouts/")
    parser.add_argument(
        "--fetch", action="store_true", help="clone into it what is missing (needs the network)"
    )
    parser.add_argument(
        "--only", default="", help="names of Semble's repositories, comma-separated (default all)"
    )
    parser.add_argument(
        "--whole", action="store_true", help="B over whole repositories, tests and docs included"
    )
    parser.add_argument(
        "--without",
        default="",
        help="fields to leave out: body, name, head, path, names, about, subjects, definition",
    )
    parser.add_argument("--no-embeddings", action="store_true", help="rank by words alone")
    parser.add_argument("--verbose", action="store_true", help="list the questions that fail")
    options = parser.parse_args(argv)
    only = {name for name in options.only.split(",") if name}
    if options.fetch and options.semble:
        _fetch(options.semble, only)
    semble = [
        one
        for one in (semble_sets(options.semble, whole=options.whole) if options.semble else [])
        if not only or one.name in only
    ]
    searches = None if options.no_embeddings else _searches()
    without = [field for field in options.without.split(",") if field]
    try:
        with tempfile.TemporaryDirectory(prefix="segue-bench-") as folder:
            for name in options.sets:
                _run(
                    name,
                    _sets(name, options, Path(folder), semble),
                    without,
                    searches,
                    verbose=options.verbose,
                )
    finally:
        if searches is not None:
            searches.close()
    return 0


def _run(
    name: str, sets: Sequence[AskSet], without: Sequence[str], searches: Searches | None, *, verbose: bool
) -> None:
    """Measure sets of one kind, by words and, with an embedding model, by meaning too; print a row for each and for all."""
    totals: dict[str, Figures] = {}
    for one in sets:
        for how, figures in _measured(one, without, searches, verbose=verbose):
            print(figures.row(f"{name} {one.name} {how}"), flush=True)
            for into, values in _columns(totals.setdefault(how, Figures()), figures):
                into.extend(values)
    for how, figures in totals.items() if len(sets) > 1 else ():
        print(figures.row(f"{name} all {how}"), flush=True)
    if len(totals) > 1:
        words, meaning = totals.values()
        print(
            f"{name} gain by meaning: MRR {meaning.mrr() - words.mrr():+.3f}, "
            f"NDCG@10 {meaning.mean_ndcg() - words.mean_ndcg():+.3f}\n"
        )


def _searches() -> Searches | None:
    """Return what ranks by meaning with the user's settings, None without an embedding model."""
    from segue_bench.eval_complete import chosen_settings
    from segue_server.models.embeddings import embedding_settings
    from segue_server.models.searches import WHOLE_PATIENCE_S, Searches
    from segue_server.runtime.paths import directories

    settings, cache = chosen_settings(), directories().cache
    if embedding_settings(settings, cache) is None:
        return None
    return Searches(lambda: settings, cache, patience_s=WHOLE_PATIENCE_S)


def _columns(total: Figures, part: Figures) -> Iterable[tuple[list[float], list[float]]]:
    for name in ("ranks", "ndcg", "refused", "milliseconds"):
        yield getattr(total, name), getattr(part, name)


def _sets(name: str, options: argparse.Namespace, folder: Path, semble: list[AskSet]) -> list[AskSet]:
    repositories = [path.resolve() for path in options.repositories]
    if name == "A":
        return [docstring_set(repo, folder, options.count) for repo in repositories]
    if name == "C":
        return [commit_set(repo, folder, options.count) for repo in repositories]
    if name == "B":
        return semble
    found = [AskSet(repo.name, repo, tuple(unanswerable([], 0))) for repo in repositories]
    for one in semble:
        others = [
            case for other in semble if other is not one for case in other.cases if case.kind != "symbol"
        ]
        found.append(AskSet(one.name, one.root, tuple(unanswerable(others, 20))))
    return found


def _measured(
    one: AskSet, without: Sequence[str], searches: Searches | None, *, verbose: bool
) -> Iterator[tuple[str, Figures]]:
    """Yield the figures of a set by words alone, then by meaning too."""
    from segue_context.privacy import SendingRules
    from segue_context.search import Searcher

    index = open_index(one.root)
    meaning = None if searches is None else searches.meaning(index, SendingRules(one.root))
    try:
        yield "", _asked(one, Searcher(index, without=without), verbose=verbose)
        if meaning is not None:
            yield "+meaning", _asked(one, Searcher(index, without=without, meaning=meaning), verbose=verbose)
    finally:
        index.close()


def _asked(one: AskSet, searcher: Searcher, *, verbose: bool) -> Figures:
    figures = Figures()
    for case in one.cases:
        started = process_time()
        result = searcher.search(case.question, _TOP)
        figures.milliseconds.append((process_time() - started) * 1000)
        figures.refused.append(result.refused)
        rank = rank_of(case, result)
        figures.ranks.append(rank)
        figures.ndcg.append(ndcg(case, result))
        if verbose and (rank != 1 if case.paths else not result.refused):
            got = ", ".join(f"{place.path}:{place.start_line + 1}" for place in result.places[:3])
            print(f"    {rank or '-'} {case.question!r}: {got}; wanted {', '.join(case.paths[:3])}")
    return figures


def rank_of(case: AskCase, result: SearchResult) -> int:
    """Return the rank of the first place that answers, 0 for none: of a function where one is asked for, else of a file."""
    if case.line >= 0:
        for rank, place in enumerate(result.places, 1):
            if same_path(place.path, case.paths[0]) and place.start_line <= case.line < place.end_line:
                return rank
        return 0
    files = list(dict.fromkeys(place.path for place in result.places))
    ranks = (rank for rank, path in enumerate(files, 1) if any(same_path(path, one) for one in case.paths))
    return next(ranks, 0)


def ndcg(case: AskCase, result: SearchResult) -> float:
    """Return NDCG@10 over the files of an answer, each counted once, with the files wanted as equally relevant."""
    if not case.paths:
        return 0.0
    files = list(dict.fromkeys(place.path for place in result.places))[:_TOP]
    gain = sum(
        1 / log2(rank + 2)
        for rank, path in enumerate(files)
        if any(same_path(path, one) for one in case.paths)
    )
    return gain / sum(1 / log2(rank + 2) for rank in range(min(_TOP, len(set(case.paths)))))


def _fetch(folder: Path, only: set[str]) -> None:
    """Clone Semble and the repositories that it names, at the revisions that it pins; what is there already stays."""
    import json

    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "semble").is_dir():
        subprocess.run(["git", "clone", "--quiet", "--depth=1", _SEMBLE, str(folder / "semble")], check=True)
    for row in json.loads((folder / "semble" / "benchmarks" / "repos.json").read_text("utf-8")):
        root = folder / "checkouts" / row["name"]
        if root.is_dir() or (only and row["name"] not in only):
            continue
        clone = ["git", "clone", "--quiet", "--filter=blob:none", "--no-checkout", row["url"], str(root)]
        subprocess.run(clone, check=True)
        subprocess.run(["git", "-C", str(root), "checkout", "--quiet", row["revision"]], check=True)
