"""How long post-processing takes for one answer in a long file.

A file of the wanted length is made of whole top-level parts of real files, then cut open at many places. At each place
four answers are timed alone, in CPU time, with the syntax tree of the document as it stands there at hand, as a server
has it: the truth, the truth with the text below repeated, the truth with 20 lines from elsewhere, and, as what a server
meets most, the rest of the truth after the next key.

    python -m segue_bench.postprocess_speed DIRECTORY...
"""

from __future__ import annotations

import argparse
import random
import time
from collections import defaultdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from segue_bench.postprocess_corpus import holes, sources
from segue_postprocess import Cursor, process
from segue_syntax import TreeStore, parse

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_LENGTHS = (1_000, 10_000)
_SORTS = ("truth", "repeated", "drifted", "next key")
_LANGUAGES = ("python", "typescript", "javascript", "go", "rust", "java", "c", "cpp", "csharp", "ruby", "php")


def long_text(texts: list[str], lines: int, language: str) -> str | None:
    """Return about `lines` lines of real code that parse cleanly together, or None."""
    parts: list[str] = []
    count = 0
    while count < lines and texts:
        for text in texts:
            if count >= lines:
                break
            parts.append(text.removeprefix("<?php") if parts else text)
            count += text.count("\n")
    joined = "\n".join(parts)
    tree = parse(joined, language)
    return joined if tree is not None and not tree.root_node.has_error else None


def timings(text: str, language: str, cuts: int, seed: int) -> tuple[float, dict[str, list[float]]]:
    """Return the milliseconds of the first parse, and of every answer after it by its sort."""
    source = random.Random(seed)
    trees = TreeStore()
    cold, _ = _timed(lambda: trees.tree(text.encode(), language))
    taken: defaultdict[str, list[float]] = defaultdict(list)
    lines = text.split("\n")
    for hole in holes("", language, text, source, cuts):
        start = source.randrange(max(1, len(lines) - 20))
        elsewhere = "\n".join(lines[start : start + 20])
        here = Cursor(hole.prefix, hole.suffix, language)
        after_key = Cursor(hole.prefix + hole.truth[0], hole.suffix, language)
        trees.clear()
        trees.tree((hole.prefix + hole.suffix).encode(), language)
        for sort, cursor, answer in (
            ("truth", here, hole.truth),
            ("repeated", here, hole.truth + hole.suffix[:300]),
            ("drifted", here, f"{hole.truth}\n{elsewhere}"),
            ("next key", after_key, hole.truth[1:]),
        ):
            spent, _ = _timed(partial(process, cursor, answer, trees=trees))
            taken[sort].append(spent)
    return cold, taken


def _timed(work: Callable[[], object]) -> tuple[float, object]:
    started = time.thread_time_ns()
    result = work()
    return (time.thread_time_ns() - started) / 1e6, result


def main(argv: Sequence[str] | None = None) -> int:
    """Print the timings by language and length."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("directories", nargs="+", type=Path)
    parser.add_argument("--cuts", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(argv)
    texts: defaultdict[str, list[str]] = defaultdict(list)
    for _, language, text in sources(options.directories):
        if language in _LANGUAGES:
            texts[language].append(text)
    table = Table(title="Post-processing of one answer, CPU milliseconds")
    for column in (
        "language",
        "lines",
        "cold parse",
        *(f"{sort} p50 / p95" for sort in _SORTS),
        "p50",
        "p95",
        "max",
        "answers",
    ):
        table.add_column(column, justify="left" if column == "language" else "right")
    everything: defaultdict[int, defaultdict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for language in _LANGUAGES:
        random.Random(options.seed).shuffle(texts[language])
        for length in _LENGTHS:
            long = long_text(texts[language], length, language)
            if long is None:
                continue
            cold, taken = timings(long, language, options.cuts, options.seed)
            for sort, spent in taken.items():
                everything[length][sort] += spent
            table.add_row(language, str(long.count("\n")), f"{cold:.1f}", *_row(taken))
    table.add_section()
    for length, taken in everything.items():
        table.add_row("all", str(length), "", *_row(taken))
    Console(width=160).print(table)
    return 0


def _row(taken: Mapping[str, list[float]]) -> list[str]:
    total = [spent for sort in _SORTS for spent in taken[sort]]
    by_sort = (f"{_share(taken[sort], 0.5):.2f} / {_share(taken[sort], 0.95):.2f}" for sort in _SORTS)
    return [
        *by_sort,
        f"{_share(total, 0.5):.2f}",
        f"{_share(total, 0.95):.2f}",
        f"{max(total, default=0):.2f}",
        str(len(total)),
    ]


def _share(taken: list[float], share: float) -> float:
    return sorted(taken)[int(len(taken) * share)] if taken else 0.0


if __name__ == "__main__":
    raise SystemExit(main())
