"""Where a name may be imported from, and what a module is called there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.unit.next_edit.conftest import Scene as SceneType

_GO_MOD = {"go.mod": "module x.org/m\n"}
_GO = 'package b\n\nimport (\n\t"fmt"\n)\n\nvar x = fmt.Sprint()\n'


@pytest.mark.parametrize(
    ("files", "path", "line", "use", "expected"),
    [
        pytest.param(
            {"ui/index.ts": "export { Row } from './parts/row'\n", "ui/parts/row.ts": "export class Row {}\n",
             "app.ts": "import { Row } from './ui'\n", "ui/table.ts": "x\n"},
            "ui/table.ts", 0, "new Row()", "import { Row } from './parts/row'", id="the file behind the own index",
        ),
        pytest.param(
            {"ui/index.ts": "export * from './row'\n", "ui/row.ts": "export class Row {}\n",
             "b.ts": "import { Row } from './ui'\n", "app.ts": "x\n"},
            "app.ts", 0, "new Row()", "import { Row } from './ui'", id="another folder's index",
        ),
        pytest.param(
            {"jsconfig.json": '{\n // "paths"\n "compilerOptions": {"paths": {"~lib/*": ["./lib/*"],},},\n}',
             "lib/sum.js": "export const sum = 1\n", "lib/b.js": "", "a/b/c.js": "import b from '~lib/b'\n\nx\n"},
            "a/b/c.js", 2, "sum", "import { sum } from '~lib/sum'", id="an alias of jsconfig.json with remarks",
        ),
        pytest.param(
            {"base.json": '{"compilerOptions": {"baseUrl": "./src", "paths": {"#/*": ["*"]}}}',
             "tsconfig.json": '{"extends": "./base"}', "src/lib/sum.ts": "export const sum = 1\n",
             "src/a/b/c.ts": "x\n"},
            "src/a/b/c.ts", 0, "sum", "import { sum } from '#/lib/sum'", id="an inherited alias that is shorter",
        ),
        pytest.param(
            {"tsconfig.json": '{"compilerOptions": {"module": "NodeNext"}}', "package.json": '{"type": "module"}',
             "sum.ts": "export const sum = 1\n", "a.ts": "x\n"},
            "a.ts", 0, "sum", "import { sum } from './sum.js'", id="the suffix that Node asks for",
        ),
        pytest.param(
            {"sum.mjs": "export const sum = 1\n", "a.mjs": "x\n"},
            "a.mjs", 0, "sum", "import { sum } from './sum.mjs'", id="the suffix that Node's own modules have",
        ),
        pytest.param(
            {"package.json": '{"imports": {"#lib/*": "./src/lib/*.js"}}', "src/lib/sum.js": "export const sum = 1\n",
             "src/lib/b.js": "", "src/a/b/c.js": "import b from '#lib/b'\n\nx\n"},
            "src/a/b/c.js", 2, "sum", "import { sum } from '#lib/sum'", id="an alias of package.json with a suffix",
        ),
        pytest.param(
            {"src/app/Coin.php": "<?php\nnamespace App;\n\nclass Coin {}\n",
             "src/a.php": "<?php\nnamespace A;\n\nuse App\\Coin;\n\n$x = new Coin();\n",
             "src/b.php": "<?php\nnamespace B;\n\nuse Other\\Thing;\n\nx\n"},
            "src/b.php", 5, "new Coin()", "use App\\Coin;", id="a class of PHP",
        ),
        pytest.param(
            {"src/app/Coin.php": "<?php\nnamespace App;\n\nclass Coin {}\n",
             "src/a.php": "<?php\nnamespace A;\n\nuse App\\Coin;\n\n$x = new Coin();\n",
             "src/app/b.php": "<?php\nnamespace App;\n\nuse Other\\Thing;\n\nx\n"},
            "src/app/b.php", 5, "new Coin()", "", id="a class of the own namespace",
        ),
        pytest.param(
            {"packages/one/package.json": '{"name": "@s/one"}', "packages/two/package.json": '{"name": "@s/two"}',
             "packages/one/src/index.ts": "export * from './sum'\n",
             "packages/one/src/sum.ts": "export const sum = 1\n", "packages/two/a.ts": "x\n"},
            "packages/two/a.ts", 0, "sum", "import { sum } from '@s/one'", id="another package by its name",
        ),
        pytest.param(
            {"packages/one/package.json": '{"name": "@s/one"}', "packages/two/package.json": '{"name": "@s/two"}',
             "packages/one/src/index.ts": "", "packages/one/src/sum.ts": "export const sum = 1\n",
             "packages/two/a.ts": "x\n"},
            "packages/two/a.ts", 0, "sum", "", id="what another package keeps for itself",
        ),
        pytest.param(
            {**_GO_MOD, "pay/internal/db/db.go": "package db\n", "pay/b/b.go": _GO},
            "pay/b/b.go", 6, "db.Open()", '\t"x.org/m/pay/internal/db"', id="internal to a folder around",
        ),
        pytest.param(
            {**_GO_MOD, "pay/internal/db/db.go": "package db\n",
             "pay/a.go": 'package pay\n\nimport "x.org/m/pay/internal/db"\n', "b/b.go": _GO},
            "b/b.go", 6, "db.Open()", "", id="internal to a folder elsewhere, though others import it",
        ),
        pytest.param(
            {**_GO_MOD, "cmd/tool/main.go": "package main\n", "b/b.go": _GO},
            "b/b.go", 6, "tool.Run()", "", id="a program",
        ),
        pytest.param(
            {**_GO_MOD, "a/a.go": 'package a\n\nimport "x.org/m/c"\n', "c/c.go": 'package c\n\nimport "x.org/m/b"\n',
             "b/b.go": _GO},
            "b/b.go", 6, "a.Run()", "", id="what imports this package in turn",
        ),
        pytest.param(
            {"pkg/__init__.py": "from ._impl import tool\n\n__all__ = ['tool']\n",
             "pkg/_impl.py": "def tool(): ...\n", "use.py": "x\n"},
            "use.py", 0, "tool()", "from pkg import tool", id="a private module's name from its package",
        ),
        pytest.param(
            {"pkg/__init__.py": "", "pkg/_impl.py": "def tool(): ...\n", "use.py": "x\n"},
            "use.py", 0, "tool()", "", id="what a private module keeps for itself",
        ),
        pytest.param(
            {"pkg/__init__.py": "", "pkg/_impl.py": "OLD = 0\nNEW = 1\n", "use.py": "from pkg._impl import OLD\n\nx\n"},
            "use.py", 2, "NEW", "from pkg._impl import NEW, OLD", id="a private module that the file imports already",
        ),
        pytest.param(
            {"lib/sum.js": "module.exports = 1\n", "b.js": "const zlib = require('zlib')\n",
             "a.js": "var http = require('http')\n\nx\n"},
            "a.js", 2, "zlib.x", "var zlib = require('zlib')", id="a variable as the file has them",
        ),
        pytest.param(
            {"pkg/__init__.py": "from .impl import tool\nfrom .a import y\n", "pkg/impl.py": "def tool(): ...\n",
             "use.py": "from pkg import tool\n", "pkg/a.py": "x\n"},
            "pkg/a.py", 0, "tool()", "from .impl import tool", id="inside a package from where the package has it",
        ),
        pytest.param(
            {"a.py": "x\n", "b.py": "from c import y\n\ndef tool(): ...\n", "c.py": "from a import z\n"},
            "a.py", 0, "tool()", "", id="what loads this module first",
        ),
        pytest.param(
            {"a.py": "x\n", "b.py": "def f():\n    from a import z\n\ndef tool(): ...\n"},
            "a.py", 0, "tool()", "from b import tool", id="what loads this module later",
        ),
        pytest.param(
            {"app/Coin.kt": "package app\n\nclass Coin\n", "web/Page.kt": "package web\n\nval x = 1\n"},
            "web/Page.kt", 2, "Coin()", "import app.Coin", id="a package that nobody has imported from",
        ),
        pytest.param(
            {"app/Coin.kt": "package app\n\nclass Coin\n", "web/Page.kt": "package web\nimport app.*\n\nval x = 1\n"},
            "web/Page.kt", 3, "Coin()", "", id="a package that is imported as a whole",
        ),
        pytest.param(
            {"Coin.cs": "namespace Mint.Metal;\n\npublic class Coin { }\n",
             "Page.cs": "using System;\n\nnamespace Web;\n\nx\n"},
            "Page.cs", 4, "new Coin()", "using Mint.Metal;", id="a namespace",
        ),
        pytest.param(
            {"Coin.cs": "namespace Mint;\n\npublic class Coin { }\n", "Page.cs": "namespace Mint.Web;\n\nx\n"},
            "Page.cs", 2, "new Coin()", "", id="a namespace around the own",
        ),
        pytest.param(
            {"a/Coin.cs": "namespace A;\n\nclass Coin { }\n", "b/Coin.cs": "namespace B;\n\nclass Coin { }\n",
             "Page.cs": "namespace Web;\n\nx\n"},
            "Page.cs", 2, "new Coin()", "", id="one of two namespaces",
        ),
        pytest.param(
            {"a/Coin.cs": "namespace A;\n\nclass Coin { }\n", "Usings.cs": "global using A;\n",
             "Page.cs": "namespace Web;\n\nx\n"},
            "Page.cs", 2, "new Coin()", "", id="a namespace that the project imports",
        ),
        pytest.param(
            {"a/Task.cs": "namespace A;\n\nclass Task { }\n", "b/Job.cs": "using System;\n\nnamespace B;\n\nTask x;\n",
             "Page.cs": "using System;\n\nnamespace Web;\n\nx\n"},
            "Page.cs", 4, "new Task()", "", id="a name that others have without the namespace",
        ),
        pytest.param(
            {"coin.ts": "export const mint = 1\n", "Page.vue": "<script setup>\nx\n</script>\n<template><b /></template>\n"},
            "Page.vue", 1, "mint", "import { mint } from './coin'", id="a component without an import",
        ),
        pytest.param(
            {"coin.ts": "export const mint = 1\n", "Page.svelte": "<b />\n<script>\n  let y = 1\n  x\n</script>\n"},
            "Page.svelte", 3, "mint", "  import { mint } from './coin'", id="a component with an indented script",
        ),
    ],
)  # fmt: skip
def test_a_name_is_imported_from_where_the_file_may(
    scene: type[SceneType], files: dict[str, str], path: str, line: int, use: str, expected: str
) -> None:
    here = scene(files)
    old = here.reader.texts[path].split("\n")[line]
    here.edit(path, line, [old], [f"x = fmt.Sprint({use})" if path.endswith(".go") else f"x = {use}"])
    lines = [text for edit in here.found("import") for text in edit.new or () if text]
    assert lines == ([expected] if expected else [])


@pytest.mark.parametrize(
    ("config", "text"),
    [
        (".babelrc", '{"plugins": [["transform-react-jsx", {"pragma": "el"}]]}'),
        ("vite.config.ts", "export default { esbuild: { jsxFactory: 'el' } }"),
        ("tsconfig.json", '{"compilerOptions": {"jsxFactory": "el.create"}}'),
    ],
)
def test_what_tags_call_is_used(scene: type[SceneType], config: str, text: str) -> None:
    here = scene({config: text, "a/b.jsx": "import { el } from 'x'\n\nf(el('b'))\nf(<b/>)\n"})
    here.edit("a/b.jsx", 2, ["f(el('b'))"], ["f(1)"])
    assert here.found("import") == []
