"""How long post-processing takes for one answer in a long file.

A file of the wanted length is made of whole top-level parts of real files, then cut open at many places. At each place
four answers are timed, each alone and in CPU time: the truth, the truth with the text below repeated, the truth with 20
lines from elsewhere, and, as what a server meets most, the rest of the truth after the next key. The syntax tree of the
document as it stands there is at hand, as it is after the last keystroke.

"Prepared" is how a server does it: `prepare` has run while the model was thinking; its own time stands beside, once at a
new place and once after the next key. "Cold" is an answer that nobody prepared. Parsing is guarded as in a server.

    python -m segue_bench.postprocess_speed DIRECTORY...
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections import defaultdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from segue_bench.postprocess_corpus import holes, sources
from segue_postprocess import Cursor, prepare, process
from segue_syntax import TreeStore, parse, parsing_protected

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from segue_bench.postprocess_corpus import Hole

    Times = defaultdict[str, list[float]]

_LENGTHS = (1_000, 10_000)
_SORTS = ("truth", "repeated", "drifted", "next key")
_PREPARING = {"truth": "prepare", "next key": "prepare after a key"}
_COLUMNS = ("prepare", "prepare after a key", *_SORTS)
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


def timings(text: str, language: str, cuts: int, seed: int) -> tuple[float, dict[str, Times]]:
    """Return the milliseconds of the first parse, and of every answer after it by its sort, "prepared" and "cold".

    One sort follows the other, so that no answer finds what another has left at its place.
    """
    source = random.Random(seed)
    first_parse, _ = _timed(lambda: TreeStore().tree(text.encode(), language))
    taken: dict[str, Times] = {"prepared": defaultdict(list), "cold": defaultdict(list)}
    lines = text.split("\n")
    places = []
    for hole in holes("", language, text, source, cuts):
        start = source.randrange(max(1, len(lines) - 20))
        places.append((hole, "\n".join(lines[start : start + 20])))
    for sort in _SORTS:
        for way, times in taken.items():
            for hole, elsewhere in places:
                _answer(hole, elsewhere, sort, times, is_prepared=way == "prepared")
    return first_parse, taken


def _answer(hole: Hole, elsewhere: str, sort: str, times: Times, *, is_prepared: bool) -> None:
    """Time one answer, and what prepares for it."""
    process(Cursor("", ""), "")  # lets go of what the last answer needed, whose trees take time to free
    trees = TreeStore()
    trees.tree((hole.prefix + hole.suffix).encode(), hole.language)
    cursor = Cursor(hole.prefix, hole.suffix, hole.language)
    answer = hole.truth
    if sort == "repeated":
        answer += hole.suffix[:300]
    elif sort == "drifted":
        answer += f"\n{elsewhere}"
    elif sort == "next key":
        process(cursor, answer, trees=trees)
        cursor = Cursor(hole.prefix + answer[0], hole.suffix, hole.language)
        answer = answer[1:]
    if is_prepared:
        spent, _ = _timed(partial(prepare, cursor, trees=trees))
        if sort in _PREPARING:
            times[_PREPARING[sort]].append(spent)
    spent, _ = _timed(partial(process, cursor, answer, trees=trees))
    times[sort].append(spent)


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
    with tempfile.TemporaryDirectory() as folder, parsing_protected(Path(folder), sandbox=True):
        Console(width=180).print(_table(texts, options.cuts, options.seed))
    return 0


def _table(texts: Mapping[str, list[str]], cuts: int, seed: int) -> Table:
    """Return the timings of every language, length and way."""
    table = Table(title="Post-processing of one answer, CPU milliseconds, p50 / p95")
    for column in ("language", "lines", "parse", "", *_COLUMNS, "all", "max", "answers"):
        table.add_column(column, justify="left" if column in ("language", "") else "right")
    everything: defaultdict[tuple[int, str], Times] = defaultdict(lambda: defaultdict(list))
    for language in _LANGUAGES:
        random.Random(seed).shuffle(texts[language])
        for length in _LENGTHS:
            long = long_text(texts[language], length, language)
            if not long:
                continue
            first_parse, taken = timings(long, language, cuts, seed)
            for way, times in taken.items():
                for sort, spent in times.items():
                    everything[length, way][sort] += spent
                table.add_row(language, str(long.count("\n")), f"{first_parse:.1f}", way, *_row(times))
    table.add_section()
    for (length, way), times in everything.items():
        table.add_row("all", str(length), "", way, *_row(times))
    return table


def _row(times: Mapping[str, list[float]]) -> list[str]:
    total = [spent for sort in _SORTS for spent in times[sort]]
    shares = (_shares(spent) for spent in (*(times[column] for column in _COLUMNS), total))
    return [*shares, f"{max(total, default=0):.2f}", str(len(total))]


def _shares(taken: list[float]) -> str:
    """Return the median and the 95th percentile."""
    if not taken:
        return "-"
    ordered = sorted(taken)
    return " / ".join(f"{ordered[int(len(ordered) * share)]:.2f}" for share in (0.5, 0.95))


if __name__ == "__main__":
    raise SystemExit(main())
