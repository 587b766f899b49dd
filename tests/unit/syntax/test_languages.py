"""Every language of the registry is found by its names and parses with its grammar."""

from __future__ import annotations

import pytest

from segue_syntax import LANGUAGES, language_of, parse

WITH_GRAMMAR = [language for language in LANGUAGES if language.grammar]


@pytest.mark.parametrize("language", WITH_GRAMMAR, ids=lambda language: language.id)
def test_grammar_loads_and_parses(language) -> None:
    tree = parse("", language.id)
    assert tree is not None
    assert not tree.root_node.has_error


def test_editor_names_paths_and_aliases_lead_to_the_language() -> None:
    assert language_of("typescriptreact").id == "typescriptreact"
    assert language_of("bash").id == "shellscript"
    assert language_of("", "src/App.TSX").id == "typescriptreact"
    assert language_of("", "C:\\work\\Rakefile").id == "ruby"


def test_no_two_languages_share_a_name_or_a_file() -> None:
    for names in (
        [name for language in LANGUAGES for name in (language.id, *language.aliases)],
        [name for language in LANGUAGES for name in (*language.extensions, *language.filenames)],
    ):
        assert sorted(names) == sorted(set(names))


def test_an_unknown_language_has_no_grammar_and_no_error() -> None:
    language = language_of("brainfuck", "x.bf")
    assert language.id == "brainfuck"
    assert parse("+++", language.id) is None


def test_broken_code_still_gives_a_tree() -> None:
    tree = parse("def f(:\n", "python")
    assert tree is not None
    assert tree.root_node.has_error


@pytest.mark.parametrize(
    ("language", "written"),
    [("python", "# x"), ("lua", "-- x"), ("html", "<!-- x -->"), ("css", "/* x */"), ("unknown", "// x")],
)
def test_a_comment_on_a_line_of_its_own(language: str, written: str) -> None:
    before, after = language_of(language).comment_marks
    assert f"{before}x{after}" == written
