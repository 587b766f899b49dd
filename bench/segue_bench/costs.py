"""`segue bench costs PYTHON`: what this version costs against another, in pairs within one run.

PYTHON is the interpreter of an environment that has the other version. CPU time and memory are those of the server with
all of its processes, so a busy machine changes them little; the versions take turns, and medians are printed.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
import uuid
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from segue_bench.raw_client import RawClient, environment_of, processes_with

if TYPE_CHECKING:
    from collections.abc import Sequence

_TYPED = (
    "    totals = {}\n    for name, value in sorted(items.items()):\n        if value is None:\n            continue\n"
    "        totals[name] = totals.get(name, 0) + value\n    return totals\n"
)
_SETTLED_S = 3.0
_PATIENCE_S = 300.0
_MB = 1024.0


class Server:
    """A server of one of the versions, and the processes that it started."""

    def __init__(self, python: str, home: Path, *, indexed: bool) -> None:
        self._mark = uuid.uuid4().hex
        environment = environment_of(home, SEGUE_INDEX_ENABLED=str(indexed).lower(), SEGUE_COSTS=self._mark)
        self.client = RawClient([python, "-P", "-m", "segue_server", "serve"], environment)

    def cpu_ms(self) -> float:
        """Return the CPU time of all processes, those that have ended included."""
        ticks = 0
        for folder in self._processes():
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            ticks += sum(map(int, fields[11:15]))
        return ticks * 1000 / os.sysconf("SC_CLK_TCK")

    def memory_mb(self) -> float:
        """Return the memory of all processes, what they share counted once."""
        kilobytes = 0
        for folder in self._processes():
            lines = (folder / "smaps_rollup").read_text().splitlines()
            kilobytes += next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
        return kilobytes / _MB

    def _processes(self) -> list[Path]:
        return [Path(f"/proc/{number}") for number in processes_with(self._mark)]


def start(python: str, home: Path, _: Path) -> dict[str, float]:
    """Measure what it takes until `initialize` is answered."""
    server = Server(python, home, indexed=False)
    with server.client as client:
        client.initialize()
        return {"start, CPU ms": server.cpu_ms()}


def keys(python: str, home: Path, repository: Path) -> dict[str, float]:
    """Type into the largest file of the repository, with a request after each key."""
    path = max(repository.rglob("*.py"), key=lambda path: path.stat().st_size)
    text, uri = path.read_text("utf-8"), path.as_uri()
    server = Server(python, home, indexed=False)
    with server.client as client:
        client.initialize()
        client.open(uri, text)
        line, column = text.count("\n"), 0
        client.wait(client.ghost(uri, line, column))
        time.sleep(_SETTLED_S)
        used = server.cpu_ms()
        for number, character in enumerate(_TYPED):
            client.type(uri, number + 2, line, column, character)
            line, column = (line + 1, 0) if character == "\n" else (line, column + 1)
            client.wait(client.ghost(uri, line, column))
        return {
            f"key in {text.count(chr(10)):,} lines, CPU ms": (server.cpu_ms() - used) / len(_TYPED),
            "memory after typing, MB": server.memory_mb(),
        }


def index(python: str, home: Path, repository: Path) -> dict[str, float]:
    """Index the repository from nothing."""
    server = Server(python, home, indexed=True)
    with server.client as client:
        client.initialize(repository)
        ends = time.monotonic() + _PATIENCE_S
        while (
            client.ask("segue/status", {})["segue"]["index"]["state"] != "ready" and time.monotonic() < ends
        ):
            time.sleep(0.2)
        return {"indexing, CPU ms": server.cpu_ms(), "memory with the index, MB": server.memory_mb()}


def main(argv: Sequence[str]) -> int:
    """Print the medians of both versions and their ratio, a line for each cost."""
    parser = argparse.ArgumentParser(prog="segue bench costs", description=__doc__)
    parser.add_argument("python", help="the interpreter of the other version's environment")
    parser.add_argument("repository", type=Path, help="a folder with Python code to type in and to index")
    parser.add_argument("--runs", type=int, default=5)
    options: Any = parser.parse_args(argv)
    found: dict[str, tuple[list[float], list[float]]] = {}
    for _ in range(options.runs):
        for measure in (start, keys, index):
            for which, python in enumerate((options.python, sys.executable)):
                with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
                    for what, value in measure(python, Path(home), options.repository.resolve()).items():
                        found.setdefault(what, ([], []))[which].append(value)
    print(f"{'':36}{'other':>10}{'this':>10}{'ratio':>8}")
    for what, (before, after) in found.items():
        print(f"{what:36}{median(before):10.1f}{median(after):10.1f}{median(after) / median(before):8.2f}")
    return 0
