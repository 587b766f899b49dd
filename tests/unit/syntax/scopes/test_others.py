"""Scopes of the other languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

CASES = {
    ("java", "locals and blocks"): "class A { void m(int a__1) { int b__2 = a__1; for (int i__3 = 0; i__3 < b__2; i__3++) { int c__4 = i__3; c__4++; } for (Item it__5 : items) { it__5.go(); } } }",
    ("java", "fields"): "class A { private int total__1; A(int total__2) { this.total__1 = total__2; } int get() { return total__1 + other.total___; } }",
    ("java", "methods"): "class A { int size__1; int size__2() { return size__1 + size__2() + this.size__2(); } void m(A a) { a.size__2(); a.size__1 = 1; } }",
    ("java", "types"): "import a.B__1; class C__2<T__3> extends B__1 { T__3 x; C__2<T__3> y; C__2() { new C__2(); } }",
    ("java", "lambdas and patterns"): "class A { void m(Object o) { f(p__1 -> p__1, (a__2, b__3) -> a__2 + b__3); if (o instanceof Foo foo__4) { foo__4.x(); } try { } catch (E e__5) { e__5.x(); } } }",
    ("java", "labels"): "class A { void m() { out__1: while (true) { break out__1; } } }",
    ("java", "enums and records"): "enum E__1 { ONE__2, TWO } record P(int x__3) { int m() { return x__3 + E__1.ONE__2.v; } }",
    ("csharp", "fields, parameters and interpolation"): 'class A { string addr__1; A(string addr__2) { this.addr__1 = addr__2; } string D() => $"to addr {addr__1} {addr__1.Length}"; }',
    ("csharp", "locals"): "class A { void M(int q__1) { var x__2 = q__1; foreach (var it__3 in xs) { it__3.Go(); } for (int i__4 = 0; i__4 < 3; i__4++) { } Func<int> f = p__5 => p__5 + x__2; } }",
    ("csharp", "patterns"): "class A { void M(object o) { if (o is Foo foo__1) { foo__1.X(); } try { } catch (E e__2) { e__2.X(); } M(out var n__3); n__3++; var (d__4, e__5) = t; f(d__4, e__5); } }",
    ("csharp", "members"): "class A { public int P__1 { get; set; } void M__2() { this.M__2(); M__2(); new A { P__1 = 1 }.P__1++; P__1 = 2; } }",
    ("csharp", "named arguments"): "class A { void M__1(int size__2) { M__1(size__2: size__2); other.N(size___: 1); } }",
    ("csharp", "types"): "using X__1 = A.B; class C__2<T__3> { T__3 x; C__2<T__3> y; X__1 z; }",
    ("kotlin", "class parameters and templates"): 'class Greeter(private val name__1: String) {\n    fun greet(times__2: Int): String {\n        val line__3 = "Hello name $name__1, ${name__1.length}"\n        return line__3.repeat(times__2)\n    }\n}\n',
    ("kotlin", "locals"): "fun f(a__1: Int) {\n    val (b__2, c__3) = pair\n    for (i__4 in 0..a__1) {\n        use(b__2 + c__3 + i__4)\n    }\n    val l = { p__5: Int -> p__5 + a__1 }\n    try { } catch (e__6: E) { e__6.x }\n}\n",
    ("kotlin", "members and named arguments"): "class A {\n    var size__1 = 1\n    fun go__2(n__3: Int) {\n        this.size__1 = n__3\n        go__2(n__3 = size__1)\n    }\n}\n",
    ("kotlin", "imports"): "import a.b.C__1\nimport d.E as F__2\nval x = C__1(F__2)\n",
    ("ruby", "locals and blocks"): "def m(items__1, a__2 = 1, *rest__3, k__4: 2)\n  x__5 = items__1\n  x__5.each { |i__6, (j__7, l)| y__8 = i__6 + j__7 + a__2 + x__5; y__8 }\n  rest__3 + k__4\nend\ndef n\n  x___\nend\n",
    ("ruby", "instance variables and text"): 'class A\n  def initialize(total__1)\n    @total__2 = total__1\n  end\n  def to_s\n    "total #{@total__2} total"\n  end\nend\n',
    ("ruby", "methods and constants"): "module M\n  SIZE__1 = 1\n  def go__2\n    self.go__2\n    go__2(SIZE__1)\n  end\nend\nM::SIZE__1\n",
    ("ruby", "rescue"): "begin\nrescue E => error__1\n  error__1\nend\n",
    ("php", "properties, variables and text"): '<?php\nclass Invoice {\n  private float $sum__1 = 0.0;\n  function add(float $amount__2): void {\n    $this->sum__1 += $amount__2;\n    $total__3 = $this->rounded($amount__2);\n    $this->log("sum {$this->sum__1} ($total__3)");\n  }\n}\n',
    ("php", "functions are closed"): "<?php\n$x__1 = 1;\nfunction f($y__2) { $x__3 = $y__2; return $x__3; }\n$g = fn($z__4) => $z__4 + $x__1;\n",
    ("php", "loops and patterns"): "<?php\nforeach ($rows as $key__1 => $row__2) { [$a__3, $b__4] = $row__2; f($key__1, $a__3, $b__4); }\ntry {} catch (E $error__5) { $error__5; }\n",
    ("php", "methods, constants and imports"): "<?php\nuse A\\B as C__1;\nclass D__2 extends C__1 { const K__3 = 1; static function m__4() { return self::K__3 + D__2::K__3 + self::m__4(); } }\n",
    ("shellscript", "variables"): 'name__1=1\nfoo__2() { local x__3="name $name__1"; for i__4 in 1 2; do echo "$i__4 ${x__3}"; done; }\nfoo__2 $((name__1 + 1))\n',
    ("lua", "locals"): "local a__1 = 1\nlocal function f__2(x__3)\n  local a__4 = a__1\n  return x__3 + a__4\nend\nfor i__5 = 1, 3 do f__2(i__5) end\nfor k__6, v__7 in pairs(t) do k__6 = v__7 end\nlocal t = { a = a__1 }\n",
    ("c", "locals, parameters and functions"): "static int g__1; int f__2(int a__3, char *b__4[]) { int x__5 = a__3; for (int i__6 = 0; i__6 < x__5; i__6++) { g__1 += i__6; } return f__2(x__5, b__4); }\nint h(int a__7) { return a__7 + f__2(1, 0) + g__1; }",
    ("c", "structs"): "typedef struct node__1 { int val__2; struct node__1 *next__3; } node_t__4; void f(node_t__4 *n, struct node__1 *m) { m->val__2 = 1; m->next__3->val__2 = 2; }",
    ("c", "enums, macros and labels"): "#define N__1 1\nenum col { RED__2 }; int f(void) { goto end__3; end__3: return N__1 + RED__2; }",
    ("cpp", "constructors"): "class Pool { public: explicit Pool(int size__1) : size__2(size__1) {} int left() const { return size__2 - this->size__2; } private: int size__2; };",
    ("cpp", "methods outside"): "class A { int size__1; int go(); }; int A::go(int n__4) { return size__1 + n__4; }",
    ("cpp", "locals"): "int f(const Foo& x__1) { auto z__2 = x__1.a; for (auto& e__3 : xs) { e__3.b(); } auto l = [=](int p__4) { return p__4 + z__2; }; auto [u__5, v__6] = pr; try { } catch (E& e__7) { e__7.c(); } return u__5 + v__6; }",
    ("cpp", "templates and namespaces"): "namespace ns__1 { template <typename T__2> class Box__3 { T__2 t; Box__3 *next; }; struct Row__4 {}; } ns__1::Row__4 b;",
    ("swift", "members and interpolation"): 'class A__1 {\n  let total__2: Int\n  init(total__3: Int) { self.total__2 = total__3 }\n  func m(_ a__4: Int) -> String { let c__5 = a__4 + total__2; return "total \\(c__5)" }\n}\nextension A__1 { func ext__6() { self.ext__6() } }\n',
    ("swift", "bindings"): "func f(xs__1: [Int], opt__2: Int?) {\n  for i__3 in xs__1 { use(i__3) }\n  if let opt__4 = opt__2 { use(opt__4) }\n  guard let w__5 = opt__2 else { return }\n  xs__1.map { p__6 in p__6 + w__5 }\n}\n",
    ("scala", "members and interpolation"): 'class A__1(val name__2: String) {\n  val line__3 = s"name $name__2 ${name__2.length}"\n  def m__4(a__5: Int): Int = { val z__6 = a__5; m__4(a__5 = z__6) }\n  def n = this.line__3\n}\n',
    ("scala", "patterns"): "object O {\n  def f(z__1: Any) = z__1 match { case Some(q__2) if q__2 > 1 => q__2; case w__3: Int => w__3 }\n  def g(xs__4: List) = for { i__5 <- xs__4 } yield i__5\n  val h = (p__6: Int) => p__6\n}\n",
    ("java", "what a new object is"): "class A { int size__1; void m() { var a__2 = new A(); a__2.size__1 = b.size___; } }",
    ("kotlin", "an extension"): "fun Row.wide__1(n__2: Int) = n__2\nval wide__3 = 1\n",
    ("csharp", "anonymous objects"): "class A { void M(int n__1) { var o__2 = new { n = n__1, m = 1, n__1 }; o__2.Go(); } }",
    ("kotlin", "companions"): "class A {\n    companion object {\n        const val MAX__1 = 3\n    }\n    fun f() = MAX__1 + A.MAX__1 + B.MAX___\n}\n",
    ("csharp", "properties in patterns"): "class A { int left__1; bool M(object o, int left__2) { return o is { left: 1 } q__3 && left__2 > 0; } }",
    ("java", "the outer object"): "class A { int n__1; class B { int n__2; int f() { return n__2 + A.this.n__1 + this.n__2; } } }",
    ("kotlin", "the outer object"): "class A {\n    var n__1 = 0\n    inner class B {\n        var n__2 = 0\n        fun f() { this@A.n__1 = this.n__2 }\n    }\n}\n",
    ("lua", "methods of a table"): "local A__1 = {}\nfunction A__1:go__2(x__3) return self:go__2(x__3) end\nA__1:go__2(1)\nb:go___(2)\n",
    ("cpp", "a method declared and defined"): "struct A { static int make__1(int x); }; int A::make__1(int x__2) { return A::make__1(x__2) + B::make(1); }",
    ("ruby", "accessors and their fields"): "class A\n  attr_accessor :total__1, :other__2\n  def go\n    self.total__1 = @total__1 + other__2\n    add :total\n  end\nend\n",
    ("lua", "functions of a table"): "local M__1 = {}\nfunction M__1.load__2(x__3) return x__3 end\nM__1.load__2(1)\nother.load___(2)\n",
    ("swift", "a label is not the name inside"): "func load__1(from path__2: Int, path other__3: Int) -> Int { return path__2 + other__3 }\n",
}  # fmt: skip


@pytest.mark.parametrize(("language", "case"), CASES)
def test_language(language: str, case: str, check: Callable[[str, str], None]) -> None:
    check(language, CASES[language, case])
