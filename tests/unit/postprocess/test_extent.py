"""How much of an answer is kept: where it was not written for the place where it stands."""

from __future__ import annotations

import pytest

from segue_postprocess import Cursor, process


def shown(document: str, answer: str, language: str, **settings) -> str | None:
    prefix, suffix = document.split("|")
    result = process(Cursor(prefix, suffix, language, **settings), answer)
    if result.text is None:
        return None
    return prefix + result.text + suffix[result.replace_suffix_chars :]


LONG = "\n".join(f"    step_{number}();" for number in range(30))


class TestSeams:
    @pytest.mark.parametrize(
        ("document", "answer", "kept", "language"),
        [
            ("int f() {\n    |\n}\n", "return 1;\n    g();\n    h();", "return 1;", "c"),
            ("def f():\n    |\n", "raise E(1)\n    g()", "raise E(1)", "python"),
            ("def f(x)\n  |\nend\n", "return 1 if x\n  g", "return 1 if x\n  g", "ruby"),
            (
                "switch (x) {\n  |\n}\n",
                "case 1:\n    return a;\n  case 2:\n    return b;",
                "case 1:\n    return a;\n  case 2:\n    return b;",
                "javascript",
            ),
            (
                "function f() {\n  |\n}\n",
                "return g();\n\n  function g() {\n    return 1;\n  }",
                "return g();\n\n  function g() {\n    return 1;\n  }",
                "javascript",
            ),
        ],
    )
    def test_nothing_follows_what_leaves_the_block(self, document, answer, kept, language):
        assert shown(document, answer, language) == document.replace("|", kept)

    def test_a_line_deeper_than_an_ended_statement_belongs_elsewhere(self):
        document = "void f() {|\n}\n"
        answer = "\n    a();\n        .b(),\n            c(d);\n        e();"
        assert shown(document, answer, "java") == document.replace("|", "\n    a();")

    def test_a_line_left_of_its_block_belongs_elsewhere(self):
        document = "def a\n  if x\n    |\n  else\n    z\n  end\nend\n"
        answer = "y\n    w\n" + "\n".join(f"def b{n}\n  {n}\nend\n" for n in range(12))
        assert shown(document, answer, "ruby") == document.replace("|", "y\n    w")

    def test_a_chain_goes_on_past_a_comment(self):
        document = "fn f() {\n    |\n}\n"
        answer = "let a = b()\n        .c()\n        // why\n        .d();"
        assert shown(document, answer, "rust") == document.replace("|", answer)


ELSEWHERE = "\n".join(f"  other_{number}();" for number in range(30))


class TestOtherPlaces:
    """Lines that a long answer goes on with, though they were written for another place."""

    @pytest.mark.parametrize(
        ("document", "kept", "strange", "language"),
        [
            pytest.param(
                "class A\n{|\n}\n", "\n    f();", "<?php\n\nnamespace B;\n", "php", id="another file"
            ),
            pytest.param(
                "int f(void) {\n  |\n}\n",
                "return 1;",
                "#define B_H\n\nint g(void);\n",
                "c",
                id="another header",
            ),
            pytest.param(
                "class A {\n    |\n}\n",
                "int B() =>\n        c();",
                "        d();\n        e();\n",
                "csharp",
                id="deeper than an expression that has ended",
            ),
            pytest.param(
                "a = {\n  |\n}\n",
                "b: 1,",
                "      c: 2,\n      d: 3,\n",
                "javascript",
                id="deeper than an element",
            ),
            pytest.param(
                "const a = 1\n|\nb()\n",
                "c(a)",
                "    d()\n    e()\n",
                "typescript",
                id="deeper where lines end",
            ),
            pytest.param(
                "<ul>\n  |\n</ul>\n",
                "<li>\n    a\n  </li>",
                "  </li>\n  <li>\n",
                "html",
                id="a closing tag too many",
            ),
            pytest.param(
                "#if A\n#|\n#endif\n", "else", "    a()\n    b()\n", "swift", id="a directive is one line"
            ),
        ],
    )
    def test_are_left_out(self, document, kept, strange, language):
        assert shown(document, f"{kept}\n{strange}{ELSEWHERE}", language) == document.replace("|", kept)

    def test_a_guard_begins_a_header(self):
        document = "/* a */\n|\n"
        answer = "#ifndef B_H\n#define B_H\n\nint f(void);\n\n#endif"
        assert shown(document, answer, "c") == document.replace("|", answer)

    def test_an_element_closes_itself_though_it_is_moved(self):
        document = "const a = (\n  |\n)\n"
        answer = "<b c={d}>\n      {e}\n    </b>"
        right = "<b c={d}>\n    {e}\n  </b>"
        assert shown(document, answer, "javascriptreact") == document.replace("|", right)


