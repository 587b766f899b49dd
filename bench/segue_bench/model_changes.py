"""`segue bench changes REPO...`: edits, fixes and tests that a real chat model writes for real functions.

Each answer goes through the path of the editor. Edits are asked of which the result can be told: a parameter renamed
everywhere in its function, and a parameter checked at the head of a Python function. Fixes are asked for seeded faults, whose
truth is known, without the rules that need no model. Tests are asked for Python functions, held to the static checks, then
run by pytest on a copy: they survive when they pass three times and fail once the tested body is replaced. A model of any
size is asked, also one that Segue would refuse.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import re
import sys
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from segue_assist import Asking, Assistant, AssistError, PromptLibrary, Target, TestWriter
from segue_bench._fix_faults import LANGUAGES, faults_in
from segue_bench._scripted import NoSecrets, function_rows
from segue_bench._workspace import open_index
from segue_model import ModelError, ModelSettings, Timeouts, open_chat
from segue_next_edit.imports import with_imports
from segue_server.assist.verification import Verification
from segue_server.configuration import Settings
from segue_server.runtime.paths import directories
from segue_syntax import Position, Range, Snapshot, SourceFile, language_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Sequence

    from segue_assist import Change, Prompt
    from segue_bench._fix_faults import Fault
    from segue_context import WorkspaceIndex

_PATIENCE_S = 300.0
_LINES = range(4, 40)
_MESSAGES = {
    "import": "Undefined name `{}`",
    "name": "Undefined name `{}`",
    "member": "There is no member `{}`",
    "keyword": "Unexpected keyword argument `{}`",
    "argument": "An argument is missing in this call",
    "bracket": "Syntax error: a bracket is missing",
}


class _AnySize(PromptLibrary):
    """The prompts, for models of any size."""

    def get(self, action: str) -> Prompt:
        return replace(super().get(action), needs=0.0)


@dataclass
class Tally:
    """What became of the requests of one kind."""

    outcomes: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)

    def line(self, kind: str) -> str:
        """Return the figures in one line."""
        times = sorted(self.seconds)
        listed = ", ".join(f"{outcome} {count}" for outcome, count in self.outcomes.most_common())
        median = times[len(times) // 2] if times else 0.0
        return f"{kind:6} asked {self.outcomes.total():>3}, median {median:.1f} s: {listed}"


@dataclass(frozen=True, slots=True)
class EditCase:
    """An instruction for the function at `row` of a file, and what tells whether a text follows it."""

    path: str
    text: str
    row: int
    instruction: str
    followed: Callable[[str], bool]


class Trial:
    """One model asked about one repository."""

    def __init__(
        self, index: WorkspaceIndex, asking: Asking, tallies: dict[str, Tally], *, verbose: bool
    ) -> None:
        self._index = index
        self._assistant = Assistant(asking)
        self._writer = TestWriter(asking)
        self._tallies = tallies
        self._verbose = verbose

    async def edit(self, case: EditCase) -> None:
        """Ask for one edit."""

        async def outcome() -> str:
            snapshot, target = _target(case.path, case.text, case.row)
            change = await self._assistant.change(self._assistant.prepare_change(target, case.instruction))
            return "as asked" if case.followed(change.applied_to(snapshot)) else "something else"

        await self._note("edits", f"{case.path}:{case.row + 1} {case.instruction}", outcome)

    async def fix(self, fault: Fault) -> None:
        """Ask for the fix of one seeded fault."""

        async def outcome() -> str:
            snapshot, target = _target(fault.path, fault.text, fault.line)
            target = replace(target, diagnostic=_message(fault))
            change: Change = await self._assistant.change(self._assistant.prepare_change(target, "", "fix"))
            return "right" if change.applied_to(snapshot).split() == fault.truth.split() else "something else"

        self._index.set_overlay(
            fault.path, Snapshot.of(fault.text, language_id=language_of(path=fault.path).id)
        )
        await self._note("fixes", f"{fault.path}:{fault.line + 1} {fault.kind}", outcome)
        self._index.set_overlay(fault.path, None)

    async def tests(self, path: str, text: str, row: int, run: Verification) -> None:
        """Ask for tests of one function, and run them."""

        async def outcome() -> str:
            _, target = _target(path, text, row)
            asked = self._writer.prepare_tests(target)
            tests = await self._writer.tests(asked)
            after = tests.change.applied_to(Snapshot.of(tests.text or ""))
            ran = await asyncio.to_thread(run.of_tests, asked, tests, path, text, after)
            if not ran.ran:
                return "not run"
            if ran.shown:
                return "survived"
            return "passed with the body replaced" if "test nothing of it" in ran.said else "did not pass"

        await self._note("tests", f"{path}:{row + 1}", outcome)

    async def _note(self, kind: str, where: str, outcome: Callable[[], Awaitable[str]]) -> None:
        began = time.perf_counter()
        try:
            found = await outcome()
        except AssistError as refusal:
            found = f"refused ({refusal.reason})"
        except ModelError as error:
            found = f"model failed ({error.reason})"
        seconds = time.perf_counter() - began
        self._tallies[kind].seconds.append(seconds)
        self._tallies[kind].outcomes[found] += 1
        if self._verbose:
            print(f"{kind:6} {where}: {found} ({seconds:.0f} s)", flush=True)


def _target(path: str, text: str, row: int) -> tuple[Snapshot, Target]:
    snapshot = Snapshot.of(text, language_id=language_of(path=path).id)
    return snapshot, Target(snapshot, path, Range(Position(row, 0), Position(row, 0)))


def _message(fault: Fault) -> str:
    """Return what a checker would say of a fault: the wrong word is the one that the truth does not have there."""
    now, was = (text.split("\n") for text in (fault.text, fault.truth))
    line = now[fault.line]
    known = set(re.findall(r"\w+", was[fault.line] if fault.kind != "import" else line))
    wrong = [word for word in re.findall(r"\w+", line) if word not in known]
    gone = set(re.findall(r"\w+", fault.truth)) - set(re.findall(r"\w+", "\n".join(now)))
    named = [word for word in re.findall(r"\w+", line) if word in gone] if fault.kind == "import" else wrong
    return _MESSAGES[fault.kind].format(named[0] if named else "")


def functions(
    index: WorkspaceIndex, chance: random.Random, suffixes: set[str]
) -> Iterator[tuple[str, str, int, int]]:
    """Yield path, text, first row and end of functions of a repository, at most two of a file, in a drawn order."""
    paths = [path for path in index.files() if Path(path).suffix in suffixes and "test" not in path.lower()]
    chance.shuffle(paths)
    for path in paths:
        text = index.read_text(path)
        if text is None or len(text) > 60_000:
            continue
        ends = {one.line: one.end_line for one in SourceFile(text, path=path).symbols.definitions}
        rows = [
            row
            for row in function_rows(text, language_of(path=path).id, path)
            if ends.get(row, 0) - row in _LINES
        ]
        chance.shuffle(rows)
        yield from ((path, text, row, ends[row]) for row in rows[:2])


def edit_cases(index: WorkspaceIndex, chance: random.Random) -> Iterator[EditCase]:
    """Yield edits whose result can be told, of functions in a drawn order."""
    for at, (path, text, row, end) in enumerate(functions(index, chance, set(LANGUAGES))):
        file = SourceFile(text, path=path)
        scopes = file.scopes
        if scopes is None:
            continue
        names = [one for one in scopes.bindings if one.kind == "parameter" and len(one.name) > 2]
        names = [
            one
            for one in names
            if one.name not in ("self", "cls", "this")
            and row <= scopes.place(one.definition)[0] < end
            and len(scopes.references(one)) > 1
        ]
        if not names:
            continue
        chosen = chance.choice(names)
        if path.endswith(".py") and at % 2:
            asked = f"Raise a ValueError at the beginning if `{chosen.name}` is None."
            yield EditCase(path, text, row, asked, _guards(text, chosen.name))
            continue
        new = f"given_{chosen.name}"
        truth = text
        uses = [one for one in scopes.references(chosen) if row <= scopes.place(one)[0] < end]
        for start in sorted((file.offset(one.start) for one in uses), reverse=True):
            truth = truth[:start] + new + truth[start + len(chosen.name) :]
        asked = f"Rename the parameter `{chosen.name}` to `{new}`."
        yield EditCase(path, text, row, asked, _same_words(truth))


def _same_words(truth: str) -> Callable[[str], bool]:
    return lambda after: after.split() == truth.split()


def _guards(text: str, name: str) -> Callable[[str], bool]:
    """Return what tells whether a text has a check of a parameter that ends in a ValueError, and all of its old lines."""
    old = Counter(text.split("\n"))
    check = re.compile(rf"if {name} is None:\s*raise ValueError\(")
    return lambda after: check.search(after) is not None and not old - Counter(after.split("\n"))


async def play(
    repo: Path,
    asking_about: Callable[[WorkspaceIndex], Asking],
    options: argparse.Namespace,
    tallies: dict[str, Tally],
) -> None:
    """Ask about one repository until each kind of request was made often enough."""
    index = open_index(repo)
    chance = random.Random(f"{options.seed}:{repo.name}")
    trial = Trial(index, asking_about(index), tallies, verbose=options.verbose)
    share = -(-options.count // len(options.repos))
    try:
        if "edits" in options.what:
            for case, _ in zip(edit_cases(index, chance), range(share), strict=False):
                await trial.edit(case)
        if "fixes" in options.what:
            for fault in _faults(index, chance, share):
                await trial.fix(fault)
        if "tests" in options.what:
            settings = Settings.model_validate(
                {
                    "assist": {
                        "trusted_folders": [str(repo)],
                        "test_commands": {"python": [sys.executable, "-m", "pytest", "-q", "-x"]},
                    }
                }
            )
            run = Verification(settings, repo)
            for (path, text, row, _), _ in zip(functions(index, chance, {".py"}), range(share), strict=False):
                await trial.tests(path, text, row, run)
    finally:
        index.close()


def _faults(index: WorkspaceIndex, chance: random.Random, count: int) -> Iterator[Fault]:
    """Yield faults of all kinds by turns."""
    waiting: dict[str, list[Fault]] = {kind: [] for kind in _MESSAGES}
    paths = [path for path in index.files() if Path(path).suffix in LANGUAGES and "test" not in path.lower()]
    chance.shuffle(paths)
    for path in paths:
        text = index.read_text(path)
        if text is None or len(text) > 30_000:
            continue
        for fault in faults_in(path, text, index, chance):
            waiting[fault.kind].append(fault)
        if sum(map(len, waiting.values())) >= 4 * count:
            break
    turns = [found[at] for at in range(count) for found in waiting.values() if at < len(found)]
    yield from turns[:count]


def main(argv: Sequence[str]) -> int:
    """Run the trial and print the figures."""
    parser = argparse.ArgumentParser(prog="segue bench changes", description=__doc__)
    parser.add_argument("repos", nargs="+", type=lambda text: Path(text).resolve(), metavar="REPO")
    parser.add_argument("--provider", default="embedded")
    parser.add_argument("--endpoint", default="")
    parser.add_argument("--model", default="", help="a model's name, or the path of a GGUF file")
    parser.add_argument("--count", type=int, default=20, help="requests of each kind, over all repositories")
    parser.add_argument(
        "--what", nargs="+", default=["edits", "fixes", "tests"], choices=["edits", "fixes", "tests"]
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--verbose", action="store_true", help="print what became of each request")
    options = parser.parse_args(argv)
    settings = ModelSettings(
        provider=options.provider,
        endpoint=options.endpoint,
        model=options.model,
        timeouts=Timeouts(read_s=_PATIENCE_S),
    )
    tallies = {kind: Tally() for kind in options.what}
    with suppress(KeyboardInterrupt):  # what was asked so far is printed
        asyncio.run(_run(settings, options, tallies))
    for kind, tally in tallies.items():
        print(tally.line(kind))
    return 0


async def _run(settings: ModelSettings, options: argparse.Namespace, tallies: dict[str, Tally]) -> None:
    chat = open_chat(settings, cache_dir=directories().cache)

    def asking(index: WorkspaceIndex) -> Asking:
        def imported(path: str, before: str, after: str, wanted: Sequence[object] = ()) -> str:
            return with_imports(index, path, before, after, wanted)  # type: ignore[arg-type]

        return Asking(
            reader=index,
            prompts=_AnySize(),
            privacy=NoSecrets(),
            chat=chat,
            link=lambda *_: "",
            with_imports=imported,
        )

    try:
        for repo in options.repos:
            await play(repo, asking, options, tallies)
    finally:
        await chat.aclose()
