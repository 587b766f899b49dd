"""Post-processing measured on real code: is the truth left alone, and does a spoilt answer come back to it?

Real files that parse cleanly are cut at random places: the rest of a line, the rest of a construct, a whole
statement or definition, the body of a block. What was cut out is the true continuation. It must pass unchanged
up to the end of the chosen unit; spoilt in the ways models spoil it, it must give the same text again; and no
text, however wild, may leave the file with more syntax errors than it had.

    segue bench postprocess DIRECTORY... [--cuts N] [--seed N] [--show N]
"""

from __future__ import annotations

import argparse
import random
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from segue_bench._served_postprocess import served
from segue_postprocess import FILTERS, Cursor, Processed
from segue_syntax import TreeStore, language_of, parse, syntax_errors

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from tree_sitter import Node

LANGUAGES = (
    "python", "javascript", "typescript", "typescriptreact", "go", "rust", "java", "c", "cpp", "csharp", "ruby",
    "php", "lua", "css", "json", "toml", "yaml", "shellscript", "kotlin", "scala", "swift", "html", "sql",
)  # fmt: skip
_LARGEST = 400_000
_LONGEST_HOLE = 30
_DRIFT_LINES = 40


@dataclass(frozen=True, slots=True)
class Hole:
    """A place cut out of a file: `truth` is what stood between `prefix` and `suffix`.

    `whole` says that it ends where a construct ends; `statements` are lines of the rest where one begins.
    """

    path: str
    language: str
    kind: str
    prefix: str
    truth: str
    suffix: str
    whole: bool
    statements: tuple[int, ...]


@dataclass(slots=True)
class Tally:
    """Counts of one language."""

    holes: int = 0
    unchanged: int = 0
    whole: int = 0
    spoilt: Counter[str] = field(default_factory=Counter)
    restored: Counter[str] = field(default_factory=Counter)
    worse: int = 0
    adversarial: int = 0
    durations_us: list[float] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Spoiler:
    """What spoils one hole: a random source, and 40 lines of another file of its language ("" if there is none)."""

    source: random.Random
    foreign: str


@dataclass(slots=True)
class _Shown:
    """How many failures of each sort were met, and how many of them to print at most."""

    most: int
    counts: Counter[str] = field(default_factory=Counter)


def sources(directories: Iterable[Path]) -> Iterator[tuple[Path, str, str]]:
    """Yield (path, language, text) of files that are short enough and parse without an error."""
    for directory in directories:
        for path in sorted(directory.rglob("*")):
            if not path.is_file() or ".git" in path.parts or "node_modules" in path.parts:
                continue
            language = language_of(path=path.name).id
            if language not in LANGUAGES or not 300 < path.stat().st_size < _LARGEST:
                continue
            try:
                text = path.read_text("utf-8")
            except UnicodeDecodeError:
                continue
            if "\r" in text or len(max(text.split("\n"), key=len)) > 400:
                continue
            tree = parse(text, language)
            if tree is not None and not tree.root_node.has_error:
                yield path, language, text


def holes(path: str, language: str, text: str, random_source: random.Random, count: int) -> list[Hole]:
    """Return up to `count` random holes of a file."""
    tree = parse(text, language)
    if tree is None:
        return []
    data = text.encode()
    nodes = list(_statements(tree.root_node, data))
    found: list[Hole] = []
    for _ in range(count * 3):
        if len(found) >= count:
            break
        hole = _cut(path, language, data, nodes, random_source)
        if hole is not None and hole.truth.strip():
            found.append(hole)
    return found


def _statements(root: Node, data: bytes) -> Iterator[Node]:
    """Yield nodes that fill whole lines: they start at an indentation and end at a line's end."""
    pending = [root]
    while pending:
        node = pending.pop()
        pending.extend(node.named_children)
        if node.parent is None or node.type in ("comment", "line_comment", "block_comment"):
            continue
        line_start = data.rfind(b"\n", 0, node.start_byte) + 1
        if data[line_start : node.start_byte].strip():
            continue
        end = data.find(b"\n", node.end_byte)
        end = len(data) if end < 0 else end
        if data[node.end_byte : end].strip() not in (b"", b";", b","):
            continue
        if node.end_point[0] - node.start_point[0] < _LONGEST_HOLE:
            yield node


