"""What post-processing is worth: on recorded answers of real models, and on spoilt true continuations.

segue bench postprocess                          the recorded answers
segue bench postprocess --without reindent       the same without one filter, beside all of them
segue bench postprocess --each                   without each filter in turn
segue bench postprocess DIRECTORY... [--without RULE]    the synthetic corpus of these sources as well
"""

from __future__ import annotations

import argparse
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from rapidfuzz.distance import Levenshtein
from rich.console import Console
from rich.table import Table

from segue_bench import postprocess_corpus
from segue_bench._served_postprocess import served
from segue_bench.real_answers import STORED, load
from segue_postprocess import FILTERS, Cursor
from segue_syntax import TreeStore, grammar_of, language_of, parse, syntax_errors

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from segue_bench.real_answers import RealAnswer
    from segue_postprocess import Processed


@dataclass(slots=True)
class Tally:
    """Counts over answers: `similarity` is summed with 0 for an answer that shows nothing."""

    answers: int = 0
    shown: int = 0
    exact: int = 0
    similarity: float = 0.0
    right: int = 0
    right_lost: int = 0
    worse: int = 0
    reasons: Counter[str] = field(default_factory=Counter)

    def row(self) -> list[str]:
        """Return the figures as the table shows them."""
        count = max(self.answers, 1)
        return [
            str(self.answers),
            f"{100 * self.shown / count:.1f}",
            f"{100 * self.exact / count:.2f}",
            f"{100 * self.similarity / count:.2f}",
            f"{100 * self.similarity / max(self.shown, 1):.2f}",
            f"{self.right_lost}/{self.right}",
            str(self.worse),
        ]


def first_line(text: str) -> str:
    """Return the first line of a text that says something, without the space around it."""
    return next((line.strip() for line in text.split("\n") if line.strip()), "")


def score(answers: Sequence[RealAnswer], without: Collection[str] = ()) -> dict[str, Tally]:
    """Return the counts of each model and of "all" together."""
    tallies: dict[str, Tally] = {"all": Tally()}
    trees = TreeStore()
    for answer in answers:
        cursor = Cursor(answer.prefix, answer.suffix, answer.language, answer.path)
        result = served(cursor, answer.answer, trees, without)
        for name in ("all", answer.model):
            _add(tallies.setdefault(name, Tally()), answer, result)
        if _is_worse(answer, result):
            tallies["all"].worse += 1
            tallies[answer.model].worse += 1
    return tallies


def _add(tally: Tally, answer: RealAnswer, result: Processed) -> None:
    text, wanted = result.text or "", first_line(answer.truth)
    tally.answers += 1
    tally.shown += bool(text)
    tally.exact += first_line(text) == wanted
    tally.similarity += Levenshtein.normalized_similarity(text.strip(), answer.truth.strip()) if text else 0.0
    if first_line(answer.answer) == wanted:
        tally.right += 1
        tally.right_lost += first_line(text) != wanted
    tally.reasons.update(result.reasons)


def _is_worse(answer: RealAnswer, result: Processed) -> bool:
    """Whether the file has more syntax errors with what is shown, in a language whose grammar is to be trusted."""
    if not result.text or language_of(answer.language).advisory or grammar_of(answer.language) is None:
        return False
    accepted = answer.prefix + result.text + answer.suffix[result.replace_suffix_chars :]
    return _errors(accepted, answer.language) > _errors(answer.prefix + answer.suffix, answer.language)


def _errors(text: str, language: str) -> int:
    tree = parse(text, language)
    return syntax_errors(tree) if tree is not None else 0


def main(argv: Sequence[str] | None = None) -> int:
    """Print the tables."""
    names = [step.__name__ for step in FILTERS]
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("directories", nargs="*", type=Path, help="sources for the synthetic corpus")
    parser.add_argument(
        "--without", action="append", default=[], choices=names, metavar="RULE", help=", ".join(names)
    )
    parser.add_argument("--each", action="store_true", help="leave out each filter in turn")
    parser.add_argument("--answers", type=Path, default=STORED, help="another recording")
    parser.add_argument("--every", type=int, default=1, help="score every n-th answer only")
    options, others = parser.parse_known_args(argv)
    if not options.answers.is_file():
        parser.error(
            f"{options.answers} is not there: the recorded answers are in Segue's repository, not in its package."
        )
    answers = list(load(options.answers))[:: options.every]
    table = Table(title="Answers of real models")
    for column in (
        "without",
        "model",
        "answers",
        "shown %",
        "exact line %",
        "similarity %",
        "of shown %",
        "right lost",
        "worse",
    ):
        table.add_column(column, justify="left" if column in ("without", "model") else "right")
    left_out: list[list[str]] = [[], *([[name] for name in dict.fromkeys(names)] if options.each else [])]
    for without in [*left_out, *([options.without] if options.without else [])]:
        for model, tally in score(answers, without).items():
            if model == "all" or not without:
                table.add_row(", ".join(without) or "-", model, *tally.row())
    Console(width=140).print(table)
    if options.directories:
        arguments = [*map(str, options.directories), *others]
        return postprocess_corpus.main([*arguments, *(f"--without={name}" for name in options.without)])
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
