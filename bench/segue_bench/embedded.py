"""The embedded model on this machine: from nothing to the first token, and from key to key."""

from __future__ import annotations

import argparse
import asyncio
import statistics
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TYPE_CHECKING

import httpx

from segue_model import (
    CompletionPrompt,
    ContextFile,
    GenerationOptions,
    ModelError,
    ModelSettings,
    open_model,
)
from segue_model.embedded import EmbeddedModel
from segue_model.weights import find_weights
from segue_server.runtime.paths import directories

if TYPE_CHECKING:
    from segue_model import Chunk

_OPTIONS = GenerationOptions(max_tokens=12, stop=("\n",))
_CONTEXT_CHARS = 1200
_PREFIX_LINES = 40
_KEYS = 24


def main(argv: list[str]) -> int:
    """Print the figures; needs the model (`segue model pull`)."""
    parser = argparse.ArgumentParser(prog="segue bench embedded", description=__doc__)
    parser.add_argument("--model", default="", help="name or path of a GGUF file")
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--places", type=int, default=5, help="how many lines are typed")
    arguments = parser.parse_args(argv)
    try:
        weights = find_weights(arguments.model, directories().cache)
    except ModelError as error:
        print(error.message)
        return 1
    with TemporaryDirectory() as cache:
        asyncio.run(_measure(weights, Path(cache), arguments.threads, arguments.places))
    return 0


async def _measure(weights: Path, cache: Path, threads: int, places: int) -> None:
    settings = ModelSettings(model=str(weights), threads=threads, idle_exit_s=1)
    model = open_model(settings, cache_dir=cache)
    assert isinstance(model, EmbeddedModel)
    started = perf_counter()
    address = await model.start()
    print(f"engine start (process, weights, port)  {perf_counter() - started:6.2f} s")
    first, chunks = await _asked(model, CompletionPrompt("import os\n\npath = os.", ""))
    print(f"first token of all, tiny prompt        {first:6.2f} s  ({_reuse(chunks)})")
    cold, warmed, keys, reused, totals = [], [], [], [], []
    for number, (prompt, line) in enumerate(_places(places)):
        first, chunks = await _asked(model, prompt)
        cold.append(first)
        for typed in range(1, min(_KEYS, len(line))):
            begun = perf_counter()
            first, chunks = await _asked(model, replace(prompt, prefix=prompt.prefix + line[:typed]))
            keys.append(first)
            totals.append(perf_counter() - begun)
            stats = chunks[-1].stats
            reused.append(stats["cached_tokens"] / stats["prompt_tokens"])
        fresh = replace(prompt, context=(ContextFile("warm.py", f"# {number}\n" + prompt.context[0].text),))
        await model.warm(fresh)
        first, _ = await _asked(model, fresh)
        warmed.append(first)
    _print("cold prompt, first token", cold)
    _print("after warming, first token", warmed)
    _print("next key, first token", keys)
    _print("next key, whole line (<= 12 tokens)", totals)
    print(
        f"prompt tokens reused from key to key   {statistics.mean(reused):6.1%} mean, {min(reused):.1%} worst"
    )
    print(f"a key after a cancelled cold prompt    {1000 * await _after_cancel(model):6.0f} ms")
    print(f"engine RSS                             {_rss_mb(address.pid):6.0f} MB")
    await model.aclose()


async def _asked(model: EmbeddedModel, prompt: CompletionPrompt) -> tuple[float, list[Chunk]]:
    """Return the seconds to the first piece of an answer, and the pieces."""
    started = perf_counter()
    first = 0.0
    chunks = []
    async with aclosing(model.stream(prompt, _OPTIONS)) as stream:
        async for chunk in stream:
            first = first or perf_counter() - started
            chunks.append(chunk)
    return first, chunks


async def _after_cancel(model: EmbeddedModel) -> float:
    """Cancel a long prompt in the middle of its evaluation and return the next answer's time to first token."""
    long_prompt = CompletionPrompt("".join(f"name_{n} = {n * 7919 % 1009}\n" for n in range(170)), "")
    task = asyncio.create_task(_asked(model, long_prompt))
    await asyncio.sleep(0.5)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    first, _ = await _asked(model, CompletionPrompt("x = 1\ny = ", ""))
    return first


def _places(count: int) -> list[tuple[CompletionPrompt, str]]:
    """Return places in real code (the installed httpx), each with the line that is typed there."""
    root = Path(httpx.__file__).parent
    text = (root / "_client.py").read_text("utf-8").splitlines(keepends=True)
    context = ContextFile("httpx/_models.py", (root / "_models.py").read_text("utf-8")[:_CONTEXT_CHARS])
    found = []
    for number in range(300, len(text), 97):
        line = text[number].rstrip("\n")
        if len(line.strip()) > 20 and not line.strip().startswith(("#", '"')):
            prefix = "".join(text[number - _PREFIX_LINES : number])
            found.append((CompletionPrompt(prefix, "", "client.py", "python", "httpx", (context,)), line))
    return found[:count]


def _print(name: str, seconds: list[float]) -> None:
    ordered = sorted(seconds)
    p95 = ordered[min(len(ordered) - 1, round(0.95 * (len(ordered) - 1)))]
    print(
        f"{name:38} {1000 * statistics.median(ordered):6.0f} ms p50, {1000 * p95:.0f} ms p95"
        f" ({len(ordered)} times)"
    )


def _reuse(chunks: list[Chunk]) -> str:
    stats = chunks[-1].stats
    return f"{stats['cached_tokens']:.0f} of {stats['prompt_tokens']:.0f} prompt tokens reused"


def _rss_mb(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text("ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1000
    return 0.0