def _cut(path: str, language: str, data: bytes, nodes: list[Node], source: random.Random) -> Hole | None:
    if not nodes:
        return None
    lines = data.decode().split("\n")
    node = source.choice(nodes)
    end = data.find(b"\n", node.end_byte)
    end = len(data) if end < 0 else end
    first_end = data.find(b"\n", node.start_byte)
    first_end = len(data) if first_end < 0 else first_end
    kind = source.choice(("line", "construct", "statement", "body"))
    start = node.start_byte
    if kind == "line":
        start, end = _inside_line(data, start, min(first_end, end), source), min(first_end, end)
    elif kind == "construct":
        start = _inside_line(data, start, min(first_end, end), source)
    elif kind == "body":
        if node.end_point[0] - node.start_point[0] < 2:
            return None
        start, end = first_end, data.rfind(b"\n", 0, node.end_byte)
        if lines[node.end_point[0]].strip()[:1].isalnum() and lines[node.end_point[0]].strip() != "end":
            end = node.end_byte
    if not start < end:
        return None
    first, last = node.start_point[0], node.end_point[0]
    starts = sorted({other.start_point[0] for other in nodes if other.end_point[0] < first})
    starts += sorted({other.start_point[0] - last + first for other in nodes if other.start_point[0] > last})
    return Hole(
        path=path,
        language=language,
        kind=kind,
        prefix=data[:start].decode(),
        truth=data[start:end].decode(),
        suffix=data[end:].decode(),
        whole=kind != "line" or first == last,
        statements=tuple(starts),
    )


def _inside_line(data: bytes, start: int, end: int, source: random.Random) -> int:
    """Return a random place between two words of a line."""
    places = [
        at
        for at in range(start + 1, end)
        if not (_is_word(data[at - 1]) and _is_word(data[at])) and data[at] & 0xC0 != 0x80
    ]
    return source.choice(places) if places else start


def _is_word(byte: int) -> bool:
    return byte == 0x5F or chr(byte).isalnum()


def drift_of(language: str, text: str, source: random.Random) -> str:
    """Return 40 lines of a file, from the start of a random statement on, "" when it is too short."""
    tree = parse(text, language)
    lines = text.split("\n")
    if tree is None:
        return ""
    starts = {node.start_point[0] for node in _statements(tree.root_node, text.encode())}
    fitting = sorted(start for start in starts if start + _DRIFT_LINES < len(lines))
    if not fitting:
        return ""
    start = source.choice(fitting)
    return "\n".join(lines[start : start + _DRIFT_LINES])


def spoilt(hole: Hole, text: str, spoiler: Spoiler) -> Iterator[tuple[str, str]]:
    """Yield (kind, completion): the true `text` as a model would spoil it.

    Drift is 40 lines from another place of the file, from the start of a statement on, and foreign drift comes
    from another file, where no line is a copy. It is added only to an answer that is whole, since nobody can say
    where half a statement should have ended.
    """
    source, foreign = spoiler.source, spoiler.foreign
    following = hole.suffix.split("\n")
    if any(line.strip() for line in following):
        size = source.randint(2, 8)
        repeated = "\n".join(following[:size])
        if sum(1 for line in following[:size] if len(line.strip()) > 5) >= 2 or not following[0].strip():
            yield "repeated suffix", text + repeated
    yield "extra brackets", text + source.choice((")", "}", "]", "))", "\n}", ")}", "\n}\n}"))
    if "\n" in text.strip():
        moved = _misindented(text, source, _lines_in_strings(hole, text))
        if moved != text:
            yield "wrong indentation", moved
    if hole.whole:
        file_lines = (hole.prefix + hole.suffix).split("\n")
        starts = [number for number in hole.statements if number + _DRIFT_LINES < len(file_lines)]
        if starts:
            start = source.choice(starts)
            yield "drift", text + "\n" + "\n".join(file_lines[start : start + _DRIFT_LINES])
        if foreign:
            yield "foreign drift", text + "\n" + foreign


def _lines_in_strings(hole: Hole, text: str) -> set[int]:
    """Return the lines of `text` that begin inside a string: they are data, and nothing around them tells their depth.

    Some strings are laid out with their block, and a model that moves the block moves them too, without a change of
    what they say: Python docstrings, the scalars of YAML, which are folded or read from their own margin on, and the
    ``<<~`` documents of Ruby. Of a here document the first line is data as well.
    """
    document = hole.prefix + text + hole.suffix
    tree = parse(document, hole.language)
    if tree is None or hole.language == "yaml":
        return set()
    rows = document.split("\n")
    first = hole.prefix.count("\n")
    found: set[int] = set()
    pending = [tree.root_node]
    while pending:
        node = pending.pop()
        start, end = node.start_point[0], node.end_point[0]
        if end < first or (start == end and "heredoc_body" not in node.type):
            continue
        pending.extend(node.named_children)
        if not _is_string(node.type):
            continue
        if hole.language == "python" and rows[start].lstrip().startswith(('"""', "'''")):
            continue
        begins_inside = "heredoc_body" in node.type and node.start_point[1] == 0
        opening = start - begins_inside
        if "heredoc_body" in node.type and "<<~" in rows[opening]:
            continue
        found.update(row - first for row in range(opening + 1, end + 1))
    return found


