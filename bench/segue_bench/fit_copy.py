"""`python -m segue_bench.fit_copy REPO...`: the weights of the statistical engine, fitted on lines of code.

Prints the lines of ``BY_NAME`` in ``segue_context.statistical._weights``. Needs numpy (the extra ``local`` brings it).
Fit on many repositories of several languages, and never on one that a quality benchmark measures.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from segue_bench._cases import completion_cases
from segue_bench._softmax import fit_choice, right_share
from segue_bench._workspace import open_index
from segue_context import ContextEngine
from segue_context.statistical import FEATURES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue_bench._softmax import Choice


def main(argv: Sequence[str] | None = None) -> int:
    """Fit on all repositories but the last quarter, say how often the best candidate is right there, fit on all."""
    parser = argparse.ArgumentParser(prog="segue_bench.fit_copy", description=str(__doc__).split("\n", 1)[0])
    parser.add_argument("repositories", nargs="+", type=Path)
    parser.add_argument("--cases", type=int, default=200, help="lines of each repository")
    options = parser.parse_args(argv)
    by_repository = [choices_of(repository, options.cases) for repository in options.repositories]
    held_out = max(1, len(by_repository) // 4) if len(by_repository) > 1 else 0
    seen = [choice for choices in by_repository[: len(by_repository) - held_out] for choice in choices]
    unseen = [choice for choices in by_repository[len(by_repository) - held_out :] for choice in choices]
    if unseen:
        weights = fit_choice(seen)
        print(
            f"# right: {right_share(seen, weights):.3f} fitted, {right_share(unseen, weights):.3f} held out"
        )
    for name, weight in zip(FEATURES, fit_choice([*seen, *unseen]), strict=True):
        print(f'    "{name}": {weight:.3f},')
    return 0


def choices_of(repository: Path, count: int) -> list[Choice]:
    """Return, for each cursor, the features of its candidates and which of them is right, if one is."""
    index = open_index(repository)
    engine = ContextEngine(index, retrievers=("definitions", "windows", "paired"))
    choices = []
    for case in completion_cases(index, count):
        weighed = engine.weigh(case.query).weighed
        right = next((at for at, (line, _) in enumerate(weighed) if line.text == case.truth), None)
        choices.append(([values for _, values in weighed], right))
    index.close()
    return choices


if __name__ == "__main__":
    raise SystemExit(main())
