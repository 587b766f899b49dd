"""Occurrences of names in code, and the names visible at a position."""

from __future__ import annotations

import pytest

from segue_syntax import (
    definitions_in,
    enclosing_definitions,
    local_names_at,
    names_visible_at,
    references_in,
)


def found(source: str, language: str, *names: str) -> list[tuple[str, str]]:
    lines = source.split("\n")
    result = references_in(source, language, names or None)
    for item in result:
        assert lines[item.line][item.column :].startswith(item.name)
    return [(item.name, item.role) for item in result]


def test_comments_and_strings_hold_no_references() -> None:
    source = 'total = 1  # total\n"""total"""\nprint("total", f"{total} total", total)\n'
    assert found(source, "python", "total") == [("total", "definition"), ("total", "name"), ("total", "name")]
    source = "let total = 1 // total\n/* total */ say(`total ${total}`, 'total')\n"
    assert found(source, "typescript", "total") == [("total", "definition"), ("total", "name")]


@pytest.mark.parametrize(
    ("language", "source", "roles"),
    [
        ("python", "from m import item\nitem(1)\nx.item\nf(item=2)\ndef item(): pass", ["import", "call", "member", "keyword", "definition"]),
        ("typescript", "import {item} from 'm'\nitem(1)\nx.item\nclass item {}", ["import", "call", "member", "definition"]),
        ("go", "package p\nfunc item(a int) {}\nfunc g() { item(1); x.item = 2 }", ["definition", "call", "member"]),
        ("rust", "fn item(a: i32) {}\nfn g() { item(1); x.item = 2; }", ["definition", "call", "member"]),
        ("java", "class A { int item(int a) { return item(1); } }", ["definition", "call"]),
        ("c", "int item(int a) { return item(a); }", ["definition", "call"]),
        ("cpp", "int item(int a) { return x.item(a); }", ["definition", "call"]),
        ("csharp", "class A { int item(int a) { return item(1); } }", ["definition", "call"]),
        ("ruby", "def item(a)\n  item(1)\n  x.item\nend", ["definition", "call", "member"]),
    ],
)  # fmt: skip
def test_roles(language: str, source: str, roles: list[str]) -> None:
    assert [role for _, role in found(source, language, "item")] == roles


def test_a_name_is_a_whole_word() -> None:
    assert found("item = items + item_2 + item\n", "python", "item") == [
        ("item", "definition"),
        ("item", "name"),
    ]


def test_several_names_come_in_order() -> None:
    assert [name for name, _ in found("a = b + a\n", "python", "a", "b")] == ["a", "b", "a"]


def test_without_a_grammar_words_are_text() -> None:
    assert found("the item and the items", "plaintext", "item") == [("item", "text")]


def test_no_names_find_nothing() -> None:
    assert references_in("a = 1", "python", []) == []
    assert references_in("a = 1", "python", [""]) == []


VISIBLE = {
    "python": ("def f(a, b: Foo, *args, c=1):\n    x = Bar(1)\n    for i in it:\n        HERE\n    later = 1\n",
               {"a": "", "b": "Foo", "c": "", "x": "Bar", "i": ""}),
    "typescript": ("class A { m(p: Foo, {q}: Opts) { const k = new Map<string, X>(); let [u] = f(); xs.forEach((el) => { HERE }) } }",
                   {"p": "Foo", "k": "Map", "u": "", "el": ""}),
    "go": ("package p\nfunc (s *Srv) Do(ctx Context, a, b int) {\n\tx := &Foo{}\n\tvar z bar.T\n\tfor i, v := range xs {\nHERE\n}\n}\n",
           {"s": "*Srv", "ctx": "Context", "a": "", "b": "", "x": "Foo", "z": "bar.T", "i": "", "v": ""}),
    "rust": ("fn go(a: &Foo, mut b: Vec<T>) { let x = Bar::new(); let (c, d) = q; HERE }",
             {"a": "&Foo", "b": "Vec<T>", "x": "Bar", "c": "", "d": ""}),
    "java": ("class A { void m(Foo a) { Baz x = new Baz(); var y = new Qux<>(); for (Item it : items) { HERE } } }",
             {"a": "Foo", "x": "Baz", "y": "Qux", "it": "Item"}),
    "cpp": ("int f(Foo *a, const Bar &b) { Baz x; for (int i = 0; i < 1; i++) { HERE } }",
            {"a": "Foo", "b": "Bar", "x": "Baz", "i": "int"}),
    "csharp": ("class A { void M(Foo a) { var x = new Baz(); Qux y = null; foreach (var it in items) { HERE } } }",
               {"a": "Foo", "x": "Baz", "y": "Qux", "it": ""}),
    "ruby": ("def m(a, b = 1)\n  x = Foo.new\n  xs.each do |it|\n    HERE\n  end\nend\n",
             {"a": "", "b": "", "x": "Foo", "it": ""}),
}  # fmt: skip


@pytest.mark.parametrize("language", VISIBLE)
def test_locals_and_their_types_in(language: str) -> None:
    source, expected = VISIBLE[language]
    before = source[: source.index("HERE")]
    line, column = before.count("\n"), len(before) - before.rfind("\n") - 1
    names = {item.name: item.type for item in local_names_at(source, language, line, column)}
    assert expected.items() <= names.items()
    assert "later" not in names


def test_what_a_finished_function_binds_is_not_visible() -> None:
    source = "def f():\n    hidden = 1\n\ndef g():\n    HERE\n"
    names = {item.name for item in names_visible_at(source, "python", 4, 4)}
    assert "hidden" not in names
    assert {"f", "g"} <= names


def test_imports_and_definitions_are_visible() -> None:
    kinds = {
        item.name: item.kind for item in names_visible_at("import os\nclass A: pass\n\n", "python", 2, 0)
    }
    assert kinds == {"os": "import", "A": "class"}


def test_enclosing_definitions_come_outermost_first() -> None:
    items = definitions_in(
        "class A:\n    def m(self):\n        pass\n    def n(self):\n        pass\n", "python"
    )
    assert [item.name for item in enclosing_definitions(items, 2)] == ["A", "m"]
