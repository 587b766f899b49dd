"""Imports as a file itself would write them, from where the repository has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from segue_syntax import statements_in

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


def test_an_import_that_a_bracket_follows_can_go_from_the_first_line(scene: type[SceneType]) -> None:
    here = scene({"a.py": "import os\n)\n\nos()\n"})
    here.edit("a.py", 3, ["os()"], ["pass"])
    assert applied(here.reader.texts["a.py"], here.found("import")) == ")\n\npass\n"


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


def test_a_new_name_that_nobody_knows_is_imported_instead_of_the_one_it_replaces(
    scene: type[SceneType],
) -> None:
    here = scene({"a.py": "from tools import load_object\n\nx = load_object(1)\n"})
    here.edit("a.py", 2, ["x = load_object(1)"], ["x = load_thing(1)"])
    assert [e.new for e in here.predict().edits if e.path == "a.py" and e.start_line == 0] == [
        ("from tools import load_thing",)
    ]


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


MOVED = "def load(path):\n    text = path.read()\n    return text\n"


@pytest.mark.parametrize("keeps", [False, True], ids=["moved", "still passed on by its old module"])
def test_importers_follow_a_function_that_is_cut_and_pasted(scene: type[SceneType], *, keeps: bool) -> None:
    here = scene(
        {
            "a.py": MOVED + "\n\ndef again(path):\n    return load(path)\n",
            "b.py": "X = 1\n",
            "c.py": "from a import load\n\nload(1)\n",
            "d.py": "from a import again, load\n\nload(again(1))\n",
        }
    )
    cut = MOVED.rstrip("\n").split("\n")
    here.edit("a.py", 0, [*cut, "", ""], ["from b import load", "", ""] if keeps else [])
    here.edit("b.py", 1, [""], ["", "", *cut, ""])
    prediction = here.predict()
    edits = {(e.path, e.new) for e in prediction.edits if e.kind == "moved import" and e.confidence > 0.9}
    assert prediction.shown is not keeps
    assert edits == (
        set()
        if keeps
        else {
            ("a.py", ("from b import load", "")),
            ("c.py", ("from b import load",)),
            ("d.py", ("from a import again", "from b import load")),
        }
    )
