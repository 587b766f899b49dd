"""Scopes of JavaScript and TypeScript."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

CASES = {
    "blocks": "let a__1 = 1; { let a__2 = 2; a__2 } a__1",
    "var is hoisted": "function f() { use(v__1); if (x) { var v__1 = 1 } return v__1 }",
    "functions are hoisted": "go__1(); function go__1() {}",
    "loops": "for (let i__1 = 0; i__1 < 3; i__1++) {} for (const k__2 of ks) { k__2 } i___",
    "an assigned loop variable": "let k__1; for (k__1 of ks) {}",
    "catch": "try {} catch (e__1) { e__1 } e___",
    "destructuring": "const { data: profile__1, status__2, deep: { inner__3 }, ...rest__4 } = r; f(profile__1, status__2, inner__3, rest__4)",
    "keys are no variables": "const color__1 = 1; const style = { color__2: color__1, border: { color__3: 1 } }; element.color___ = color__1",
    "shorthand": "function f(domain__1) { return { domain__1, other: domain__1 } }",
    "shorthand pattern": "function f({ url__1, q = url__1 }) { return url__1 }",
    "assignment to a pattern": "let p__1, q__2; ({ p__1, x: q__2 } = z); [p__1, q__2] = [q__2, p__1]",
    "templates are code, text is not": "const name__1 = 1; f(`name ${name__1} ${`${name__1}`}`, 'name', /name/) // name",
    "parameters": "const f = (a__1, b__2 = a__1, ...c__3) => a__1 + b__2 + c__3; const g = a__4 => a__4",
    "labels": "outer__1: for (;;) { for (;;) { continue outer__1 } } outer__2: for (;;) break outer__2",
    "imports and exports": "import d__1, { a as b__2, c__3 } from 'm'; import * as ns__4 from 'n'; export { c__3 as x }; d__1(b__2, ns__4.y); export { c___ } from 'o'",
    "classes": "class A__1 { size__2 = 1; go__3() { return this.size__2 + this.go__3() } } class B extends A__1 { m() { this.go__3() } } new A__1().size__2",
    "fields that assignments declare": "class A { constructor(n__1) { this.n__2 = n__1 } m() { return this.n__2 } }",
    "private": "class A { #n__1 = 1; m() { return this.#n__1 } }",
    "object members": "const o__1 = { size__2: 1, go__3() {} }; o__1.size__2; o__1.go__3()",
    "function expression": "const f = function g__1() { g__1() }; g___()",
    "comparison of names": "if (a___ < b___) {}",
}
TYPED = {
    "types and values": "type Foo__1 = string; const Foo__2 = 1; let x: Foo__1 = Foo__2",
    "a class is both": "class Foo__1 {} let x: Foo__1 = new Foo__1()",
    "interfaces merge": "interface A__1 { a__2: string } interface A__1 { b__3: A__1 } function f(x: A__1) { return x.a__2 + x.b__3 }",
    "type parameters": "function f<T__1 extends K__2, K__2>(x: T__1): T__1 { let y: T__1 } class C<T__3> { x: T__3 }",
    "mapped and conditional": "type M<T__1> = { [P__2 in keyof T__1]: T__1[P__2] }; type U<T__3> = T__3 extends (infer R__4)[] ? R__4 : never",
    "parameter properties": "class A { constructor(private name__1: string) {} get() { return this.name__1 } }",
    "enums": "enum E__1 { A__2 = 1, B__3 } E__1.A__2 + E__1.B__3",
    "namespaces": "namespace N__1 { export const a__2 = 1; a__2 } N__1.a__2",
    "overloads": "function f__1(a: string): void; function f__1(a: number): void; function f__1(a__2: any) { a__2 } f__1(1)",
    "members by type": "interface P { size__1: number } function f(p: P, q: Q) { return p.size__1 + q.size___ }",
    "index signature": "interface A { [key__1: string]: number } const key__2 = 1; key__2",
    "type query and assertions": "const a__1 = 1; let b: typeof a__1; a__1 as number; a__1!",
    "type predicate": "function isX(x__1: any): x__1 is string { return x__1 }",
    "optional": "function f(a__1?: string) { return a__1?.length }",
}
TAGS = {
    "components": "import { Bar__1 } from 'b'; const x = <Bar__1 size={n}>size</Bar__1>",
    "elements": "const div__1 = 1; const x = <div___>{div__1}</div___>",
    "attributes": "const theme__1 = use(); const y = <Bar theme___={theme__1}>theme</Bar>",
    "members": "const ui__1 = { Row__2: 1 }; const y = <ui__1.Row__2 />",
}


@pytest.mark.parametrize("language", ["javascript", "typescript", "typescriptreact"])
@pytest.mark.parametrize("case", CASES)
def test_javascript(case: str, language: str, check: Callable[[str, str], None]) -> None:
    check(language, CASES[case])


@pytest.mark.parametrize("case", TYPED)
def test_typescript(case: str, check: Callable[[str, str], None]) -> None:
    check("typescript", TYPED[case])


@pytest.mark.parametrize("language", ["javascript", "typescriptreact"])
@pytest.mark.parametrize("case", TAGS)
def test_tags(case: str, language: str, check: Callable[[str, str], None]) -> None:
    check(language, TAGS[case])
