"""What is particular to a language is written in its file in ``syntax/segue_syntax/languages``, nowhere else."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from segue_syntax import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
ROOMS = ("context", "model", "postprocess", "next_edit", "assist", "server", "bench")
NAMES = frozenset(name for language in LANGUAGES for name in (language.id, *language.aliases))
WORDS = ("language", "family")

EXCEPTIONS = {
    "assist/segue_assist/_guarantee.py": "Python's own parser checks a second time what the grammar says",
    "bench/segue_bench/_cases.py": "chooses the languages that it takes cases from",
    "bench/segue_bench/_session_plays.py": "writes made-up edits in the syntax of one language",
    "bench/segue_bench/postprocess_corpus.py": "chooses the languages that it takes cases from, and damages their code",
    "bench/segue_bench/postprocess_speed.py": "chooses the languages that it takes files from",
    "bench/segue_bench/_comment_answers.py": "writes made-up answers of models in the syntax of one language",
    "bench/segue_bench/edit_guarantee.py": "checks the guarantee with Python's own compiler, without our code",
    "bench/segue_bench/assist_guarantee.py": "checks the guarantee with Python's own parser, without our code",
    "postprocess/segue_postprocess/_syntax_check.py": "asks Python's own compiler, which knows more than the grammar",
}


ENDINGS = frozenset(ending for language in LANGUAGES if language.has_code for ending in language.extensions)
ENDING_EXCEPTIONS = {
    "context/segue_context/privacy/_denied_names.py": "code and documents in a folder of secrets, in whatever language",
    "context/segue_context/index/_file_kinds.py": "formats that hold data when a file is large",
}


def is_language(node: ast.expr) -> bool:
    """Whether an expression is named like a language (`language`, `self.language_id`, `item.language.id`)."""
    words = [inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)]
    words += [inner.attr for inner in ast.walk(node) if isinstance(inner, ast.Attribute)]
    return any(mark in word.lower() for word in words for mark in WORDS)


def names_in(node: ast.AST) -> set[str]:
    """Return the names of languages among the strings of an expression."""
    return {
        inner.value
        for inner in ast.walk(node)
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str) and inner.value in NAMES
    }


def comparisons(source: str) -> Iterator[int]:
    """Yield the lines on which `source` compares a language with names of languages, or looks something up by them."""
    tree = ast.parse(source)
    tables = {
        target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name) and len(names_in(node.value)) > 1
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            tabled = any(isinstance(side, ast.Name) and side.id in tables for side in sides)
            if any(map(is_language, sides)) and (tabled or any(map(names_in, sides))):
                yield node.lineno
        elif isinstance(node, ast.Match) and is_language(node.subject):
            yield node.lineno
        elif isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
            if node.value.id in tables and is_language(node.slice):
                yield node.lineno
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner, method = node.func.value, node.func.attr
            arguments = [*node.args]
            if method == "get" and isinstance(owner, ast.Name) and owner.id in tables:
                if any(map(is_language, arguments)):
                    yield node.lineno
            elif method == "startswith" and is_language(owner) and any(map(names_in, arguments)):
                yield node.lineno


@pytest.mark.parametrize("room", ROOMS)
def test_no_room_above_syntax_compares_languages(room: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in sorted((ROOT / room / f"segue_{room}").rglob("*.py"))
        if str(path.relative_to(ROOT)) not in EXCEPTIONS
        for line in comparisons(path.read_text("utf-8"))
    ]
    assert not found, "write it in the language's file: " + ", ".join(found)


def test_every_exception_is_still_one() -> None:
    for path in EXCEPTIONS:
        assert list(comparisons((ROOT / path).read_text("utf-8"))), f"{path} needs no exception"


@pytest.mark.parametrize(
    "source",
    [
        "if language == 'python': pass",
        "if snapshot.language_id in {'go', 'rust'}: pass",
        "if not 'c' == file.language.id: pass",
        "_BRACED = frozenset({'c', 'go'})\nx = language not in _BRACED",
        "_READ = {'c': 1, 'go': 2}\nx = _READ[language_id]",
        "_READ = {'c': 1, 'go': 2}\nx = _READ.get(self.language_id)",
        "match language:\n    case 'go': pass",
        "x = language.startswith(('javascript', 'typescript'))",
    ],
)
def test_a_comparison_is_seen(source: str) -> None:
    assert list(comparisons(source))


@pytest.mark.parametrize(
    "source", ["if other.language == file.language: pass", "if name == 'go': pass", "x = languages['go']"]
)
def test_other_comparisons_are_none(source: str) -> None:
    assert not list(comparisons(source))


def endings_in(source: str) -> Iterator[int]:
    """Yield the lines on which `source` tells languages apart by the endings of their files."""

    def is_ending(node: ast.expr) -> bool:
        return isinstance(node, ast.Constant) and node.value in ENDINGS

    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Set | ast.List | ast.Tuple):
            found = sum(map(is_ending, node.elts)) > 1
        elif isinstance(node, ast.Compare):
            found = any(map(is_ending, [node.left, *node.comparators]))
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            found = node.func.attr == "endswith" and any(map(is_ending, node.args))
        else:
            found = False
        if found:
            yield node.lineno


@pytest.mark.parametrize("room", sorted(set(ROOMS) - {"bench"}))
def test_no_room_above_syntax_tells_languages_by_their_files(room: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in sorted((ROOT / room / f"segue_{room}").rglob("*.py"))
        if str(path.relative_to(ROOT)) not in ENDING_EXCEPTIONS
        for line in endings_in(path.read_text("utf-8"))
    ]
    assert not found, "ask the language of the file: " + ", ".join(found)


@pytest.mark.parametrize(
    "source",
    [
        "x = {'.go', '.java'}",
        "y = suffix == '.go'",
        "z = path.endswith('.py')",
        "t = ('.c', '.h', 'Makefile')",
    ],
)
def test_an_ending_is_seen(source: str) -> None:
    assert list(endings_in(source))
    assert not list(endings_in(source.replace(".", "")))
