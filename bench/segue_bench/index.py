"""`segue bench index [DIR]`: what indexing a repository costs, and how fast the index answers.

The repository is copied first, so that files of it can be saved. The indexing process is measured by its CPU
time (from the kernel, in hundredths of a second) because its wall time is low priority's.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from segue_context import WorkspaceIndex

_SAVES = 20
_QUERIES = 300
_PATIENCE_S = 600.0


def main(argv: Sequence[str]) -> int:
    """Measure and print; return 0."""
    parser = argparse.ArgumentParser(prog="segue bench index", description=__doc__)
    parser.add_argument("directory", nargs="?", default=".", help="the repository (default: here)")
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="segue-bench-") as folder:
        root, cache = Path(folder) / "repository", Path(folder) / "cache"
        shutil.copytree(
            Path(options.directory).resolve(), root, symlinks=True,
            ignore=shutil.ignore_patterns(".git", "node_modules", ".venv"),
        )  # fmt: skip
        _from_nothing(root, cache)
        _reopen(root, cache)
        _saves(root, cache)
        _queries(root, cache)
        _server_memory(root, cache)
    return 0


def _say(what: str, figure: str, budget: str = "") -> None:
    print(f"{what:52} {figure:>24}   {'budget ' + budget if budget else ''}".rstrip(), flush=True)


def _from_nothing(root: Path, cache: Path) -> None:
    from segue_context import WorkspaceIndex

    index = WorkspaceIndex(root, cache)
    before = time.monotonic()
    index.start()
    first = 0.0
    first_cpu = 0.0
    pid = 0
    while not index.wait_until_ready(0.02):
        pid = pid or _child_pid()
        if not first and index.search(["self", "return", "name", "value", "import"]):
            first, first_cpu = time.monotonic() - before, _cpu_s(pid)
        if time.monotonic() - before > _PATIENCE_S:
            raise TimeoutError("the repository was not indexed in ten minutes")
    ready, cpu = time.monotonic() - before, _cpu_s(pid)
    status = index.status()
    sources = [root / path for path in index.files()]
    size = sum(path.stat().st_size for path in sources)
    lines = sum(_lines(path) for path in sources if path.suffix == ".py")
    _say("files / MB / lines of Python", f"{status.files:,} / {size / 1e6:.1f} / {lines:,}")
    _say("symbols", f"{status.symbols:,}")
    _say("from nothing: CPU in all", f"{cpu:.2f} s", "10 s")
    _say("from nothing: until ready", f"{ready:.2f} s")
    _say("first search that finds something: after", f"{first or ready:.2f} s", "2 s")
    _say("first search that finds something: CPU", f"{first_cpu or cpu:.2f} s", "2 s")
    _say("on disk", f"{index.size_on_disk() / 1e6:.1f} MB", f"{size / 1e6:.1f} MB")
    index.close()


def _reopen(root: Path, cache: Path) -> None:
    from segue_context import WorkspaceIndex

    times = []
    for _ in range(5):
        started = time.perf_counter()
        index = WorkspaceIndex(root, cache)
        assert index.search(["self", "return"])
        times.append(time.perf_counter() - started)
        index.close()
    _say("re-open an indexed workspace: first answer", f"{statistics.median(times) * 1e3:.1f} ms", "300 ms")
    index = WorkspaceIndex(root, cache)
    index.start()
    index.wait_until_ready(_PATIENCE_S)
    _say("start-up scan with nothing changed: CPU", f"{_cpu_s(_child_pid()):.2f} s")
    index.close()


def _saves(root: Path, cache: Path) -> None:
    from segue_context import WorkspaceIndex

    index = WorkspaceIndex(root, cache)
    index.start()
    index.wait_until_ready(_PATIENCE_S)
    pid = _child_pid()
    sized = sorted(
        (path for path in index.files() if path.endswith(".py")), key=lambda p: (root / p).stat().st_size
    )
    picked = {"median": sized[len(sized) // 2], "95th percentile": sized[int(len(sized) * 0.95)]}
    for name, path in picked.items():
        full = root / path
        text = full.read_text("utf-8", "replace")
        _save(index, path, full, text, 0)
        before = _cpu_s(pid)
        times = [_save(index, path, full, text, number) for number in range(1, _SAVES + 1)]
        cpu = (_cpu_s(pid) - before) / _SAVES
        _say(f"one saved file ({name} size, {len(text) // 1024} kB): CPU", f"{cpu * 1e3:.1f} ms", "25 ms")
        _say("  until its definitions are found", f"{statistics.median(times) * 1e3:.0f} ms")
    index.close()


def _save(index: WorkspaceIndex, path: str, full: Path, text: str, number: int) -> float:
    full.write_text(f"{text}\n\ndef saved_{full.stem}_{number}(): pass\n", encoding="utf-8")
    started = time.perf_counter()
    index.refresh([path])
    while not index.definitions(f"saved_{full.stem}_{number}"):
        time.sleep(0.002)
        if time.perf_counter() - started > _PATIENCE_S:
            raise TimeoutError("a saved file was not indexed")
    return time.perf_counter() - started


def _queries(root: Path, cache: Path) -> None:
    from segue_context import WorkspaceIndex

    index = WorkspaceIndex(root, cache)
    paths = [path for path in index.files() if path.endswith((".py", ".ts", ".go", ".rs", ".java", ".c"))]
    chooser = random.Random(7)
    queries: list[tuple[str, list[str]]] = []
    while len(queries) < _QUERIES:
        path = chooser.choice(paths)
        lines = (index.read_text(path) or "").split("\n")
        at = chooser.randrange(len(lines))
        words = " ".join(lines[max(0, at - 5) : at + 3]).replace("(", " ").replace(".", " ").split()
        names = [word for word in words if word.isidentifier()]
        if names:
            queries.append((path, list(dict.fromkeys(names))))
    _time("search (8 lines of words)", queries, lambda path, words: index.search(words, exclude=path))
    _time("definitions of a name", queries, lambda _, words: index.definitions(words[-1]))
    _time("files with two names", queries, lambda _, words: index.files_with(words[:2]))
    _time("symbols of a file", queries, lambda path, _: index.symbols_in(path))
    _time("imports of a file", queries, lambda path, _: index.imports_of(path))
    _time("importers of a file", queries, lambda path, _: index.importers_of(path))
    index.close()


def _time(
    what: str, queries: Sequence[tuple[str, list[str]]], ask: Callable[[str, list[str]], object]
) -> None:
    times = []
    for path, words in queries:
        started = time.thread_time()
        ask(path, words)
        times.append((time.thread_time() - started) * 1e3)
    times.sort()
    _say(f"{what}: p50 / p95", f"{times[len(times) // 2]:.2f} / {times[int(len(times) * 0.95)]:.2f} ms")


def _server_memory(root: Path, cache: Path) -> None:
    """Print what a process that reads the index has resident, after the queries of a working day's start."""
    script = (
        "import sys, pathlib\n"
        "from segue_context import ContextEngine, CursorQuery, WorkspaceIndex\n"
        "index = WorkspaceIndex(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))\n"
        "engine = ContextEngine(index)\n"
        "for path in [p for p in index.files() if p.endswith('.py')][:200]:\n"
        "    text = index.read_text(path) or ''\n"
        "    engine.retrieve(CursorQuery(path, 'python', text[:len(text) // 2], text[len(text) // 2:]), 4000)\n"
        "print(next(line.split()[1] for line in open('/proc/self/status') if line.startswith('VmRSS')))\n"
    )
    try:
        output = subprocess.run(
            [sys.executable, "-P", "-c", script, str(root), str(cache)],
            check=True,
            capture_output=True,
            text=True,
        ).stdout
    except (subprocess.CalledProcessError, OSError) as error:
        print(f"memory could not be measured: {error}")
        return
    _say("resident after 200 retrievals", f"{int(output) / 1024:.0f} MB", "150 MB")


def _lines(path: Path) -> int:
    return path.read_bytes().count(b"\n")


def _child_pid() -> int:
    """Return the newest child of this process, 0 when there is none (or this is not Linux)."""
    try:
        children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    except OSError:
        return 0
    tasks = [
        Path(f"/proc/self/task/{task}/children")
        for task in [entry.name for entry in Path("/proc/self/task").iterdir()]
    ]
    children.extend(child for task in tasks for child in task.read_text().split())
    return max((int(child) for child in children), default=0)


def _cpu_s(pid: int) -> float:
    """Return the CPU time a process has used so far, 0 when it cannot be told."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
