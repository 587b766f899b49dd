"""`segue bench fix REPO...`: faults put into real code, and how often a fix without a model puts it right.

Into files that parse, one fault at a time is seeded: a deleted import, a misspelt name or member, an argument left out, a
misspelt keyword argument, a dropped bracket. The truth is the file as it was; for imports, the same imports in any order. `offered` is the share of faults for
which anything is offered at the faulty line, `right` the share of the offers whose first fix restores the truth.
"""

from __future__ import annotations

import argparse
import random
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from segue_bench._fix_faults import LANGUAGES, Fault, faults_in
from segue_bench._workspace import open_index
from segue_next_edit.fixes import FixEngine
from segue_syntax import Snapshot, language_of, statements_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue_context import WorkspaceIndex


def is_right(fault: Fault, fixed: str) -> bool:
    """Whether a fixed text is the truth; imports may be in another order."""
    if fixed == fault.truth:
        return True
    if fault.kind != "import":
        return False
    language = language_of(path=fault.path)

    def parts(text: str) -> tuple[list[str], set[tuple[str, ...]]]:
        lines = text.split("\n")
        statements = statements_in(lines, language.id)
        taken = {at for s in statements for at in range(s.start, s.end)}
        names = {
            (language.modules.bare(m), *pair) for s in statements for m, *pair in language.imports.each(s)
        }
        rest = [
            line
            for at, line in enumerate(lines)
            if at not in taken and line.strip() not in ("", "import (", ")")
        ]
        return rest, names

    return parts(fixed) == parts(fault.truth)


class Figures:
    """Counts by kind of fault and language."""

    def __init__(self) -> None:
        self.counts: Counter[tuple[str, str, str]] = Counter()
        self.times: list[float] = []

    def add(self, fault: Fault, *, offered: bool, right: bool) -> None:
        """Count one fault."""
        language = LANGUAGES[Path(fault.path).suffix]
        for row in ((fault.kind, language), (fault.kind, "all"), ("all", language), ("all", "all")):
            self.counts[*row, "faults"] += 1
            self.counts[*row, "offered"] += offered
            self.counts[*row, "right"] += right

    def print(self) -> None:
        """Print a row for each kind and language."""
        print(f"{'fault':10}{'language':12}{'faults':>8}{'offered':>9}{'right of offered':>18}")
        rows = sorted(
            {row[:2] for row in self.counts}, key=lambda r: (r[0] == "all", r[0], r[1] == "all", r[1])
        )
        for kind, language in rows:
            faults, offered, right = (
                self.counts[kind, language, what] for what in ("faults", "offered", "right")
            )
            share = f"{right / offered:.0%}" if offered else "-"
            print(f"{kind:10}{language:12}{faults:>8}{offered / faults:>9.0%}{share:>18}")
        times = sorted(self.times)
        if times:
            print(
                f"one place: median {times[len(times) // 2] * 1e3:.0f} ms, p95 {times[int(len(times) * 0.95)] * 1e3:.0f} ms CPU"
            )


def play(
    index: WorkspaceIndex,
    repo: Path,
    count: int,
    seed: int,
    figures: Figures,
    *,
    verbose: bool,
    kinds: set[str],
) -> None:
    """Seed about `count` faults of each kind into files of `repo` and try to mend each."""
    chance = random.Random(f"{seed}:{repo.name}")
    paths = [path for path in index.files() if Path(path).suffix in LANGUAGES]
    chance.shuffle(paths)
    done: Counter[str] = Counter()
    engine = FixEngine(index)
    for path in paths:
        text = index.read_text(path)
        if text is None or len(text) > 100_000:
            continue
        for fault in faults_in(path, text, index, chance):
            if done[fault.kind] >= count or (kinds and fault.kind not in kinds):
                continue
            done[fault.kind] += 1
            snapshot = Snapshot.of(fault.text, language_id=language_of(path=path).id)
            index.set_overlay(path, snapshot)
            index.settle()
            began = time.thread_time()
            fixes = engine.fixes(path, fault.line)
            figures.times.append(time.thread_time() - began)
            right = bool(fixes) and is_right(fault, fixes[0].applied_to(snapshot))
            figures.add(fault, offered=bool(fixes), right=right)
            if verbose and not right:
                now, was = fault.text.split("\n"), fault.truth.split("\n")
                print(f"{fault.kind} {path}:{fault.line + 1}")
                print(
                    f"   truth {was[min(fault.line, len(was) - 1)].strip()}\n   fault {now[fault.line].strip()}"
                )
                for fix in fixes[:2]:
                    fixed = fix.applied_to(snapshot).split("\n")
                    changed = [b.strip() for a, b in zip(now, fixed, strict=False) if a != b][:2]
                    print(f"   fix   {fix.title} ({fix.confidence}) line {fix.line + 1}: {changed}")
            index.set_overlay(path, None)
        if done and min(done.values()) >= count and len(done) >= 6:
            return


def main(argv: Sequence[str]) -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(prog="segue bench fix", description=__doc__)
    parser.add_argument("repos", nargs="+", type=Path, metavar="REPO")
    parser.add_argument("--count", type=int, default=20, help="faults of each kind in each repository")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kind", action="append", default=[], help="only this kind of fault")
    parser.add_argument("--verbose", action="store_true", help="print what was not put right")
    options = parser.parse_args(argv)
    figures = Figures()
    with suppress(KeyboardInterrupt):  # what was measured so far is printed
        for repo in options.repos:
            index = open_index(repo)
            try:
                play(
                    index,
                    repo,
                    options.count,
                    options.seed,
                    figures,
                    verbose=options.verbose,
                    kinds=set(options.kind),
                )
            finally:
                index.close()
    figures.print()
    return 0
