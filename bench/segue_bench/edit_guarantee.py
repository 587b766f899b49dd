"""Changes by instruction keep to what was asked: real functions against well-meant, careless and hostile answers.

Every function found in the folders given is changed once for each kind of answer, through the same path as in the editor.
Each change that is offered is applied and checked by means of this module alone: outside of the function (its doc
comment included) only import lines differ; the file has no more syntax errors, and Python compiles still; names that
an answer invents or leaves unbound are among those that the change marks. A well-meant answer counts as applied when the
result is the wanted text, byte for byte.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import time
import warnings
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from segue_assist import Assistant, AssistError, PromptLibrary, Target
from segue_bench._edit_answers import Case, Wanted, cases, wanted_change
from segue_bench._scripted import (
    NoRepository,
    NoSecrets,
    ScriptedChat,
    drawn_files,
    function_rows,
    text_of,
)
from segue_syntax import Position, Range, Snapshot, SourceFile, parse

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence

    from tree_sitter import Node

    from segue_assist import Change

_IMPORT = re.compile(
    r"\s*(?:import|from|use|using|#\s*include|require|export\b.*\bfrom|(?:const|let|var)\b.*\brequire)\b|\s*\)?\s*$"
)


class Tally:
    """What happened, by language and by kind of answer."""

    def __init__(self) -> None:
        self.functions: Counter[str] = Counter()
        self.answers: Counter[str] = Counter()
        self.offered: Counter[str] = Counter()
        self.well_meant: Counter[str] = Counter()
        self.applied: Counter[str] = Counter()
        self.by_kind: dict[str, Counter[str]] = {}
        self.broken: dict[str, list[str]] = {"outside": [], "parses worse": [], "unmarked": []}
        self.missed: list[str] = []

    def note(self, language: str, case: Case, outcome: str, where: str) -> None:
        """Count one answer; `outcome` is wanted, other, what was broken, or the reason of a refusal."""
        self.answers[language] += 1
        self.by_kind.setdefault(case.kind, Counter())[outcome] += 1
        self.well_meant[language] += case.well_meant
        self.applied[language] += case.well_meant and outcome == "wanted"
        self.offered[language] += outcome in {"wanted", "other", *self.broken}
        if outcome in self.broken:
            self.broken[outcome].append(f"{where}: {case.kind}")
        elif case.well_meant and outcome != "wanted":
            self.missed.append(f"{where}: {case.kind}: {outcome}")


def main(argv: Sequence[str]) -> int:
    """Run over the folders in `argv` and print the figures; the status is 1 when a guarantee was broken."""
    parser = argparse.ArgumentParser(prog="segue bench edit", description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path, help="folders with sources")
    parser.add_argument(
        "--functions", type=int, default=25, help="most functions of each language (default 25)"
    )
    parser.add_argument("--seed", type=int, default=1, help="which functions are drawn")
    parser.add_argument("--missed", action="store_true", help="list well-meant answers that were not applied")
    options = parser.parse_args(argv)
    folders = options.folders or [Path(argparse.__file__).parent / "asyncio"]
    tally = asyncio.run(run(folders, per_language=options.functions, seed=options.seed))
    print(report(tally))
    for kind, places in tally.broken.items():
        for place in places:
            print(f"BROKEN ({kind})  {place}")
    if options.missed:
        print("\n".join(tally.missed))
    return 1 if any(tally.broken.values()) else 0


async def run(folders: Sequence[Path], *, per_language: int, seed: int = 1) -> Tally:
    """Change up to `per_language` functions of each language found in `folders`, once for each kind of answer."""
    tally = Tally()
    began = time.process_time()
    for path, language, draw in drawn_files(folders, tally.functions, most=per_language, seed=seed):
        await _change_file(path, language, tally, draw, per_language)
    print(f"{time.process_time() - began:.1f} s of CPU")
    return tally


async def _change_file(path: Path, language: str, tally: Tally, draw: random.Random, most: int) -> None:
    text = text_of(path)
    rows = function_rows(text, language, path.name)
    draw.shuffle(rows)
    chat = ScriptedChat()
    assistant = Assistant(
        reader=NoRepository(), prompts=PromptLibrary(), privacy=NoSecrets(), chat=chat, link=lambda *_: ""
    )
    snapshot = Snapshot.of(text, language_id=language)
    for row in rows[:4]:
        if tally.functions[language] >= most:
            return
        place = Position(row, 0)
        try:
            request = assistant.prepare_change(
                Target(snapshot, path.name, Range(place, place)), "rename a name"
            )
        except AssistError:
            continue
        asked, subject = request.asked, request.subject
        assert asked is not None
        assert subject is not None
        name = subject.definition.name if subject.definition is not None else ""
        wanted = wanted_change(SourceFile(text, language), asked.start.line, asked.end.line, subject.code)
        if wanted is None or asked.end.column:
            continue
        tally.functions[language] += 1
        for case in cases(wanted):
            chat.answer, chat.cut = case.answer, case.cut
            try:
                change = await assistant.change(request)
            except AssistError as refusal:
                outcome = refusal.reason
            else:
                outcome = judged(snapshot, asked, wanted, case, change)
            tally.note(language, case, outcome, f"{path}:{row + 1} {name}")


def judged(snapshot: Snapshot, asked: Range, wanted: Wanted, case: Case, change: Change) -> str:
    """Return what a change is: the one that is wanted, another, or which guarantee it breaks."""
    text, language = snapshot.text, snapshot.language_id
    after = change.applied_to(snapshot)
    start, end = snapshot.offset_at(asked.start), snapshot.offset_at(asked.end)
    before, behind = _bare(text[:start]), _bare(text[end:])
    if not (_bare(after).startswith(before) and _bare(after).endswith(behind)):
        return "outside"
    if _errors(after, language) > _errors(text, language) or (
        language == "python" and _compiles(text) and not _compiles(after)
    ):
        return "parses worse"
    marked = {one.name for one in change.unknown}
    if any(name not in marked and _is_free(name, after) for name in case.missing):
        return "unmarked"
    newline = "\r\n" if "\r\n" in text else "\n"
    stays = text[start:end][len(text[start:end].rstrip("\r\n")) :]
    right = text[:start] + wanted.changed.replace("\n", newline) + stays + text[end:]
    return "wanted" if after == right else "other"


def _bare(text: str) -> str:
    """Return the lines of a text that are no import statements."""
    return "".join(line for line in text.splitlines(keepends=True) if not _IMPORT.match(line))


def _errors(text: str, language: str) -> int:
    tree = parse(text, language)
    assert tree is not None
    count, stack = 0, [tree.root_node]
    while stack:
        node: Node = stack.pop()
        count += node.is_error or node.is_missing
        stack.extend(node.children)
    return count


def _compiles(text: str) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(text, "x", "exec", dont_inherit=True, flags=0x400)  # the tree only
    except (SyntaxError, ValueError):
        return False
    return True


def _is_free(name: str, after: str) -> bool:
    """Whether a name is in the changed text and was not written anywhere else, so that nothing can define it."""
    word = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
    return word.search(after) is not None and len(word.findall(after)) == 1


def report(tally: Tally) -> str:
    """Return the figures as text."""
    lines = [f"{'language':16}{'functions':>10}{'answers':>9}{'offered':>9}{'well meant':>12}{'applied':>9}"]
    for language in [*sorted(tally.functions), "all"]:
        counts = [
            sum(one.values()) if language == "all" else one[language]
            for one in (tally.functions, tally.answers, tally.offered, tally.well_meant, tally.applied)
        ]
        share = f"{100 * counts[4] / counts[3]:.1f} %" if counts[3] else "-"
        lines.append(f"{language:16}{counts[0]:10}{counts[1]:9}{counts[2]:9}{counts[3]:12}{share:>9}")
    lines += [f"{kind}: {len(places)}" for kind, places in tally.broken.items()]
    lines.append("by kind of answer:")
    for kind, outcomes in tally.by_kind.items():
        told = ", ".join(f"{outcome} {count}" for outcome, count in outcomes.most_common())
        lines.append(f"  {kind:28} {told}")
    return "\n".join(lines)
