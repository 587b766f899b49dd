"""A thousand requests through every way a model server can fail: no crash, no hang, nothing stale, no leak."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import socket
import subprocess
import sys
from collections import Counter
from contextlib import aclosing, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import TYPE_CHECKING

from segue_bench.fault_server import FAULTS, FaultServer
from segue_model import (
    CompletionPrompt,
    GenerationOptions,
    ModelError,
    ModelSettings,
    OpenedModel,
    Timeouts,
    open_model,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

_LIMITS = Timeouts(connect_s=2.0, write_s=2.0, read_s=1.0, total_s=1.5, loading_s=2.0)
# A request that is not over by then is a hang: many times the limit, for machines with other work.
_HANG_S = 30.0
_AT_ONCE = 32
_FLAT_MB = 8.0
_ECHO_EVERY = 20
_KEY = "sk-bench-key"
_REFUSED, _REDIRECT = "refused connection", "redirect elsewhere"
ALL_FAULTS = (*FAULTS, _REFUSED, _REDIRECT)


@dataclass(slots=True)
class Outcome:
    """What became of the requests of one fault."""

    fault: str
    requests: int = 0
    seconds: float = 0.0
    errors: Counter[str] = field(default_factory=Counter)
    answers: int = 0
    crashes: int = 0
    hangs: int = 0
    stale: int = 0
    rss_before_mb: float = 0.0
    rss_half_mb: float = 0.0
    rss_after_mb: float = 0.0
    files_before: int = 0
    files_after: int = 0

    @property
    def failed(self) -> bool:
        """Whether anything happened that must not happen; buffers grow at first, so the second half counts."""
        grown = self.rss_after_mb - self.rss_half_mb
        return (
            bool(self.crashes or self.hangs or self.stale)
            or grown > _FLAT_MB
            or (self.files_after > self.files_before + 8)
        )


def main(argv: list[str]) -> int:
    """Print one line a fault; the exit status is 1 when anything crashed, hung, leaked or came too late."""
    parser = argparse.ArgumentParser(prog="segue bench faults", description=__doc__)
    parser.add_argument("--requests", type=int, default=1000, help="requests per fault")
    parser.add_argument("--only", default="", help="run the faults whose name holds this")
    parser.add_argument("--json", action="store_true", help="print JSON lines")
    arguments = parser.parse_args(argv)
    outcomes = asyncio.run(_run_all(arguments.requests, arguments.only, as_json=arguments.json))
    bad = [outcome.fault for outcome in outcomes if outcome.failed]
    if not arguments.json:
        print(f"{'FAILED: ' + ', '.join(bad) if bad else 'no crash, no hang, nothing stale, memory flat'}")
    return 1 if bad else 0


async def _run_all(requests: int, only: str, *, as_json: bool) -> list[Outcome]:
    outcomes = []
    if not as_json:
        print(
            f"{'fault':20}{'requests':>9}{'s':>7}{'crash':>6}{'hang':>5}{'stale':>6}{'RSS MB':>14}  errors (RSS: start, half, end)"
        )
    with FaultServer() as elsewhere:
        for name in ALL_FAULTS:
            if only in name:
                outcome = await _run(name, requests, f"{elsewhere.url}/v1/completions")
                outcome.stale += len(elsewhere.requests)  # code or a key reached another host
                outcomes.append(outcome)
                print(json.dumps(asdict(outcome)) if as_json else _line(outcome), flush=True)
    return outcomes


async def _run(name: str, requests: int, elsewhere: str) -> Outcome:
    gate = asyncio.Semaphore(_AT_ONCE)
    with TemporaryDirectory() as cache, served(name, elsewhere) as url:
        model = _model(url, Path(cache))
        # What is built once, buffers included, is built before memory is measured.
        await asyncio.gather(*(_ask(model, number, Outcome(name), gate) for number in range(_AT_ONCE)))
        outcome = Outcome(name, rss_before_mb=_rss_mb(), files_before=_open_files())
        started = monotonic()
        for half in (range(1, requests // 2 + 1), range(requests // 2 + 1, requests + 1)):
            outcome.rss_half_mb = _rss_mb()
            await asyncio.gather(*(_ask(model, number, outcome, gate) for number in half))
        outcome.seconds = monotonic() - started
        outcome.requests = requests
        await model.aclose()
        outcome.files_after = _open_files()
        outcome.rss_after_mb = _rss_mb()
    return outcome


@contextmanager
def served(name: str, elsewhere: str) -> Iterator[str]:
    """Yield the URL of a server with the fault, in a process of its own so that only the client is measured."""
    if name == _REFUSED:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
        yield f"http://127.0.0.1:{port}"
        return
    redirect = [elsewhere] if name == _REDIRECT else []
    command = [sys.executable, "-m", "segue_bench.fault_server", name, *redirect]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield server.stdout.readline().strip()
        finally:
            server.kill()


async def _ask(model: OpenedModel, number: int, outcome: Outcome, gate: asyncio.Semaphore) -> None:
    echo = number % _ECHO_EVERY == 0
    prompt = CompletionPrompt(f"request_{number}_{'echo' if echo else 'fault'} =", "")
    async with gate:
        model.reset()
        try:
            async with asyncio.timeout(_HANG_S):
                text = await _text(model, prompt)
        except TimeoutError:
            outcome.hangs += 1
        except ModelError as error:
            outcome.errors[error.reason] += 1
            if _KEY in error.message:
                outcome.crashes += 1
        except Exception as error:  # noqa: BLE001 - counting them is what this is for
            outcome.crashes += 1
            outcome.errors[type(error).__name__] += 1
        else:
            outcome.answers += 1
            if echo and text != f" echo_{number}":
                outcome.stale += 1


async def _text(model: OpenedModel, prompt: CompletionPrompt) -> str:
    async with aclosing(model.stream(prompt, GenerationOptions(max_tokens=8))) as stream:
        return "".join([chunk.text async for chunk in stream])


def _model(url: str, cache: Path) -> OpenedModel:
    settings = ModelSettings(
        provider="openai", endpoint=url, model="qwen2.5-coder", api_key=_KEY, timeouts=_LIMITS
    )
    return open_model(settings, cache_dir=cache)


def _line(outcome: Outcome) -> str:
    errors = ", ".join(f"{name} {count}" for name, count in outcome.errors.most_common())
    memory = f"{outcome.rss_before_mb:.0f} {outcome.rss_half_mb:.0f} {outcome.rss_after_mb:.0f}"
    return (
        f"{outcome.fault:20}{outcome.requests:9}{outcome.seconds:7.1f}{outcome.crashes:6}{outcome.hangs:5}"
        f"{outcome.stale:6}{memory:>14}  {errors or '-'}; answered {outcome.answers}"
    )


def _rss_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))
