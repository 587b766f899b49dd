"""`segue bench prompts REPO...`: one model, asked as Segue asks it and as two others do, on the same holes.

The model is served by llama.cpp on loopback. `infill` is what llama.vim sends: 256 lines before the cursor, 64 after it,
and with `--chunks` pieces of other files as extra context. `windows` is what Continue sent: a third of 1,024 tokens before
the cursor, a fifth after it, and the windows of other files most similar to the last lines, as comments. A hole is the
rest of a line of code, cut at a random token border. Times are those of prompts that share nothing.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import random
import subprocess
import sys
from contextlib import aclosing
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TYPE_CHECKING

from segue_bench._cases import WORD, completion_cases, sources
from segue_bench._pipeline import FILE_ONLY_SOURCES, MeasuredPipeline
from segue_bench._workspace import open_index, unsaved
from segue_context import ContextEngine
from segue_model import (
    CompletionPrompt,
    ContextFile,
    GenerationOptions,
    ModelError,
    ModelSettings,
    Timeouts,
    open_model,
)
from segue_server.completion.prompting import prompt_of
from segue_server.completion.settings import pipeline_settings
from segue_server.completion.types import CompletionRequest
from segue_server.configuration import Settings
from segue_syntax import Snapshot, language_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue_bench._cases import Case
    from segue_context import WorkspaceIndex
    from segue_model import CompletionModel, OpenedModel

_OPTIONS = GenerationOptions(max_tokens=24, stop=("\n",), logprobs=False)
_INFILL_BEFORE, _INFILL_AFTER, _CHUNK_LINES = 256, 64, 64
_WINDOW_TOKENS, _CHARS_PER_TOKEN = 1024, 3
_WINDOW_LINES, _WINDOWS = 10, 5
_SERVER = """
import sys, xllamacpp
params = xllamacpp.CommonParams()
params.model.path, params.n_ctx, params.port = sys.argv[1], int(sys.argv[2]), 0
params.n_batch = params.n_ubatch = 1024
params.n_parallel, params.cache_ram_mib, params.ui, params.verbosity = 1, 0, False, 0
params.cpuparams.n_threads = params.cpuparams_batch.n_threads = int(sys.argv[3])
server = xllamacpp.Server(params)
print(server.listening_address, flush=True)
sys.stdin.read()
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One answer: is the line exact, how many of its first characters are right, how similar is it (0..1), and when."""

    exact: bool
    right_chars: int
    similarity: float
    seconds: float
    prompt_chars: int


def main(argv: Sequence[str]) -> int:
    """Print the figures of each way of asking, and how they compare on the same holes."""
    parser = argparse.ArgumentParser(prog="segue bench prompts", description=str(__doc__).split("\n", 1)[0])
    parser.add_argument("repositories", nargs="+", type=Path)
    parser.add_argument("--model", required=True, type=Path, help="a GGUF file that can fill in the middle")
    parser.add_argument("--holes", type=int, default=20, help="holes of each repository")
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--chunks", type=int, default=0, help="extra context of `infill`; llama.vim has 16")
    parser.add_argument(
        "--sizes", default="", help="Segue's PREFIX,SUFFIX,CONTEXT in characters, to try others"
    )
    parser.add_argument(
        "--whole", action="store_true", help="also the whole pipeline, statistical engine included"
    )
    options = parser.parse_args(argv)
    with TemporaryDirectory() as cache, _served(options.model, options.threads) as endpoint:
        found = asyncio.run(_measure(options, endpoint, Path(cache)))
    _print(found)
    return 0


class _served:  # noqa: N801 - a context manager
    """llama.cpp with a model, on loopback; gives its address."""

    def __init__(self, model: Path, threads: int) -> None:
        command = [sys.executable, "-c", _SERVER, str(model), "8192", str(threads)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __enter__(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()


async def _measure(options: argparse.Namespace, endpoint: str, cache: Path) -> dict[str, list[Outcome]]:
    limits = Timeouts(read_s=120, total_s=240)
    chosen = ModelSettings(
        provider="llamacpp", endpoint=endpoint, model=options.model.stem, timeouts=limits, context_tokens=8192
    )
    template = open_model(chosen, cache_dir=cache)
    infill = open_model(replace(chosen, fim="infill"), cache_dir=cache / "infill")
    settings = Settings.model_validate({"model": {"provider": "llamacpp", "endpoint": endpoint}})
    found: dict[str, list[Outcome]] = {}
    for repository in options.repositories:
        index = open_index(repository)
        name = repository.resolve().name
        segue = _Segue(index, settings, name, options.sizes)
        whole = MeasuredPipeline(index, settings, template, repository=name) if options.whole else None
        for case in completion_cases(index, options.holes, seed=options.seed):
            others = [(path, text) for path, text in sources(index) if path != case.query.path]
            ways: dict[str, tuple[OpenedModel, CompletionPrompt]] = {
                "Segue": (template, segue.prompt(case, template)),
                "infill": (infill, infill_prompt(case, others, options.chunks)),
                "windows": (template, windows_prompt(case, others)),
            }
            for way, (model, prompt) in ways.items():
                found.setdefault(way, []).append(await _asked(model, prompt, case.truth))
            if whole is not None:
                found.setdefault("Segue, both engines", []).append(await _piped(whole, case))
        if whole is not None:
            await whole.aclose()
        index.close()
        print(f"{name}: {len(found.get('Segue', ()))} holes so far", flush=True)
    await template.aclose()
    await infill.aclose()
    return found


class _Segue:
    """Segue's own prompt for a hole, as the server makes it."""

    def __init__(self, index: WorkspaceIndex, settings: Settings, repository: str, sizes: str) -> None:
        self._index = index
        self._engine = ContextEngine(index, retrievers=FILE_ONLY_SOURCES)
        self._repository = repository
        self._settings = pipeline_settings(settings)
        if sizes:
            before, after, context = map(int, sizes.split(","))
            self._settings = replace(
                self._settings, prefix_chars=before, suffix_chars=after, context_chars=context, adapts=False
            )

    def prompt(self, case: Case, model: CompletionModel) -> CompletionPrompt:
        """Return the prompt for `model`, which it may have asked already."""
        query = case.query
        settings = self._settings.readable(model.reading_speed, local=model.local)
        snapshot = Snapshot.of(
            query.prefix + query.suffix, uri="segue-bench:/", language_id=query.language_id
        )
        position = snapshot.position_at(len(query.prefix))
        with unsaved(self._index, query):
            plan = self._engine.plan(query, settings.context_chars)
        request = CompletionRequest(snapshot, position, path=query.path, repository=self._repository)
        return prompt_of(request, plan, settings)


