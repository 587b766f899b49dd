"""Comment actions never change code: real functions against well-meant, careless and hostile answers.

Every function found in the folders given is commented once for each kind of answer, through the same path as in the
editor. Each edit that is offered is applied, and the result compared with the original by means of its own: comments and
docstrings are cut out of both texts by their place in the syntax tree, and what remains must be the same but for
spacing; Python is compared by its own parser as well.
"""

from __future__ import annotations

import argparse
import ast
import asyncio
import re
import time
import warnings
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from segue_assist import Assistant, AssistError, PromptLibrary, Target
from segue_bench._comment_answers import SUMMARY, Case, Function, cases
from segue_bench._scripted import (
    NoRepository,
    NoSecrets,
    ScriptedChat,
    drawn_files,
    function_rows,
    text_of,
)
from segue_syntax import Position, Range, Snapshot, parse

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator, Sequence

    from tree_sitter import Node


_ORDER = re.compile(
    r"^\s*(?://|#|/?\*+)\s*(?:@ts-|@internal|@deprecated|eslint-|rubocop:|clang-format|#?region|type: ignore|noqa|go:|export \w)",
    re.MULTILINE,
)


class Tally:
    """What happened, by language and by kind of answer."""

    def __init__(self) -> None:
        self.functions: Counter[str] = Counter()
        self.refused_functions: Counter[str] = Counter()
        self.answers: Counter[str] = Counter()
        self.offered: Counter[str] = Counter()
        self.good: Counter[str] = Counter()
        self.well_meant: Counter[str] = Counter()
        self.by_kind: dict[str, Counter[str]] = {}
        self.changed: list[str] = []
        self.missed: list[str] = []

    def note(self, language: str, case: Case, outcome: str, where: str) -> None:
        """Count one answer; `outcome` is applied, changed, or the reason of a refusal."""
        self.answers[language] += 1
        self.by_kind.setdefault(case.kind, Counter())[outcome] += 1
        self.well_meant[language] += case.well_meant
        if outcome == "changed":
            self.changed.append(f"{where}: {case.kind}")
        elif outcome == "applied":
            self.offered[language] += 1
            self.good[language] += case.well_meant
        elif case.well_meant:
            self.missed.append(f"{where}: {case.kind}: {outcome}")


def main(argv: Sequence[str]) -> int:
    """Run over the folders in `argv` and print the figures; the status is 1 when any code changed."""
    parser = argparse.ArgumentParser(prog="segue bench comment", description=__doc__)
    parser.add_argument(
        "folders", nargs="*", type=Path, help="folders with sources; installed packages by default"
    )
    parser.add_argument(
        "--functions", type=int, default=60, help="most functions of each language (default 60)"
    )
    parser.add_argument("--seed", type=int, default=1, help="which functions are drawn")
    parser.add_argument("--missed", action="store_true", help="list well-meant answers that were refused")
    options = parser.parse_args(argv)
    folders = options.folders or [Path(ast.__file__).parent, Path(asyncio.__file__).parent]
    tally = asyncio.run(run(folders, per_language=options.functions, seed=options.seed))
    print(report(tally))
    for line in tally.changed:
        print(f"CODE CHANGED  {line}")
    if options.missed:
        print("\n".join(tally.missed))
    return 1 if tally.changed else 0


async def run(folders: Sequence[Path], *, per_language: int, seed: int = 1) -> Tally:
    """Comment up to `per_language` functions of each language found in `folders`, once for each kind of answer."""
    tally = Tally()
    began = time.process_time()
    for path, language, draw in drawn_files(folders, tally.functions, most=per_language, seed=seed):
        await _comment_file(path, language, tally, draw, per_language)
    print(f"{time.process_time() - began:.1f} s of CPU")
    return tally


