"""Tests are told from code by one piece, with the conventions of each language."""

from __future__ import annotations

import pytest

from segue_context.related import is_other_half
from segue_context.search._priors import kinds_of
from segue_context.test_files import is_test, marks_of, subject_of


@pytest.mark.parametrize(
    "path",
    [
        *("tests/helpers.py", "packages/a/tests/unit/helpers.py", "src/test/java/a/Fixture.java"),
        *(
            "pkg/parser_test.go",
            "src/Parser.spec.ts",
            "src/__tests__/parser.js",
            "app/tests.py",
            "app/conftest.py",
        ),
        *(
            "a/ParserIT.java",
            "a/ParserTests.cs",
            "spec/support/login.rb",
            "src/tests.rs",
            "base/list_unittest.cc",
        ),
        *("lib/parser-test.js", "test_parser.c", "lib/parser_test.exs"),
    ],
)
def test_tests_are_told(path: str) -> None:
    assert is_test(path)
    assert "test" in kinds_of(path)


@pytest.mark.parametrize(
    "path",
    [
        *("src/contest.py", "src/Latest.java", "src/testimony.ts", "src/attestation.go", "testing/tools.py"),
        *(
            "src/AUDIT.go",
            "specs/api.py",
            "spec/grammar.rs",
            "src/tests.go",
            "conftest.go",
            "src/Protest.java",
        ),
    ],
)
def test_code_is_none(path: str) -> None:
    assert not is_test(path)


@pytest.mark.parametrize(
    ("path", "subject", "marks"),
    [
        ("tests/test_parser.py", "parser", ("test_", "")),
        ("src/Parser.spec.ts", "parser", ("", ".spec")),
        ("a/ParserIT.java", "parser", ("", "IT")),
        ("a/ParserIT.go", "parserit", ("", "")),
        ("app/tests.py", "tests", ("", "")),
        ("base/list_unittest.cc", "list", ("", "_unittest")),
        ("Makefile", "makefile", ("", "")),
    ],
)
def test_a_name_is_taken_apart(path: str, subject: str, marks: tuple[str, str]) -> None:
    assert subject_of(path) == subject
    assert marks_of(path) == marks


def test_only_languages_with_headers_have_two_halves() -> None:
    assert is_other_half("src/list.h", "src/list.cpp")
    assert is_other_half("include/list.hpp", "src/list.cc")
    assert not is_other_half("src/list.h", "src/list.h")
    assert not is_other_half("src/list.ts", "src/list.js")
    assert not is_other_half("src/list.h", "src/stack.cpp")
