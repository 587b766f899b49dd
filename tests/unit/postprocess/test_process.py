"""What may be shown, context by context."""

from __future__ import annotations

import pytest

from segue_postprocess import Cursor, Reason, process


def shown(document: str, completion: str, language: str, **settings) -> str | None:
    """Return the document after acceptance, the cursor standing at the bar in `document`."""
    prefix, suffix = document.split("|")
    result = process(Cursor(prefix, suffix, language, **settings), completion)
    if result.text is None:
        return None
    return prefix + result.text + suffix[result.replace_suffix_chars :]


def reasons(document: str, completion: str, language: str, **settings) -> tuple[str, ...]:
    prefix, suffix = document.split("|")
    return process(Cursor(prefix, suffix, language, **settings), completion).reasons


class TestCleaning:
    def test_cuts_at_a_token_of_the_family(self):
        cursor = Cursor("x = ", "\n", "python", control_tokens=("[STOP]",))
        assert process(cursor, "1[STOP]junk").text == "1"

    @pytest.mark.parametrize(
        "token",
        ["<|endoftext|>", "<|fim_middle|>", "<fim_suffix>", "<EOT>", "<\uff5cfim\u2581end\uff5c>", "</s>"],
    )
    def test_cuts_at_well_known_tokens(self, token):
        assert shown("x = |\n", f"1{token}\ny = 2", "python") == "x = 1\n"

    def test_keeps_a_token_the_file_is_about(self):
        cursor = Cursor('STOP = "<|endoftext|>"\nSTOPS = [', "]\n", "python")
        assert process(cursor, '"<|endoftext|>"').text == '"<|endoftext|>"'

    def test_cuts_a_token_that_the_limit_cut_off(self):
        assert shown("x = |\n", "1<|endoft", "python") == "x = 1\n"

    def test_takes_code_out_of_a_fence(self):
        answer = "Here is the code:\n```python\nreturn x\n```\nI hope this helps."
        assert shown("def f(x):\n    |\n", answer, "python") == "def f(x):\n    return x\n"

    def test_leaves_fences_in_markdown(self):
        assert shown("# Use\n\n|", "```sh\nmake\n```", "markdown") == "# Use\n\n```sh\nmake\n```"


class TestSpace:
    def test_one_space_is_enough(self):
        assert shown("return |\n", " this;", "javascript") == "return this;\n"

    def test_spaces_that_align_stay(self):
        assert shown("int |\n", "   x;", "c") == "int    x;\n"

    def test_indentation_is_not_doubled(self):
        assert shown("def f():\n    |\n", "    return 1", "python") == "def f():\n    return 1\n"

    def test_windows_line_ends_stay(self):
        prefix, suffix = "function f() {\r\n  ", "\r\n}\r\n"
        result = process(Cursor(prefix, suffix, "javascript"), "a();\n  b();")
        assert result.text == "a();\r\n  b();"

    def test_spaces_become_the_tabs_of_the_document(self):
        document = "package a\n\nfunc f() {\n\ta()\n\tb()\n\tc()\n}\n\nfunc g() |\n"
        assert shown(document, "{\n    d()\n}", "go") == document.replace("|", "{\n\td()\n}")

    def test_a_shifted_block_moves_back(self):
        document = "class A {\n    void f() {\n        g();\n    }\n\n    void h() |\n}\n"
        answer = "{\n     if (x) {\n         g();\n     }\n }"
        wanted = "{\n        if (x) {\n            g();\n        }\n    }"
        assert shown(document, answer, "java") == document.replace("|", wanted)

    def test_python_body_moves_under_its_header(self):
        document = "def f(x):\n    if x:\n        return 1\n\n\ndef g(x):|\n"
        assert shown(document, "\n       return 2", "python") == document.replace("|", "\n    return 2")


