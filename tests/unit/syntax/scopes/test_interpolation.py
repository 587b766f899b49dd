"""Names inside of strings: where a language puts a variable's value into text, the name there is a use like any other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from segue_syntax._registry import all_languages
from segue_syntax.scopes import has_scopes, scopes_of

if TYPE_CHECKING:
    from collections.abc import Callable

HOLES = {
    "python": 'def f(known__1):\n    return f"{known__1} {known__1.upper()!r:>{missing___}} {{missing}}"\n',
    "javascript": "function f(known__1) { return `${known__1} ${missing___}`; }",
    "typescript": "function f(known__1: string) { return `${known__1} ${missing___}`; }",
    "kotlin": 'fun f(known__1: Int) = "$known__1 and $missing___, ${known__1 + other___} \\$known $"',
    "rust": 'fn f(known__1: u8) { println!("{known__1:?} {missing___}"); }',
    "ruby": 'def f(known__1)\n  "#{known__1} #{missing___}"\nend\n',
    "php": '<?php function f($known__1) { return "$known__1 {$known__1} {$missing___}"; }',
    "csharp": 'class C { string F(int known__1) { return $"{known__1} {missing___:x}"; } }',
    "scala": 'object O { def f(known__1: Int) = s"$known__1 ${missing___}" }',
    "swift": 'func f(known__1: Int) -> String { return "\\(known__1) \\(missing___)" }',
    "shellscript": 'known__1=1\necho "$known__1 ${known__1} ${missing___}"\n',
}
"""Languages that put values into text; in others a string holds no names."""

PLAIN = frozenset(
    {"c", "cpp", "go", "java", "lua", "zig", "javascriptreact", "typescriptreact", "vue", "svelte"}
)

RUST = {
    "the argument behind others": 'fn f(w: &mut W, a__1: u8) { write!(w, "{a__1} {b___}"); assert_eq!(a__1, 1, "{a__1} {c___}"); }',
    "a target before it": 'fn f(a__1: u8) { log::warn!(target: "{no}", "{a__1} {b___}"); }',
    "raw, and named widths": 'fn f(a__1: u8) { format!(r"{a__1:w___$}"); }',
    "a macro of one's own": 'fn f(a__1: u8) { err_message!("{a__1} {b___}"); bug!(a__1, "{c___}"); }',
    "in a call": 'fn f(a__1: u8) { g(vec![format!("{a__1} {b___}")]); }',
}
TEXTS = {
    "compared texts": 'fn f(name: u8) { assert_eq!(g(), "{name} {other}"); }',
    "texts that are formatted": 'fn f(name: u8) { println!("{}", "{name}"); }',
    "attributes": '#[error("{name}: {other}")] struct S { name: u8 }',
    "other macros": 'fn f() { json!({"a": "{name}"}); vec!["{other}"]; html! { <p>{ "{other}" }</p> } }',
    "named arguments": 'fn f() { println!("{name}", name = 1); }',
    "doubled braces": 'fn f() { println!("{{name}} {{{{other}}}}"); }',
}


@pytest.mark.parametrize("language", HOLES)
def test_a_name_in_a_string_is_a_use(language: str, check: Callable[[str, str], None]) -> None:
    check(language, HOLES[language])


def test_no_language_with_scopes_is_left_out() -> None:
    assert {one.id for one in all_languages() if has_scopes(one.id)} - HOLES.keys() - PLAIN == set()


def test_an_annotation_in_quotes_names_types(check: Callable[[str, str], None]) -> None:
    check(
        "python",
        "class A__1: ...\ndef f(x: \"A__1 | Missing___\", y: \"m.b['Text'] | None\") -> 'list[A__1]': ...\n",
    )


@pytest.mark.parametrize("case", RUST)
def test_formats_of_rust(case: str, check: Callable[[str, str], None]) -> None:
    check("rust", RUST[case])


@pytest.mark.parametrize("case", TEXTS)
def test_other_texts_of_rust_hold_no_names(case: str) -> None:
    scopes = scopes_of(TEXTS[case], "rust")
    assert scopes is not None
    assert not scopes.free("name")
    assert not scopes.free("other")
