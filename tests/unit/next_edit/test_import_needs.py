"""Which names need an import, and which imports are needed: told from what code binds and uses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.unit.next_edit.conftest import Scene as SceneType


@pytest.mark.parametrize(
    ("path", "text", "line", "old", "new"),
    [
        ("a.js", "test('a', f)\n\nf()\n", 2, "f()", "test('b', f)"),
        ("a.ts", "f()\n", 0, "f()", "f({ helper: 1 })"),
        ("a.ts", "f()\n", 0, "f()", "f().helper()"),
        ("a.py", "f()\n", 0, "f()", "f(helper=1)"),
        ("a.go", "package a\n\nfunc f() {\n}\n", 2, "func f() {", "func f(helper int) {"),
    ],
)
def test_what_is_no_reference_or_known_without_an_import_is_not_missing(
    scene: type[SceneType], path: str, text: str, line: int, old: str, new: str
) -> None:
    suffix = path[1:]
    here = scene(
        {
            path: text,
            f"b{suffix}": "import { helper, test } from 'x'\n",
            "c.py": "from x import helper\n",
            "d.go": 'package b\n\nimport "example.org/helper"\n',
        }
    )
    here.edit(path, line, [old], [new])
    assert here.found("import") == []


@pytest.mark.parametrize(
    ("path", "new"),
    [
        ("a.py", "x, helper = f()\nhelper()"),
        ("a.py", "a, (b, *helper) = f()\nhelper()"),
        ("a.py", "a = helper = f()\nhelper()"),
        ("a.py", "def f(\n    a,\n    helper,\n    *item: int,\n):\n    helper(item)"),
        ("a.py", "f = lambda *helper: helper()"),
        ("a.py", "with f() as (a, helper):\n    helper()"),
        ("a.py", "for (a, helper), b in f():\n    helper()"),
        ("a.py", "x = [\n    helper\n    for\n    helper in f()\n]"),
        ("a.py", "match f():\n    case helper:\n        helper()"),
        ("a.py", 'match f():\n    case {"k": [helper, *a], **item}:\n        helper(item)'),
        ("a.py", "match f():\n    case P(x=helper):\n        helper()"),
        ("a.py", "def f[T: int, item](x: T) -> item: ..."),
        ("a.py", "def f():\n    nonlocal helper\n    return helper"),
        ("a.py", "from x import a, \\\n    helper\nhelper()"),
        ("a.py", "import x; import helper\nhelper()"),
        ("a.py", "from x import *\nhelper()"),
        ("a.py", "type helper = int\nx: helper"),
        ("a.ts", "const { helper, a: item, ...b } = f()\nhelper(item)"),
        ("a.ts", "const {\n  a: { helper = 1 },\n  item,\n} = f()\nhelper(item)"),
        ("a.ts", "const [helper, ...item] = f()\nhelper(item)"),
        ("a.ts", "f((a, helper) => helper())"),
        ("a.ts", "f(async ({ helper }, [item]) => helper(item))"),
        ("a.ts", "export function F({\n  helper,\n  item = 1,\n}: P) {\n  helper(item)\n}"),
        ("a.ts", "try {} catch(helper) { helper() }"),
        ("a.ts", "for (const [helper, item] of f()) helper(item)"),
        ("a.ts", "type X = A extends B<infer item> ? item : never"),
        ("a.ts", "type X = { [item in keyof A]: A[item] }"),
        ("a.ts", "f().then(({ helper }) => helper(/item/))"),
        ("a.ts", "export { helper, item } from './y'"),
        ("a.ts", "export * as helper from './y'"),
        ("a.ts", "class A { #helper() {}\n get item() { return this.#helper() } }"),
        ("a.tsx", "const x = <div className='a' helper item={1}>the helper, isn't it</div>"),
        ("a.tsx", "const x = (\n  <div>\n    the helper item\n  </div>\n)"),
        ("a.go", "func f() {\n\ta, helper := g()\n\thelper.X()\n}"),
        ("a.go", "func f() {\n\tif helper, ok := g(); ok {\n\t\thelper.X()\n\t}\n}"),
        ("a.go", "func f() {\n\tvar a, helper T\n\thelper.X()\n}"),
        ("a.go", "func f(\n\ta T,\n\thelper *T,\n) {\n\thelper.X()\n}"),
        ("a.go", "func f() {\n\tg(func(helper *T) { helper.X() })\n}"),
        ("a.go", "func f() {\n\tswitch helper := a.(type) {\n\tcase T:\n\t\thelper.X()\n\t}\n}"),
        ("a.go", "func f() {\n\titem.X()\n}"),
    ],
)
def test_what_the_code_around_it_binds_is_not_missing(scene: type[SceneType], path: str, new: str) -> None:
    here = scene(
        {
            path: 'package a\n\nimport "os"\n\nfunc g() {}\n' if path == "a.go" else "\n\n\n\nf()\n",
            "b.py": "from x import helper, item, T\n",
            "b.ts": "import { helper, item, div } from 'x'\n",
            "b/b.go": 'package b\n\nimport (\n\t"x.org/helper"\n\t"x.org/item"\n)\n',
            "c.go": "package a\n\nvar (\n\titem = newItem()\n)\n",
        }
    )
    here.edit(path, 4, here.reader.texts[path].split("\n")[4:5], new.split("\n"))
    assert here.found("import") == []


@pytest.mark.parametrize(
    ("other", "known"),
    [
        ("var time T", True),
        ("const a, time = 1, 2", True),
        ("var (\n\ta T\n\tb, time = f()\n)", True),
        ("type A struct {\n\ttime string\n}", False),
        ("func f() {\n\ttime = 1\n}", False),
        ("var (\n\ta = 1\n)\n\nfunc f(time T) {\n\ttime = 1\n}", False),
    ],
)
def test_what_another_file_of_a_go_package_declares_is_known(
    scene: type[SceneType], other: str, known: bool
) -> None:
    here = scene({"p/a.go": "package p\n\nfunc f() {\n}\n", "p/b.go": f"package p\n\n{other}\n"})
    here.edit("p/a.go", 3, ["}"], ["\ttime.Now()", "}"])
    assert (here.found("import") == []) is known


def test_what_another_function_binds_is_missing_here(scene: type[SceneType]) -> None:
    here = scene({"a.py": "x = 'é'\n\n", "b.py": "from x import helper\n"})
    here.edit("a.py", 1, [""], ["def f():", "    helper, a = x", "", "def g():", "    return helper(1)"])
    assert [e.new for e in here.found("import")] == [("from x import helper", "")]


@pytest.mark.parametrize(
    ("path", "head", "rest"),
    [
        ("a.py", "from x import helper", 'z = f"{helper=} {1}"'),
        ("a.py", "from x import helper", 'z = f"{ {1: helper} } {a != 1}"'),
        ("a.py", "from x import helper", 'z = f"{(lambda: helper)()}"'),
        ("a.py", "from x import helper", "z = {\n    helper: 1,\n}"),
        ("a.py", "from x import helper", "z = a[b, helper:1]"),
        ("a.py", "from x import helper", '__all__: list[str] = [\n    "a",  # [1]\n    "helper",\n]'),
        ("a.py", "from x import helper", 'def f():\n    """\n    >>> helper(1)\n    """'),
        ("a.py", "from x import helper", "z = []  # type: list[helper]"),
        ("a.py", "from x import helper", 'z = cast("dict[str, helper] | None", 1)'),
        ("a.py", "from x import helper", 'z: List["helper"]'),
        ("a.py", "from x import helper", 'z = globals()["helper"]'),
        ("a.py", "from x import helper  # noqa: F401", ""),
        ("a.py", "from x import (\n    helper,  # noqa\n    b,\n)", "b()"),
        ("a.py", "from x import helper as helper", ""),
        ("a.py", "try:\n    from x import helper\nexcept ImportError:\n    from y import helper", ""),
        ("a.py", "if a:\n    # for b\n    from x import helper", ""),
        ("a.ts", "import { helper } from 'x'", "switch (a) {\n  case helper:\n}"),
        ("a.ts", "import { helper } from 'x'", "z(/[\"'`]/, /\\//, helper)"),
        ("a.tsx", "import { helper } from 'x'", "z = <A>don't {helper} http://a</A>"),
        ("a.tsx", "import { helper } from 'x'", "z = <A>http://a {helper}</A>"),
        ("a.jsx", "import React, { helper } from 'x'", "z = <A/>; helper()"),
        ("a.jsx", "/** @jsx helper */\nimport { helper } from 'x'", "z = <A/>"),
        ("a.js", "import { helper } from 'x'", "/** @param {helper} x */"),
        ("a.ts", "// eslint-disable-next-line no-unused-vars\nimport { helper } from 'x'", ""),
        ("a.go", 'package a\n\nimport (\n\t"fmt"\n\t_ "x.org/helper"\n)', ""),
        ("a.go", 'package a\n\n// #include <x.h>\nimport "C"', ""),
        ("a.go", 'package a\n\nimport (\n\t"embed"\n\t"fmt"\n)', "//go:embed x\nvar z string"),
    ],
)
def test_an_import_that_is_needed_still_stays(
    scene: type[SceneType], path: str, head: str, rest: str
) -> None:
    here = scene({path: f"{head}\n\n_ = helper(React, C.f, embed.FS)\n{rest}\n"})
    here.edit(path, head.count("\n") + 2, ["_ = helper(React, C.f, embed.FS)"], ["y = 1"])
    assert here.found("import") == []


def test_half_written_code_uses_what_it_calls_and_binds_what_it_lists(scene: type[SceneType]) -> None:
    for new, expected in (("a(helper(", 1), ("const { helper, item", 0), ("<helperOf ", 0)):
        here = scene({"a.tsx": "a()\n", "b.ts": "import { helper, item, helperOf } from 'x'\n"})
        here.edit("a.tsx", 0, ["a()"], [new])
        assert len(here.found("import")) == expected, new


def test_a_name_that_left_the_middle_of_an_import_list_is_missing(scene: type[SceneType]) -> None:
    here = scene(
        {
            "a.py": "from old import (\n    keep,\n    tool,\n    more,\n)\n\nkeep(tool, more)\n",
            "b.py": "from new import tool\n",
        }
    )
    here.edit("a.py", 2, ["    tool,"], [])
    assert [e.new for e in here.found("import")] == [("from new import tool",)]


def test_a_use_on_the_first_line_counts(scene: type[SceneType]) -> None:
    here = scene({"a.py": "tool()\n\nfrom old import tool\n", "b.py": "from new import tool\n"})
    here.edit("a.py", 2, ["from old import tool"], [])
    assert [e.new for e in here.found("import")] != []
