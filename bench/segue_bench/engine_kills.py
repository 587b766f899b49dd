"""The embedded engine killed while requests run: how long until each request ends, and how."""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import signal
from collections import Counter
from contextlib import aclosing, suppress
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

from segue_model import (
    CompletionPrompt,
    GenerationOptions,
    ModelError,
    ModelSettings,
    Timeouts,
    open_model,
)
from segue_model.embedded import EmbeddedModel
from segue_model.weights import find_weights
from segue_server.runtime.paths import directories

# A request that the engine had must have failed by then: many times what it takes, for machines with other work.
_HUNG_S = 2.0
_LIMITS = Timeouts.of(60.0)
_LENGTHS = (12, 400)
"""Lines of the prompt: one that is read at once, and one that is still being read when the engine is killed."""


def main(argv: list[str]) -> int:
    """Print what became of the requests; the exit status is 1 when one hung or an engine was left behind."""
    parser = argparse.ArgumentParser(prog="segue bench engine-kills", description=__doc__)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args(argv)
    try:
        weights = find_weights("", directories().cache)
    except ModelError as error:
        print(error.message)
        return 1
    with TemporaryDirectory() as cache:
        return asyncio.run(_run(weights, Path(cache), arguments.kills, random.Random(arguments.seed)))


async def _run(weights: Path, cache: Path, kills: int, chance: random.Random) -> int:
    settings = ModelSettings(model=str(weights), threads=1, idle_exit_s=1, timeouts=_LIMITS)
    outcomes: Counter[str] = Counter()
    waits: list[float] = []
    left: set[int] = set()
    for _ in range(kills):
        model = open_model(settings, cache_dir=cache)  # a new one: three crashes in two minutes are given up
        assert isinstance(model, EmbeddedModel)
        address = await model.start()
        left.add(address.pid)
        delay = chance.choice((0.0, 0.1, 0.2, 0.4, 0.8))
        wait, outcome = await _one(model, address.pid, delay, chance.choice(_LENGTHS))
        with suppress(ModelError):
            left.add((await model.start()).pid)
        await model.aclose()
        outcomes[outcome] += 1
        if outcome != "answered":  # one that found the engine gone started it again
            waits.append(wait)
    hung = sum(wait > _HUNG_S for wait in waits)
    print(f"{kills} kills: {hung} hung; how requests ended: {dict(outcomes)}")
    if waits:
        print(f"from the kill to the failure: median {median(waits):.2f} s, most {max(waits):.2f} s")
    orphans = await _left_running(left)
    print(f"engines left behind: {len(orphans)}")
    return int(bool(hung or orphans))


async def _one(model: EmbeddedModel, pid: int, delay: float, lines: int) -> tuple[float, str]:
    """Ask, kill, and return the seconds from the kill to the request's end, and how it ended."""
    code = "".join(f"value_{number} = compute_{number * 7 % 101}()\n" for number in range(lines))

    async def ask() -> str:
        prompt = CompletionPrompt(code, "", path="a.py", language_id="python")
        stream = model.stream(prompt, GenerationOptions(max_tokens=48))
        try:
            async with aclosing(stream) as chunks:
                async for _ in chunks:
                    pass
        except ModelError as error:
            return error.reason
        return "answered"

    task = asyncio.create_task(ask())
    await asyncio.sleep(delay)
    os.kill(pid, signal.SIGKILL)
    killed = perf_counter()
    outcome = await task
    return perf_counter() - killed, outcome


async def _left_running(pids: set[int]) -> list[int]:
    """Return which processes still run well after the last lease was given up."""
    running = sorted(pids)
    for _ in range(100):
        running = [pid for pid in running if _runs(pid)]
        if not running:
            break
        await asyncio.sleep(0.1)
    return running


def _runs(pid: int) -> bool:
    try:
        return b"_engine_host" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
