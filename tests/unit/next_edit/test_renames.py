"""Renames follow the binding: what is changed, and what is left as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from segue_context import LineEdit

if TYPE_CHECKING:
    from tests.unit.next_edit.conftest import Scene as SceneType


def shown(here: SceneType) -> dict[tuple[str, int], str]:
    """Accept what is shown until nothing is, and return the lines that changed, by file and line."""
    changed: dict[tuple[str, int], str] = {}
    for _ in range(30):
        prediction = here.predict()
        if not prediction.shown:
            break
        edit = prediction.edits[0]
        assert edit.new is not None
        changed |= {(edit.path, edit.start_line + n): line for n, line in enumerate(edit.new)}
        here.apply(edit)
        here.engine.accepted(edit)
    return changed


ONE_FILE = {
    "another import keeps its source": (
        "a.py",
        "try:\n    import fastjson as json\nexcept ImportError:\n    import json\n\njson.dumps(1)\n",
        (1, "    import fastjson as json", "    import fastjson as js"),
        {3: "    import json as js", 5: "js.dumps(1)"},
    ),
    "of several functions with one name only the one with these parameters": (
        "src/Log.java",
        "class Log {\n    void put(String s) {}\n    void put(String s, int n) { put(s); }\n    void go() { put(a); put(a, 2); }\n}\n",
        (1, "    void put(String s) {}", "    void add(String s) {}"),
        {2: "    void put(String s, int n) { add(s); }", 3: "    void go() { add(a); put(a, 2); }"},
    ),
    "all signatures of one function": (
        "a.ts",
        "function pick(n: number): number\nfunction pick(s: string): string\nfunction pick(x: any) { return x }\n",
        (0, "function pick(n: number): number", "function choose(n: number): number"),
        {1: "function choose(s: string): string", 2: "function choose(x: any) { return x }"},
    ),
    "a parameter beside a label, or a key, of its name": (
        "a.ts",
        "function draw(width = 1, height = width, { width: w } = box) {\n  return width + w\n}\n",
        (
            0,
            "function draw(width = 1, height = width, { width: w } = box) {",
            "function draw(span = 1, height = width, { width: w } = box) {",
        ),
        {0: "function draw(span = 1, height = span, { width: w } = box) {", 1: "  return span + w"},
    ),
    "a field where an object is taken apart, or written, as its type": (
        "a.ts",
        "type Box = { size: number }\nconst one: Box = { size: 1 }\nfunction f({ size }: Box) { return size }\n",
        (0, "type Box = { size: number }", "type Box = { width: number }"),
        {1: "const one: Box = { width: 1 }", 2: "function f({ width: size }: Box) { return size }"},
    ),
    "not onto a name that the scope has from elsewhere": (
        "a.go",
        "package a\n\nfunc f(n int) int {\n\treturn n + count(n)\n}\n",
        (2, "func f(n int) int {", "func f(count int) int {"),
        {},
    ),
    "a method onto the name of a field": (
        "A.java",
        "class A {\n    int size;\n    int getSize() { return size; }\n    int twice() { return 2 * getSize(); }\n}\n",
        (2, "    int getSize() { return size; }", "    int size() { return size; }"),
        {3: "    int twice() { return 2 * size(); }"},
    ),
    "a local ends with its function": (
        "a.py",
        "def one():\n    count = 1\n    return count\n\n\ndef two():\n    count = 2\n    return count\n",
        (1, "    count = 1", "    total = 1"),
        {2: "    return total"},
    ),
    "text on the line stays": (
        "a.py",
        "def log(user):\n    print('user', user)  # the user\n",
        (0, "def log(user):", "def log(person):"),
        {1: "    print('user', person)  # the user"},
    ),
    "code in interpolations follows": (
        "a.py",
        "def greet(name):\n    return f'name: {name!r} {len(name)}'\n",
        (0, "def greet(name):", "def greet(who):"),
        {1: "    return f'name: {who!r} {len(who)}'"},
    ),
    "a keyword argument follows its parameter, another function's does not": (
        "a.py",
        "def load(path, limit=3):\n    return path[:limit]\n\n\nload('a', limit=2)\nother.load('b', limit=2)\n",
        (0, "def load(path, limit=3):", "def load(path, most=3):"),
        {1: "    return path[:most]", 4: "load('a', most=2)"},
    ),
    "a keyword argument of the same name keeps it": (
        "a.py",
        "def show(title):\n    return render(title=title)\n",
        (0, "def show(title):", "def show(heading):"),
        {1: "    return render(title=heading)"},
    ),
    "a comprehension's own variable stays": (
        "a.py",
        "row = read()\nprint(row)\nnames = [row.name for row in rows]\n",
        (0, "row = read()", "first = read()"),
        {1: "print(first)"},
    ),
    "a field, not the local of the same name": (
        "a.py",
        ("class Box:\n    def __init__(self, size):\n        self.size = size\n\n    def twice(self):\n"
        "        size = 2\n        return self.size * size\n"),
        (2, "        self.size = size", "        self.width = size"),
        {6: "        return self.width * size"},
    ),
    "a name that is bound already is not taken": (
        "a.py",
        "def f(rows):\n    first = 0\n    last = 1\n    return first, last, rows\n",
        (1, "    first = 0", "    last = 0"),
        {},
    ),
    "a shorthand property keeps its key": (
        "a.ts",
        "function f() {\n  const size = 1\n  return { size, other: size }\n}\n",
        (1, "  const size = 1", "  const width = 1"),
        {2: "  return { size: width, other: width }"},
    ),
    "a shorthand pattern keeps its key": (
        "a.ts",
        "async function f() {\n  const { rows, more } = await get()\n  return rows.length + more\n}\n",
        (2, "  return rows.length + more", "  return lines.length + more"),
        {1: "  const { rows: lines, more } = await get()"},
    ),
    "object keys and other objects' members stay": (
        "a.ts",
        "const tone = pick()\nconst style = { tone: tone, inner: { tone: 1 } }\nelement.tone = tone\n",
        (0, "const tone = pick()", "const shade = pick()"),
        {1: "const style = { tone: shade, inner: { tone: 1 } }", 2: "element.tone = shade"},
    ),
    "captured arguments and shorthand fields of Rust": (
        "a.rs",
        'fn f(n: u32) {\n    let id = n + 1;\n    println!("{id} {{id}} {id:>4}");\n    Item { id, n }\n}\n',
        (1, "    let id = n + 1;", "    let key = n + 1;"),
        {2: '    println!("{key} {{id}} {key:>4}");', 3: "    Item { id: key, n }"},
    ),
    "named arguments of a Rust format are its own": (
        "a.rs",
        'fn f(n: u32, id: u32) {\n    println!("{id} {n}", id = id + 1);\n    println!("{id:>n$}", n = 4);\n}\n',
        (0, "fn f(n: u32, id: u32) {", "fn f(n: u32, key: u32) {"),
        {1: '    println!("{id} {n}", id = key + 1);', 2: '    println!("{key:>n$}", n = 4);'},
    ),
    "a later let of Rust is another variable": (
        "a.rs",
        "fn f() {\n    let text = read();\n    let text = text.trim();\n    print(text);\n}\n",
        (1, "    let text = read();", "    let raw = read();"),
        {2: "    let text = raw.trim();"},
    ),
    "literal keys and selectors of a Go field": (
        "a.go",
        ("package a\n\ntype Opt struct {\n\tlimit int\n}\n\nfunc f(limit int) int {\n\to := Opt{limit: limit}\n"
        "\treturn o.limit\n}\n"),
        (3, "\tlimit int", "\tmost int"),
        {7: "\to := Opt{most: limit}", 8: "\treturn o.most"},
    ),
    "a field of PHP, not the local": (
        "a.php",
        ("<?php\nclass A {\n    private int $sum = 0;\n    function add(int $n): void {\n        $sum = $n;\n"
        "        $this->sum += $sum;\n    }\n}\n"),
        (2, "    private int $sum = 0;", "    private int $total = 0;"),
        {5: "        $this->total += $sum;"},
    ),
    "a shorthand that was spelled out renames what it binds": (
        "a.tsx",
        "function Row({ label, size }: Props) {\n  return <td label={label}>{size}</td>\n}\n",
        (0, "function Row({ label, size }: Props) {", "function Row({ label: text, size }: Props) {"),
        {1: "  return <td label={text}>{size}</td>"},
    ),
    "a type written behind a name renames nothing": (
        "a.ts",
        "function row(label) {\n  return label\n}\n",
        (0, "function row(label) {", "function row(label: Text) {"),
        {},
    ),
    "a field in a pattern of its own name, and then its other uses": (
        "a.rs",
        ("struct Pair { low: u8, high: u8 }\n\nfn sum(p: Pair) -> u8 {\n    let Pair { low, high } = p;\n    low + high\n}\n"
        "\nfn get(p: &Pair) -> u8 {\n    p.low\n}\n"),
        (0, "struct Pair { low: u8, high: u8 }", "struct Pair { least: u8, high: u8 }"),
        {3: "    let Pair { least: low, high } = p;", 8: "    p.least"},
    ),
    "a keyword argument of Ruby": (
        "a.rb",
        "def fill(tone:, size: 1)\n  tone * size\nend\n\nfill(tone: 2)\ndraw(tone: 2)\n{ tone: 3 }\n",
        (0, "def fill(tone:, size: 1)", "def fill(shade:, size: 1)"),
        {1: "  shade * size", 4: "fill(shade: 2)"},
    ),
    "a private field of JavaScript, behind any object that has it": (
        "a.ts",
        "class Tank {\n  #size = 1\n  left(o: Tank) {\n    return this.#size + o.#size\n  }\n  size() {}\n}\n",
        (1, "  #size = 1", "  #room = 1"),
        {3: "    return this.#room + o.#room"},
    ),
    "what takes a member's place in the classes below": (
        "a.rs",
        ("trait Shape {\n    fn area(&self) -> u8;\n}\n\nimpl Shape for Disk {\n    fn area(&self) -> u8 {\n        1\n    }\n}\n"
        "\nimpl Disk {\n    fn twice(&self, o: &Other) -> u8 {\n        o.area()\n    }\n}\n"),
        (1, "    fn area(&self) -> u8;", "    fn surface(&self) -> u8;"),
        {5: "    fn surface(&self) -> u8 {"},
    ),
    "a field of Kotlin behind a parameter of its class": (
        "a.kt",
        "data class Tank(val size: Int)\n\nfun f(t: Tank, c: Cup): Int = t.size + c.size\n",
        (0, "data class Tank(val size: Int)", "data class Tank(val room: Int)"),
        {2: "fun f(t: Tank, c: Cup): Int = t.room + c.size"},
    ),
    "an outer name that is used inside is not captured": (
        "a.py",
        "def f(rows):\n    def g():\n        last = 1\n        return rows, last\n    return g\n",
        (2, "        last = 1", "        rows = 1"),
        {},
    ),
    "nor is a name of the language": (
        "a.py",
        "def f(rows):\n    first = rows\n    return len(first)\n",
        (1, "    first = rows", "    len = rows"),
        {},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("path", "text", "edit", "expected"), ONE_FILE.values(), ids=ONE_FILE)
def test_only_what_is_renamed_changes(
    scene: type[SceneType], path: str, text: str, edit: tuple[int, str, str], expected: dict[int, str]
) -> None:
    here = scene({path: text})
    line, old, new = edit
    here.edit(path, line, old.split("\n"), new.split("\n"))
    before = here.reader.texts[path].split("\n")
    changed = shown(here)
    assert {n: row for (_, n), row in changed.items() if row != before[n]} == expected


SEVERAL_FILES = {
    "importers, and importers of a package that hands it on": (
        {
            "pkg/__init__.py": "from .core import Engine\n\n__all__ = ['Engine']\n",
            "pkg/core.py": "class Engine:\n    pass\n",
            "app.py": "from pkg import Engine\n\nprint('Engine', Engine())\n",
            "other.py": "class Engine:\n    pass\n\n\nEngine()\n",
        },
        ("pkg/core.py", 0, "class Engine:", "class Motor:"),
        {
            ("pkg/__init__.py", 0): "from .core import Motor",
            ("pkg/__init__.py", 2): "__all__ = ['Motor']",
            ("app.py", 0): "from pkg import Motor",
            ("app.py", 2): "print('Engine', Motor())",
        },
    ),
    "an alias keeps the rest of the file as it is": (
        {
            "tools.py": "def fetch(a):\n    return a\n",
            "app.py": "from tools import fetch as get\n\nget(1)\n",
            "more.py": "import tools\n\ntools.fetch(2)\nother.fetch(3)\n",
        },
        ("tools.py", 0, "def fetch(a):", "def load(a):"),
        {("app.py", 0): "from tools import load as get", ("more.py", 2): "tools.load(2)"},
    ),
    "an import of TypeScript, not a local of the same name": (
        {
            "src/shape.ts": "export function area(n: number) {\n  return n\n}\n",
            "src/app.ts": "import { area } from './shape'\n\nconsole.log(area(2))\n",
            "src/map.ts": "function f(area: string) {\n  return area\n}\n",
        },
        ("src/shape.ts", 0, "export function area(n: number) {", "export function surface(n: number) {"),
        {
            ("src/app.ts", 0): "import { surface } from './shape'",
            ("src/app.ts", 2): "console.log(surface(2))",
        },
    ),
    "the files of a Go package, and its importers": (
        {
            "go.mod": "module example.com/shop\n",
            "store/store.go": "package store\n\nfunc Open() int {\n\treturn 1\n}\n",
            "store/more.go": "package store\n\nvar x = Open()\n",
            "main.go": 'package main\n\nimport "example.com/shop/store"\n\nvar y = store.Open()\nvar z = file.Open()\n',
        },
        ("store/store.go", 2, "func Open() int {", "func Connect() int {"),
        {("store/more.go", 2): "var x = Connect()", ("main.go", 4): "var y = store.Connect()"},
    ),
    "a module that passes it on by its new name already": (
        {
            "src/draw.ts": "export function area(n: number) {\n  return n\n}\n",
            "src/index.ts": "export { area as space, area } from './draw'\n",
            "src/app.ts": "import { space, area } from '.'\n\nspace(1)\narea(2)\n",
        },
        ("src/draw.ts", 0, "export function area(n: number) {", "export function surface(n: number) {"),
        {
            ("src/index.ts", 0): "export { surface as space, surface } from './draw'",
            ("src/app.ts", 0): "import { space, surface } from '.'",
            ("src/app.ts", 3): "surface(2)",
        },
    ),
    "a class's own member behind its name, and behind what is declared as it": (
        {
            "src/Tank.java": "class Tank {\n    static int fill() { return 1; }\n}\n",
            "src/App.java": (
                "class App {\n    int fill() { return 2; }\n    int x = Tank.fill() + fill();\n"
                "    int f(Tank t, Cup c) {\n        return t.fill() + c.fill();\n    }\n}\n"
            ),
        },
        ("src/Tank.java", 1, "    static int fill() { return 1; }", "    static int pour() { return 1; }"),
        {
            ("src/App.java", 2): "    int x = Tank.pour() + fill();",
            ("src/App.java", 4): "        return t.pour() + c.fill();",
        },
    ),
    "what a file with everything of it passes on": (
        {
            "src/draw.ts": "export const area = 1\n",
            "src/index.ts": "export * from './draw'\n",
            "src/app.ts": "import { area } from './index'\n\nuse(area, plan.area)\n",
        },
        ("src/draw.ts", 0, "export const area = 1", "export const surface = 1"),
        {
            ("src/app.ts", 0): "import { surface } from './index'",
            ("src/app.ts", 2): "use(surface, plan.area)",
        },
    ),
    "a class in static imports of its members": (
        {
            "src/a/Tank.java": "package a;\n\npublic class Tank {\n    static int fill() { return 1; }\n}\n",
            "src/b/App.java": "package b;\n\nimport static a.Tank.fill;\n\nclass App { int x = fill(); }\n",
        },
        ("src/a/Tank.java", 2, "public class Tank {", "public class Vat {"),
        {("src/b/App.java", 2): "import static a.Vat.fill;"},
    ),
    "a class whose file is called otherwise": (
        {
            "src/a/Tank.java": "package a;\n\nclass Vat {\n    static int fill() { return 1; }\n}\n",
            "src/b/App.java": "package b;\n\nimport a.Vat;\nimport static a.Vat.fill;\nimport c.Vat.fill;\n\nclass App { Vat x; }\n",
        },
        ("src/a/Tank.java", 2, "class Vat {", "class Tun {"),
        {
            ("src/b/App.java", 2): "import a.Tun;",
            ("src/b/App.java", 3): "import static a.Tun.fill;",
            ("src/b/App.java", 6): "class App { Tun x; }",
        },
    ),
    "not what a default is called where it is passed on": (
        {
            "src/row.ts": "export default class Row {}\n",
            "src/index.ts": "export { default as Row } from './row'\n",
            "src/app.ts": "import { Row } from './index'\nnew Row()\n",
        },
        ("src/row.ts", 0, "export default class Row {}", "export default class Line {}"),
        {},
    ),
    "a class inside of a module": (
        {
            "lib/cart.rb": "module Shop\n  class Cart\n  end\nend\n",
            "lib/run.rb": "require_relative 'cart'\n\nShop::Cart.new\nCart.new\nOther::Cart.new\n",
        },
        ("lib/cart.rb", 1, "  class Cart", "  class Basket"),
        {("lib/run.rb", 2): "Shop::Basket.new"},
    ),
    "a class inside of a class": (
        {
            "a/Map.java": "package a;\n\nclass Map {\n    static class Entry { }\n    Entry first;\n}\n",
            "a/Use.java": "package a;\n\nclass Use {\n    Map.Entry one;\n    Entry two;\n}\n",
        },
        ("a/Map.java", 3, "    static class Entry { }", "    static class Pair { }"),
        {("a/Map.java", 4): "    Pair first;", ("a/Use.java", 3): "    Map.Pair one;"},
    ),
    "another part of a class": (
        {
            "Cart.cs": "partial class Cart\n{\n    private int total;\n}\n",
            "Cart.Sum.cs": "partial class Cart\n{\n    int Twice() => total + this.total + other.total;\n}\n",
            "Bill.cs": "class Bill\n{\n    int Twice() => total;\n}\n",
        },
        ("Cart.cs", 2, "    private int total;", "    private int sum;"),
        {("Cart.Sum.cs", 2): "    int Twice() => sum + this.sum + other.total;"},
    ),
    "the source of a header": (
        {
            "tank.hpp": "class Tank {\n  int level;\n  int twice();\n};\n",
            "tank.cpp": '#include "tank.hpp"\n\nint Tank::twice() { return level + this->level; }\nint g(Cup c) { return c.level; }\n',
        },
        ("tank.hpp", 1, "  int level;", "  int height;"),
        {("tank.cpp", 2): "int Tank::twice() { return height + this->height; }"},
    ),
    "what is set when an object is made": (
        {
            "Box.cs": "class Box\n{\n    public int Size { get; set; }\n}\n",
            "Use.cs": "var box = new Box { Size = 1 };\nvar bag = new Bag { Size = 2 };\nprint(box.Size + bag.Size);\n",
        },
        ("Box.cs", 2, "    public int Size { get; set; }", "    public int Width { get; set; }"),
        {
            ("Use.cs", 0): "var box = new Box { Width = 1 };",
            ("Use.cs", 2): "print(box.Width + bag.Size);",
        },
    ),
    "a component's script and template": (
        {
            "draw.ts": "export const area = (n: number) => n\n",
            "Plan.vue": (
                "<script setup>\nimport { area } from './draw'\n</script>\n\n"
                '<template><b class="area">{{ area(1) }} area</b></template>\n'
            ),
        },
        ("draw.ts", 0, "export const area = (n: number) => n", "export const space = (n: number) => n"),
        {
            ("Plan.vue", 1): "import { space } from './draw'",
            ("Plan.vue", 4): '<template><b class="area">{{ space(1) }} area</b></template>',
        },
    ),
    "a package by the name that the file gives it": (
        {
            "go.mod": "module example.com/shop\n",
            "store/store.go": "package store\n\nfunc Open() int { return 1 }\n",
            "main.go": 'package main\n\nimport st "example.com/shop/store"\n\nvar y = st.Open() + store.Open()\n',
        },
        ("store/store.go", 2, "func Open() int { return 1 }", "func Connect() int { return 1 }"),
        {("main.go", 4): "var y = st.Connect() + store.Open()"},
    ),
    "a path through the modules of a crate": (
        {
            "src/lib.rs": "mod store;\nmod run;\n",
            "src/store.rs": "pub fn unlock() {}\n",
            "src/run.rs": "fn go() {\n    crate::store::unlock();\n    other::store::unlock();\n}\n",
        },
        ("src/store.rs", 0, "pub fn unlock() {}", "pub fn release() {}"),
        {("src/run.rs", 1): "    crate::store::release();"},
    ),
    "an import of the package, where the index knows none of the language": (
        {
            "src/app/Coin.kt": "package app\n\nclass Coin(val cents: Int)\n",
            "src/web/Page.kt": "package web\n\nimport app.Coin\n\nval one = Coin(1)\n",
            "src/old/Page.kt": "package old\n\nimport mint.Coin\n\nval two = Coin(2)\n",
        },
        ("src/app/Coin.kt", 2, "class Coin(val cents: Int)", "class Money(val cents: Int)"),
        {("src/web/Page.kt", 2): "import app.Money", ("src/web/Page.kt", 4): "val one = Money(1)"},
    ),
    "a namespace of PHP": (
        {
            "src/Coin.php": "<?php\nnamespace App;\n\nclass Coin\n{\n}\n",
            "src/Page.php": "<?php\nnamespace App\\Web;\n\nuse App\\Coin;\n\n$one = new Coin();\n",
        },
        ("src/Coin.php", 3, "class Coin", "class Money"),
        {("src/Page.php", 3): "use App\\Money;", ("src/Page.php", 5): "$one = new Money();"},
    ),
}


@pytest.mark.parametrize(("texts", "edit", "expected"), SEVERAL_FILES.values(), ids=SEVERAL_FILES)
def test_other_files_follow_what_they_import(
    scene: type[SceneType],
    texts: dict[str, str],
    edit: tuple[str, int, str, str],
    expected: dict[tuple[str, int], str],
) -> None:
    here = scene(texts)
    path, line, old, new = edit
    here.edit(path, line, [old], [new])
    changed = shown(here)
    assert {
        place: row for place, row in changed.items() if row != texts[place[0]].split("\n")[place[1]]
    } == expected


def test_members_of_unknown_objects_are_listed_not_shown(scene: type[SceneType]) -> None:
    here = scene(
        {
            "a.py": "class A:\n    def open(self):\n        return 1\n",
            "b.py": "def f(x):\n    return x.open()\n",
        }
    )
    here.edit("a.py", 1, ["    def open(self):"], ["    def connect(self):"])
    prediction = here.predict()
    assert not prediction.shown
    assert [(e.path, e.new) for e in prediction.edits if e.kind == "rename"] == [
        ("b.py", ("    return x.connect()",))
    ]


def test_in_a_file_that_does_not_parse_a_rename_is_listed_only(scene: type[SceneType]) -> None:
    here = scene({"a.rs": "fn area(w: u32) -> u32 {\n\n\n    let a = area(2);\n"})
    here.edit("a.rs", 0, ["fn area(w: u32) -> u32 {"], ["fn surface(w: u32) -> u32 {"])
    prediction = here.predict()
    assert not prediction.shown
    assert ("    let a = surface(2);",) in [e.new for e in prediction.edits]


def test_a_series_of_a_rename_reaches_every_file_and_leaves_doubtful_members_out(
    scene: type[SceneType],
) -> None:
    texts = {"a.py": "def total(x):\n    return x\n"}
    texts |= {f"b{n}.py": "from a import total\n\nprint(total(1))\n" for n in range(40)}
    here = scene({**texts, "c.py": "def f(x):\n    return x.total\n"})
    here.edit("a.py", 0, ["def total(x):"], ["def add(x):"])
    first = here.predict().edits[0]
    series = here.engine.series(here.history, here.cursor, first)
    assert len(series.edits) == 80
    assert "c.py" not in {edit.path for edit in series.edits}


def test_a_second_rename_reaches_all_uses_of_a_name_that_is_a_word_too(scene: type[SceneType]) -> None:
    text = "class Parser:  # a parser\n    pass\n\n\ndef first():  # parser\n    return Parser()\n\n\nlast = Parser()\n"
    text = text.replace("Parser", "parser")
    here = scene({"a.py": text})
    for line in (0, 5, 8):
        old = here.reader.texts["a.py"].split("\n")[line]
        head, _, tail = old.partition("parser")
        here.edit("a.py", line, [old], [head + "reader" + tail])
    definition = here.reader.texts["a.py"].split("\n")[0]
    here.edit("a.py", 0, [definition], [definition.replace("reader", "scanner")])
    changed = shown(here)
    assert {line: row for (_, line), row in changed.items()} == {
        5: "    return scanner()",
        8: "last = scanner()",
    }


def test_a_rename_keeps_what_else_was_renamed_on_its_lines(scene: type[SceneType]) -> None:
    text = "size = 1\nname = 2\npair = (size, name)\nlast = size + name\n"
    here = scene({"a.py": text})
    here.edit("a.py", 1, ["name = 2"], ["label = 2"])
    here.edit("a.py", 2, ["pair = (size, name)"], ["pair = (size, label)"])
    here.edit("a.py", 0, ["size = 1"], ["width = 1"])
    rows = [row for edit in here.predict().edits for row in edit.new or ()]
    assert "pair = (width, label)" in rows
    assert not any("width, name" in row for row in rows)


def test_a_name_that_is_bound_anew_is_no_longer_renamed(scene: type[SceneType]) -> None:
    text = "def f(root_name):\n    use(root_name)\n    return root_name\n"
    here = scene({"a.py": text})
    here.edit("a.py", 0, ["def f(root_name):"], ["def f(full_name):", "    root_name, _ = full_name.split()"])
    assert not here.predict().shown


def test_the_nearest_use_comes_first(scene: type[SceneType]) -> None:
    text = (
        "def total(items):\n    return sum(items)\n\n\na = total([1])\n\nb = total([2])\n\nc = total([3])\n"
    )
    here = scene({"a.py": text})
    here.edit("a.py", 0, ["def total(items):"], ["def add(items):"])
    assert [e.start_line for e in here.predict().edits if e.kind == "rename"] == [4, 6, 8]


def test_a_value_is_no_new_name(scene: type[SceneType]) -> None:
    here = scene({"a.js": "function init(req, res) {\n  setPrototype(res, app)\n  res.end(app)\n}\n"})
    here.edit("a.js", 1, ["  setPrototype(res, app)"], ["  setPrototype(null, app)"])
    assert here.found("rename") == []


def test_a_second_rename_reaches_lines_that_the_first_changed_in_the_same_breath(
    scene: type[SceneType],
) -> None:
    texts = {"a.go": "package a\n\ntype Third struct{}\n\nfunc (s *Second) Get() {}\n\nvar x = Second{}\n"}
    here = scene(texts)
    first = ("type First struct{}", "", "func (s *First) Get() {}")
    now = ("type Third struct{}", "", "func (s *Second) Get() {}")
    step = (("type Second struct{}",), ("type Third struct{}",))
    here.history = [
        LineEdit("a.go", 6, ("var x = First{}",), ("var x = Second{}",), time_s=1.0),
        LineEdit("a.go", 2, first, now, time_s=9.0, steps=(step,)),
    ]
    assert {line for _, line in shown(here)} == {4, 6}


def test_what_its_uses_call_otherwise_was_replaced_and_not_renamed(scene: type[SceneType]) -> None:
    here = scene({"a.py": "def f(rows):\n    first = rows\n    use(first)\n    return first\n"})
    old = ["    first = rows", "    use(first)"]
    here.edit("a.py", 1, old, ["    every = rows", "    some = every[:3]", "    use(some)"])
    assert not any("return every" in row for c in here.proposed() for row in c.new or ())
