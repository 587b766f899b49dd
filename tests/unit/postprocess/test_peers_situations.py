"""Situations that completion suites of other projects ask about, in cases of our own."""

from __future__ import annotations

import pytest

from segue_postprocess import Cursor, process


def shown(document: str, answer: str, language: str, **settings) -> str | None:
    prefix, suffix = document.split("¦")
    result = process(Cursor(prefix, suffix, language, **settings), answer)
    if result.text is None:
        return None
    return prefix + result.text + suffix[result.replace_suffix_chars :]


@pytest.mark.parametrize(
    ("language", "document", "answer", "wanted"),
    [
        ("python", "def area(w, h):\n    ret¦\n", "urn w * h", "def area(w, h):\n    return w * h\n"),
        ("javascript", "const user = getU¦\n", "ser(id);", "const user = getUser(id);\n"),
        ("python", "total = sum(¦)\n", "values)", "total = sum(values)\n"),
        ("python", 'name = "¦"\n', 'Ada"', 'name = "Ada"\n'),
        ("javascript", "const a = {¦};\n", " b: 1, c: 2 };", "const a = { b: 1, c: 2 };\n"),
        ("javascript", "items.map((item) => ¦);\n", "item.id);", "items.map((item) => item.id);\n"),
        ("typescript", "function f(¦) {\n  return 1;\n}\n", "a: number, b: number) {", "function f(a: number, b: number) {\n  return 1;\n}\n"),
        ("java", "int[] a = new int[¦];\n", "10];", "int[] a = new int[10];\n"),
        ("go", "if err != nil {¦\n}\n", "\n\treturn err\n}", "if err != nil {\n\treturn err\n}\n"),
        ("rust", 'println!("¦");\n', '{}", x);', 'println!("{}", x);\n'),
    ],
)  # fmt: skip
def test_inside_a_line(language, document, answer, wanted):
    assert shown(document, answer, language) == wanted


@pytest.mark.parametrize(
    ("language", "document", "answer"),
    [
        ("python", "@cache¦\ndef f():\n    return 1\n", "(maxsize=None)"),
        ("python", "match x:\n    ¦\n", "case 1:\n        f()\n    case _:\n        g()"),
        ("python", 'def f(x):\n    """¦\n    return x\n', 'Return x."""'),
        ("python", "x = [\n    1,\n    ¦\n]\n", "2,\n    3,"),
        ("javascript", "switch (a) {\n  case 1:\n    ¦\n}\n", "f();\n    break;"),
        ("typescriptreact", "const A = () => (\n  <ul>\n    ¦\n  </ul>\n);\n", "<li>one</li>\n    <li>two</li>"),
        ("typescriptreact", "const A = () => <¦ />;\n", "Button onClick={f}"),
        ("html", "<body>\n  <ul>\n    ¦\n  </ul>\n</body>\n", "<li>one</li>\n    <li>two</li>"),
        ("html", "<p>¦\n", "text</p>"),
        ("vue", "<template>\n  <div>\n    ¦\n  </div>\n</template>\n", "<p>{{ name }}</p>"),
        ("svelte", "<script>\n  let a = 1;\n  ¦\n</script>\n", "let b = 2;"),
        ("yaml", "on:\n  push:\n    branches:\n      - ¦\n", "main\n      - next"),
        ("json", '{\n  "a": 1,\n  ¦\n}\n', '"b": 2'),
        ("sql", "SELECT a\nFROM t\nWHERE ¦;\n", "a > 1"),
        ("css", ".a {\n  ¦\n}\n", "color: red;\n  margin: 0;"),
        ("shellscript", "for f in *; do\n  ¦\ndone\n", 'echo "$f"'),
        ("ruby", "def f(x)\n  ¦\nend\n", "return if x.nil?\n  x + 1"),
        ("lua", "local function f(x)\n  ¦\nend\n", "return x + 1"),
        ("csharp", "class A\n{\n    ¦\n}\n", "public int B { get; set; }"),
        ("kotlin", "fun f(x: Int): Int {\n    ¦\n}\n", "return x + 1"),
        ("swift", "func f(x: Int) -> Int {\n    ¦\n}\n", "return x + 1"),
        ("cpp", "int main() {\n    ¦\n    return 0;\n}\n", 'std::cout << "a" << std::endl;'),
        ("php", "<?php\nfunction f($x) {\n    ¦\n}\n", "return $x + 1;"),
        ("scala", "def f(x: Int): Int = {\n  ¦\n}\n", "val y = x + 1\n  y"),
        ("elixir", "def f(x) do\n  ¦\nend\n", "x + 1"),
        ("haskell", "f x =\n  ¦\n", "x + 1"),
        ("toml", "[tool.a]\n¦\n", 'name = "b"\nversion = "1"'),
        ("markdown", "# Title\n\n¦\n", "Some text\nover two lines."),
        ("dockerfile", "FROM python:3.12\n¦\n", "RUN pip install a"),
        ("unknown-language", "begin thing\n  ¦\nfinish\n", "do_something with x"),
    ],
)  # fmt: skip
def test_a_right_answer_is_left_alone(language, document, answer):
    assert shown(document, answer, language) == document.replace("¦", answer)


@pytest.mark.parametrize(
    ("language", "document", "answer", "wanted"),
    [
        ("python", "def f():\n    ¦\n    return x\n", "x = 1\n    return x", "x = 1"),
        ("javascript", "function f() {\n  ¦\n  return x;\n}\n", "const x = 1;\n  return x;\n}", "const x = 1;"),
        ("html", "<ul>\n  ¦\n</ul>\n", "<li>a</li>\n</ul>", "<li>a</li>"),
        ("go", "func f() int {\n\t¦\n}\n", "return 1\n}\n\nfunc g() int {\n\treturn 2\n}", "return 1"),
        ("python", "def f():\n    ¦\n\n\ndef g():\n    pass\n", "return 1\n\n\ndef g():\n    pass\n\n\ndef h():\n    pass", "return 1"),
        ("typescript", "interface A {\n  ¦\n}\n", "b: string;\n  c: number;\n}\n\nexport class D {}", "b: string;\n  c: number;"),
    ],
)  # fmt: skip
def test_what_follows_is_not_written_again(language, document, answer, wanted):
    assert shown(document, answer, language) == document.replace("¦", wanted)


def test_windows_line_ends_in_a_block():
    prefix, suffix = "class A {\r\n  f() {\r\n    ", "\r\n  }\r\n}\r\n"
    result = process(Cursor(prefix, suffix, "javascript"), "a();\r\n    b();\r\n  }\r\n}\r\n")
    assert result.text == "a();\r\n    b();"


def test_a_comment_is_answered_by_comment_and_code():
    document = "function f(a) {\n  // return a squared\n  ¦\n}\n"
    assert shown(document, "return a * a;", "javascript") == document.replace("¦", "return a * a;")


def test_one_line_mode_gives_one_line():
    document = "function f() {\n  ¦\n}\n"
    got = shown(document, "a();\n  b();", "javascript", multiline=False)
    assert got == document.replace("¦", "a();")
