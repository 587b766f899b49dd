"""The part of a document that decides whether a change in it is sound."""

from __future__ import annotations

import pytest

from segue_postprocess import Cursor, process
from segue_postprocess._excerpt import excerpt_of
from segue_postprocess._context import read_context
from segue_syntax import parse, syntax_errors


def excerpt(document: str, language: str) -> str | None:
    prefix, suffix = document.split("|")
    found = excerpt_of(read_context(Cursor(prefix, suffix, language)))
    return None if found is None else f"{found.before}|{found.after}"


def test_all_but_the_next_neighbour_is_left_out():
    document = "import os\n\n\ndef a():\n    pass\n\n\ndef b():\n    x = |\n\n\ndef c():\n    pass\n\n\ndef d():\n    pass\n"
    assert excerpt(document, "python") == "def b():\n    x = |\n\n\ndef c():\n    pass\n\n\n"


_METHODS = "\n\n".join(f"    int m{n}(int a) {{\n        return a + {n};\n    }}" for n in range(60))


def test_headers_are_kept_and_closed():
    document = f"package p;\n\nclass A\n    extends B {{\n{_METHODS}\n\n    int last() {{\n        return |;\n    }}\n\n{_METHODS}\n}}\n"
    found = excerpt(document, "java")
    assert found is not None
    assert found.startswith("class A\n    extends B {\n    int ")
    assert found.rstrip().endswith("}")
    assert len(found) < 300
    assert _errors(found.replace("|", "1"), "java") == 0


def test_strings_that_go_over_the_margin_do_not_mislead():
    body = 'class T {\n    void a() {\n        eq(@"{\n  ""x"": 1\n}");\n        |\n    }\n\n    void b() {\n    }\n}\n'
    found = excerpt(f"namespace N\n{{\n{body}}}\n", "csharp")
    assert found is None or _errors(found.replace("|", "f();"), "csharp") == 0


@pytest.mark.parametrize(
    ("document", "language"),
    [
        (
            "class A {\npublic:\n    int a() {\n        return 1;\n    }\n\nprivate:\n    int |x_;\n};\n",
            "cpp",
        ),
        ("#if A\nint a() {\n    return |1;\n}\n#endif\nint b;\nint c;\n", "c"),
        ("x = {\n    'a': 1,\n    'b': |2,\n    'c': 3,\n}\n", "python"),
        (
            "describe('a', () => {\n  it('b', () => {\n    f(|);\n  });\n\n  it('c', () => {});\n});\n",
            "javascript",
        ),
        ("func a() {\n\tswitch x {\n\tcase 1:\n\t\tb(|)\n\tcase 2:\n\t\tc()\n\t}\n}\n", "go"),
        ("module M\n  class A\n    def a\n      b(|)\n    end\n\n    def c\n    end\n  end\nend\n", "ruby"),
        (
            "<?php\nclass A\n{\n    function a()\n    {\n        b(|);\n    }\n\n    function c()\n    {\n    }\n}\n",
            "php",
        ),
    ],
)
def test_what_is_sound_stays_sound(document, language):
    found = excerpt(document, language)
    assert found is not None
    assert _errors(document.replace("|", ""), language) == 0
    assert _errors(found.replace("|", ""), language) == 0


def test_typing_on_in_a_line_extends_it():
    first = excerpt_of(read_context(Cursor("def a():\n    x = f", "\n\n\nb()\n", "python")))
    second = excerpt_of(read_context(Cursor("def a():\n    x = fo", "\n\n\nb()\n", "python")))
    assert first is not None
    assert second is not None
    assert second.before == first.before + "o"
    assert second.after == first.after


def test_a_comment_is_no_neighbour():
    document = "enum Flags\n{\n    A = 1,\n\n    // the second\n    |\n\n    // the third\n    C = 4,\n\n    // the last\n    D = 8,\n}\n"
    found = excerpt(document, "csharp")
    assert found is None or "C = 4," in found.partition("|")[2]


@pytest.mark.parametrize("repeats", [1, 4_000], ids=["short", "long"])
@pytest.mark.parametrize(
    ("document", "language", "answer"),
    [
        (
            "const a = {\n  first: 1,\n\n  // the second\n  |\n\n  // the third\n  third: 3,\n};\n",
            "javascript",
            "second: fals",
        ),
        (
            "const t = f({\n  first: () => ({\n    a: 1,\n  }),\n\n  /** A note */\n  |\n\n  /** Another */\n  third: g(\n    1,\n  ),\n});\n",
            "typescript",
            "second: g()",
        ),
        ("describe 'a' do\n  it 'b' do\n    c\n  end\n\n  |\nend\n\nrescue_all\n", "ruby", "it 'd' do"),
        (
            "begin\n  require 'x'\n\nclass Some < Test\n  it 'b' do\n    c\n  end\n\n  |\nend\n\nrescue LoadError\n  warn 'no'\nend\n",
            "ruby",
            "it 'd' do",
        ),
        (
            "enum Flags\n{\n    A = 1,\n\n    /// <summary>B</summary>\n    |\n\n    /// <summary>C</summary>\n    C = 4,\n}\n",
            "csharp",
            "B = 0x002",
        ),
    ],
)
def test_what_breaks_the_text_beyond_the_excerpt_is_not_shown(document, language, answer, repeats):
    prefix, suffix = document.split("|")
    lines = {"ruby": "x = call_it 1\n", "csharp": "class Other { int x; }\n"}
    filler = lines.get(language, "call_it(1, 2, 3);\n") * repeats
    cursor = Cursor(filler + prefix, suffix + filler, language)
    assert _errors(cursor.prefix + cursor.suffix, language) == 0
    result = process(cursor, answer)
    shown = cursor.prefix + (result.text or "") + cursor.suffix[result.replace_suffix_chars :]
    assert _errors(shown, language) == 0


def test_markup_has_none():
    assert excerpt("<p>\n  |\n</p>\n", "html") is None


def _errors(text: str, language: str) -> int:
    tree = parse(text, language)
    assert tree is not None
    return syntax_errors(tree)


def test_a_body_below_the_bounds_of_a_type_is_no_block_of_its_own():
    prefix = "struct A;\n\nimpl<S> From<S> for A\nwhere\n    S: Send,\n    A: Sync,\n{\n    "
    suffix = "\n\n    fn f() -> i32 {\n        1\n    }\n}\n\nfn main() {}\n"
    result = process(Cursor(prefix, suffix, "rust"), "ion = ();")
    assert result.text is None or _errors(prefix + result.text + suffix, "rust") == 0


def test_a_string_that_an_answer_leaves_open_is_judged_by_the_whole_document():
    prefix = "def f():\n    pass\n\n\n"
    rows = "".join(f'Row {n}:  {{Place("/shop/{n}")}}\n' for n in range(20))
    suffix = (
        f'\n\n\ndef g(run) -> None:\n    run()\n\n    wanted = f"""\nShop\n{rows}\nHouse\nValid:    True\n'
        'Version:  {".".join(str(v) for v in run.version[:3])}\n"""\n\n    assert run() == wanted\n'
    )
    for answer in ('wanted = f"""', '    wanted = f"""', 'wanted = """\nabc'):
        result = process(Cursor(prefix, suffix, "python"), answer)
        assert result.text is None or _errors(prefix + result.text + suffix, "python") == 0
