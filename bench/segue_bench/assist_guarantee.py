"""Comment actions never change code: real functions against well-meant, careless and hostile answers.

Every function found in the folders given is commented once for each kind of answer, through the same path as in the
editor. Each edit that is offered is applied, and the result compared with the original by means of its own: comments and
docstrings are cut out of both texts by their place in the syntax tree, and what remains must be the same but for
spacing; Python is compared by its own parser as well.
"""

from __future__ import annotations

import ast
import re
import warnings
from functools import partial
from typing import TYPE_CHECKING

from segue_assist import AssistError
from segue_bench._comment_answers import SUMMARY, Function, cases
from segue_bench._guarantees import Tally, drawn_functions, report_on
from segue_syntax import parse

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from tree_sitter import Node

    from segue_assist import AssistRequest
    from segue_bench._guarantees import Case, Drawn


_ORDER = re.compile(
    r"^\s*(?://|#|/?\*+)\s*(?:@ts-|@internal|@deprecated|eslint-|rubocop:|clang-format|#?region|type: ignore|noqa|go:|export \w)",
    re.MULTILINE,
)


def main(argv: Sequence[str]) -> int:
    """Run over the folders in `argv` and print the figures; the status is 1 when any code changed."""
    return report_on(argv, name="comment", description=__doc__, functions=60, run=run)


async def run(folders: Sequence[Path], per_language: int, seed: int = 1) -> Tally:
    """Comment up to `per_language` functions of each language found in `folders`, once for each kind of answer."""
    tally = Tally("code changed")
    async for drawn in drawn_functions(folders, tally, per_language=per_language, seed=seed):
        snapshot = drawn.target.snapshot
        try:
            request = drawn.assistant.prepare_comment(drawn.target)
        except AssistError as refusal:
            tally.refused[f"{snapshot.language_id}: {refusal.reason}"] += 1
            continue
        asked = request.definition
        if asked is None:
            continue
        function = Function(
            name=asked.name,
            language_id=snapshot.language_id,
            text="".join(snapshot.lines[asked.line : asked.end_line]).rstrip("\r\n"),
            parameters=[p.name for p in asked.facts.parameters or () if p.name],
            returns=bool(asked.facts.returns),
        )
        await drawn.answers(tally, cases(function), asked.name, partial(_outcome, drawn, request))
    return tally


async def _outcome(drawn: Drawn, request: AssistRequest, case: Case) -> str:
    snapshot = drawn.target.snapshot
    text, language = snapshot.text, snapshot.language_id
    try:
        edit = await drawn.assistant.comment(request)
    except AssistError as refusal:
        return refusal.reason
    after = edit.applied_to(snapshot)
    if _bare(text, language) != _bare(after, language) or _orders(text) < _orders(after):
        return "code changed"
    said = SUMMARY.lower() in " ".join(re.sub(r"[/#*-]", " ", edit.text.lower()).split())
    return "wanted" if said or not case.well_meant else "other"


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