def _is_string(kind: str) -> bool:
    """Whether a node of that type is one string, not several in a row."""
    if kind.startswith(("concatenated", "chained")) or kind.endswith("array"):
        return False
    return "string" in kind or "heredoc_body" in kind


def _misindented(text: str, source: random.Random, data: set[int]) -> str:
    """Return `text` with all lines but the first moved, and those in `data`, or with spaces for its tabs."""
    lines = text.split("\n")
    code = [line for number, line in enumerate(lines) if number and number not in data and line.strip()]
    smallest = min((len(line) - len(line.lstrip(" \t")) for line in code), default=0)
    cut = source.randint(1, smallest) if smallest >= 3 and source.random() < 0.5 else 0
    more = " " * source.randint(1, 4)
    tabs = any(line.startswith("\t") for line in code)

    def move(number: int, line: str) -> str:
        if not number or number in data or not line.strip():
            return line
        space = line[: len(line) - len(line.lstrip(" \t"))]
        return (
            space.replace("\t", "    ") + line[len(space) :] if tabs else line[cut:] if cut else more + line
        )

    return "\n".join(move(number, line) for number, line in enumerate(lines))


def adversarial(hole: Hole, source: random.Random) -> Iterator[str]:
    """Yield texts that no engineer would type here."""
    text = hole.truth
    yield text[: source.randrange(len(text)) + 1]
    yield text[source.randrange(len(text)) :]
    lines = (hole.prefix + hole.suffix).split("\n")
    at = source.randrange(len(lines))
    yield "\n".join(lines[at : at + source.randint(1, 12)])
    yield "".join(
        source.choice("(){}[]'\"`;:,.<>=+-*/\\#@$ \n\tabcifdefreturnclass01")
        for _ in range(source.randint(1, 60))
    )
    shuffled = text.split()
    source.shuffle(shuffled)
    yield " ".join(shuffled)


def same(first: str | None, second: str | None) -> bool:
    """Whether two texts differ at most in white space at line ends."""
    return [line.rstrip() for line in (first or "").rstrip().split("\n")] == [
        line.rstrip() for line in (second or "").rstrip().split("\n")
    ]


def accepted(hole: Hole, result: Processed) -> str:
    """Return the document after accepting `result`."""
    return (
        hole.prefix + (result.text or "") + hole.suffix[result.replace_suffix_chars if result.text else 0 :]
    )


def errors_in(text: str, language: str) -> int:
    """Return the number of syntax errors of a document, parsed afresh: nothing is taken from what the gate knew."""
    tree = parse(text, language)
    return syntax_errors(tree) if tree is not None else 0


def measure(
    files: Sequence[tuple[Path, str, str]],
    *,
    cuts: int,
    seed: int = 1,
    show: int = 0,
    without: Collection[str] = (),
) -> dict[str, Tally]:
    """Cut every file `cuts` times and return the counts of each language."""
    tallies: dict[str, Tally] = defaultdict(Tally)
    shown = _Shown(show)
    for path, language, text in files:
        # one random source for each file and hole, so that no outcome changes what is asked next
        source = random.Random(f"{seed} {path.name} {len(text)}")
        trees = TreeStore()
        trees.tree(text.encode(), language)
        tally = tallies[language]
        others = [other for other in files if other[1] == language and other[0] != path]
        foreign = drift_of(language, source.choice(others)[2], source) if others else ""
        for hole in holes(str(path), language, text, source, cuts):
            spoiler = Spoiler(random.Random(f"{seed} {hole.truth}"), foreign)
            _one(hole, tally, _Door(trees, without), spoiler, shown)
    return dict(tallies)


@dataclass(frozen=True, slots=True)
class _Door:
    """Where answers are post-processed: the trees of the document, and the filters left out."""

    trees: TreeStore
    without: Collection[str]


def _ask(hole: Hole, completion: str, door: _Door, tally: Tally) -> Processed:
    cursor = Cursor(prefix=hole.prefix, suffix=hole.suffix, language_id=hole.language, path=hole.path)
    started = time.thread_time_ns()
    result = served(cursor, completion, door.trees, door.without)
    tally.durations_us.append((time.thread_time_ns() - started) / 1000)
    return result


