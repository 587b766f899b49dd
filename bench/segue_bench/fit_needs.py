"""`python -m segue_bench.fit_needs REPO...`: the weights by which needed names are told from others.

Prints the lines of ``BY_NAME`` in ``segue_context.retrievers._need_weights``. Needs numpy.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from segue_bench._cases import retrieval_cases
from segue_bench._softmax import fit_choice, right_share
from segue_bench._workspace import open_index, unsaved
from segue_context import ContextEngine
from segue_context.retrievers import NEED_FEATURES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue_bench._softmax import Choice


def main(argv: Sequence[str] | None = None) -> int:
    """Fit on the repositories given and print the weights."""
    parser = argparse.ArgumentParser(prog="segue_bench.fit_needs", description=str(__doc__).split("\n", 1)[0])
    parser.add_argument("repositories", nargs="+", type=Path)
    parser.add_argument("--cases", type=int, default=80, help="cases of each repository")
    options = parser.parse_args(argv)
    choices = [
        choice for repository in options.repositories for choice in choices_of(repository, options.cases)
    ]
    weights = fit_choice(choices)
    print(f"# the first name is needed: {right_share(choices, weights):.3f}")
    for name, weight in zip(NEED_FEATURES, weights, strict=True):
        print(f'    "{name}": {weight:.3f},')
    return 0


def choices_of(repository: Path, count: int) -> list[Choice]:
    """Return, for each wanted name, the features of all names weighed and which of them it is."""
    index = open_index(repository)
    engine = ContextEngine(index)
    choices: list[Choice] = []
    for case in retrieval_cases(index, count):
        with unsaved(index, case.query):
            needs = [need for need in engine.needs(case.query) if need.values]
        values = [need.values for need in needs]
        names = [need.name for need in needs]
        choices += [(values, names.index(name)) for name in case.wanted if name in names]
    index.close()
    return choices


if __name__ == "__main__":
    raise SystemExit(main())
