"""`python -m segue_bench.fit_certainty PART REPO...`: the weights behind what is shown, fitted on lines of code.

The parts build on each other, so fit them in this order: ``words`` (which name a begun word becomes), ``lines``
(which candidate is the rest of the line), ``beginnings`` (how likely each beginning is), ``both`` (the same by both
engines together; asks the configured model). Each prints how well the weights do on repositories that they were not
fitted on, beside those in place, and the new ones; with ``--write`` these are put in place. Needs numpy (the extra
``local`` brings it). Fit on many repositories of several languages, and never on one that a quality benchmark measures.
"""

from __future__ import annotations

import argparse
import asyncio
import inspect
import random
import re
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from segue_bench._logistic import fit_logistic, log_loss, shown_and_right
from segue_bench._replay_play import Line, lines_of
from segue_bench._softmax import choice_loss, fit_choice, right_share
from segue_bench._workspace import open_index, unsaved
from segue_bench.eval_complete import chosen_settings, open_chosen_model
from segue_context import ContextEngine, CursorQuery
from segue_context.statistical import (
    BEGINNING_FEATURES,
    FEATURES,
    WORD_FEATURES,
    _beginning_weights,
    _weights,
)
from segue_server.completion import certainty
from segue_server.completion.certainty import evidence, whole_words
from segue_server.completion.token_path import Step, TokenPath

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

    from segue_bench._softmax import Choice
    from segue_context.statistical import Outlook
    from segue_model import CompletionModel

COLUMNS = 3
"""Cursors of one line: more of them say the same again."""

FOLDS = 4

_LEFT_CHARS = 1500
_WORD = re.compile(r"\w*")