class TestHowMuch:
    def test_one_line_where_text_follows(self):
        assert shown("foo(|, c)\n", "a, b\nbar()", "python") == "foo(a, b, c)\n"

    def test_one_line_on_request(self):
        assert (
            shown("def f():\n    |\n", "a = 1\n    b = 2", "python", multiline=False)
            == "def f():\n    a = 1\n"
        )

    def test_the_statement_that_was_begun(self):
        document = "class A {\n  set(v) {\n    this.v =|\n  }\n}\n"
        assert shown(document, " v;\n    return this;", "javascript") == document.replace("|", " v;")

    def test_the_function_that_was_begun(self):
        document = "class A {\n  get| \n}\n"
        answer = " v() {\n    return 1;\n  }\n\n  set v(x) {\n    this.x = x;\n  }"
        got = shown(document, answer, "javascript")
        assert got is not None
        assert "return 1;" in got
        assert "set v" not in got

    def test_a_block_to_its_end(self):
        document = "def f(items):\n    total = 0\n    for item in items:|\n\n\nprint(f([]))\n"
        answer = "\n        total += item\n    return total\n\n\ndef g():\n    pass"
        got = shown(document, answer, "python")
        assert got is not None
        assert "total += item" in got
        assert "def g" not in got

    def test_an_alternative_belongs_to_its_construct(self):
        document = "if a:\n    |\n\nz = 1\n"
        answer = "b()\nelif c:\n    d()\nelse:\n    e()\n\nfor x in y:\n    pass"
        assert shown(document, answer, "python") == document.replace(
            "|", "b()\nelif c:\n    d()\nelse:\n    e()"
        )

    def test_one_definition_among_definitions(self):
        document = "def a():\n    pass\n\n\n|\n"
        answer = "@cached\ndef b():\n    return 1\n\n\ndef c():\n    return 2\n"
        assert shown(document, answer, "python") == document.replace("|", "@cached\ndef b():\n    return 1")

    def test_a_comment_ends_with_its_line(self):
        document = "function f(o) {\n  // if o then return t|\n  return false;\n}\n"
        assert shown(document, "rue\n  if (o) {\n    return true;\n  }", "javascript") == document.replace(
            "|", "rue"
        )

    def test_fields_come_together(self):
        document = "interface User {\n  id: number;\n  na|\n}\n"
        answer = "me: string;\n  age: number;\n}"
        assert shown(document, answer, "typescript") == document.replace("|", "me: string;\n  age: number;")

    def test_no_more_lines_than_allowed(self):
        answer = "\n".join(f"x{n} = {n}" for n in range(9))
        got = process(Cursor("", "", "python", max_lines=4), answer)
        assert got.text is not None
        assert got.text.count("\n") == 3


class TestFit:
    def test_what_follows_is_not_repeated(self):
        document = "def f():\n    |\n    second()\n    third()\n"
        assert shown(document, "first()\n    second()\n    third()\n", "python") == document.replace(
            "|", "first()"
        )

    def test_what_nearly_follows_is_not_repeated(self):
        document = "function f() {\n  |\n  const total = sum(values);\n  return render(total);\n}\n"
        answer = "check(values);\n  const total = sum( values )\n  return render(total);\n}"
        assert shown(document, answer, "javascript") == document.replace("|", "check(values);")

    def test_like_lines_that_differ_in_a_word_stay(self):
        document = "name = name.replace('a', '|\nname = name.replace('b', 'c')\n"
        assert shown(document, "b')", "python") == document.replace("|", "b')")

    @pytest.mark.parametrize(
        ("document", "answer", "expected"),
        [
            ("foo(|)\n", "a, b)", "foo(a, b)\n"),
            ("foo(bar(|))\n", "a), b);", "foo(bar(a), b);\n"),
            ('print("|")\n', 'a", b)', 'print("a", b)\n'),
            ("x = [|]\n", "1, 2]", "x = [1, 2]\n"),
            ("foo(|);\n", "a);", "foo(a);\n"),
        ],
    )
    def test_the_editors_closing_halves_are_replaced(self, document, answer, expected):
        assert shown(document, answer, "javascript") == expected

    def test_a_block_replaces_them_too(self):
        assert (
            shown("on('x', () => {|})\n", "\n  f();\n});", "javascript") == "on('x', () => {\n  f();\n});\n"
        )

    def test_a_closing_brace_that_exists_is_not_doubled(self):
        document = "function f() {|\n}\n"
        assert shown(document, "\n  g();\n}", "javascript") == document.replace("|", "\n  g();")

    def test_a_closing_brace_that_is_missing_is_kept(self):
        document = "class A {\n  f() {\n    |\n\n  g() {\n    return 1;\n  }\n}\n"
        assert shown(document, "return 2;\n  }", "javascript") == document.replace("|", "return 2;\n  }")


class TestGate:
    def test_what_is_open_is_closed(self):
        document = "a();\n|\nb();\n"
        assert shown(document, "if (x) {", "javascript") == document.replace("|", "if (x) {}")

    def test_what_cannot_be_mended_is_not_shown(self):
        assert shown("x = 1\n|\ny = 2\n", "for for in in", "python") is None
        assert reasons("x = 1\n|\ny = 2\n", "for for in in", "python")[-1] == Reason.DROP_SYNTAX

    def test_a_bad_end_is_cut(self):
        document = "def f():\n    |\n"
        assert shown(document, "a = 1\n    b = (2,,", "python") == document.replace("|", "a = 1")

    def test_a_grammar_with_gaps_only_advises(self):
        document = "package a\n\n|\n"
        assert shown(document, "fun interface F {\n    fun f(): Int\n}", "kotlin") is not None

    @pytest.mark.parametrize(
        "answer",
        [
            "return 1",
            "break",
            "await x",
            "yield 2",
            "f(a=1, a=2)",
            "f(a=1, b)",
            "f() = 3",
            "def g(a, a): pass",
            "if y:",
        ],
    )
    def test_what_python_refuses_is_not_shown(self, answer):
        assert shown("x = 1\n|\ny = 2\n", answer, "python") is None

    @pytest.mark.parametrize(
        ("document", "answer"),
        [
            ("def f():\n    |\n", "return 1"),
            ("for x in y:\n    |\n", "break"),
            ("async def f():\n    |\n", "await g()"),
            ("f(|)\n", "*a, b=1, **c"),
            ("def f|\n    return 1\n", "(a, *, b=1):"),
            ("x = 1\n|\n", "if x:\n    y = 2"),
        ],
    )
    def test_what_python_accepts_is_shown(self, document, answer):
        assert shown(document, answer, "python") == document.replace("|", answer)


