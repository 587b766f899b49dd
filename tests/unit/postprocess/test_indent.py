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
        "def a():\n    if b:\n        c()\n    try:|\n    f()\n",
        "\n        d()\n    except E:\n        e()",
        "python",
        id="clauses",
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
    answer = "\n        int c;\n        int d;"
    assert shown(document, answer, "c") == document.replace("|", answer)


def test_a_list_level_with_its_key_stays():
    document = "a:\n  b:\n    - c\nd:\n  e:|\n"
    assert shown(document, "\n  - f\n  - g", "yaml") == document.replace("|", "\n  - f\n  - g")


def test_the_body_of_a_namespace_is_no_habit_of_other_braces():
    document = "namespace a {\nvoid b() {\n  c();\n}\nvoid d() {|\n}\n}\n"
    assert shown(document, "\ne();", "cpp") == document.replace("|", "\n  e();")


def test_a_key_that_goes_on_an_item_does_not_leave_the_list():
    document = "a:\n  - b:\n      c: 1|\n  - e: 1\n"
    assert shown(document, "\nd: 2", "yaml") == document.replace("|", "\n      d: 2")


def test_a_body_below_a_key_of_an_item_is_measured_from_the_key():
    document = "a:\n  - b:\n      c: 1\n  - d:\n      e: 1\nf:\n  g:|\n"
    assert shown(document, "\n      h: 1", "yaml") == document.replace("|", "\n    h: 1")


def test_a_function_without_a_name_shows_the_habit_of_words():
    document = "local function a()\n  b()\nend\n\nlocal c = function(d)|\nend\n"
    assert shown(document, "\n      e()\n      f()", "lua") == document.replace("|", "\n  e()\n  f()")


class TestHowOneLineGoesOnAnother:
    """What goes on a statement stands as the file has it, in calls, chains and lists of operators."""

    @pytest.mark.parametrize(
        ("document", "wrong", "right", "language"),
        [
            pytest.param(
                "class A {\n  void f() {\n    x = a\n        + b;\n    y = c|\n  }\n}\n",
                "\n   + d;",
                "\n        + d;",
                "java",
                id="an operator leads the line",
            ),
            pytest.param(
                "fn f() {\n    a\n        .b(C {\n            d,\n        })\n        .e()\n        .g();\n    h|\n}\n",
                "\n    .i()\n    .j();",
                "\n        .i()\n        .j();",
                "rust",
                id="a chain with a block in it",
            ),
            pytest.param(
                "f()\n  .a()|\n  .b()\n",
                "\n     .c()",
                "\n  .c()",
                "typescript",
                id="the chain goes on below",
            ),
            pytest.param(
                "x match {\n  case A =>\n    b\n  case C =>|\n}\n",
                "\n      d",
                "\n    d",
                "scala",
                id="an arrow",
            ),
            pytest.param(
                "@font {\n  a:\n    b,\n    c;\n  d:|\n}\n",
                "\n      e,\n      f;",
                "\n    e,\n    f;",
                "css",
                id="a property",
            ),
        ],
    )
    def test_as_the_file_has_it(self, document, wrong, right, language):
        assert shown(document, wrong, language) == document.replace("|", right)
        assert shown(document, right, language) == document.replace("|", right)

    def test_several_usual_depths_agree_with_what_closes(self):
        document = "a {\n  b: c;\n}\n\nd {\n    e: f;\n}\n\ng {|\n"
        assert shown(document, "\n    h: i;\n  }", "css") == document.replace("|", "\n  h: i;\n}")


class TestWhereTheFileIsSilent:
    def test_the_answer_shows_its_own_step(self):
        document = "object A {|\n}\n"
        wrong = "\n      def a =\n        b\n      def c = {\n        d\n      }"
        right = "\n  def a =\n    b\n  def c = {\n    d\n  }"
        assert shown(document, wrong, "scala") == document.replace("|", right)

    def test_a_depth_that_nobody_uses_becomes_the_common_one(self):
        document = "int main()\n{|\n}\n"
        assert shown(document, "\n       a();\n       b();", "cpp") == document.replace(
            "|", "\n    a();\n    b();"
        )

    def test_so_many_steps_are_too_many(self):
        document = "a(() => {\n  b()\n})\n\nc(|\n)\n"
        assert shown(document, "\n      d,\n      e,", "typescript") == document.replace("|", "\n  d,\n  e,")


class TestStatements:
    def test_after_a_bracket_closed_on_the_line(self):
        document = "def f():\n    a(b|\n\n\nc()\n"
        assert shown(document, ")\n         d()", "python") == document.replace("|", ")\n    d()")

    def test_in_a_function_among_arguments(self):
        document = 'it("a", function()\n  |\nend)\n'
        assert shown(document, "b()\n     c()", "lua") == document.replace("|", "b()\n  c()")

    def test_an_end_word_is_none(self):
        document = "def a\n  if b\n    c(|\n  end\nend\n"
        assert shown(document, "d)\n  end\nend", "ruby") == document.replace("|", "d)")

    def test_of_a_case_are_not_level_with_it(self):
        document = "switch (a) {\n  case 1:\n    b();\n    break;\n  |\n}\n"
        assert shown(document, "case 2:\n       c();\n       break;", "java") == document.replace(
            "|", "case 2:\n    c();\n    break;"
        )

    def test_elements_with_a_line_for_each(self):
        document = "a = [\n    b,\n    |\n    e,\n]\n"
        assert shown(document, "c,\n  d,", "python") == document.replace("|", "c,\n    d,")

    def test_a_selector_of_an_identifier_is_no_directive(self):
        document = "a {\n  b: c;\n}\n\n#d {|\n}\n"
        assert shown(document, "\n     e: f;", "css") == document.replace("|", "\n  e: f;")

    def test_a_brace_may_stand_level_with_its_arrow(self):
        document = "f(\n    x =>\n    |\n    y);\n"
        assert shown(document, "{\n           a();\n       },", "csharp") == document.replace(
            "|", "{\n        a();\n    },"
        )

    def test_an_item_may_stand_level_with_its_key(self):
        document = "a:\n  b:\n  |\n  c: 1\n"
        assert shown(document, "- d: 1\n       e: 2", "yaml") == document.replace("|", "- d: 1\n    e: 2")


class TestTabsAndSpaces:
    def test_tabs_alone(self):
        document = "func f() {\n\tg(\n\t\ta,\n\t)\n\tif b {|\n\t}\n}\n"
        assert shown(document, "\n        g(\n            c,\n        )", "go") == document.replace(
            "|", "\n\t\tg(\n\t\t\tc,\n\t\t)"
        )


class TestStringsStay:
    def test_long_ones_of_lua(self):
        document = "local function a()\n  b()\nend\n\nlocal function c()|\nend\n"
        assert shown(document, "\n     d [[\n   e\n]]", "lua") == document.replace("|", "\n  d [[\n   e\n]]")

    def test_quotes_in_the_shell_begin_after_a_letter_and_not_after_a_backslash(self):
        document = "f() {\n  cut -d' ' -f1\n  tr -d \\\"\n  if a; then\n    b\n  fi\n  if c; then|\n  fi\n}\n"
        assert shown(document, "\n       d", "shellscript") == document.replace("|", "\n    d")