def infill_prompt(case: Case, others: Sequence[tuple[str, str]], count: int) -> CompletionPrompt:
    """Return what llama.vim would send after some files of the repository were open."""
    query = case.query
    chance = random.Random(query.path)
    chunks = []
    for path, text in chance.sample(others, min(count, len(others))):
        lines = text.splitlines(keepends=True)
        first = chance.randrange(max(1, len(lines) - _CHUNK_LINES))
        chunks.append(ContextFile(path, "".join(lines[first : first + _CHUNK_LINES])))
    return CompletionPrompt(
        "".join(query.prefix.splitlines(keepends=True)[-_INFILL_BEFORE:]),
        "".join(query.suffix.splitlines(keepends=True)[: _INFILL_AFTER + 1]),
        path=query.path,
        language_id=query.language_id,
        context=tuple(chunks),
    )


def windows_prompt(case: Case, others: Sequence[tuple[str, str]]) -> CompletionPrompt:
    """Return windows of other files that share most words with the last lines, as comments before the prefix."""
    query = case.query
    budget = _WINDOW_TOKENS * _CHARS_PER_TOKEN
    wanted = set(WORD.findall("\n".join(query.prefix.split("\n")[-_WINDOW_LINES:])))
    best: list[tuple[float, str, str]] = []
    for path, text in others:
        lines = text.split("\n")
        for first in range(0, len(lines), _WINDOW_LINES):
            window = "\n".join(lines[first : first + _WINDOW_LINES])
            words = set(WORD.findall(window))
            if shared := len(words & wanted):
                best.append((shared / len(words | wanted), path, window))
    best.sort(reverse=True)
    opening, closing = language_of(query.language_id).comment_marks
    shown = "".join(
        f"{opening}Path: {path}{closing}\n"
        + "".join(f"{opening}{line}{closing}\n" for line in text.split("\n"))
        for _, path, text in best[:_WINDOWS]
    )[: budget // 2]
    return CompletionPrompt(
        shown + query.prefix[-budget // 3 :],
        query.suffix[: budget // 5],
        path=query.path,
        language_id=query.language_id,
    )


async def _asked(model: CompletionModel, prompt: CompletionPrompt, truth: str) -> Outcome:
    began = perf_counter()
    first_s = 0.0
    text = ""
    with contextlib.suppress(ModelError):  # no answer in time is a wrong one
        async with aclosing(model.stream(prompt, _OPTIONS)) as chunks:
            async for chunk in chunks:
                first_s = first_s or perf_counter() - began
                text += chunk.text
    first_s = first_s or perf_counter() - began
    return _judged(text, truth, first_s, len(model.render(prompt)))


async def _piped(pipeline: MeasuredPipeline, case: Case) -> Outcome:
    began = perf_counter()
    answer = (await pipeline.complete(case.query, 1)).answer
    text = answer.suggestions[0].text if answer.suggestions else ""
    return _judged(text, case.truth, perf_counter() - began, 0)


def _judged(text: str, truth: str, seconds: float, prompt_chars: int) -> Outcome:
    from rapidfuzz.distance import Levenshtein

    line = text.split("\n", 1)[0].rstrip()
    right = next(
        (at for at, (a, b) in enumerate(zip(line, truth, strict=False)) if a != b), min(len(line), len(truth))
    )
    return Outcome(
        line == truth, right, Levenshtein.normalized_similarity(line, truth), seconds, prompt_chars
    )


def _print(found: dict[str, list[Outcome]]) -> None:
    print(
        f"\n{'prompt':22}{'exact':>8}{'right chars':>13}{'similarity':>12}{'first text':>12}{'characters':>12}"
    )
    for way, outcomes in found.items():
        count = len(outcomes) or 1
        times = sorted(outcome.seconds for outcome in outcomes)
        print(
            f"{way:22}{100 * sum(o.exact for o in outcomes) / count:6.0f} %{sum(o.right_chars for o in outcomes) / count:13.1f}"
            f"{sum(o.similarity for o in outcomes) / count:12.3f}{times[len(times) // 2]:10.2f} s"
            f"{sum(o.prompt_chars for o in outcomes) / count:12.0f}"
        )
    ours = found.get("Segue", [])
    for way in ("infill", "windows"):
        pairs = list(zip(ours, found.get(way, []), strict=True))
        won = sum(a.exact and not b.exact for a, b in pairs)
        lost = sum(b.exact and not a.exact for a, b in pairs)
        print(f"paired with {way}: {won} holes right with Segue's prompt only, {lost} with the other only")