class TestJudgement:
    def test_white_space_is_nothing(self):
        assert reasons("x = 1\n|\n", "   \n ", "python")[-1] == Reason.DROP_EMPTY

    def test_the_lines_above_are_not_said_again(self):
        assert reasons("print(total)\n|\n", "print(total)", "python")[-1] == Reason.DROP_REPEATS_ABOVE

    def test_what_was_just_deleted_does_not_return(self):
        got = reasons("x = |\n", "compute(y)", "python", recent_deletions=("compute(y)",))
        assert got[-1] == Reason.DROP_UNDOES

    def test_banners_are_not_worth_showing(self):
        assert reasons("x = 1\n|\n", "# -----------------", "python")[-1] == Reason.DROP_BANNER

    def test_secrets_are_not_shown(self):
        got = reasons("key = |\n", '"AKIAIOSFODNN7EXAMPLE"', "python")
        assert got[-1] == Reason.DROP_SECRET

    def test_licences_are_not_shown(self):
        got = reasons("|\nimport os\n", "# Licensed under the Apache License, Version 2.0", "python")
        assert got[-1] == Reason.DROP_LICENCE

    def test_loops_are_cut(self):
        answer = "\n".join(["first()", *["again(value)"] * 9])
        assert shown("|", answer, "python") == "first()\nagain(value)"


class TestBounds:
    def test_a_text_on_which_a_grammar_loops_gets_an_answer(self):
        broken = "{C()\ne\n`" + "a b\n" * 100
        assert process(Cursor(broken, "\n", "kotlin"), "c").text == "c"
        assert process(Cursor("{C()\ne\n", "a b\n" * 100, "kotlin"), "`") is not None

    @pytest.mark.parametrize("unit", ["a + ", "[{(", "`'\"", "\n", " ", "\\", ")", "${", "x = f(y)\n    "])
    @pytest.mark.parametrize("language", ["python", "javascript", "no-such-language"])
    def test_an_endless_answer_is_cut(self, unit, language):
        result = process(Cursor("def f():\n    x = ", "\n", language), unit * 200_000)
        assert len(result.text or "") < 20_000

    @pytest.mark.parametrize("language", ["python", "javascript", "json", "kotlin", ""])
    @pytest.mark.parametrize("unit", ["f(a,[b,{c:1}]);", "(", "`${", "{\n"])
    def test_long_lines_and_deep_nesting_get_an_answer(self, unit, language):
        assert process(Cursor(unit * 3000, unit * 3000, language), "foo(a)") is not None


class TestPieces:
    @pytest.mark.parametrize(
        ("prefix", "piece"),
        [
            ("def f(url):\n    raise Inval", "idURL("),
            ("class A:\n    def f(self, resp):\n        self.equal(resp", ".sta"),
            ("def f(a):\n    if ", "a and "),
        ],
    )
    def test_what_the_user_goes_on_typing_may_stay_open(self, prefix, piece):
        cursor = Cursor(prefix, "\n\n\nx = 1\n", "python", piece=True)
        assert process(cursor, piece).text == piece

    def test_what_nothing_can_follow_is_dropped(self):
        cursor = Cursor("def f(a):\n    return ", "\n\n\nx = 1\n", "python", piece=True)
        assert process(cursor, "the sum of").text is None


@pytest.mark.parametrize("times", [10, 400])
def test_a_run_of_the_same_words_is_cut_at_its_beginning_however_long_it_is(times: int) -> None:
    answer = process(Cursor("name = ", "\n", "python"), "first or " + "second(value) or " * times)
    assert answer.text == "first or second(value)"


def test_a_string_far_above_does_not_turn_code_into_text():
    words = "        Return what was asked for.\n" * 30
    methods = "".join(f'    def m{n}(self):\n        """Ask.\n\n{words}        """\n\n' for n in range(60))
    prefix = f"class A:\n{methods}    def last(self, a):\n        # it is the last\n        "
    answer = "return a\n\n    def more(self):\n        return 1"
    assert process(Cursor(prefix, "\n", "python"), answer).text == "return a"
