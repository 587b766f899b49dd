"""Indentation: moved where the document says where a line belongs, left alone where nothing does."""

from __future__ import annotations

import textwrap

import pytest

from segue_postprocess import Cursor, process


def shown(document: str, answer: str, language: str) -> str | None:
    prefix, suffix = document.split("|")
    result = process(Cursor(prefix, suffix, language), answer)
    if result.text is None:
        return None
    return prefix + result.text + suffix[result.replace_suffix_chars :]


def moved(text: str, by: int) -> str:
    """Return `text` with every line after the first moved."""
    first, _, rest = text.partition("\n")
    return (
        first
        + "\n"
        + (textwrap.indent(rest, " " * by) if by > 0 else rest.replace("\n" + " " * -by, "\n")[-by:])
    )


CASES = [
    pytest.param(
        "let a = {\n    b()\n}\nf { |\n}\n", "x in\n    g(x)\n    h(x)", "swift", id="parameters of a closure"
    ),
    pytest.param(
        "def a():\n    if b:\n        c()\n    try:|\n    f()\n",
        "\n        d()\n    except E:\n        e()",
        "python",
        id="clauses",
    ),
    pytest.param(
        "class A {\n    void f() {\n        a();\n    }\n    void g(|\n}\n",
        "int x,\n           int y) {\n        return;\n    }",
        "java",
        id="a brace that follows arguments over several lines",
    ),
    pytest.param(
        "void f() {\n  a(b,\n    c);\n  |\n}\n",
        "EXPECT(first_value,\n         second);",
        "cpp",
        id="arguments",
    ),
    pytest.param(
        "jobs:\n  a:\n    steps:\n      - uses: b\n      - name: c|\n",
        "\n        run: d\n        if: e",
        "yaml",
        id="keys of a list item",
    ),
    pytest.param(
        "module A\n  def b\n    c\n  end\n\n  |\nend\n",
        "def d\n    e\n  end",
        "ruby",
        id="the word that ends a block",
    ),
    pytest.param(
        "int a;\n|\nint b;\n", "#if X\nint c;\n#else\nint d;\n#endif", "c", id="branches of the preprocessor"
    ),
    pytest.param(
        "<div>\n  <p>\n    one line of text|\n  </p>\n</div>\n",
        "\n    and another\n    one",
        "html",
        id="text",
    ),
]


@pytest.mark.parametrize(("document", "answer", "language"), CASES)
@pytest.mark.parametrize("by", [0, 1, 3])
def test_a_block_comes_back_from_a_shift(document, answer, language, by):
    assert shown(document, moved(answer, by) if by else answer, language) == document.replace("|", answer)


def test_a_docstring_stands_under_its_quotes():
    document = 'class A:\n    """First line.|\n    """\n'
    answer = "\n\n  More about it.\n\n  And the end."
    wanted = "\n\n    More about it.\n\n    And the end."
    assert shown(document, answer, "python") == document.replace("|", wanted)


def test_lines_of_a_string_stay():
    document = "fn f() {\n    |\n}\n"
    answer = 'let a = "first\nsecond\n  third";\n    g(a);'
    assert shown(document, answer, "rust") == document.replace("|", answer)


def test_go_is_written_with_tabs():
    document = "package a\n\nfunc f() |\n"
    assert shown(document, "{\n    g()\n}", "go") == document.replace("|", "{\n\tg()\n}")


def test_comments_show_no_habit():
    document = "module A\n  # def x\n  # y\n  # end\n  def b\n    c\n  end\n\n  def d|\nend\n"
    assert shown(document, "\n  e\nend", "ruby") == document.replace("|", "\n    e\n  end")


def test_what_the_document_does_not_say_is_left_alone():
    document = "struct a {|\n};\n\nint b(void);\n"
    assert shown(document, "\n      int c;\n      int d;", "c") == document.replace(
        "|", "\n      int c;\n      int d;"
    )


def test_a_list_level_with_its_key_stays():
    document = "a:\n  b:\n    - c\nd:\n  e:|\n"
    assert shown(document, "\n  - f\n  - g", "yaml") == document.replace("|", "\n  - f\n  - g")


def test_the_body_of_a_namespace_is_no_habit_of_other_braces():
    document = "namespace a {\nvoid b() {\n  c();\n}\nvoid d() {|\n}\n}\n"
    assert shown(document, "\ne();", "cpp") == document.replace("|", "\n  e();")


@pytest.mark.parametrize(("answer", "right"), [("\n  d: 2", "\n      d: 2"), ("\nd: 2", "\n      d: 2")])
def test_among_items_stands_no_key(answer, right):
    document = "a:\n  - b:\n      c: 1|\n  - e: 1\n"
    assert shown(document, answer, "yaml") == document.replace("|", right)


def test_a_key_stands_as_deep_as_elsewhere_in_the_document():
    document = "jobs:\n  a:\n    on: x\n    steps: y\n  b:\n    on: x|\n"
    assert shown(document, "\n  steps: z", "yaml") == document.replace("|", "\n    steps: z")
    assert shown(document, "\n  c:\n    on: z", "yaml") == document.replace("|", "\n  c:\n    on: z")


def test_a_body_below_a_key_of_an_item_is_measured_from_the_key():
    document = "a:\n  - b:\n      c: 1\n  - d:\n      e: 1\nf:\n  g:|\n"
    assert shown(document, "\n      h: 1", "yaml") == document.replace("|", "\n    h: 1")


def test_a_function_without_a_name_shows_the_habit_of_words():
    document = "local function a()\n  b()\nend\n\nlocal c = function(d)|\nend\n"
    assert shown(document, "\n      e()\n      f()", "lua") == document.replace("|", "\n  e()\n  f()")