class TestWhatIsThereAlready:
    def test_a_header_whose_block_stands_below_is_all(self):
        document = "<ul>\n  <li|\n    <a>one</a>\n  </li>\n</ul>\n"
        answer = ' class="first">\n    <a>two</a>\n  </li>\n  <li>'
        assert shown(document, answer, "html") == document.replace("|", ' class="first">')

    def test_a_condition_whose_branch_stands_below(self):
        document = "function f(x) {\n  if (|\n    g();\n  }\n}\n"
        answer = "x > 1) {\n    h();\n  }\n  i();"
        assert shown(document, answer, "javascript") == document.replace("|", "x > 1) {")


class TestMappings:
    def test_an_item_holds_its_keys(self):
        document = "steps:\n  - uses: a\n  |\n"
        answer = "- name: b\n    run: c\n    with:\n      d: e"
        assert shown(document, answer, "yaml") == document.replace("|", answer)

    def test_items_may_stand_level_with_their_key(self):
        document = "a:\n  steps:|\n\n  other: 1\n"
        assert shown(document, "\n  - b\n  - c", "yaml") == document.replace("|", "\n  - b\n  - c")


class TestConstructs:
    def test_a_branch_of_the_preprocessor_to_its_end(self):
        document = "#include <a.h>\n\n|\n\nint x;\n"
        answer = "#ifdef A\n#include <b.h>\n#else\n#include <c.h>\n#endif"
        assert shown(document, answer, "c") == document.replace("|", answer)

    def test_a_return_type_on_a_line_of_its_own(self):
        document = "int a;\n\nstatic|\n\nint b;\n"
        answer = " int\nf(int x)\n{\n    return x;\n}"
        assert shown(document, answer, "c") == document.replace("|", answer)

    def test_the_pattern_of_a_case_is_no_closing_bracket(self):
        document = 'case "$|\n  a) one ;;\n  b) two ;;\nesac\n'
        assert shown(document, 'x" in', "shellscript") == document.replace("|", 'x" in')


class TestRepetition:
    def test_an_element_may_look_like_the_next_one(self):
        document = 'x = [\n  |\n  {"name": "second case", "value": 2},\n]\n'
        answer = '{"name": "first case", "value": 1},'
        assert shown(document, answer, "python") == document.replace("|", answer)

    def test_what_the_file_says_twice_may_be_said_again(self):
        document = "f() {\n  pop(stack);\n  pop(stack);\n  |\n}\n"
        assert shown(document, "pop(stack);", "javascript") == document.replace("|", "pop(stack);")

    def test_a_notice_in_a_page_is_content(self):
        document = "<footer>\n  |\n</footer>\n"
        answer = "<p>2026 Example. All rights reserved.</p>"
        assert shown(document, answer, "html") == document.replace("|", answer)


class TestGuessedEnds:
    def test_the_cut_goes_to_the_last_sound_boundary(self):
        document = "fn f() {\n    |\n}\n"
        answer = 'let a = 1;\n    let b = 2;\n    "c",\n    "d",\n    ]);'
        assert shown(document, answer, "rust") == document.replace("|", "let a = 1;\n    let b = 2;")


def test_of_a_long_answer_short_lines_are_kept_without_the_block_behind_them():
    steps = "\n".join(f"step_{number}" for number in range(30))
    drift = f"if test; then\n  exit 1\nfi\n\n{steps}\n    deeper: than anything"
    kept = shown("#!/bin/sh\n\n|\ncd there\n", f"cp here there\n{drift}", "shellscript")
    assert kept == "#!/bin/sh\n\ncp here there\ncd there\n"


def test_a_line_of_a_long_shell_string_that_looks_like_code_is_none():
    info = "info='Docs: somewhere\nAuthor: someone\n'\n"
    document = f'#!/bin/sh\n{info}\nadd() {{\n  domain=$1\n  find_zone|\n\n  go "$domain"\n}}\n'
    kept = shown(document, ' || return 1\n  other="$2"\n\n  say "x"', "shellscript")
    assert kept == document.replace("|\n", " || return 1\n", 1)
