"""How well a model alone finishes lines of installed packages, by how its prompt is healed."""

from __future__ import annotations

import argparse
import asyncio
import importlib.util
import random
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from rapidfuzz.distance import Levenshtein

from segue_model import (
    CompletionPrompt,
    FormatSettings,
    GenerationOptions,
    Healing,
    ModelError,
    ModelSettings,
    OpenedModel,
    Timeouts,
    open_model,
)
from segue_server.runtime.paths import directories

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_PACKAGES = ("httpx", "diskcache", "typer", "rich", "cattrs", "pygls", "pydantic", "pip")
_KINDS = ("line start", "after a space", "in a word", "elsewhere")
_PREFIX_LINES = 30
_OPTIONS = GenerationOptions(max_tokens=40, stop=("\n",))


@dataclass(frozen=True, slots=True)
class Case:
    """A place in a file: what stands before the cursor, the true rest of the line, and what kind of place it is."""

    prefix: str
    rest: str
    kind: str


def main(argv: list[str]) -> int:
    """Print exact answers and edit similarity for each kind of healing."""
    parser = argparse.ArgumentParser(prog="segue bench lines", description=__doc__)
    parser.add_argument("--model", default="", help="name or path of a GGUF file")
    parser.add_argument("--lines", type=int, default=120)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--healing", nargs="*", default=list(get_args(Healing)), choices=get_args(Healing))
    arguments = parser.parse_args(argv)
    cases = list(_cases(arguments.lines, arguments.seed))
    try:
        asyncio.run(_measure(arguments.model, cases, arguments.healing))
    except ModelError as error:
        print(error.message)
        return 1
    return 0


async def _measure(model: str, cases: Sequence[Case], kinds: Sequence[Healing]) -> None:
    models = {kind: _opened(model, kind) for kind in kinds}
    scores: dict[str, list[tuple[str, bool, float]]] = {kind: [] for kind in kinds}
    try:
        # All kinds ask about a line before the next one, so that they share what the engine has evaluated.
        for case in cases:
            for kind, opened in models.items():
                got = (await _answer(opened, case.prefix)).rstrip()
                want = case.rest.rstrip()
                likeness = Levenshtein.normalized_similarity(got, want)
                scores[kind].append((case.kind, got == want, likeness))
    finally:
        for opened in models.values():
            await opened.aclose()
    print(f"{'healing':10}{'exact':>12}{'similarity':>12}   " + "  ".join(f"{kind:>14}" for kind in _KINDS))
    for name, rows in scores.items():
        by_place = "  ".join(f"{_mean([s for k, _, s in rows if k == place]):14.2f}" for place in _KINDS)
        exact = f"{sum(hit for _, hit, _ in rows)} of {len(rows)}"
        print(f"{name:10}{exact:>12}{_mean([s for *_, s in rows]):12.3f}   {by_place}")


def _opened(model: str, healing: Healing) -> OpenedModel:
    plain = FormatSettings(template="{prefix}", stop=("<|endoftext|>",), healing=healing)
    settings = ModelSettings(
        model=model, custom_format=plain, timeouts=Timeouts(read_s=300, total_s=600), idle_exit_s=5
    )
    return open_model(settings, cache_dir=directories().cache)


async def _answer(model: OpenedModel, prefix: str) -> str:
    async with aclosing(model.stream(CompletionPrompt(prefix, ""), _OPTIONS)) as stream:
        return "".join([chunk.text async for chunk in stream])


def _cases(count: int, seed: int) -> Iterator[Case]:
    chance = random.Random(seed)
    files = sorted(_files())
    found = 0
    while found < count:
        lines = chance.choice(files).read_text("utf-8").split("\n")
        number = chance.randrange(20, len(lines) - 2)
        line = lines[number]
        indent = len(line) - len(line.lstrip())
        if len(line.strip()) < 8 or line.lstrip().startswith("#"):
            continue
        kind = chance.choice(_KINDS)
        places = [at for at in range(indent + 1, len(line) - 2) if _kind(line, at) == kind]
        if kind == _KINDS[0]:
            places = [indent]
        if places:
            at = chance.choice(places)
            before = "".join(f"{text}\n" for text in lines[max(0, number - _PREFIX_LINES) : number])
            yield Case(before + line[:at], line[at:], kind)
            found += 1


def _kind(line: str, at: int) -> str:
    before, after = line[at - 1], line[at]
    if before == " ":
        return _KINDS[1] if after != " " else ""
    if before.isalnum():
        return _KINDS[2] if after.isalnum() else ""
    return _KINDS[3]


def _files() -> Iterator[Path]:
    for name in _PACKAGES:
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.origin is not None:
            for path in Path(spec.origin).parent.rglob("*.py"):
                if 3000 < path.stat().st_size < 60_000 and "_vendor" not in path.parts:
                    yield path


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0
