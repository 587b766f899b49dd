"""`segue bench hostile`: everything that has ever broken a promise, and random things of its kinds, in minutes.

Exit status 1 when a command ran, a server crashed, a request went unanswered, a process stayed behind, an index was
lost, a pattern was judged otherwise than git does, or the event loop paused for longer than 50 ms.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections import Counter
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from segue_bench.hostile.files import (
    FILES,
    GIT_INTERNALS,
    PATTERNS,
    SPECIAL,
    spoil_git,
    write_files,
    write_special,
)
from segue_bench.hostile.messages import messages
from segue_bench.hostile.repositories import CHANGED, REPOSITORIES, marked, plain
from segue_bench.raw_client import RawClient, environment_of, processes_with

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_MAX_PAUSE_S = 0.05
_MAX_PARSE_S = 0.5
_MODULES = 40
_THERE_S = 20.0
_GONE_S = 25.0  # git that waits for a pipe ends after 20 s


@dataclass(slots=True)
class Row:
    """One line of the table: what was done, how often, and what went wrong."""

    what: str
    count: int = 0
    failures: list[str] = field(default_factory=list)
    note: str = ""


@dataclass(frozen=True, slots=True)
class Pause:
    """How long, in seconds, the loop was held by its own work, and by anyone; and what its thread was at."""

    held_s: float = 0.0
    by_anyone_s: float = 0.0
    where: str = "-"


class Watched:
    """A server in a home of its own, whose event loop is watched, and whose processes can be found."""

    def __init__(self, home: Path) -> None:
        self.mark = uuid.uuid4().hex
        self.log = home / f"pauses-{self.mark}"
        self.environment = environment_of(home, SEGUE_CAMPAIGN=self.mark)
        command = [sys.executable, "-m", "segue_bench.hostile.watched_server", str(self.log)]
        self.client = RawClient(command, self.environment)

    def longest_pause(self, since: float = 0.0) -> Pause:
        """Return the longest pause of the loop since a monotonic time."""
        if not self.log.exists():
            return Pause()
        lines = self.log.read_text("ascii", "replace").splitlines()
        noted = [line.split(" ", 3) for line in lines if line.count(" ") >= 3]
        later = [
            (float(held), float(anyone), where) for at, held, anyone, where in noted if float(at) >= since
        ]
        if not later:
            return Pause()
        held, _, where = max(later)
        return Pause(held, max(anyone for _, anyone, _ in later), where)

    def processes(self, containing: str = "") -> list[int]:
        """Return the processes of this server that run, itself included, by their command line."""
        return processes_with(self.mark, containing)

    def left_behind(self) -> list[int]:
        """Return the processes that are still there some seconds after the server has ended."""
        until = time.monotonic() + _GONE_S
        while (left := self.processes()) and time.monotonic() < until:
            time.sleep(0.1)
        return left


@contextmanager
def _server(home: Path, row: Row) -> Iterator[Watched]:
    watched = Watched(home)
    try:
        with watched.client:
            yield watched
    except (TimeoutError, subprocess.TimeoutExpired, OSError, ValueError) as error:
        row.failures.append(f"the server was lost: {type(error).__name__} {error}")
        watched.client.process.kill()
    row.failures.extend(f"process {pid} stayed" for pid in watched.left_behind())


def repositories(home: Path, _chance: random.Random, _size: int) -> Row:
    """Open each repository, ask for a completion, a next edit and a commit message, and let it be indexed."""
    row = Row("repositories")
    command, marker = marked(home / "commands")
    for number, hostile in enumerate(REPOSITORIES):
        root = home / f"repository{number}"
        hostile.build(root, command)
        marker.unlink(missing_ok=True)
        opened = root / hostile.opened
        with _server(home, row) as watched:
            watched.client.initialize(opened)
            uri = (opened / "shapes.py").as_uri()
            _edit_and_ask(watched.client, uri)
            watched.client.wait(watched.client.send("segue/commitMessage", {"uri": opened.as_uri()}))
        row.count += 1
        if marker.exists():
            row.failures.append(f"{hostile.name} ran a command")
    return row


def _edit_and_ask(client: RawClient, uri: str) -> None:
    client.open(uri, CHANGED)
    client.type(uri, 2, 5, 0, "    v")
    client.wait(client.ghost(uri, 5, 5, kind=1))
    place = {"textDocument": {"uri": uri, "version": 2}, "position": {"line": 5, "character": 5}}
    client.wait(client.send("textDocument/copilotInlineEdit", place))


def files(home: Path, chance: random.Random, size: int) -> Row:
    """Open each file, ask for a completion at its beginning and after an edit, with all of them being indexed."""
    row = Row("files")
    root = home / "files"
    write_files(root)
    longest, culprit, anyone = 0.0, "", 0.0
    with _server(home, row) as watched:
        client = watched.client
        client.initialize(root)
        for file in chance.sample(FILES, min(size, len(FILES))):
            began = time.monotonic()
            uri = (root / file.name).as_uri()
            client.open(uri, file.text, file.language)
            client.wait(client.ghost(uri, 0, 0, kind=1))
            client.type(uri, 2, 0, 0, "x")
            client.wait(client.ghost(uri, 0, 1, kind=1))
            client.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
            pause = watched.longest_pause(began)
            anyone = max(anyone, pause.by_anyone_s)
            if pause.held_s > longest:
                longest, culprit = pause.held_s, file.name
            _judge(row, file.name, pause)
            row.count += 1
        _edit_and_ask(client, (root / "fine.py").as_uri())
        if client.process.poll() is not None:
            row.failures.append("the server ended")
    row.note = f"loop held {longest * 1e3:.0f} ms at most ({culprit}), by anyone {anyone * 1e3:.0f} ms"
    return row


def special(home: Path, chance: random.Random, size: int) -> Row:
    """Open folders whose files that are read by name are pipes, devices, links in a circle, or of no end."""
    row = Row("special files")
    for number, kind in enumerate(chance.sample(list(SPECIAL), min(size, len(SPECIAL)))):
        root = home / f"special{number}"
        (root / "sub").mkdir(parents=True)
        write_special(root, kind)
        trusting = {"assist": {"trusted_folders": [str(root)], "agent_instructions": True}}
        before = len(row.failures)
        with _server(home, row) as watched:
            watched.client.initialize(root, trusting)
            for folder in (root, root / "sub"):
                _edit_and_ask(watched.client, (folder / "shapes.py").as_uri())
            watched.client.wait(watched.client.send("segue/commitMessage", {"uri": root.as_uri()}))
        row.count += 1
        row.failures[before:] = [f"{kind}: {failure}" for failure in row.failures[before:]]
    return row


def internals(home: Path, chance: random.Random, size: int) -> Row:
    """Open repositories whose git directory holds such things, and ask for a commit message."""
    row = Row("git internals")
    pairs = [(name, kind) for name in GIT_INTERNALS for kind in SPECIAL]
    for number, (name, kind) in enumerate(chance.sample(pairs, min(size, len(pairs)))):
        root = home / f"internals{number}"
        plain(root)
        spoil_git(root, name, kind)
        before = len(row.failures)
        with _server(home, row) as watched:
            watched.client.initialize(root)
            _edit_and_ask(watched.client, (root / "shapes.py").as_uri())
            watched.client.wait(watched.client.send("segue/commitMessage", {"uri": root.as_uri()}))
        row.count += 1
        row.failures[before:] = [f"{name}, {kind}: {failure}" for failure in row.failures[before:]]
    return row


def fuzzed(home: Path, chance: random.Random, size: int) -> Row:
    """Send messages with parts replaced; every request is answered, and the server lives."""
    row = Row("messages")
    with _server(home, row) as watched:
        client = watched.client
        client.initialize(home / "files" if (home / "files").exists() else None)
        began = time.monotonic()
        pending: list[tuple[int, str]] = []
        for method, params, is_request in messages(chance.randrange(1 << 30), size):
            row.count += 1
            if not is_request:
                client.notify(method, params)
                continue
            pending.append((client.send(method, params), method))
            if len(pending) >= 100:
                _settle(client, pending, row)
        _settle(client, pending, row)
        pause = watched.longest_pause(began)
        _judge(row, "a message", pause)
        row.note = (
            f"loop held {pause.held_s * 1e3:.0f} ms at most, by anyone {pause.by_anyone_s * 1e3:.0f} ms"
        )
    return row


def _judge(row: Row, what: str, pause: Pause) -> None:
    if pause.held_s > _MAX_PAUSE_S:
        row.failures.append(f"{what} held the loop for {pause.held_s * 1e3:.0f} ms, at {pause.where}")


def _settle(client: RawClient, pending: list[tuple[int, str]], row: Row) -> None:
    for number, method in pending:
        if client.process.poll() is not None:
            raise OSError(f"it ended with status {client.process.returncode}")
        try:
            client.wait(number)
        except TimeoutError:
            row.failures.append(f"{method} was not answered")
    pending.clear()


_HELPERS = (("segue_context.index", "indexer"), ("_sandbox_process", "sandbox"))
_SERVER = ("segue_bench", "server")
"""What is killed: a part of its command line, and its name."""


def kills(home: Path, chance: random.Random, size: int) -> Row:
    """Kill a server's indexer, its sandbox and then itself at any moment; the rest goes on or ends, the index is whole."""
    row = Row("kills")
    root = home / "killed"
    write_files(root, largest=50_000)
    for number in range(_MODULES):
        (root / f"module{number}.py").write_text(CHANGED, "utf-8")
    killed = Counter[str]()
    for _ in range(size):
        watched = Watched(home)
        client = watched.client
        try:
            client.initialize(root)
            client.open((root / "fine.py").as_uri(), CHANGED)
            for victim, what in chance.sample(_HELPERS, len(_HELPERS)):
                killed[what] += _killed(watched, victim, chance)
                _edit_and_ask(client, (root / f"{what}.py").as_uri())
            killed[_SERVER[1]] += _killed(watched, _SERVER[0], chance)
        except (TimeoutError, OSError, ValueError) as error:
            row.failures.append(f"the server was lost after {dict(killed)}: {type(error).__name__} {error}")
            client.process.kill()
        client.process.wait()
        for pipe in (client.process.stdin, client.process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
        row.failures.extend(f"process {pid} stayed" for pid in watched.left_behind())
    row.count = killed.total()
    row.failures.extend(_index_faults(root, home))
    row.note = ", ".join(f"{what} {times}" for what, times in killed.items())
    return row


def _killed(watched: Watched, victim: str, chance: random.Random) -> int:
    """Kill a process some time after it has started, and return how many were: 0 when it did not start."""
    until = time.monotonic() + _THERE_S
    while not (found := watched.processes(victim)) and time.monotonic() < until:
        watched.client.pause(0.02)
    watched.client.pause(chance.random())
    for pid in found[:1]:
        os.kill(pid, signal.SIGKILL)
    return len(found[:1])


def _index_faults(root: Path, home: Path) -> list[str]:
    from segue_context import WorkspaceIndex

    index = WorkspaceIndex(root, cache_dir=home / "CACHE" / "segue")
    index.start()
    try:
        if not index.wait_until_ready(60):
            return ["the index did not become ready again"]
        missing = [n for n in range(_MODULES) if f"module{n}.py" not in index.files()]
        return [f"{len(missing)} files are missing from the index"] if missing else []
    finally:
        index.close()


def grammars(home: Path, chance: random.Random, size: int) -> Row:
    """Parse random repetitions of each language's tokens; what the guard lets through may not hold the interpreter."""
    from segue_bench.hostile.grammars import cost_of, grammar_languages, hostile_text
    from segue_syntax import parsing_protected

    row = Row("grammars")
    languages = grammar_languages()
    worst = 0.0
    with parsing_protected(home / "parsing", sandbox=True):
        for _ in range(size):
            cost = cost_of(chance.choice(languages), *hostile_text(chance))
            row.count += 1
            worst = max(worst, cost.seconds)
            if cost.seconds > _MAX_PARSE_S:
                row.failures.append(
                    f"{cost.language} {cost.unit!r} in {cost.size} characters took {cost.seconds:.2f} s"
                )
    row.note = f"worst {worst:.2f} s"
    return row


def patterns(_home: Path, chance: random.Random, size: int) -> Row:
    """Match random patterns with many stars against random paths: the time may not depend on luck."""
    from segue_context.patterns import PatternList

    row = Row("patterns")
    slowest = 0.0
    atoms = ("*", "**", "*a", "?", "[ab]", "/", "**/", "a", "b", "[!x]*")
    made = ["".join(chance.choices(atoms, k=chance.randrange(4, 60))) for _ in range(size)]
    for pattern in (*PATTERNS, *made):
        path = "/".join(
            "".join(chance.choices("ab", k=chance.randrange(1, 60))) for _ in range(chance.randrange(1, 6))
        )
        began = time.process_time()
        PatternList([pattern]).excludes(path)
        took = time.process_time() - began
        slowest = max(slowest, took)
        row.count += 1
        if took > _MAX_PAUSE_S:
            row.failures.append(f"{pattern[:40]} took {took * 1e3:.0f} ms")
    row.note = f"slowest {slowest * 1e3:.1f} ms"
    return row


_PARTS: tuple[tuple[str, Callable[[Path, random.Random, int], Row], int, int], ...] = (
    ("repositories", repositories, len(REPOSITORIES), 0),
    ("files", files, len(FILES), 6),
    ("special", special, len(SPECIAL), 0),
    ("internals", internals, 20, 0),
    ("messages", fuzzed, 20_000, 300),
    ("grammars", grammars, 3_000, 10),
    ("patterns", patterns, 5_000, 300),
    ("kills", kills, 10, 0),
)


def run(seed: int, *, scale: float, only: Sequence[str] = (), short: bool = False) -> list[Row]:
    """Run the parts and return their rows; the same seed does the same."""
    rows = []
    for name, part, full, few in _PARTS:
        size = few if short else max(1, int(full * scale))
        if (only and name not in only) or (short and not few):
            continue
        with tempfile.TemporaryDirectory(prefix="segue-hostile-", ignore_cleanup_errors=True) as folder:
            began = time.monotonic()
            row = part(Path(folder), random.Random(f"{seed}/{name}"), size)
            row.note += f"{', ' if row.note else ''}{time.monotonic() - began:.0f} s"
            rows.append(row)
    return rows


def main(argv: list[str]) -> int:
    """Run the campaign and print the table."""
    parser = argparse.ArgumentParser(prog="segue bench hostile", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--scale", type=float, default=1.0, help="how many messages, patterns and kills; 1 takes minutes"
    )
    parser.add_argument("--only", action="append", default=[], choices=[name for name, *_ in _PARTS])
    options: Any = parser.parse_args(argv)
    rows = run(options.seed, scale=options.scale, only=options.only)
    print(f"seed {options.seed}\n{'part':14}{'tried':>8}{'failed':>8}  note")
    for row in rows:
        print(f"{row.what:14}{row.count:>8}{len(row.failures):>8}  {row.note}")
    for row in rows:
        for failure in row.failures[:20]:
            print(f"  {row.what}: {failure}")
    return int(any(row.failures for row in rows))
