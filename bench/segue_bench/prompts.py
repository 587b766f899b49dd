"""`segue bench prompts REPO...`: one model, asked as Segue asks it and as two others do, on the same holes.

The model is served by llama.cpp on loopback. `infill` is what llama.vim sends: 256 lines before the cursor, 64 after it,
and with `--chunks` also pieces of random other files. `windows` is what Continue sent: a third of 1,024 tokens before
the cursor, a fifth after it, and the windows of other files most similar to the last lines, as comments. A hole is the
rest of a line of code, cut at a random token border. The table is printed after each repository; with `--answers FILE`
an interrupted run resumes.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from segue_bench._cases import completion_cases, sources
from segue_bench._measured_pipeline import FILE_ONLY_SOURCES
from segue_bench._prompt_peers import (
    CONTEXT_TOKENS,
    MAX_TOKENS,
    Answer,
    Answers,
    RememberingModel,
    ServedModel,
    asked_as_is,
    infill_request,
    windows_request,
)
from segue_bench._workspace import open_index, unsaved
from segue_context import ContextEngine
from segue_context.privacy import SendingRules
from segue_model import CompletionPrompt, GenerationOptions, ModelError, ModelSettings, Timeouts, open_model
from segue_server.completion.headless import HeadlessCompleter, without_thresholds
from segue_server.completion.prompting import prompt_of
from segue_server.completion.settings import pipeline_settings
from segue_server.completion.types import CompletionRequest
from segue_server.configuration import Settings
from segue_syntax import Snapshot

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue_bench._cases import Case
    from segue_context import WorkspaceIndex
    from segue_model import OpenedModel
    from segue_server.completion.settings import PipelineSettings

_PATIENCE_S = 1800.0  # on a machine with other work
_OPTIONS = GenerationOptions(max_tokens=MAX_TOKENS, stop=("\n",), logprobs=False)
_SEGUE, _MODEL_ALONE, _BOTH = "Segue's prompt", "Segue, model alone", "Segue, both engines"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One answer: is the line exact, how many of its first characters are right, and how similar is it (0..1)."""

    exact: bool
    right_chars: int
    similarity: float
    prompt_tokens: int = 0
    first_s: float = 0.0


@dataclass(slots=True)
class Found:
    """The outcomes of each way of asking, hole by hole."""

    ways: dict[str, list[Outcome]] = field(default_factory=dict)

    def add(self, way: str, answer: Answer, truth: str) -> None:
        """Judge an answer."""
        self.ways.setdefault(way, []).append(judged(answer, truth))

    def print(self) -> None:
        """Print the figures of each way, and how Segue's compare with the others on the same holes."""
        print(
            f"\n{'prompt':22}{'holes':>6}{'exact':>9}{'right chars':>13}{'similarity':>12}{'tokens':>8}{'first':>9}"
        )
        for way, outcomes in self.ways.items():
            count = len(outcomes)
            waits = sorted(outcome.first_s for outcome in outcomes)
            print(
                f"{way:22}{count:6}{100 * sum(o.exact for o in outcomes) / count:7.1f} %"
                f"{sum(o.right_chars for o in outcomes) / count:13.1f}"
                f"{sum(o.similarity for o in outcomes) / count:12.3f}"
                f"{sum(o.prompt_tokens for o in outcomes) / count:8.0f}{waits[count // 2]:7.2f} s"
            )
        for ours in (way for way in self.ways if way.startswith("Segue")):
            for other in (way for way in self.ways if not way.startswith("Segue")):
                pairs = list(zip(self.ways[ours], self.ways[other], strict=True))
                won = sum(a.exact and not b.exact for a, b in pairs)
                lost = sum(b.exact and not a.exact for a, b in pairs)
                print(
                    f"{ours} and {other}: {won} holes right with the first only, {lost} with the second only"
                )


def main(argv: Sequence[str]) -> int:
    """Print the figures of each way of asking, and how they compare on the same holes."""
    parser = argparse.ArgumentParser(prog="segue bench prompts", description=str(__doc__).split("\n", 1)[0])
    parser.add_argument("repositories", nargs="+", type=Path)
    parser.add_argument("--model", required=True, type=Path, help="a GGUF file that can fill in the middle")
    parser.add_argument("--holes", type=int, default=20, help="holes of each repository")
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--chunks", type=int, default=0, help="pieces of random files for a second `infill`")
    parser.add_argument("--sizes", default="", help="Segue's PREFIX,SUFFIX,CONTEXT in characters")
    parser.add_argument("--speed", type=float, help="characters a second that Segue takes the model to read")
    parser.add_argument(
        "--whole", action="store_true", help="also the pipeline, with and without the statistical engine"
    )
    parser.add_argument("--segue-only", action="store_true", help="leave the others out, to compare sizes")
    parser.add_argument("--answers", type=Path, help="a file that keeps the model's answers")
    options = parser.parse_args(argv)
    with TemporaryDirectory() as cache, ServedModel(options.model, options.threads) as endpoint:
        asyncio.run(_measure(options, endpoint, Path(cache)))
    return 0


