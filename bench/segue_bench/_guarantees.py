"""What the benchmarks of an action's guarantees share: real functions, made-up answers, and what was counted."""

from __future__ import annotations

import argparse
import asyncio
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from segue_assist import Asking, Assistant, PromptLibrary, Target
from segue_bench._scripted import (
    NoRepository,
    NoSecrets,
    ScriptedChat,
    drawn_files,
    function_rows,
    text_of,
)
from segue_syntax import Position, Range, Snapshot

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable, Sequence

_MOST_IN_A_FILE = 4


@dataclass(frozen=True, slots=True)
class Case:
    """One answer: `well_meant` says that it can be used, `cut` that a token limit stopped the model, `missing` the names
    that the user must be told of."""

    kind: str
    answer: str
    well_meant: bool = False
    cut: bool = False
    missing: tuple[str, ...] = ()


class Tally:
    """What happened, by language and by kind of answer; `guarantees` are the outcomes that must not be."""

    def __init__(self, *guarantees: str) -> None:
        self.functions: Counter[str] = Counter()
        self.answers: Counter[str] = Counter()
        self.offered: Counter[str] = Counter()
        self.well_meant: Counter[str] = Counter()
        self.applied: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.by_kind: dict[str, Counter[str]] = {}
        self.broken: dict[str, list[str]] = {name: [] for name in guarantees}
        self.missed: list[str] = []

    def note(self, language: str, case: Case, outcome: str, where: str) -> None:
        """Count one answer; `outcome` is wanted, other, a guarantee that was broken, or the reason of a refusal."""
        self.answers[language] += 1
        self.by_kind.setdefault(case.kind, Counter())[outcome] += 1
        self.well_meant[language] += case.well_meant
        self.applied[language] += case.well_meant and outcome == "wanted"
        self.offered[language] += outcome in {"wanted", "other", *self.broken}
        if outcome in self.broken:
            self.broken[outcome].append(f"{where}: {case.kind}")
        elif case.well_meant and outcome != "wanted":
            self.missed.append(f"{where}: {case.kind}: {outcome}")

    def report(self) -> str:
        """Return the figures as text."""
        lines = [
            f"{'language':16}{'functions':>10}{'answers':>9}{'offered':>9}{'well meant':>12}{'applied':>9}"
        ]
        for language in [*sorted(self.functions), "all"]:
            counts = [
                sum(one.values()) if language == "all" else one[language]
                for one in (self.functions, self.answers, self.offered, self.well_meant, self.applied)
            ]
            share = f"{100 * counts[4] / counts[3]:.1f} %" if counts[3] else "-"
            lines.append(f"{language:16}{counts[0]:10}{counts[1]:9}{counts[2]:9}{counts[3]:12}{share:>9}")
        lines += [f"{kind}: {len(places)}" for kind, places in self.broken.items()]
        if self.refused:
            lines.append(f"functions refused before asking: {dict(self.refused)}")
        lines.append("by kind of answer:")
        for kind, outcomes in self.by_kind.items():
            told = ", ".join(f"{outcome} {count}" for outcome, count in outcomes.most_common())
            lines.append(f"  {kind:28} {told}")
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A function that was drawn, which begins at the 0-based `row`, and the action's assistant with the model that is told what to say."""

    path: Path
    row: int
    target: Target
    assistant: Assistant
    chat: ScriptedChat

    async def answers(
        self, tally: Tally, cases: Iterable[Case], name: str, outcome: Callable[[Case], Awaitable[str]]
    ) -> None:
        """Give every answer to `outcome` and count what becomes of it."""
        language = self.target.snapshot.language_id
        where = f"{self.path}:{self.row + 1} {name}"
        tally.functions[language] += 1
        for case in cases:
            self.chat.answer, self.chat.cut = case.answer, case.cut
            tally.note(language, case, await outcome(case), where)


async def drawn_functions(
    folders: Sequence[Path], tally: Tally, *, per_language: int, seed: int
) -> AsyncIterator[Drawn]:
    """Yield functions of the sources in `folders` until `tally` counts `per_language` of each language."""
    began = time.process_time()
    for path, language, draw in drawn_files(folders, tally.functions, most=per_language, seed=seed):
        text = text_of(path)
        rows = function_rows(text, language, path.name)
        draw.shuffle(rows)
        chat = ScriptedChat()
        assistant = Assistant(
            Asking(
                reader=NoRepository(),
                prompts=PromptLibrary(),
                privacy=NoSecrets(),
                chat=chat,
                link=lambda *_: "",
            )
        )
        snapshot = Snapshot.of(text, language_id=language)
        for row in rows[:_MOST_IN_A_FILE]:
            if tally.functions[language] >= per_language:
                break
            place = Position(row, 0)
            yield Drawn(path, row, Target(snapshot, path.name, Range(place, place)), assistant, chat)
    print(f"{time.process_time() - began:.1f} s of CPU")


def report_on(
    argv: Sequence[str],
    *,
    name: str,
    description: str | None,
    functions: int,
    run: Callable[[Sequence[Path], int, int], Coroutine[object, object, Tally]],
) -> int:
    """Read the options of a benchmark, run it and print the figures; the status is 1 when a guarantee was broken."""
    parser = argparse.ArgumentParser(prog=f"segue bench {name}", description=description)
    parser.add_argument(
        "folders", nargs="*", type=Path, help="folders with sources; those of asyncio by default"
    )
    parser.add_argument(
        "--functions",
        type=int,
        default=functions,
        help=f"most functions of each language (default {functions})",
    )
    parser.add_argument("--seed", type=int, default=1, help="which functions are drawn")
    parser.add_argument("--missed", action="store_true", help="list well-meant answers that were not applied")
    options = parser.parse_args(argv)
    folders = options.folders or [Path(asyncio.__file__).parent]
    tally = asyncio.run(run(folders, options.functions, options.seed))
    print(tally.report())
    for kind, places in tally.broken.items():
        for place in places:
            print(f"BROKEN ({kind})  {place}")
    if options.missed:
        print("\n".join(tally.missed))
    return 1 if any(tally.broken.values()) else 0
