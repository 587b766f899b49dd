"""How long post-processing takes for one answer in a long file.

A file of the wanted length is made of whole top-level parts of real files, then cut open at many places. Each
answer (the truth, the truth with the text below repeated, the truth with lines from elsewhere) is timed alone, in
CPU time, with the syntax trees of the document's last states at hand, as a server has them.

    python -m segue_bench.postprocess_speed DIRECTORY...
"""

from __future__ import annotations

import argparse
import random
import time
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from segue_bench.postprocess_corpus import holes, sources
from segue_postprocess import Cursor, process
from segue_syntax import TreeStore, parse

if TYPE_CHECKING:
    from collections.abc import Sequence

_LENGTHS = (1_000, 10_000)
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


def timings(text: str, language: str, cuts: int, seed: int) -> tuple[float, list[float]]:
    """Return the milliseconds of the first parse, and of every answer after it."""
    source = random.Random(seed)
    trees = TreeStore()
    started = time.thread_time_ns()
    trees.tree(text.encode(), language)
    cold = (time.thread_time_ns() - started) / 1e6
    taken: list[float] = []
    lines = text.split("\n")
    for hole in holes("", language, text, source, cuts):
        start = source.randrange(max(1, len(lines) - 20))
        elsewhere = "\n".join(lines[start : start + 20])
        cursor = Cursor(hole.prefix, hole.suffix, language)
        for answer in (hole.truth, hole.truth + hole.suffix[:300], f"{hole.truth}\n{elsewhere}"):
            started = time.thread_time_ns()
            process(cursor, answer, trees=trees)
            taken.append((time.thread_time_ns() - started) / 1e6)
    return cold, taken


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
    for column in ("language", "lines", "cold parse", "p50", "p95", "max", "answers"):
        table.add_column(column, justify="left" if column == "language" else "right")
    everything: defaultdict[int, list[float]] = defaultdict(list)
    for language in _LANGUAGES:
        random.Random(options.seed).shuffle(texts[language])
        for length in _LENGTHS:
            long = long_text(texts[language], length, language)
            if long is None:
                continue
            cold, taken = timings(long, language, options.cuts, options.seed)
            everything[length] += taken
            table.add_row(language, str(long.count("\n")), f"{cold:.1f}", *_row(taken))
    table.add_section()
    for length, taken in everything.items():
        table.add_row("all", str(length), "", *_row(taken))
    Console(width=120).print(table)
    return 0


def _row(taken: list[float]) -> list[str]:
    ordered = sorted(taken)
    p50, p95 = ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.95)]
    return [f"{p50:.2f}", f"{p95:.2f}", f"{ordered[-1]:.2f}", str(len(ordered))]


if __name__ == "__main__":
    raise SystemExit(main())
