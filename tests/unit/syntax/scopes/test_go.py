"""Scopes of Go."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

CASES = {
    "order at the top does not matter": "var a = late__1\nvar late__1 = 2\nfunc f() { late__1++ }",
    "a local ends with its block": "func f() { a__1 := 1; if x { a__2 := a__1; _ = a__2 }; a__1++ }",
    "a declaration begins behind itself": "func f(x__1 int) { if x__2 := x__1; x__2 > 0 { _ = x__2 } else { x__2++ }; x__1++ }",
    "redeclaration": "func f() { a__1, err__2 := g(); b__3, err__2 := h(a__1); _ = b__3; return err__2 }",
    "parameters and results": "func f(a__1, b__2 int, rest__3 ...string) (n__4 int, err__5 error) { n__4 = a__1 + b__2; return n__4, err__5, rest__3 }",
    "range": "func f(xs__1 []int) { for i__2, x__3 := range xs__1 { _ = i__2 + x__3 }; for k__4 := range xs__1 { k__4++ } }",
    "range without a declaration": "func f() { var i__1 int; for i__1 = range xs { } ; _ = i__1 }",
    "for": "func f() { for i__1 := 0; i__1 < 3; i__1++ { _ = i__1 }; i___ = 1 }",
    "type switch": "func f(v__1 any) { switch t__2 := v__1.(type) { case int: _ = t__2; case string: _ = t__2 } }",
    "select": "func f() { select { case m__1, ok__2 := <-ch: _, _ = m__1, ok__2; case m__3 := <-ch: _ = m__3 } }",
    "cases are blocks": "func f() { switch { case a: x__1 := 1; _ = x__1; default: x__2 := 2; _ = x__2 } }",
    "functions in functions": "func f(a__1 int) { g := func(a__2 int) int { return a__2 }; g(a__1) }",
    "struct fields": "type S struct { Size__1, Rest__2 int }\nfunc f(s S) S { s.Size__1 = 2; return S{Size__1: s.Rest__2} }",
    "keys of maps are values": "func f(key__1 string) { _ = map[string]int{key__1: 1}; _ = []S{{key___: 1}} }",
    "elided types": 'type S struct { A__1 int }\nvar xs = []S{{A__1: 1}, {A__1: 2}}\nvar ys = map[string]*S{"a": {A__1: 1}}',
    "methods by receiver": "type S struct{}\nfunc (s__1 *S) Go__2() { s__1.Go__2() }\ntype T struct{}\nfunc (t *T) Go__3() { t.Go__3() }\nfunc f(s *S, t T, u U) { s.Go__2(); t.Go__3(); u.Go___() }",
    "what was constructed": "type S struct { A__1 int }\nfunc New() (*S, error) { return nil, nil }\nfunc f() { s := &S{}; s.A__1++; t, err := New(); t.A__1++ }",
    "a type of another file": "func (s *S) a__1() { s.b__2() }\nfunc (s *S) b__2() { s.a__1() }",
    "interfaces": "type I interface { M__1(x int) error }\nfunc f(i I) { i.M__1(1) }",
    "embedded": "type B__1 struct{}\ntype A struct { B__1; C__2 int }\nfunc f(a A) { _ = a.C__2 }",
    "labels": "func f() { goto done__1\nloop__2: for { continue loop__2 }\ndone__1: return }",
    "imports": 'import ( "fmt"; j__1 "encoding/json"; . "os"; _ "x" )\nfunc f() { fmt.Println(j__1.X) }',
    "type parameters": "type L[T__1 any] struct { x T__1 }\nfunc G[K__2 comparable](x K__2) K__2 { var y K__2; return y }",
    "constants": "const ( A__1 = iota; B__2 )\nvar x = A__1 + B__2",
    "text is no code": 'func f(name__1 string) { log("name", `name`, name__1) } // name',
}


@pytest.mark.parametrize("case", CASES)
def test_go(case: str, check: Callable[[str, str], None]) -> None:
    check("go", "package p\n" + CASES[case])
