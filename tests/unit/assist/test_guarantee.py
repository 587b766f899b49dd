"""What counts as the same code, and what does not."""

from __future__ import annotations

import pytest

from segue_assist import same_code

SAME = [
    ("python", "def f():\n    return 1\n", 'def f():\n    """Doc."""\n    # why\n    return 1\n'),
    ("python", "def f(): return 1\n", 'def f():\n    """Doc."""\n    return 1\n'),
    ("python", "class A:\n    x = 1\n", 'class A:\n    """Doc."""\n\n    x = 1\n'),
    ("javascript", "f(1)\n", "/** a */\nf(1) // b\n"),
    ("go", "package a\nfunc f() {}\n", "package a\n\n// f does.\nfunc f() {}\n"),
    ("rust", "fn f() {}\n", "/// Doc.\nfn f() {}\n"),
    ("ruby", "def f\nend\n", "# Doc.\ndef f\nend\n"),
    ("scala", "object A {\n  def f = 1\n}\n", "object A {\n  /** Doc. */\n  def f = 1\n}\n"),
    ("c", "int f(void);\n", "/** a */\nint f(void);\n"),
]
DIFFERENT = [
    ("python", "x = 1\n", "x = 2\n"),
    ("python", "def f():\n    return 1\n", "def f():\n    'a'; return 2\n"),
    ("python", "if a:\n    b()\nc()\n", "if a:\n    b()\n    c()\n"),
    ("python", "x = '''a\nb'''\n", "x = '''a\n# c\nb'''\n"),
    ("python", "f(1)\n'a'\n", "f(1)\n'b'\n"),
    ("python", "x = 'a'\n", "x = 'a '\n"),
    ("javascript", "return_(1)\n", "return_(1, 2)\n"),
    ("javascript", "f(`a`)\n", "f(`\n// c\na`)\n"),
    ("javascript", "function f() { return 1 }\n", "function f() { return // c\n1 }\n"),
    ("javascriptreact", "x = <a>b</a>\n", "x = <a>\n// c\nb</a>\n"),
    ("c", "#define A(x) \\\n  x\n", "#define A(x) \\\n  // c\n  x\n"),
    ("c", "int f(void);\n", "// a \\\nint f(void);\n"),
    ("go", "package a\nvar x = `a`\n", "package a\nvar x = `a\n// b`\n"),
    ("ruby", "x = <<A\n a\nA\n", "x = <<A\n # b\n a\nA\n"),
]


@pytest.mark.parametrize(("language", "before", "after"), SAME)
def test_comments_docstrings_and_spacing_are_no_code(language: str, before: str, after: str) -> None:
    assert same_code(before, after, language)
    assert same_code(after, before, language)


@pytest.mark.parametrize(("language", "before", "after"), DIFFERENT)
def test_everything_else_is(language: str, before: str, after: str) -> None:
    assert not same_code(before, after, language)
    assert not same_code(after, before, language)


def test_a_text_that_cannot_be_parsed_is_never_promised_to_be_the_same() -> None:
    assert not same_code("a", "a", "no-such-language")


def test_python_s_own_parser_has_a_say_where_tree_sitter_is_lenient() -> None:
    assert not same_code("x = 1 + \\\n  2\n", "x = 1 + \\\n# c\n  2\n", "python")