async def _measure(options: argparse.Namespace, endpoint: str, cache: Path) -> None:
    import httpx

    answers = Answers(options.answers, options.model.name)
    chosen = ModelSettings(
        provider="llamacpp",
        endpoint=endpoint,
        model=options.model.stem,
        timeouts=Timeouts.of(_PATIENCE_S),
        context_tokens=CONTEXT_TOKENS,
    )
    opened = open_model(chosen, cache_dir=cache)
    model = RememberingModel.over(opened, answers, options.speed)
    await opened.warm(CompletionPrompt("x", ""))  # finds out the format that the windows are written in
    found = Found()
    async with httpx.AsyncClient(base_url=endpoint, timeout=_PATIENCE_S, trust_env=False) as http:
        for repository in options.repositories:
            index = open_index(repository)
            segue = _Segue(index, model, repository.resolve().name, options)
            for case in completion_cases(index, options.holes, seed=options.seed):
                await segue.ask(case, found)
                if not options.segue_only:
                    others = [(path, text) for path, text in sources(index) if path != case.query.path]
                    requests = {
                        "infill": infill_request(case, others, 0),
                        "windows": windows_request(case, others, opened),
                    }
                    if options.chunks:
                        requests["infill, random extra"] = infill_request(case, others, options.chunks)
                    for way, request in requests.items():
                        found.add(way, await asked_as_is(http, request, answers), case.truth)
            await segue.aclose()
            index.close()
            print(f"\n{repository.resolve().name} done", end="")
            found.print()
    await opened.aclose()


class _Segue:
    """Segue's own ways for a hole: its prompt, and its pipeline with one engine and with both."""

    def __init__(
        self, index: WorkspaceIndex, model: OpenedModel, repository: str, options: argparse.Namespace
    ) -> None:
        self._index = index
        self._model = model
        self._repository = repository
        self._engine = ContextEngine(index, retrievers=FILE_ONLY_SOURCES)
        self._rules = SendingRules(index.root)
        self._settings = _sized(
            pipeline_settings(Settings.model_validate({"model": {"provider": "llamacpp"}})), options.sizes
        )
        whole = without_thresholds(self._settings)
        self._pipelines = {
            way: HeadlessCompleter(
                settings, context=self._engine, rules=self._rules, model=model, repository=repository
            )
            for way, settings in (
                {_MODEL_ALONE: replace(whole, statistical=False), _BOTH: whole} if options.whole else {}
            ).items()
        }

    async def ask(self, case: Case, found: Found) -> None:
        """Ask in every way, one after the other, so that the server still has the prompt."""
        query = case.query
        text = query.prefix + query.suffix
        snapshot = Snapshot.of(text, uri=f"segue-bench:/{query.path}", language_id=query.language_id)
        position = snapshot.position_at(len(query.prefix))
        with unsaved(self._index, query):
            settings = self._settings.readable(self._model.reading_speed, local=self._model.local)
            request = CompletionRequest(
                snapshot,
                position,
                may_leave=self._rules.may_leave,
                path=query.path,
                repository=self._repository,
            )
            prompt = prompt_of(request, self._engine.plan(query, settings.context_chars), settings)
            with contextlib.suppress(ModelError):  # no answer in time is a wrong one
                async with aclosing(self._model.stream(prompt, _OPTIONS)) as chunks:
                    async for _ in chunks:
                        pass
            assert isinstance(self._model, RememberingModel)
            asked = self._model.last
            found.add(_SEGUE, asked, case.truth)
            for way, pipeline in self._pipelines.items():
                answer = await pipeline.complete(snapshot, position, query.path, max_lines=1)
                shown = answer.suggestions[0].text if answer.suggestions else ""
                found.add(way, replace(asked, text=shown), case.truth)

    async def aclose(self) -> None:
        """Close what is running."""
        for pipeline in self._pipelines.values():
            await pipeline.aclose()


def _sized(settings: PipelineSettings, sizes: str) -> PipelineSettings:
    if not sizes:
        return settings
    before, after, context = map(int, sizes.split(","))
    return replace(settings, prefix_chars=before, suffix_chars=after, context_chars=context, adapts=False)


def judged(answer: Answer, truth: str) -> Outcome:
    """Return what an answer is worth: only its first line counts."""
    from rapidfuzz.distance import Levenshtein

    line = answer.text.split("\n", 1)[0].rstrip()
    right = next(
        (at for at, (a, b) in enumerate(zip(line, truth, strict=False)) if a != b), min(len(line), len(truth))
    )
    similarity = Levenshtein.normalized_similarity(line, truth)
    return Outcome(line == truth, right, similarity, answer.prompt_tokens, answer.first_s)
