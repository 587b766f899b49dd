"""Changes by instruction keep to what was asked: real functions against well-meant, careless and hostile answers.

Every function found in the folders given is changed once for each kind of answer, through the same path as in the editor.
Each change that is offered is applied and checked by means of this module alone: outside of the function (its doc
comment included) only import lines differ; the file has no more syntax errors, and Python compiles still; names that
an answer invents or leaves unbound are among those that the change marks. A well-meant answer counts as applied when the
result is the wanted text, byte for byte.
"""

from __future__ import annotations

import re
import warnings
from functools import partial
from typing import TYPE_CHECKING

from segue_assist import AssistError
from segue_bench._edit_answers import Wanted, cases, wanted_change
from segue_bench._guarantees import Tally, drawn_functions, report_on
from segue_syntax import Range, Snapshot, SourceFile, parse

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tree_sitter import Node

    from segue_assist import AssistRequest, Change
    from segue_bench._guarantees import Case, Drawn

_IMPORT = re.compile(
    r"\s*(?:import|from|use|using|#\s*include|require|export\b.*\bfrom|(?:const|let|var)\b.*\brequire)\b|\s*\)?\s*$"
)


def main(argv: Sequence[str]) -> int:
    """Run over the folders in `argv` and print the figures; the status is 1 when a guarantee was broken."""
    return report_on(argv, name="edit", description=__doc__, functions=25, run=run)


async def run(folders: Sequence[Path], per_language: int, seed: int = 1) -> Tally:
    """Change up to `per_language` functions of each language found in `folders`, once for each kind of answer."""
    tally = Tally("outside", "parses worse", "unmarked")
    async for drawn in drawn_functions(folders, tally, per_language=per_language, seed=seed):
        snapshot = drawn.target.snapshot
        try:
            request = drawn.assistant.prepare_change(drawn.target, "rename a name")
        except AssistError as refusal:
            tally.refused[f"{snapshot.language_id}: {refusal.reason}"] += 1
            continue
        asked, subject = request.asked, request.subject
        assert asked is not None
        assert subject is not None
        file = SourceFile(snapshot.text, snapshot.language_id)
        wanted = wanted_change(file, asked.start.line, asked.end.line, subject.code)
        if wanted is None or asked.end.column:
            continue
        name = subject.definition.name if subject.definition is not None else ""
        await drawn.answers(tally, cases(wanted), name, partial(_outcome, drawn, request, asked, wanted))
    return tally


async def _outcome(drawn: Drawn, request: AssistRequest, asked: Range, wanted: Wanted, case: Case) -> str:
    try:
        change = await drawn.assistant.change(request)
    except AssistError as refusal:
        return refusal.reason
    return judged(drawn.target.snapshot, asked, wanted, case, change)


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