def _one(hole: Hole, tally: Tally, door: _Door, spoiler: Spoiler, shown: _Shown) -> None:
    clean = _ask(hole, hole.truth, door, tally)
    tally.holes += 1
    document = accepted(hole, clean)
    whole = same(document, hole.prefix + hole.truth + hole.suffix)
    kept = (clean.text or "").rstrip()
    # the editor's own brackets may be replaced by equal ones; compare what stands after acceptance
    unit = (
        bool(kept)
        and hole.truth.lstrip(" \t\n").startswith(kept.lstrip(" \t\n"))
        and (hole.truth.lstrip(" \t\n")[len(kept.lstrip(" \t\n")) :].lstrip(" \t,;").startswith("\n"))
    )
    tally.whole += whole
    tally.unchanged += whole or unit
    if not (whole or unit):
        _show(f"truth changed ({hole.kind})", hole, hole.truth, clean, shown)
        return
    for kind, completion in spoilt(hole, hole.truth if whole else kept, spoiler):
        result = _ask(hole, completion, door, tally)
        tally.spoilt[kind] += 1
        if same(accepted(hole, result), document):
            tally.restored[kind] += 1
        else:
            _show(f"{kind} ({hole.kind})", hole, completion, result, shown)
    before = errors_in(hole.prefix + hole.suffix, hole.language)
    for completion in adversarial(hole, spoiler.source):
        result = _ask(hole, completion, door, tally)
        tally.adversarial += 1
        if result.text is not None and errors_in(accepted(hole, result), hole.language) > before:
            tally.worse += 1
            if not language_of(hole.language).advisory:
                _show("parses worse", hole, completion, result, shown)


def _show(title: str, hole: Hole, completion: str, result: Processed, shown: _Shown) -> None:
    shown.counts[title] += 1
    if shown.counts[title] > shown.most:
        return
    print(
        f"=== {title}: {hole.path} ({hole.language}) {result.reasons} replaced {result.replace_suffix_chars}"
    )
    print(hole.prefix[-240:] + "\u27e6" + completion[:900] + "\u27e7" + hole.suffix[:160])
    print(f"--- got: {result.text!r}")
    print(f"--- true: {hole.truth!r}")


def report(tallies: dict[str, Tally]) -> Table:
    """Return the counts as a table, with a line for all languages together."""
    kinds = ("repeated suffix", "extra brackets", "wrong indentation", "drift", "foreign drift")
    table = Table(title="Post-processing on real code")
    for column in (
        "language",
        "holes",
        "unchanged %",
        "whole %",
        *(f"{kind} %" for kind in kinds),
        "worse",
        "p95 us",
    ):
        table.add_column(column, justify="left" if column == "language" else "right")
    total = Tally()
    for language, tally in sorted(tallies.items()):
        table.add_row(language, *_row(tally, kinds))
        total.holes += tally.holes
        total.unchanged += tally.unchanged
        total.whole += tally.whole
        total.spoilt += tally.spoilt
        total.restored += tally.restored
        total.adversarial += tally.adversarial
        total.worse += 0 if language_of(language).advisory else tally.worse
        total.durations_us += tally.durations_us
    table.add_section()
    table.add_row("all", *_row(total, kinds))
    return table


def _row(tally: Tally, kinds: tuple[str, ...]) -> list[str]:
    return [
        str(tally.holes),
        _percent(tally.unchanged, tally.holes),
        _percent(tally.whole, tally.holes),
        *(_percent(tally.restored[kind], tally.spoilt[kind]) for kind in kinds),
        f"{tally.worse}/{tally.adversarial}",
        f"{_p95(tally.durations_us):.0f}",
    ]


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f}" if whole else "-"


def _p95(values: list[float]) -> float:
    return sorted(values)[int(len(values) * 0.95)] if values else 0.0


def main(argv: Sequence[str] | None = None) -> int:
    """Run the measurement on directories given on the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("directories", nargs="+", type=Path)
    parser.add_argument("--cuts", type=int, default=6, help="holes in each file")
    parser.add_argument("--files", type=int, default=40, help="files of each language")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", type=int, default=0, help="failures of each sort to print")
    parser.add_argument("--without", action="append", default=[], choices=[step.__name__ for step in FILTERS])
    parser.add_argument("--language", default="", help="only this language")
    options = parser.parse_args(argv)
    by_language: dict[str, list[tuple[Path, str, str]]] = defaultdict(list)
    for item in sources(options.directories):
        if not options.language or item[1] == options.language:
            by_language[item[1]].append(item)
    chosen: list[tuple[Path, str, str]] = []
    for items in by_language.values():
        random.Random(options.seed).shuffle(items)
        chosen.extend(items[: options.files])
    tallies = measure(
        chosen, cuts=options.cuts, seed=options.seed, show=options.show, without=options.without
    )
    Console(width=160).print(report(tallies))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
