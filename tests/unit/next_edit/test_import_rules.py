"""Imports as a file itself would write them, from where the repository has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from segue_next_edit._import_habits import ImportHabits
from segue_next_edit._imports import statements_in

if TYPE_CHECKING:
    from segue_next_edit import NextEdit
    from tests.unit.next_edit.conftest import Scene as SceneType


def applied(text: str, edits: list[NextEdit]) -> str:
    """Return `text` after all `edits`, which do not overlap."""
    lines = text.split("\n")
    for edit in sorted(edits, key=lambda e: -e.start_line):
        assert edit.new is not None
        lines[edit.start_line : edit.end_line] = edit.new
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("files", "path", "line", "old", "new", "head"),
    [
        pytest.param(
            {
                "a.py": "from typing import Any\nfrom typing import List\n\nx: Any = 1\ny: List = []\n",
                "b.py": "from typing import Iterator\n",
            },
            "a.py", 3, "x: Any = 1", "x: Any | Iterator = 1",
            "from typing import Any\nfrom typing import Iterator\nfrom typing import List\n",
            id="a statement for each name",
        ),
        pytest.param(
            {
                "a.py": "from __future__ import annotations\n\nfrom typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n"
                "    from shop.items import Item\n\n\ndef f(x: Item) -> None: ...\n",
                "b.py": "from shop.orders import Order\n",
            },
            "a.py", 8, "def f(x: Item) -> None: ...", "def f(x: Item) -> Order: ...",
            "from __future__ import annotations\n\nfrom typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n"
            "    from shop.items import Item\n    from shop.orders import Order\n",
            id="what only annotates stays with the type checker's imports",
        ),
        pytest.param(
            {
                "a.py": "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    from shop.items import Item\n\n\n"
                "def f(x: 'Item'):\n    return x\n",
                "b.py": "from shop.orders import Order\n",
            },
            "a.py", 7, "    return x", "    return Order(x)",
            "from typing import TYPE_CHECKING\n\nfrom shop.orders import Order\n\nif TYPE_CHECKING:\n",
            id="what is called is imported at the margin",
        ),
        pytest.param(
            {"a.go": 'package a\n\nimport "example.org/cli"\n\nfunc f() {\n\tcli.Run()\n}\n'},
            "a.go", 5, "\tcli.Run()", '\tcli.Run(strings.ToUpper("a"))',
            'package a\n\nimport (\n\t"strings"\n\n\t"example.org/cli"\n)\n',
            id="Go's only import becomes a block",
        ),
        pytest.param(
            {
                "go.mod": "module example.org/shop\n\ngo 1.22\n",
                "internal/money/money.go": "package money\n\nfunc Round() {}\n",
                "a.go": 'package a\n\nimport (\n\t"fmt"\n\n\t"example.org/shop/cart"\n)\n\nfunc f() {\n\tfmt.Println(cart.New())\n}\n',
            },
            "a.go", 9, "\tfmt.Println(cart.New())", "\tfmt.Println(cart.New(), money.Round())",
            'package a\n\nimport (\n\t"fmt"\n\n\t"example.org/shop/cart"\n\t"example.org/shop/internal/money"\n)\n',
            id="a package of the module that nobody imports yet",
        ),
        pytest.param(
            {
                "a.ts": "import type { Item } from './item'\nimport { total } from './total'\n\nexport const f = (x: Item) => total(x)\n",
                "order.ts": "export interface Order {\n  id: string\n}\n",
            },
            "a.ts", 3, "export const f = (x: Item) => total(x)", "export const f = (x: Item | Order) => total(x)",
            "import type { Item } from './item'\nimport type { Order } from './order'\n",
            id="a type is imported as a type where the file does so",
        ),
        pytest.param(
            {
                "ui/Page.svelte": "<p/>\n", "old/Page.svelte": "<p/>\n",
                "old/b.ts": "import Card from './Card.svelte'\n",
                "ui/a.ts": "import { render } from 'lib'\n\nrender()\n", "ui/Card.svelte": "<p/>\n",
            },
            "ui/a.ts", 2, "render()", "render(Page)",
            "import { render } from 'lib'\nimport Page from './Page.svelte'\n",
            id="a component of the same folder",
        ),
        pytest.param(
            {
                "lib/a.js": "const { one } = require('./tools.js')\n\none()\n",
                "lib/b.js": "const { two } = require('./tools')\n",
            },
            "lib/a.js", 2, "one()", "one(two)", "const { one, two } = require('./tools.js')\n",
            id="a module with and without its suffix is one",
        ),
        pytest.param(
            {
                "a.py": "from urllib.parse import quote, urlparse, ParseResult\n\nquote(ParseResult, urlparse)\n",
                "b.py": "from urllib.parse import unquote\n",
            },
            "a.py", 2, "quote(ParseResult, urlparse)", "quote(ParseResult, urlparse, unquote)",
            "from urllib.parse import quote, urlparse, ParseResult, unquote\n",
            id="a list in no order grows at its end",
        ),
        pytest.param(
            {
                "pkg/__init__.py": "", "pkg/paths.py": "def near(): ...\n\n\ndef far(): ...\n",
                "pkg/a.py": "from .other import x\nfrom pkg.paths import near\n\nnear(x)\n",
            },
            "pkg/a.py", 3, "near(x)", "near(far(x))",
            "from .other import x\nfrom pkg.paths import far, near\n",
            id="a module keeps the name that the file has for it",
        ),
        pytest.param(
            {
                "a.py": "import errno\nimport socket\n\nfrom lib import x\n\nfrom typing import Any\n\nerrno(socket, x, Any)\n",
                "b.py": "import asyncio\n",
            },
            "a.py", 7, "errno(socket, x, Any)", "errno(socket, x, Any, asyncio.run)",
            "import asyncio\nimport errno\nimport socket\n",
            id="beside statements of its own form",
        ),
        pytest.param(
            {
                "a.py": "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    from shop import Item\n\n\n"
                "def f(x: Item): ...\n",
            },
            "a.py", 6, "def f(x: Item): ...", "def f(x: Item) -> Literal: ...",
            "from typing import TYPE_CHECKING, Literal\n",
            id="typing is loaded anyway",
        ),
        pytest.param(
            {
                "a.ts": "import { on } from 'node:events'\nimport { b } from './beta'\nimport { c } from '@x/c'\n"
                "import { k } from 'konn'\nimport { z } from 'zod'\n\non(b, c, k, z)\n",
                "b.ts": "import { devalue } from 'devalue'\n",
            },
            "a.ts", 6, "on(b, c, k, z)", "on(b, c, k, z, devalue)",
            "import { on } from 'node:events'\nimport { b } from './beta'\nimport { c } from '@x/c'\n"
            "import { devalue } from 'devalue'\nimport { k } from 'konn'\n",
            id="node's own first, all others by name",
        ),
        pytest.param(
            {
                "shop/__init__.py": "", "shop/cart.py": "", "shop/b.py": "import pytest\n",
                "shop/a.py": "import os\n\nfrom shop.cart import Cart\n\nos(Cart)\n",
            },
            "shop/a.py", 4, "os(Cart)", "os(Cart, pytest)",
            "import os\n\nimport pytest\n\nfrom shop.cart import Cart\n",
            id="a package between the standard library and the repository's own",
        ),
        pytest.param(
            {
                "a.py": "from typing import Any\n\nx: Any = 1\n",
                "b.py": "from typing import Any\nfrom typing import List\n",
                "c.py": "from typing import Iterator\nfrom typing import List\n",
            },
            "a.py", 2, "x: Any = 1", "x: Any | List = 1",
            "from typing import Any\nfrom typing import List\n",
            id="a statement for each name, as the neighbours write them",
        ),
        pytest.param(
            {
                "a.ts": "import { b } from './b'\n\nb()\n", "b.ts": "export const b = 1\n",
                "c.ts": "import type { Item } from './item'\nimport type { Other } from './b'\n",
            },
            "a.ts", 2, "b()", "b() as Item",
            "import { b } from './b'\nimport type { Item } from './item'\n",
            id="types apart, as the neighbours have them",
        ),
        pytest.param(
            {
                "a.ts": "import type { Item } from './item'\n\nf()\n",
                "b.ts": "import type { Cart } from './item'\n", "c.ts": "import type { Cart } from './item'\n",
            },
            "a.ts", 2, "f()", "f(new Cart() as Item)",
            "import type { Item } from './item'\nimport { Cart } from './item'\n",
            id="what is made is no type",
        ),
        pytest.param(
            {"a.ts": "export const f = (x: number) => x;\n", "b.ts": "import { gain } from 'lib'\n"},
            "a.ts", 0, "export const f = (x: number) => x;", "export const f = (x: number) => gain(x);",
            "import { gain } from 'lib';\n",
            id="a semicolon where the file has them",
        ),
        pytest.param(
            {"a.py": "import inspect\n\ncheck(inspect.isclass(x), inspect.stack)\n"},
            "a.py", 2, "check(inspect.isclass(x), inspect.stack)", "check(isclass(x), inspect.stack)",
            "import inspect\nfrom inspect import isclass\n",
            id="a name without its module comes from there",
        ),
        pytest.param(
            {"a.py": "def main():\n    import optparse\n\n    return optparse.OptionParser()\n"},
            "a.py", 3, "    return optparse.OptionParser()", "    return argparse.ArgumentParser()",
            "def main():\n    import argparse\n\n",
            id="a module for another inside a function",
        ),
        pytest.param(
            {"a.py": "import os\n\n__all__ = [\n    'cart',\n]\n", "b.py": "from shop import Item\n"},
            "a.py", 3, "    'cart',", "    'cart', 'Item',",
            "import os\n\nfrom shop import Item\n",
            id="what __all__ lists is used",
        ),
        pytest.param(
            {"a.py": "import os\n\nlog('call time.sleep', os)\n"},
            "a.py", 2, "log('call time.sleep', os)", "log('call time.sleep', os, f'{time.time()}')",
            "import os\nimport time\n",
            id="in a string it is a use where it is filled in, else not",
        ),
        pytest.param(
            {"a.ts": "import { a } from 'a'\n\na()\n", "b.ts": "import { noun } from './words'\n"},
            "a.ts", 2, "a()", "a(`all ${noun(`s`)}`)",
            "import { a } from 'a'\nimport { noun } from './words'\n",
            id="in a template too",
        ),
        pytest.param(
            {
                "money/money.go": "package money\n", "cart/cart.go": "package cart\n",
                "a.go": 'package a\n\nimport (\n\t"example.org/shop/cart"\n)\n\nvar x = cart.New()\n',
            },
            "a.go", 6, "var x = cart.New()", "var x = cart.New(money.Zero)",
            'package a\n\nimport (\n\t"example.org/shop/cart"\n\t"example.org/shop/money"\n)\n',
            id="the module's name from another of its packages, without a go.mod",
        ),
        pytest.param(
            {
                "a.py": "import sys\n\nfrom jinja2 import Environment\n\nEnvironment(sys)\n",
                "app/core/b.py": "", "app/c.py": "from app.core.b import Model\n",
            },
            "a.py", 4, "Environment(sys)", "sys.exit(Model.load)",
            "import sys\n\nfrom app.core.b import Model\n\nsys",
            id="one goes with its block, one comes with its own",
        ),
    ],
)  # fmt: skip
def test_a_missing_import_is_written_as_the_file_writes_them(
    scene: type[SceneType], files: dict[str, str], path: str, line: int, old: str, new: str, head: str
) -> None:
    here = scene(files)
    here.edit(path, line, [old], [new])
    assert applied(here.reader.texts[path], here.found("import")).startswith(head)


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


def test_an_import_that_a_bracket_follows_can_go_from_the_first_line(scene: type[SceneType]) -> None:
    here = scene({"a.py": "import os\n)\n\nos()\n"})
    here.edit("a.py", 3, ["os()"], ["x()"])
    assert applied(here.reader.texts["a.py"], here.found("import")) == ")\n\nx()\n"


def test_the_last_import_for_type_checkers_goes_with_its_condition(scene: type[SceneType]) -> None:
    here = scene({"a.py": "import a\n\nif TYPE_CHECKING:\n    from x import T\n\n\ndef f(t: T): a()\n"})
    here.edit("a.py", 6, ["def f(t: T): a()"], ["def f(t): a()"])
    assert applied(here.reader.texts["a.py"], here.found("import")) == "import a\n\n\ndef f(t): a()\n"


@pytest.mark.parametrize(
    ("path", "head", "before", "tail"),
    [
        ("a.py", 'r"""Doc.\n\nfrom q import r\n"""\n', "", ""),
        ("a.py", '"Doc."\n', "", ""),
        ("a.ts", "/*\n  License\n\nimport { r } from 'q'\n*/\n\n", "", ""),
        ("a.js", "#!/usr/bin/env node\n// Doc.\n'use strict';\n\n", "", ""),
        ("a.ts", "import './polyfill'\n\n", "", ""),
        ("a.ts", "", "", "\nconst t = `\nimport { r } from 'q'\n`\n"),
        ("a.go", "//go:build x\n\n// Doc.\npackage a\n\n", "", ""),
        ("a.go", "package a\n\n", '// #include <x.h>\nimport "C"\n\n', ""),
        ("a.java", "// License\npackage a;\n\n", "", ""),
    ],
)
def test_the_first_import_goes_below_what_a_file_opens_with(
    scene: type[SceneType], path: str, head: str, before: str, tail: str
) -> None:
    written = {
        "py": ("x = helper()", "from x import helper"),
        "go": ("var x = fmt.Sprint()", 'import "fmt"'),
        "java": ("class A { Helper x; }", "import x.y.Helper;"),
    }
    use, statement = written.get(path[2:], ("x = helper()", "import { helper } from 'x'"))
    here = scene(
        {
            path: f"{head}{before}x = 1\n{tail}",
            "b.py": "from x import helper\n",
            "b.ts": "import { helper } from 'x'\n",
            "b.java": "import x.y.Helper;\n",
        }
    )
    here.edit(path, (head + before).count("\n"), ["x = 1"], [use])
    new = applied(here.reader.texts[path], here.found("import")).replace(";\n\nx =", "\n\nx =")
    gap = "" if head.endswith("\n\n") or not head else "\n"
    assert new.replace("\n\n", "\n") == f"{head}{gap}{statement}\n\n{before}{use}\n{tail}".replace(
        "\n\n", "\n"
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("from x import a, \\\n    b", None),
        ("from x import (\n    a,\n    b  # the b\n)", None),
        (f"from x import {'a' * 40}, {'b' * 33}  # noqa", f"from x import (  # noqa\n    {'a' * 40},\n    {'b' * 33},\n    helper,\n)"),
        ("type = list[int]", "from x import helper\n\ntype = list[int]"),
    ],
)  # fmt: skip
def test_a_list_of_names_keeps_its_remarks_or_stays(
    scene: type[SceneType], old: str, new: str | None
) -> None:
    here = scene({"a.py": f"{old}\n\nx: int\n", "b.py": "from x import helper\n"})
    here.edit("a.py", old.count("\n") + 2, ["x: int"], ["x: list[helper]"])
    after = applied(here.reader.texts["a.py"], here.found("import"))
    assert after == f"{old if new is None else new}\n\nx: list[helper]\n"


@pytest.mark.parametrize(
    ("head", "other", "use", "expected"),
    [
        ("const a = require('a')", "", "fs.x", "const fs = require('node:fs')"),
        ("const a = require('a')", "import { tool } from 'x'", "tool", "const { tool } = require('x')"),
        ("const a = require('a')", "import tool from 'x'", "tool", "const tool = require('x')"),
        ("import a from 'a'", "const { tool } = require('x')", "tool", "import { tool } from 'x'"),
        ("import a from 'a'", "const tool = require('x')", "tool", "import tool from 'x'"),
        ("import a from 'a'", "", "process.env", ""),
    ],
)
def test_a_file_imports_or_requires(
    scene: type[SceneType], head: str, other: str, use: str, expected: str
) -> None:
    here = scene({"a.js": f"{head}\n\na()\n", "b.js": f"{other}\n"})
    here.edit("a.js", 2, ["a()"], [f"a({use})"])
    assert [line for e in here.found("import") for line in e.new or ()] == ([expected] if expected else [])


def test_declarations_are_imported_without_their_suffix(scene: type[SceneType]) -> None:
    here = scene({"a.ts": "import { a } from 'a'\n\na()\n", "lib.d.ts": "export const tool: 1\n"})
    here.edit("a.ts", 2, ["a()"], ["a(tool)"])
    assert [e.new for e in here.found("import")] == [("import { tool } from './lib'",)]


@pytest.mark.parametrize(
    ("path", "head", "left"),
    [
        ("a.py", "import os; go()", None),
        ("a.py", "from a import b, \\\n    os", None),
        ("a.ts", "import { os } from 'x'; import { b } from 'y'", None),
        ("a.go", 'package a\n\nimport (\n\t"os"\n)', "package a"),
    ],
)
def test_an_import_goes_alone(scene: type[SceneType], path: str, head: str, left: str | None) -> None:
    here = scene({path: f"{head}\n\n_ = os.x(b)\n"})
    here.edit(path, head.count("\n") + 2, ["_ = os.x(b)"], ["y = 1"])
    after = applied(here.reader.texts[path], here.found("import"))
    assert after == f"{head if left is None else left}\n\ny = 1\n"


def test_a_name_whose_import_went_comes_back_from_elsewhere(scene: type[SceneType]) -> None:
    here = scene(
        {
            "pkg/__init__.py": "",
            "pkg/a.py": "from .old import tool\nfrom .zoo import z\n\ntool(z)\n",
            "pkg/b.py": "from .new import tool\n",
            "pkg/new.py": "def tool(): ...\n",
        }
    )
    here.edit("pkg/a.py", 0, ["from .old import tool"], [])
    assert [e.new for e in here.found("import")] == [("from .new import tool",)]


def test_a_name_that_left_the_middle_of_an_import_list_is_missing(scene: type[SceneType]) -> None:
    here = scene(
        {
            "a.py": "from old import (\n    keep,\n    tool,\n    more,\n)\n\nkeep(tool, more)\n",
            "b.py": "from new import tool\n",
        }
    )
    here.edit("a.py", 2, ["    tool,"], [])
    assert [e.new for e in here.found("import")] == [("from new import tool",)]


def test_a_new_name_that_nobody_knows_is_imported_instead_of_the_one_it_replaces(
    scene: type[SceneType],
) -> None:
    here = scene({"a.py": "from tools import load_object\n\nx = load_object(1)\n"})
    here.edit("a.py", 2, ["x = load_object(1)"], ["x = load_thing(1)"])
    assert [e.new for e in here.predict().edits if e.path == "a.py" and e.start_line == 0] == [
        ("from tools import load_thing",)
    ]


def test_a_use_on_the_first_line_counts(scene: type[SceneType]) -> None:
    here = scene({"a.py": "tool()\n\nfrom old import tool\n", "b.py": "from new import tool\n"})
    here.edit("a.py", 2, ["from old import tool"], [])
    assert [e.new for e in here.found("import")] != []


def test_importers_follow_a_declaration_into_another_module(scene: type[SceneType]) -> None:
    here = scene(
        {
            "pkg/__init__.py": "",
            "pkg/a.py": "def tool():\n    pass\n",
            "pkg/b.py": "x = 1\n",
            "pkg/user.py": "from .a import tool\n\ntool()\n",
        }
    )
    here.edit("pkg/a.py", 0, ["def tool():", "    pass"], [])
    here.edit("pkg/b.py", 1, [""], ["", "def tool():", "    pass", ""])
    edits = [e for e in here.found("moved import") if e.path == "pkg/user.py"]
    assert applied(here.reader.texts["pkg/user.py"], edits).startswith("from .b import tool\n")


def test_importers_follow_a_declaration_to_where_a_new_import_has_it_from(scene: type[SceneType]) -> None:
    here = scene(
        {
            "pkg/__init__.py": "",
            "pkg/a.py": "def tool():\n    pass\n",
            "pkg/new.py": "x = 1\n",
            "pkg/first.py": "x = 1\n",
            "pkg/user.py": "from pkg.a import tool\n\ntool()\n",
        }
    )
    here.edit("pkg/a.py", 0, ["def tool():", "    pass"], [])
    here.edit("pkg/first.py", 0, ["x = 1"], ["from pkg.new import tool", "", "x = tool()"])
    edits = [e for e in here.found("moved import") if e.path == "pkg/user.py"]
    assert applied(here.reader.texts["pkg/user.py"], edits).startswith("from pkg.new import tool\n")


def test_importers_follow_a_name_that_a_module_passed_on_to_its_source(scene: type[SceneType]) -> None:
    here = scene(
        {
            "pkg/__init__.py": "",
            "pkg/compat.py": "from collections import OrderedDict\n\nx = 1\n",
            "pkg/user.py": "from .compat import OrderedDict, x\n\nOrderedDict(x)\n",
        }
    )
    here.edit("pkg/compat.py", 0, ["from collections import OrderedDict"], [])
    edits = [e for e in here.found("moved import") if e.path == "pkg/user.py"]
    moved = applied(here.reader.texts["pkg/user.py"], edits)
    assert "from collections import OrderedDict\n" in moved
    assert "from .compat import x\n" in moved


def test_module_hooks_are_offered_to_nobody(scene: type[SceneType]) -> None:
    here = scene({"shop.py": "x = 1\n", "user.py": "from shop import x\n"})
    here.edit("shop.py", 1, [""], ["", "def __getattr__(name):", "    ...", ""])
    assert here.found("new name") == []


def test_a_new_declaration_is_offered_to_those_who_import_from_its_module(scene: type[SceneType]) -> None:
    here = scene(
        {
            "shop/__init__.py": "from .orders import Order\n",
            "shop/orders.py": "class Order:\n    pass\n",
            "tests/test_orders.py": "from shop.orders import Order\n\nOrder()\n",
            "other.py": "import orders\n",
        }
    )
    here.edit("shop/orders.py", 2, [""], ["", "class Basket:", "    pass", ""])
    offered = {e.path: e.new for e in here.found("new name")}
    assert offered == {
        "shop/__init__.py": ("from .orders import Basket, Order",),
        "tests/test_orders.py": ("from shop.orders import Basket, Order",),
    }


def test_a_half_typed_import_list_ends_the_search(scene: type[SceneType]) -> None:
    assert statements_in(["import { a, : } from 'x'"], "typescript")[0].locals == ("a",)
    assert [s.module for s in statements_in(["import os; import sys", "import re  # import"], "python")] == [
        "os",
        "re",
    ]
    here = scene({"a.ts": "import { a, : } from 'x'\n\na()\n"})
    here.edit("a.ts", 0, ["import { a, : } from 'x'"], ["import { a } from 'x'"])
    assert here.found("import") == []


# --- small changes in lines built alike -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "there", "expected"),
    [
        ("def f(self, x):", "def f(self, x) -> None:", "def go(self, far):", "def go(self, far) -> None:"),
        ("  set: async (key: string) => {", "  set: (key: string) => {", "  get: async (id: string) => {", "  get: (id: string) => {"),
        ('d.get("a") is None', 'assert d.get("a") is None', 'e.get("b") is None', 'assert e.get("b") is None'),
        ("    if left is None:", "    if left is None:  # never", "    if right is None:", "    if right is None:  # never"),
    ],
)  # fmt: skip
def test_a_small_change_is_found_in_lines_built_alike(
    scene: type[SceneType], old: str, new: str, there: str, expected: str
) -> None:
    path = "a.ts" if "=>" in old else "a.py"
    here = scene({path: f"{old}\n    one\n    two\n{there}\n    three\nunlike = 1\n"})
    here.edit(path, 0, [old], [new])
    assert [(e.start_line, e.new) for e in here.found("alike")] == [(3, (expected,))]


@pytest.mark.parametrize(
    ("path", "old", "new", "left"),
    [
        ("a.go", 'package a\n\nimport (\n\t"fmt"\n\n\t"x.org/b"\n)\n\nvar x = b.New()', "var x = 1", 'package a\n\nimport (\n\t"fmt"\n)'),
        ("a.py", "import os\n\nimport lib\n\nlib(os)", "lib()", "import lib\n\nlib()"),
        ("a.py", "from a import Base\n\nclass A(Base): ...", "class A: ...", "class A"),
    ],
)  # fmt: skip
def test_a_removed_import_leaves_no_gap(
    scene: type[SceneType], path: str, old: str, new: str, left: str
) -> None:
    here = scene({path: old + "\n"})
    lines = old.split("\n")
    here.edit(path, len(lines) - 1, lines[-1:], [new])
    assert applied(here.reader.texts[path], here.found("import")).startswith(left)


def test_a_hunk_of_several_changes_is_found_where_other_names_stand(scene: type[SceneType]) -> None:
    block = "    {0}.equal(response.{1}, 400)\n    {0}.same(parse(response.body), {2})\n"
    here = scene({"a.js": block.format("t", "code", 1) + "    t.end()\n" + block.format("u", "status", "x")})
    here.edit(
        "a.js",
        0,
        ["    t.equal(response.code, 400)", "    t.same(parse(response.body), 1)"],
        ["    t.assert.strictEqual(response.code, 400)", "    t.assert.deepEqual(parse(response.body), 1)"],
    )
    found = here.found("hunk")
    assert [(e.start_line, e.new) for e in found] == [
        (
            3,
            (
                "    u.assert.strictEqual(response.status, 400)",
                "    u.assert.deepEqual(parse(response.body), x)",
            ),
        )
    ]


def test_a_hunk_is_found_at_another_depth_and_may_take_lines_away(scene: type[SceneType]) -> None:
    here = scene(
        {
            "a.py": "@gen.coroutine\ndef a(x, y):\n    pass\n\nclass B:\n    @gen.coroutine\n    def b(self):\n        pass\n"
        }
    )
    here.edit("a.py", 0, ["@gen.coroutine", "def a(x, y):"], ["async def a(x, y):"])
    assert [(e.start_line, e.new) for e in here.found("hunk")] == [(4, ("    async def b(self):",))]


def test_a_hunk_that_writes_names_of_its_place_is_not_repeated(scene: type[SceneType]) -> None:
    here = scene({"a.py": "x = f(1)\nlog(x)\n\ny = f(2)\nlog(y)\n"})
    here.edit("a.py", 0, ["x = f(1)", "log(x)"], ["x = g(1)", "log(x, x)"])
    assert not here.found("hunk")


def test_a_hunk_with_many_gaps_is_looked_for_in_a_moment(scene: type[SceneType]) -> None:
    old = f"[{', '.join(f'n{at}' for at in range(35))}]"
    new = old.replace("4,", "4 + q,").replace("9,", "9 + q,").replace("]", " + q]")
    here = scene({"a.py": f"{old}\n\n[{'n, ' * 90}\n{old.replace('n', 'm')}\n"})
    here.edit("a.py", 0, [old], [new])
    assert [e.start_line for e in here.found("hunk")] == [3]


def test_habits_are_learnt_once_for_files_of_the_same_names() -> None:
    habits, read = ImportHabits(), []

    def text_of(path: str) -> str:
        read.append(path)
        return "import os\r\nfrom b import (\r\n    a,\r\n    c,\r\n)\r\n"

    first = habits.near("a.py", ["a.py", "b.py"], text_of)
    assert habits.near("a.py", ["a.py", "b.py"], text_of) is first
    assert read == ["b.py"]
    habits.near("a.py", ["a.py", "b.py", "c.py"], text_of)
    assert read == ["b.py", "b.py", "c.py"]
