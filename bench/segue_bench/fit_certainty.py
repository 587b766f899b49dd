"""`python -m segue_bench.fit_certainty REPO...`: the weights behind what is shown, fitted on lines of code.

Prints the entries of ``BY_NAME`` and ``BY_WORD_NAME`` in ``segue_context.statistical._weights`` (whole lines, begun
words), then, once the former are in place, those of ``_beginning_weights``, and with ``--model`` those of
``segue_server.completion.certainty``. Needs numpy (the extra ``local`` brings it). Fit on many repositories of several
languages, and never on one that a quality benchmark measures.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import re
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from segue_bench._logistic import fit_logistic
from segue_bench._replay_play import Line, lines_of
from segue_bench._softmax import fit_choice, right_share
from segue_bench._workspace import open_index, unsaved
from segue_bench.eval_complete import chosen_settings, open_chosen_model
from segue_context import ContextEngine, CursorQuery
from segue_context.statistical import BEGINNING_FEATURES, FEATURES, WORD_FEATURES
from segue_server.completion.certainty import BY_NAME, evidence, whole_words
from segue_server.completion.token_path import Step, TokenPath

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue_bench._softmax import Choice
    from segue_context.statistical import Outlook
    from segue_model import CompletionModel

COLUMNS = 3
"""Cursors of one line: more of them say the same again."""

_LEFT_CHARS = 1500
_WORD = re.compile(r"\w*")


@dataclass(slots=True)
class Examples:
    """What speaks for each candidate, word and beginning at the cursors seen, and which were right."""

    lines: list[Choice] = field(default_factory=list)
    words: list[Choice] = field(default_factory=list)
    beginnings: list[tuple[list[float], bool]] = field(default_factory=list)
    fused: list[tuple[list[float], bool]] = field(default_factory=list)


def main(argv: Sequence[str] | None = None) -> int:
    """Fit on all repositories and print the weights; say how often the best whole line is right on the last quarter."""
    parser = argparse.ArgumentParser(
        prog="segue_bench.fit_certainty", description=str(__doc__).split("\n", 1)[0]
    )
    parser.add_argument("repositories", nargs="+", type=Path)
    parser.add_argument("--lines", type=int, default=150, help="lines of each repository")
    parser.add_argument("--model", action="store_true", help="also ask the configured model for its tokens")
    options = parser.parse_args(argv)
    model = open_chosen_model(chosen_settings()) if options.model else None
    with asyncio.Runner() as runner:
        found = [
            runner.run(examples_of(repository, options.lines, model)) for repository in options.repositories
        ]
        if model is not None:
            runner.run(model.aclose())
    lines = [choice for examples in found for choice in examples.lines]
    held_out = found[-max(1, len(found) // 4) :] if len(found) > 1 else []
    if held_out:
        weights = fit_choice([c for examples in found[: -len(held_out)] for c in examples.lines], ridge=6.0)
        share = right_share([c for examples in held_out for c in examples.lines], weights)
        print(f"# whole lines right on repositories held out: {share:.3f}")
    _print("whole lines", FEATURES, fit_choice(lines, ridge=6.0))
    words = [choice for examples in found for choice in examples.words]
    _print("begun words", WORD_FEATURES, fit_choice(words, ridge=4.0))
    for title, names, kept in (
        ("beginnings", BEGINNING_FEATURES, [e for examples in found for e in examples.beginnings]),
        ("both engines", tuple(BY_NAME), [e for examples in found for e in examples.fused]),
    ):
        if kept:
            _print(title, names, fit_logistic([row for row, _ in kept], [right for _, right in kept]))
    return 0


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
        examples.fused.append((values, _goes_on(truth, suffix, text)))


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


def _print(title: str, names: Sequence[str], weights: Sequence[float]) -> None:
    print(f"# {title}")
    for name, weight in zip(names, weights, strict=True):
        print(f'    "{name}": {weight:.3f},')


if __name__ == "__main__":
    raise SystemExit(main())
