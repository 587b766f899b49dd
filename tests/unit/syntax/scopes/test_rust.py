"""Scopes of Rust."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

CASES = {
    "each let is a binding": "fn f() { let line__1 = read(); let line__2 = line__1.trim(); use_it(line__2); }",
    "many of the same name": "fn f() { let a__1 = 0; a__1; " + "let a = 1; " * 30 + "let a__2 = 2; a__2; }",
    "blocks": "fn f() { let a__1 = 1; { let a__2 = a__1; a__2; } a__1; }",
    "parameters": "fn f(mut a__1: u8, (b__2, c__3): (u8, u8), &d__4: &u8) { a__1 + b__2 + c__3 + d__4; }",
    "closures": "fn f(x__1: u8) { let g = |x__2, y__3: u8| x__2 + y__3; g(x__1); }",
    "if let and else": "fn f(x__1: Option<u8>) { if let Some(x__2) = x__1 { x__2 } else { x__1 } }",
    "chains": "fn f() { if let Some(a__1) = o && let Some(b__2) = a__1 { b__2; } }",
    "while let": "fn f() { while let Some(top__1) = stack.pop() { top__1; } top___; }",
    "let else": "fn f(o__1: T) { let Some(k__2) = o__1 else { return }; k__2; }",
    "match": "fn f(v__1: E) { match v__1 { E::A(n__2) if n__2 > 1 => n__2, m__3 @ 1..=3 => m__3, B(x__4) | C(x__4) => x__4, None => 0 } }",
    "for": "fn f(n__1: u8) { for n__2 in 0..n__1 { n__2; } }",
    "items in any order": "fn f() { g__1(); } fn g__1() {} const A: u8 = B__2; const B__2: u8 = 1;",
    "fields": "struct S { limit__1: u8 } impl S { fn f(&self, o: &S, p: P) { self.limit__1 + o.limit__1 + p.limit___; } }",
    "struct literals": "struct S { a__1: u8 } fn f(x__2: u8) -> S { S { a__1: x__2 } }",
    "patterns of structs": "struct S { a__1: u8 } fn f(s: S) { let S { a__1: x__2, .. } = s; x__2; }",
    "methods": "struct S; impl S { fn new__1() -> Self { S } fn go__2(&self) { self.go__2(); Self::new__1().go__2(); } } fn f() { let s = S::new__1(); s.go__2(); }",
    "enums": "enum E__1 { A__2, B__3(u8) } fn f(e: E__1) { match e { E__1::A__2 => 1, E__1::B__3(_) => 2 } }",
    "macros": 'fn f(a__1: u8, s__2: S) { println!("a {}", a__1); assert_eq!(s__2.len(), a__1 + 1); x.a___; }',
    "format captures": 'fn f(label__1: &str, w__2: usize) { println!("label {label__1} {label__1:>w__2$} {{label}}"); }',
    "captures of a longer text": 'fn f(label__1: &str) { log::info!("{label__1:>10} seated, {}", 1); }',
    "named arguments": 'fn f(a__1: u8) { println!("{x}", x___ = a__1); }',
    "fields in macros": 'struct S { n__1: u8 } impl S { fn f(&self) { println!("{}", self.n__1); } }',
    "lifetimes": "struct S<'a__1> { x: &'a__1 str } fn f<'a__2>(x: &'a__2 str) -> &'a__2 str { x }",
    "labels": "fn f() { 'out__1: loop { break 'out__1; } 'out__2: loop { continue 'out__2; } }",
    "type parameters": "struct W<T__1> { x: T__1 } impl<T__2: Clone> W<T__2> { fn f<U__3>(t: T__2, u: U__3) {} }",
    "imports": "use a::b::{self, C as D__1, E__2}; use x::y__3; fn f() { D__1::g(E__2, y__3::z); }",
    "super": "struct X__1; mod tests { use super::X__1; fn f() { X__1; } }",
    "modules": "mod inner__1 { pub fn g__2() {} } fn f() { inner__1::g__2(); }",
    "traits": "trait T__1 { fn m__2(&self); fn n(&self) { self.m__2(); } } impl T__1 for u8 {}",
    "constants are no variables": "const MAX__1: u8 = 1; fn f(x: u8) { match x { MAX__1 => 1, other__2 => other__2 } }",
    "macro names": "fn f() { let vec__1 = vec![1]; vec__1; }",
    "text is no code": 'fn f(name__1: u8) { g("name {name}", name__1); } // name',
}


@pytest.mark.parametrize("case", CASES)
def test_rust(case: str, check: Callable[[str, str], None]) -> None:
    check("rust", CASES[case])
