"""Each rule proposes what a person would do next, and nothing that looks like it but is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.unit.next_edit.conftest import Scene as SceneType

SHAPES = "class Polygon:\n    sides = 0\n\n\ndef draw(p: Polygon) -> None:\n    print(p)\n"


def test_a_rename_reaches_other_files_and_whole_words_only(scene: type[SceneType]) -> None:
    here = scene(
        {"shapes.py": SHAPES, "app.py": "from shapes import Polygon\n\nx = Polygon()\ny = PolygonMesh()\n"}
    )
    here.edit("shapes.py", 0, ["class Polygon:"], ["class Shape:"])
    edits = {(e.path, e.start_line): e.new for e in here.found("rename")}
    assert edits == {
        ("shapes.py", 4): ("def draw(p: Shape) -> None:",),
        ("app.py", 0): ("from shapes import Shape",),
        ("app.py", 2): ("x = Shape()",),
    }


@pytest.mark.parametrize(
    ("path", "old", "new", "use", "expected"),
    [
        ("a.ts", "export function area(w: number) {", "export function surface(w: number) {", "  const a = area(2);", "  const a = surface(2);"),
        ("a.go", "func area(w int) int {", "func surface(w int) int {", "\ta := area(2)", "\ta := surface(2)"),
        ("a.rs", "pub fn area(w: u32) -> u32 {", "pub fn surface(w: u32) -> u32 {", "    let a = area(2);", "    let a = surface(2);"),
        ("A.java", "  int area(int w) {", "  int surface(int w) {", "    int a = area(2);", "    int a = surface(2);"),
        ("a.rb", "def area(w)", "def surface(w)", "  a = area(2)", "  a = surface(2)"),
    ],
)  # fmt: skip
def test_renames_work_in_every_language(
    scene: type[SceneType], path: str, old: str, new: str, use: str, expected: str
) -> None:
    here = scene({path: f"{old}\n\n\n\n{use}\n"})
    here.edit(path, 0, [old], [new])
    assert [e.new for e in here.found("rename")] == [(expected,)]


def test_an_undone_rename_is_not_proposed_again(scene: type[SceneType]) -> None:
    here = scene({"shapes.py": SHAPES})
    here.edit("shapes.py", 0, ["class Polygon:"], ["class Shape:"])
    here.edit("shapes.py", 0, ["class Shape:"], ["class Polygon:"])
    assert here.found("rename") == []


def test_a_replacement_that_leaves_a_bracket_open_is_no_pattern(scene: type[SceneType]) -> None:
    here = scene({"a.py": "x = f(\n    value)\ny = value)\n"})
    here.edit("a.py", 1, ["    value)"], ["    value"])
    assert here.found("substitution", "rename") == []


def test_the_same_replacement_is_found_in_its_context(scene: type[SceneType]) -> None:
    here = scene({"a.py": "a = get(url, timeout=5)\nb = 1\nc = get(path, timeout=5)\nd = wait(timeout=6)\n"})
    here.edit("a.py", 0, ["a = get(url, timeout=5)"], ["a = get(url, timeout=30)"])
    edits = here.found("substitution")
    assert [e.new for e in edits] == [("c = get(path, timeout=30)",)]


def test_the_same_hunk_is_found_with_another_indentation(scene: type[SceneType]) -> None:
    old = ["    connection.open()", "    connection.send(data)"]
    new = ["    with connection:", "        connection.send(data)"]
    text = ["def a():", *old, "", "def b():", "    if x:", *("    " + t for t in old), ""]
    here = scene({"a.py": "\n".join(text)})
    here.edit("a.py", 1, old, new)
    edit = next(e for e in here.found("repeat") if e.start_line == 6)
    assert edit.new == ("        with connection:", "            connection.send(data)")


def test_the_same_insertion_is_found_below_the_same_line(scene: type[SceneType]) -> None:
    text = "def a():\n    lock.acquire()\n    work()\n\ndef b():\n        lock.acquire()\n        work()\n"
    here = scene({"a.py": text})
    here.edit("a.py", 2, [], ["    log.debug('locked')"])
    edit = next(e for e in here.found("insertion"))
    assert (edit.start_line, edit.old, edit.new) == (7, (), ("        log.debug('locked')",))


def test_a_rewriting_is_found_with_other_names_in_it(scene: type[SceneType]) -> None:
    here = scene({"a.js": "x = clean(options, result.out);\ny = 1;\n\nz = clean(options, result.err);\n"})
    here.edit("a.js", 0, ["x = clean(options, result.out);"], ["x = result.out;"])
    assert [e.new for e in here.found("template", "hunk")] == [("z = result.err;",)]


def test_a_removed_name_points_to_its_last_uses_without_content(scene: type[SceneType]) -> None:
    here = scene({"a.py": "def helper():\n    pass\n\n\ndef main():\n    helper()\n"})
    here.edit("a.py", 0, ["def helper():", "    pass"], [])
    edit = next(e for e in here.found("removed"))
    assert (edit.start_line, edit.new) == (3, None)


# --- imports ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("files", "path", "line", "old", "new", "expected"),
    [
        (  # a name joins a sorted list
            {"a.py": "from typing import Any, List\n\nx: Any = 1\n", "b.py": "from typing import Iterator\n"},
            "a.py", 2, "x: Any = 1", "x: Iterator = iter('')", (0, 1, ("from typing import Iterator, List",)),
        ),
        (  # a module of the standard library, sorted among its like
            {"a.py": "import os\nimport sys\n\nx = os.name\n"},
            "a.py", 3, "x = os.name", "x = os.name + re.escape(sys.path[0])", (1, 1, ("import re",)),
        ),
        (  # Go packages by their last part
            {"a.go": 'package a\n\nimport (\n\t"fmt"\n\t"os"\n)\n\nfunc f() {\n\tfmt.Println(os.Args)\n}\n'},
            "a.go", 8, "\tfmt.Println(os.Args)", '\tfmt.Println(strings.Join(os.Args, ""))', (5, 5, ('\t"strings"',)),
        ),
        (  # relative paths are rewritten for the file
            {"src/a.ts": "import {b} from './b.js';\n\nexport const x = b;\n", "src/lib/c.ts": "import {dd} from '../d.js';\ndd();\n"},
            "src/a.ts", 2, "export const x = b;", "export const x = b(dd);", (1, 1, ("import {dd} from './d.js';",)),
        ),
        (  # the last name of the list is part of the module's name too
            {"a.ts": "import { it } from 'vitest'\n\nit('x', f)\n", "b.ts": "import { vi } from 'vitest'\n"},
            "a.ts", 2, "it('x', f)", "it('x', vi.fn())", (0, 1, ("import { it, vi } from 'vitest'",)),
        ),
        (  # no other file says it, but the standard library has it
            {"a.py": "import os\n\nx = os.name\n"},
            "a.py", 2, "x = os.name", "x = urljoin(os.name, '')", (1, 1, ("from urllib.parse import urljoin",)),
        ),
        (  # an annotation in quotes is a use
            {"a.py": "import os\n\nx = os.name\n", "b.py": "from shop import Order\n"},
            "a.py", 2, "x = os.name", 'x: "list[Order]" = os.name', (2, 2, ("from shop import Order", "")),
        ),
        (  # the neighbours of a file know better than many files far away
            {
                "vue/test/a.ts": "import { b } from '../b'\n\nb()\n",
                "vue/test/c.ts": "import { use } from '../use'\n",
                "one/d.ts": "import { use } from '@query/one'\n",
                "one/e.ts": "import { use } from '@query/one'\n",
            },
            "vue/test/a.ts", 2, "b()", "b(use())", (1, 1, ("import { use } from '../use'",)),
        ),
        (  # a definition of the repository that nobody imports yet
            {"pkg/a.py": "from .b import x\n\ny = x\n", "pkg/c.py": "def helper():\n    pass\n"},
            "pkg/a.py", 2, "y = x", "y = helper(x)", (1, 1, ("from .c import helper",)),
        ),
        (  # the last use goes
            {"a.py": "import os\nimport sys\n\nx = os.name + sys.path[0]\n"},
            "a.py", 3, "x = os.name + sys.path[0]", "x = os.name", (1, 2, ()),
        ),
        (
            {"a.ts": "import {a, b, c} from 'x';\n\na(b, c);\n"},
            "a.ts", 2, "a(b, c);", "a(c);", (0, 1, ("import {a, c} from 'x';",)),
        ),
    ],
)  # fmt: skip
def test_imports_follow_uses(
    scene: type[SceneType],
    files: dict[str, str],
    path: str,
    line: int,
    old: str,
    new: str,
    expected: tuple[int, int, tuple[str, ...]],
) -> None:
    here = scene(files)
    here.edit(path, line, [old], [new])
    assert expected in [(e.start_line, e.end_line, e.new) for e in here.predict().edits]


def test_an_import_moves_in_the_other_files_too(scene: type[SceneType]) -> None:
    mine = "import os\n\nfrom shop.orders import Thing\n\nThing()\n"
    here = scene(
        {"a.py": mine, "b.py": "import os\n\nfrom shop.orders import Other, Thing\n\nThing(os, Other)\n"}
    )
    here.edit("a.py", 2, ["from shop.orders import Thing"], [])
    here.edit("a.py", 2, [], ["from basket import Thing"])
    assert [(e.path, e.start_line, e.end_line, e.new) for e in here.found("moved import")] == [
        ("b.py", 2, 3, ("from basket import Thing", "from shop.orders import Other"))
    ]


def test_an_import_that_only_came_moves_nothing(scene: type[SceneType]) -> None:
    here = scene({"a.py": "x = Thing()\n", "b.py": "from old.place import Thing\n\nThing()\n"})
    here.edit("a.py", 0, [], ["from new.place import Thing"])
    assert here.found("moved import") == []


def test_a_local_name_needs_no_import(scene: type[SceneType]) -> None:
    here = scene({"a.py": "import os\n\nx = 1\n", "b.py": "from lib import row\n"})
    here.edit("a.py", 2, ["x = 1"], ["x = [row for row in os.listdir()]"])
    assert here.found("import") == []


# --- signatures -------------------------------------------------------------------------------------------

CALLS = "\n\n\ndef main():\n    a = fetch(1, 2)\n    b = fetch(key=1, retries=2)\n"


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        ("def fetch(key):", {"    a = fetch(1)", "    b = fetch(key=1)"}),
        ("def fetch(retries, key):", {"    a = fetch(2, 1)"}),
        ("def fetch(key, attempts):", {"    b = fetch(key=1, attempts=2)"}),
    ],
)
def test_calls_follow_their_definition(scene: type[SceneType], new: str, expected: set[str]) -> None:
    here = scene({"a.py": "def fetch(key, retries):\n    return key" + CALLS})
    here.edit("a.py", 0, ["def fetch(key, retries):"], [new])
    lines = {
        line for e in here.predict().edits if e.new for line in e.new if e.kind in ("signature", "rename")
    }
    assert expected <= lines


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (["fetch(", "    1,", "    2,", ")"], ("fetch(", "    1,", ")")),
        (["x = fetch(", "    {", "        'a': 1,", "    },", "    2", ")[0]"], ("x = fetch(", "    {", "        'a': 1,", "    }", ")[0]")),
        (["fetch(", "    first, second", ")"], ("fetch(", "    first", ")")),
        (["fetch(", "    1,  # the key", "    2,", ")"], None),
    ],
)  # fmt: skip
def test_calls_over_several_lines_keep_their_layout(
    scene: type[SceneType], call: list[str], expected: tuple[str, ...] | None
) -> None:
    here = scene({"a.py": "\n".join(["def fetch(key, retries):", "    return key", "", "", *call, ""])})
    here.edit("a.py", 0, ["def fetch(key, retries):"], ["def fetch(key):"])
    edit = next(e for e in here.predict().edits if e.start_line == 4)
    assert edit.new == expected
    assert edit.old == (tuple(call) if expected else (call[0],))


def test_a_new_required_parameter_is_passed_where_it_is_in_scope(scene: type[SceneType]) -> None:
    text = "def fetch(key):\n    return key\n\n\ndef main(client):\n    return fetch(1)\n"
    here = scene({"a.py": text})
    here.edit("a.py", 0, ["def fetch(key):"], ["def fetch(client, key):"])
    assert ("    return fetch(client, 1)",) in [e.new for e in here.found("signature")]


def test_a_parameter_with_a_default_only_lists_the_calls(scene: type[SceneType]) -> None:
    here = scene({"a.py": "def fetch(key):\n    return key\n\n\nfetch(1)\n"})
    here.edit("a.py", 0, ["def fetch(key):"], ["def fetch(key, retries=3):"])
    prediction = here.predict()
    assert (4, None) in [(e.start_line, e.new) for e in prediction.edits]
    assert not prediction.shown


def test_overrides_follow(scene: type[SceneType]) -> None:
    text = "class A:\n    def run(self, x):\n        pass\n\n\nclass B(A):\n    def run(self, x):\n        pass\n"
    here = scene({"a.py": text})
    here.edit("a.py", 1, ["    def run(self, x):"], ["    def run(self, x, y):"])
    assert ("    def run(self, x, y):",) in [e.new for e in here.predict().edits]


def test_a_changed_call_points_back_to_its_definition(scene: type[SceneType]) -> None:
    here = scene({"a.py": "def fetch(key):\n    return key\n\n\nfetch(1)\n"})
    here.edit("a.py", 4, ["fetch(1)"], ["fetch(1, retries=2)"])
    assert (0, None) in [(e.start_line, e.new) for e in here.predict().edits]


def test_a_name_written_with_its_replacement_is_meant(scene: type[SceneType]) -> None:
    here = scene({"a.go": "package a\n\nfunc min(a, b int) int {\n\treturn a\n}\n\nvar x = min(1, 2)\n"})
    here.edit(
        "a.go", 2, ["func min(a, b int) int {", "\treturn a"],
        ["func prefix(a, b int) int {", "\tn := min(a, b)", "\treturn n"],
    )  # fmt: skip
    renamed = [e.new for e in here.found("rename")]
    assert ("var x = prefix(1, 2)",) in renamed
    assert ("\tn := prefix(a, b)",) not in renamed


def test_a_rename_is_not_shown_where_only_texts_mention_the_name(scene: type[SceneType]) -> None:
    here = scene({"a.py": "class Polygon:\n    sides = 0\n\n\ntitle = 'How a Polygon is drawn'\n"})
    here.edit("a.py", 0, ["class Polygon:"], ["class Shape:"])
    assert not here.predict().shown
    here = scene({"a.py": "class Polygon:\n    sides = 0\n\n\nshape = Polygon()\n"})
    here.edit("a.py", 0, ["class Polygon:"], ["class Shape:"])
    assert here.predict().shown


@pytest.mark.parametrize(
    ("text", "old", "new"),
    [
        (
            "def least(a):\n    return a\n\n\ndef common(a):\n    least(1)\n\n\nleast(2)\n",
            ["def least(a):", "    return a", "", "", "def common(a):"],
            ["def common(a):"],
        ),
        (
            "const raw = read(a)\n\nprint(raw)\n",
            ["const raw = read(a)"],
            ["const parts = split(a)", "const raw = join(parts)"],
        ),
    ],
    ids=["one went, the other was there", "one came, the other is still there"],
)
def test_two_names_that_live_together_are_no_rename(
    scene: type[SceneType], text: str, old: list[str], new: list[str]
) -> None:
    path = "a.py" if text.startswith("def") else "a.ts"
    here = scene({path: text})
    here.edit(path, 0, old, new)
    assert here.found("rename") == []
