"""`segue bench assist`: what explaining costs on top of the model's own time, through the real server.

A chat server on loopback answers after a fixed time; the time until the first piece of Markdown reaches the client,
less that, is Segue's own: reading the place, looking around in the repository, the prompt, both pipes.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from segue_assist import Places
from segue_bench.fake_model import FakeModelServer
from segue_bench.raw_client import SEGUE, RawClient
from segue_syntax import Snapshot

if TYPE_CHECKING:
    from collections.abc import Sequence

BUDGET_MS = 150.0
_ANSWER = "It looks at `path` and returns what it finds there. " * 6


class _Client(RawClient):
    """Also tells when the first partial result of a request arrived."""

    def explain(self, uri: str, line: int, token: str) -> tuple[float, float]:
        """Return when the request was sent and when the first piece arrived."""
        place = {"textDocument": {"uri": uri}, "position": {"line": line, "character": 0}}
        sent = time.perf_counter()
        number = self.send("segue/explain", {**place, "partialResultToken": token})
        with self._news:
            self._news.wait_for(lambda: number in self.answers or self._has(token), 60)
            arrived = time.perf_counter()
        _, answer = self.wait(number)
        if "error" in answer:
            raise RuntimeError(answer["error"]["message"])
        return sent, arrived

    def _has(self, token: str) -> bool:
        return any(
            note["method"] == "$/progress" and note["params"]["token"] == token for note in self.notes[-50:]
        )


def main(argv: Sequence[str]) -> int:
    """Explain functions of a folder and print the figures; the status is 1 when the p95 is over the budget."""
    parser = argparse.ArgumentParser(prog="segue bench assist", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=Path(statistics.__file__).parent / "asyncio")
    parser.add_argument("--functions", type=int, default=30, help="how many explanations (default 30)")
    parser.add_argument("--latency-ms", type=float, default=200, help="the model's own time (default 200)")
    options = parser.parse_args(argv)
    root = options.folder.resolve()
    with tempfile.TemporaryDirectory() as home, FakeModelServer(lambda _: _ANSWER) as model:
        model.latency_s = options.latency_ms / 1000
        with _Client(SEGUE, _environment(model, Path(home))) as client:
            client.initialize(root)
            files = _wait_for_index(client)
            time.sleep(4)  # as long as it takes to open a file and pick an action
            overheads = _overheads(client, model, root, options.functions)
    first, rest = overheads[0], sorted(overheads[1:])
    p95 = rest[min(len(rest) - 1, round(0.95 * len(rest)))]
    print(
        f"first piece of an explanation, over the model's own {options.latency_ms:.0f} ms, {files} files indexed: "
        f"p50 {statistics.median(rest):.0f} ms, p95 {p95:.0f} ms over {len(rest)} (budget {BUDGET_MS:.0f} ms); "
        f"the first of a session {first:.0f} ms"
    )
    return 0 if p95 <= BUDGET_MS else 1


def _environment(model: FakeModelServer, home: Path) -> dict[str, str]:
    folders = {name: str(home / name) for name in ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME")}
    chat = {
        "SEGUE_CHAT_PROVIDER": "openai",
        "SEGUE_CHAT_ENDPOINT": model.endpoint,
        "SEGUE_CHAT_NAME": "fake-7b",
    }
    return {"SEGUE_PROVIDER": "none", **chat, **folders}


def _wait_for_index(client: _Client) -> int:
    index: dict[str, Any] = {}
    for waited in range(900):
        index = client.ask("segue/status", {})["segue"]["index"]
        if index["state"] in {"ready", "refused", "failed"} or (index["state"] == "off" and waited > 100):
            break
        time.sleep(0.1)
    return int(index.get("files", 0))


def _overheads(client: _Client, model: FakeModelServer, root: Path, count: int) -> list[float]:
    """Return Segue's own milliseconds of each explanation, in the order they were asked for."""
    draw = random.Random(7)
    paths = sorted(path for path in root.rglob("*.py") if 500 < path.stat().st_size < 200_000)
    draw.shuffle(paths)
    places = Places()
    overheads: list[float] = []
    for path in paths:
        if len(overheads) >= count:
            break
        text = path.read_text("utf-8", "replace")
        snapshot = Snapshot.of(text, language_id="python")
        rows = [row for row, line in enumerate(snapshot.lines) if line.lstrip().startswith("def ")]
        if not rows:
            continue
        row = draw.choice(rows)
        if places.at(snapshot, path.name, row) is None:
            continue
        client.open(path.as_uri(), text)
        calls = len(model.calls)
        sent, arrived = client.explain(path.as_uri(), row, f"bench-{len(overheads)}")
        assert len(model.calls) == calls + 1
        overheads.append((arrived - sent - model.latency_s) * 1000)
    return overheads