async def _comment_file(path: Path, language: str, tally: Tally, draw: random.Random, most: int) -> None:
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
            question = assistant.prepare_comment(Target(snapshot, path.name, Range(place, place)))
        except AssistError as refusal:
            tally.refused_functions[f"{language}: {refusal.reason}"] += 1
            continue
        asked = question.definition
        if asked is None:
            continue
        where = f"{path}:{row + 1} {asked.name}"
        tally.functions[language] += 1
        function = Function(
            name=asked.name,
            language_id=language,
            text="".join(snapshot.lines[asked.line : asked.end_line]).rstrip("\r\n"),
            parameters=[p.name for p in asked.facts.parameters or () if p.name],
            returns=bool(asked.facts.returns),
        )
        for case in cases(function):
            chat.answer, chat.cut = case.answer, case.cut
            try:
                edit = await assistant.comment(question)
            except AssistError as refusal:
                tally.note(language, case, refusal.reason, where)
                continue
            after = edit.applied_to(snapshot)
            same = _bare(text, language) == _bare(after, language) and _orders(text) >= _orders(after)
            said = SUMMARY.lower() in " ".join(re.sub(r"[/#*-]", " ", edit.text.lower()).split())
            outcome = "changed" if not same else "applied" if said or not case.well_meant else "lost"
            tally.note(language, case, outcome, where)


_last_bare: dict[tuple[str, str], tuple[str, str]] = {}


def _bare(text: str, language: str) -> tuple[str, str]:
    """Return the text without comments, docstrings and spacing, and for Python the tree of its own parser."""
    key = (text, language)
    if key not in _last_bare:
        if len(_last_bare) > 1:
            _last_bare.pop(next(iter(_last_bare)))
        _last_bare[key] = ("".join(_code(text, language)), _python_tree(text) if language == "python" else "")
    return _last_bare[key]


def _orders(text: str) -> int:
    """Return how many comment lines speak to tools."""
    return len(_ORDER.findall(text))


def _code(text: str, language: str) -> Iterator[str]:
    tree = parse(text, language)
    assert tree is not None
    data = text.encode("utf-8", "surrogatepass")
    end = 0
    stack = [tree.root_node]
    while stack:
        node = stack.pop()
        docstring = (
            language == "python"
            and node.type == "expression_statement"
            and len(node.named_children) == 1
            and node.named_children[0].type == "string"
            and node.parent is not None
            and node.parent.type in {"block", "module"}
            and not any(child.type != "comment" for child in _before(node))
        )
        if "comment" in node.type or docstring:
            yield "".join(data[end : node.start_byte].decode("utf-8", "replace").split())
            end = node.end_byte
        else:
            stack.extend(reversed(node.children))
    yield "".join(data[end:].decode("utf-8", "replace").split())


def _before(node: Node) -> Iterator[Node]:
    sibling = node.prev_named_sibling
    while sibling is not None:
        yield sibling
        sibling = sibling.prev_named_sibling


def _python_tree(text: str) -> str:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return "unparsable"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Module) and (
            ast.get_docstring(node, clean=False) is not None
        ):
            del node.body[0]
    return ast.dump(tree)


def report(tally: Tally) -> str:
    """Return the figures as text."""
    lines = [f"{'language':16}{'functions':>10}{'answers':>9}{'offered':>9}{'well meant':>12}{'applied':>9}"]
    for language in sorted(tally.functions):
        meant = tally.well_meant[language]
        share = f"{100 * tally.good[language] / meant:.1f} %" if meant else "-"
        lines.append(
            f"{language:16}{tally.functions[language]:10}{tally.answers[language]:9}{tally.offered[language]:9}"
            f"{meant:12}{share:>9}"
        )
    meant, good = sum(tally.well_meant.values()), sum(tally.good.values())
    lines.append(
        f"{'all':16}{sum(tally.functions.values()):10}{sum(tally.answers.values()):9}{sum(tally.offered.values()):9}"
        f"{meant:12}{100 * good / max(meant, 1):>7.1f} %"
    )
    lines.append(f"code changes: {len(tally.changed)}")
    if tally.refused_functions:
        lines.append(f"functions refused before asking: {dict(tally.refused_functions)}")
    lines.append("by kind of answer:")
    for kind, outcomes in tally.by_kind.items():
        told = ", ".join(f"{outcome} {count}" for outcome, count in outcomes.most_common())
        lines.append(f"  {kind:28} {told}")
    return "\n".join(lines)