@dataclass(slots=True)
class Examples:
    """What speaks for each candidate, word and beginning at the cursors seen, and which were right."""

    words: list[Choice] = field(default_factory=list)
    lines: list[Choice] = field(default_factory=list)
    beginnings: list[tuple[list[float], bool]] = field(default_factory=list)
    both: list[tuple[list[float], bool]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Part:
    """One set of weights: the dictionary `name` of `module`; `ridge` is the penalty of large ones."""

    module: ModuleType
    name: str
    features: tuple[str, ...]
    choice: bool
    ridge: float

    @property
    def weights(self) -> dict[str, float]:
        """The weights in place, by the names of their features."""
        found = getattr(self.module, self.name)
        return {name: found[name] for name in self.features}

    def fit(self, examples: Sequence[Any], *, anew: bool = False) -> list[float]:
        """Return the weights under which the examples are likeliest, near those in place unless they are to be `anew`."""
        prior = () if anew else tuple(self.weights.values())
        if self.choice:
            return fit_choice(examples, prior=prior, ridge=self.ridge)
        rows, right = [row for row, _ in examples], [right for _, right in examples]
        return fit_logistic(rows, right, prior=prior, ridge=self.ridge)

    def judged(self, examples: Sequence[Any], weights: Sequence[float]) -> tuple[float, ...]:
        """Return the mean log loss, and what of the examples is best and right, or shown at 0.8 and then right."""
        if self.choice:
            return choice_loss(examples, weights), right_share(examples, weights)
        rows, right = [row for row, _ in examples], [right for _, right in examples]
        return log_loss(rows, right, weights), *shown_and_right(rows, right, weights, 0.8)

    def write(self, weights: Sequence[float]) -> None:
        """Put new weights in place."""
        path = Path(inspect.getsourcefile(self.module) or "")
        before, opening, rest = path.read_text("utf-8").partition(f"{self.name}: dict[str, float] = {{\n")
        _, closing, after = rest.partition("}\n")
        lines = [f'    "{name}": {weight:.3f},\n' for name, weight in zip(self.weights, weights, strict=True)]
        path.write_text("".join([before, opening, *lines, closing, after]), "utf-8")


PARTS = {
    "words": Part(_weights, "BY_WORD_NAME", WORD_FEATURES, choice=True, ridge=4.0),
    "lines": Part(_weights, "BY_NAME", FEATURES, choice=True, ridge=6.0),
    "beginnings": Part(_beginning_weights, "BY_NAME", BEGINNING_FEATURES, choice=False, ridge=3.0),
    "both": Part(certainty, "BY_NAME", tuple(certainty.BY_NAME), choice=False, ridge=3.0),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Fit one part on all repositories, say how well it does on those left out, and print the weights."""
    parser = argparse.ArgumentParser(
        prog="segue_bench.fit_certainty", description=str(__doc__).split("\n", 1)[0]
    )
    parser.add_argument("part", choices=PARTS)
    parser.add_argument("repositories", nargs="+", type=Path)
    parser.add_argument("--lines", type=int, default=60, help="lines of each repository")
    parser.add_argument("--anew", action="store_true", help="forget the weights in place")
    parser.add_argument("--write", action="store_true", help="put the new weights in place")
    options = parser.parse_args(argv)
    part = PARTS[options.part]
    model = open_chosen_model(chosen_settings()) if options.part == "both" else None
    with asyncio.Runner() as runner:
        found = [
            getattr(runner.run(examples_of(repository, options.lines, model)), options.part)
            for repository in options.repositories
        ]
        if model is not None:
            runner.run(model.aclose())
    for name, judged in held_out(part, found, anew=options.anew).items():
        print(f"# {name}: " + "  ".join(f"{value:.3f}" for value in judged))
    everything = [example for examples in found for example in examples]
    weights = part.fit(everything, anew=options.anew)
    for name, weight in zip(part.weights, weights, strict=True):
        print(f'    "{name}": {weight:.3f},')
    if options.write:
        part.write(weights)
    return 0


def held_out(part: Part, found: Sequence[Sequence[Any]], *, anew: bool) -> dict[str, tuple[float, ...]]:
    """Return how well new weights do on repositories they were not fitted on, and how those in place do there."""
    fresh: list[tuple[float, ...]] = []
    kept: list[tuple[float, ...]] = []
    for fold in range(min(FOLDS, len(found)) if len(found) > 1 else 0):
        train = [e for at, examples in enumerate(found) if at % FOLDS != fold for e in examples]
        test = [e for at, examples in enumerate(found) if at % FOLDS == fold for e in examples]
        if train and test:
            fresh.append(part.judged(test, part.fit(train, anew=anew)))
            kept.append(part.judged(test, list(part.weights.values())))
    rows = {"new weights, held out": fresh, "weights in place": kept}
    return {
        name: tuple(sum(column) / len(column) for column in zip(*judged, strict=True))
        for name, judged in rows.items()
    }


async def examples_of(repository: Path, count: int, model: CompletionModel | None) -> Examples:
    """Return the examples of one repository."""
    rng = random.Random(repository.name)
    index = open_index(repository)
    engine = ContextEngine(index, retrievers=("definitions", "windows", "paired"))
    examples = Examples()
    for line in lines_of(index, count, seed=3):
        with unsaved(index, line.query):
            columns = {rng.randrange(line.start, len(line.text) - 2) for _ in range(COLUMNS)}
            for column in sorted(columns):
                await _look(engine, line, column, model, examples)
    index.close()
    return examples


async def _look(
    engine: ContextEngine, line: Line, column: int, model: CompletionModel | None, examples: Examples
) -> None:
    start = line.query
    query = CursorQuery(
        start.path, start.language_id, start.prefix + line.text[line.start : column], start.suffix
    )
    truth = line.text[column:]
    weighing, outlook = engine.weigh(query), engine.outlook(query)
    texts = [candidate.text for candidate, _ in weighing.weighed]
    if texts:
        right = texts.index(truth) if truth in texts else None
        examples.lines.append(([values for _, values in weighing.weighed], right))
    if weighing.words:
        word = weighing.collector.cursor.partial.strip() + (_WORD.match(truth) or [""])[0]
        names = [name for name, _ in weighing.words]
        examples.words.append(
            ([values for _, values in weighing.words], names.index(word) if word in names else None)
        )
    for text in outlook.likeliest_path():
        examples.beginnings.append((outlook.values(text), _goes_on(truth, start.suffix, text)))
    if model is not None:
        path = await _path(model, query)
        _fuse(outlook, path, truth, start.suffix, examples)


def _fuse(outlook: Outlook, path: TokenPath, truth: str, suffix: str, examples: Examples) -> None:
    for text in [*outlook.likeliest_path(), *whole_words(path)]:
        values = evidence(outlook.chance(text), path.says(text))
        examples.both.append((values, _goes_on(truth, suffix, text)))


async def _path(model: CompletionModel, query: CursorQuery) -> TokenPath:
    from segue_model import CompletionPrompt

    left = query.prefix[-_LEFT_CHARS:]
    prompt = CompletionPrompt(left[left.find("\n") + 1 :], "", path=query.path, language_id=query.language_id)
    steps: list[Step] = []
    ended = False
    async with aclosing(model.tokens(prompt, least=0.08, max_tokens=10)) as tokens:
        async for token in tokens:
            if token.text:
                steps.append(Step(token.text, token.logprob, token.others))
            else:
                ended = True
    return TokenPath(tuple(steps), ended)


def _goes_on(truth: str, suffix: str, text: str) -> bool:
    return (truth + suffix).startswith(text)


if __name__ == "__main__":
    raise SystemExit(main())
