"""Ignore patterns decide as git does, and in a time that no pattern can stretch."""

from __future__ import annotations

import os
import re
import subprocess
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from segue_context import patterns
from segue_context.patterns import PatternList, is_named

if TYPE_CHECKING:
    from pathlib import Path

_PIECES = ["*", "**", "/", "/", "?", "a", "b", "ab", ".", "[ab]", "[!a]", "[^b]", "[a-b]", "[[:alpha:]]", "[a/b]", "[]-]",
           "\\", "\\*", "\\ ", " ", "!", "[", "-", "]", "**/", "/**", "\\/", "\u00e9", "[\u00e9]", "#", "\t"]  # fmt: skip
_LETTERS = ["a", "b", "ab", ".", "*", " ", "\u00e9", "-", "c", "[", "]", "\\", "!", "#"]
_pattern = st.lists(st.sampled_from(_PIECES), min_size=1, max_size=6).map("".join)
_name = (
    st.lists(st.sampled_from(_LETTERS), min_size=1, max_size=3)
    .map("".join)
    .filter(lambda n: n not in {".", ".."})
)
_path = st.lists(_name, min_size=1, max_size=4).map("/".join)


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("ignored")
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    return root


def ignored_by_git(root: Path, lines: list[str], paths: list[str]) -> dict[str, bool]:
    (root / ".gitignore").write_text("\n".join(lines) + "\n", "utf-8")
    asked = "\0".join(paths).encode() + b"\0"
    done = subprocess.run(
        ["git", "-C", str(root), "check-ignore", "--no-index", "-z", "--stdin", "-v", "-n"],
        input=asked, capture_output=True, check=False, env={"PATH": os.environ["PATH"], "HOME": str(root)},
    )  # fmt: skip
    fields = done.stdout.decode("utf-8").split("\0")
    rows = [fields[at : at + 4] for at in range(0, len(fields) - 1, 4)]
    return {path: bool(source) and not pattern.startswith("!") for source, _, pattern, path in rows}


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(_pattern, min_size=1, max_size=3), st.lists(_path, min_size=5, max_size=30, unique=True))
def test_patterns_decide_as_git_does(repository: Path, lines: list[str], paths: list[str]) -> None:
    compiled = PatternList(lines)
    assert {path: compiled.excludes(path) for path in paths} == ignored_by_git(repository, lines, paths)


@pytest.mark.parametrize(
    ("lines", "excluded", "kept"),
    [
        (["*.log"], ["a.log", "x/y.log", "z.log/in"], ["a.logs", "log"]),
        (["build/"], ["build/a", "x/build/a"], ["build", "x/build"]),
        (["/top"], ["top", "top/x"], ["x/top"]),
        (["docs/*.md"], ["docs/a.md"], ["docs/x/a.md", "x/docs/a.md"]),
        (["docs/**/a.md"], ["docs/a.md", "docs/x/y/a.md"], ["x/docs/a.md", "docs/xa.md"]),
        (["keep/*", "!keep/this"], ["keep/other"], ["keep/this", "keep"]),
        (["keep/", "!keep/this"], ["keep/this"], []),
        (["\\!bang", "\\#hash", "space\\ "], ["!bang", "#hash", "space "], ["bang", "space"]),
        (["tail  ", "carriage\r"], ["tail", "carriage"], ["tail  "]),
        (
            ["foo**/bar"],
            ["foobar", "foo/x/bar", "foox/bar"],
            ["x/bar"],
        ),  # as git does, by an accident of its own
        (["[", "*[", "\\", "/", "!", ""], [], ["[", "a", "\\"]),
    ],
)
def test_rules_by_example(lines: list[str], excluded: list[str], kept: list[str]) -> None:
    compiled = PatternList(lines)
    assert [path for path in excluded if not compiled.excludes(path)] == []
    assert [path for path in kept if compiled.excludes(path)] == []


def test_no_star_of_an_expression_reconsiders_what_it_took() -> None:
    """Every repetition but those of the last piece, which is tied to the end, is inside an atomic group."""
    for text in ("*a*a*a*a*b", "**/a/**/a/**/b", "x/*a*b/**/c*d*e", "**/*a*a/**/*b*b"):
        expression = patterns._translated(text.encode(), names_only=False).decode()
        bare = re.sub(r"\(\?>(?:[^()]|\([^()]*\))*\)", "", expression)
        assert len(re.findall(r"\*", bare)) <= 3, expression


@pytest.mark.parametrize(
    "pattern",
    ["*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b", "**/a/**/a/**/a/**/a/**/a/**/a/**/a/**/b", "?*?*?*?*?*?*?*?*?*?*b",
     "[a-z]*[a-z]*[a-z]*[a-z]*[a-z]*[a-z]*1", "*" * 4000 + "b", "**/*a*a*a*a*/**/*a*a*a*a*/**/*a*a*/**/b"],
)  # fmt: skip
def test_patterns_that_never_ended_end(pattern: str) -> None:
    assert not is_named("a" * 200, [pattern])
    assert not is_named("aaaa/" * 100 + "a", [pattern])


def test_a_setting_names_files_and_folders() -> None:
    assert is_named("private/a.py", ["private"])
    assert is_named("/abs/private/a.py", ["private"])
    assert not is_named("a.py", [])
