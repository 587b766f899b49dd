"""What an agent reads before it has found the answer: with `segue mcp`'s search, and with grep.

Agents are played that behave the same on every question. One greps for the rarest words of the question and looks at the
files that hold most of its words, best first: at the whole file, or at the 80 lines with most of the words. The other
searches and reads the lines of the places, best first. All stop at the first file that is an answer, and give up after
ten. Tokens are counted as characters / 4.
"""

from __future__ import annotations

import argparse
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, median
from typing import TYPE_CHECKING

from segue_bench._ask_cases import same_path, semble_sets
from segue_context import WorkspaceIndex
from segue_context.privacy import SendingRules
from segue_server.mcp.answers import Answers

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from segue_bench._ask_cases import AskCase, AskSet

_WORD = re.compile(r"[A-Za-z_]{3,}")
_COMMON = frozenset(
    [
        "the",
        "and",
        "for",
        "with",
        "how",
        "does",
        "what",
        "where",
        "which",
        "when",
        "why",
        "are",
        "is",
        "was",
        "from",
        "into",
        "that",
        "this",
        "its",
        "their",
        "has",
        "have",
        "can",
        "used",
        "use",
        "uses",
        "using",
        "between",
        "about",
        "all",
        "any",
        "not",
        "who",
        "get",
        "set",
    ]
)
_WORDS_GREPPED = 3
_GREP_LINES = 100  # agents' tools cut their output
_FILE_LINES = 2_000
_WINDOW_LINES = 80
_MOST_READ = 10
_PLACE = re.compile(r"^(?P<path>\S[^:\n]*):(?P<first>\d+)(?:-(?P<last>\d+))?(?: |$)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Way:
    """What one agent read on one question, in tokens, and whether it came to an answer."""

    tokens: int
    found: bool


class Folder:
    """The texts of a repository, as grep sees them."""

    def __init__(self, root: Path, paths: Sequence[str]) -> None:
        self.texts = {path: (root / path).read_text("utf-8", "replace") for path in paths}
        self._lower = {path: text.lower() for path, text in self.texts.items()}

    def grep(self, case: AskCase, *, whole: bool) -> Way:
        """Play the agent that greps, and reads `whole` files or the lines with most of the words."""
        words = [word for word in dict.fromkeys(_WORD.findall(case.question.lower())) if word not in _COMMON]
        files = {word: [path for path, text in self._lower.items() if word in text] for word in words}
        rarest = sorted((word for word in words if files[word]), key=lambda word: len(files[word]))
        grepped = rarest[:_WORDS_GREPPED]
        said = sum(sum(map(len, self._lines(word, files[word]))) for word in grepped)
        ranked = sorted(
            {path for word in grepped for path in files[word]},
            key=lambda path: (-sum(path in files[word] for word in words), path),
        )
        for path in ranked[:_MOST_READ]:
            lines = self.texts[path].split("\n")
            first = 0 if whole else self._densest(path, words)
            said += len("\n".join(lines[first : first + (_FILE_LINES if whole else _WINDOW_LINES)]))
            if any(same_path(path, wanted) for wanted in case.paths):
                return Way(said // 4, found=True)
        return Way(said // 4, found=False)

    def _densest(self, path: str, words: Sequence[str]) -> int:
        """Return the first of the lines that hold most of the words."""
        counts = [sum(word in line for word in words) for line in self._lower[path].split("\n")]
        return max(range(len(counts)), key=lambda first: sum(counts[first : first + _WINDOW_LINES]))

    def _lines(self, word: str, paths: Sequence[str]) -> list[str]:
        lines: list[str] = []
        for path in paths:
            for number, line in enumerate(self.texts[path].split("\n"), 1):
                if word in line.lower():
                    lines.append(f"{path}:{number}:{line}\n")
                    if len(lines) == _GREP_LINES:
                        return lines
        return lines

    def search(self, case: AskCase, answers: Answers) -> Way:
        """Play the agent that searches."""
        answer = answers.search(case.question, _MOST_READ)
        said = len(answer)
        for place in _PLACE.finditer(answer):
            path, first, last = place["path"], int(place["first"]), int(place["last"] or place["first"])
            if path not in self.texts:
                continue
            said += len("\n".join(self.texts[path].split("\n")[first - 1 : last]))
            if any(same_path(path, wanted) for wanted in case.paths):
                return Way(said // 4, found=True)
        return Way(said // 4, found=False)


def play(one: AskSet, count: int) -> dict[str, list[Way]]:
    """Return what each agent read on up to `count` questions about one repository."""
    with tempfile.TemporaryDirectory() as cache:
        index = WorkspaceIndex(one.root, Path(cache))
        try:
            index.build()
            rules = SendingRules(one.root)
            folder = Folder(one.root, [path for path in index.files() if rules.may_leave(path)])
            answers = Answers(one.root, index, rules)
            agents: dict[str, Callable[[AskCase], Way]] = {
                "search": lambda case: folder.search(case, answers),
                "grep, whole files": lambda case: folder.grep(case, whole=True),
                "grep, 80 lines": lambda case: folder.grep(case, whole=False),
            }
            cases = one.cases[:: max(1, len(one.cases) // count)][:count]
            return {name: [agent(case) for case in cases] for name, agent in agents.items()}
        finally:
            index.close()


def main(argv: Sequence[str]) -> int:
    """Play the agents on Semble's questions and print what each read."""
    parser = argparse.ArgumentParser(prog="segue bench agents", description=__doc__)
    parser.add_argument(
        "semble", type=Path, help="the folder that `segue bench ask --semble FOLDER --fetch` fills"
    )
    parser.add_argument("--questions", type=int, default=20, help="how many in all")
    parser.add_argument("--repos", nargs="*", default=[], help="these repositories only")
    options = parser.parse_args(argv)
    sets = [
        one
        for one in semble_sets(options.semble, whole=True)
        if not options.repos or one.name in options.repos
    ]
    if not sets:
        parser.error(f"no repository of Semble's questions is checked out in {options.semble / 'checkouts'}")
    played: dict[str, list[Way]] = {}
    left = options.questions
    for number, one in enumerate(sets):
        each = -(-left // (len(sets) - number))
        for name, ways in play(one, each).items():
            played.setdefault(name, []).extend(ways)
        left -= each
    print(
        f"{len(next(iter(played.values())))} questions about {len(sets)} repositories; tokens read until an answer is found"
    )
    print(f"{'':18} {'found':>7} {'median':>9} {'mean':>9}")
    for name, ways in played.items():
        tokens = [way.tokens for way in ways]
        print(
            f"{name:18} {sum(way.found for way in ways):>3}/{len(ways):<3} {median(tokens):>9,.0f} {mean(tokens):>9,.0f}"
        )
    return 0
