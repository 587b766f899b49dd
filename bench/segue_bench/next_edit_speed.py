"""`segue bench next-edit-speed DIR`: what a prediction costs on a large repository, and what it costs the typist.

The workspace is opened as the server does it: its index, its documents, its edit history, and predictions in a
thread of their own while the event loop goes on. Edits of several kinds are typed key by key at random places, some
in a row, and a prediction is asked for after each third key and after the last.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import statistics
import sys
import time
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from segue_bench._edit_plays import Play, plays
from segue_bench._workspace import open_index

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue_context import WorkspaceIndex

BUDGET_MS = 50.0
_TICK_S = 0.001


class Bench:
    """One workspace in which edits are played; the figures gather in `cpu_ms`, `wall_ms`, `key_ms` and `blocked_ms`."""

    def __init__(self, index: WorkspaceIndex) -> None:
        from segue_context import ContextEngine, EditHistory
        from segue_context.privacy import SendingRules
        from segue_next_edit import NextEditEngine
        from segue_server.lsp.documents import DocumentStore
        from segue_server.runtime.tasks import TaskRegistry
        from segue_server.workspace.workspaces import Scope, Workspaces

        self.index = index
        self.tasks = TaskRegistry()
        self.documents = DocumentStore()
        self.new_history = EditHistory
        scopes: dict[Path | None, Scope] = {}

        def make(root: Path | None) -> Scope:
            scopes[root] = Scope(
                root,
                index,
                ContextEngine(index),
                EditHistory(),
                NextEditEngine(index),
                SendingRules(root),
                index,
            )
            return scopes[root]

        assert index.root is not None
        self.workspaces = Workspaces(make)
        self.workspaces.open_roots([index.root])
        self.scope = scopes[index.root]
        self.scope.next_edit.warm()  # as the server does when it starts
        self.documents.listen(self.workspaces.changed)
        self.cpu_ms: defaultdict[str, list[float]] = defaultdict(list)
        self.wall_ms: defaultdict[str, list[float]] = defaultdict(list)
        self.key_ms: list[float] = []
        self.blocked_ms: list[float] = []
        self.answered = 0

    def begin(self) -> None:
        """Close the documents and forget what was edited."""
        for uri in self.documents.uris:
            self.documents.close(uri)
            self.workspaces.closed(uri)
        self.scope.history = self.new_history()

    async def play(self, play: Play) -> None:
        """Type one edit, and predict now and then."""
        from segue_server.lsp.documents import IncomingChange

        assert self.index.root is not None
        uri = (self.index.root / play.path).as_uri()
        if uri not in self.documents:
            text = self.index.read_text(play.path) or ""
            self.workspaces.opened(self.documents.open(uri, "", 1, text))
            await self.tasks.in_thread(self.index.settle)
        keys = list(play.keys())
        for number, (first, last, text) in enumerate(keys, start=1):
            version = (self.documents.version(uri) or 1) + 1
            change = IncomingChange(text, (play.line, first), (play.line, last))
            started = time.perf_counter()
            self.documents.change(uri, version, [change])
            self.key_ms.append((time.perf_counter() - started) * 1000)
            if number % 3 == 0 or number == len(keys):
                await self._predict(play)

    async def _predict(self, play: Play) -> None:
        ticking = asyncio.ensure_future(self._tick())
        started = time.perf_counter()
        spent_ms = await self.tasks.in_queue(self._predicted, play)
        self.wall_ms[play.kind].append((time.perf_counter() - started) * 1000)
        self.cpu_ms[play.kind].append(spent_ms)
        ticking.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await ticking

    def _predicted(self, play: Play) -> float:
        history = self.scope.history
        started = time.thread_time()
        found = self.scope.next_edit.predict(history.edits(), (play.path, play.line), action=history.action)
        self.answered += bool(found.edits)
        return (time.thread_time() - started) * 1000

    async def _tick(self) -> None:
        """Note how late the event loop comes back, over and over."""
        worst = 0.0
        try:
            while True:
                before = time.perf_counter()
                await asyncio.sleep(_TICK_S)
                worst = max(worst, time.perf_counter() - before - _TICK_S)
        finally:
            self.blocked_ms.append(worst * 1000)


async def measure(index: WorkspaceIndex, options: argparse.Namespace) -> Bench:
    """Play the edits, some in a row, and return the figures."""
    bench = Bench(index)
    for number, play in enumerate(plays(index, options.edits, seed=options.seed)):
        if number % options.row == 0:
            bench.begin()
        await bench.play(play)
    await bench.tasks.close()
    return bench


def main(argv: Sequence[str]) -> int:
    """Print the figures; return 1 when the CPU time of predictions is over budget."""
    parser = argparse.ArgumentParser(prog="segue bench next-edit-speed", description=__doc__)
    parser.add_argument("folder", type=Path, help="the repository")
    parser.add_argument("--edits", type=int, default=100, help="how many edits to type")
    parser.add_argument("--row", type=int, default=6, help="how many edits in a row belong together")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(argv)
    index = open_index(options.folder)
    before = sys.getswitchinterval()
    sys.setswitchinterval(0.0005)  # as the server does
    try:
        bench = asyncio.run(measure(index, options))
    finally:
        sys.setswitchinterval(before)
        index.close()
    every = [value for values in bench.cpu_ms.values() for value in values]
    for kind in bench.cpu_ms:
        print(_row(kind, bench.cpu_ms[kind], bench.wall_ms[kind]))
    print(_row("all", every, [value for values in bench.wall_ms.values() for value in values]))
    print(f"{bench.answered} of {len(every)} predictions found something")
    print(_spread("a key: document, overlay and history", bench.key_ms))
    print(_spread("the event loop's longest wait in a prediction", bench.blocked_ms))
    return int(_quantile(every, 0.95) > BUDGET_MS)


def _row(kind: str, cpu: list[float], wall: list[float]) -> str:
    return (
        f"{kind:10} {len(cpu):4} predictions: CPU p50 {statistics.median(cpu):6.1f} ms, p95 {_quantile(cpu, 0.95):6.1f}, "
        f"most {max(cpu):6.1f} (budget {BUDGET_MS:.0f}); wall p50 {statistics.median(wall):6.1f}, p95 {_quantile(wall, 0.95):6.1f}"
    )


def _spread(what: str, values: list[float]) -> str:
    return f"{what}: p50 {statistics.median(values):.2f} ms, p95 {_quantile(values, 0.95):.2f}, most {max(values):.2f}"


def _quantile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]
