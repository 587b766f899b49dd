"""Fixes without a model, in files in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from segue_next_edit.fixes import fixes_at
from segue_next_edit.imports import with_imports
from segue_syntax import NewImport, Snapshot

if TYPE_CHECKING:
    from segue_next_edit.fixes import Fix


def fixes(scene: type, files: dict[str, str], path: str, line: int, message: str = "") -> list[Fix]:
    return fixes_at(scene(files).reader, path, line, message)


def mended(scene: type, files: dict[str, str], path: str, line: int, message: str = "") -> str:
    """Return the file after its first fix, "" when there is none."""
    found = fixes(scene, files, path, line, message)
    return found[0].applied_to(Snapshot.of(files[path])) if found else ""


IMPORTS = [
    ("a.py", "import re\n\n\ndef f(x):\n    return json.loads(x)\n", 4, {"b.py": "import json\n"}, "import json\nimport re\n"),
    ("src/a.ts", 'import { one } from "./one";\n\nexport const x = one(two());\n', 2,
     {"src/two.ts": "export function two() { return 1; }\n", "src/one.ts": "export function one(x: number) { return x; }\n"},
     'import { one } from "./one";\nimport { two } from "./two";\n'),
    ("a.go", 'package a\n\nimport (\n\t"fmt"\n)\n\nfunc f() {\n\tfmt.Println(strings.ToUpper("a"))\n}\n', 7,
     {"b.go": 'package a\n\nimport "strings"\n\nvar B = strings.ToLower("B")\n'}, '\t"fmt"\n\t"strings"\n'),
    ("src/a.rs", "use std::fmt;\n\nfn f() -> HashMap<u8, u8> {\n    HashMap::new()\n}\n", 3,
     {"src/b.rs": "use std::collections::HashMap;\n"}, "use std::fmt;\nuse std::collections::HashMap;\n"),
    ("a/A.java", "package a;\n\nimport java.util.Map;\n\nclass A {\n    List<String> names;\n}\n", 5,
     {"a/B.java": "package a;\n\nimport java.util.List;\n\nclass B {\n}\n"}, "import java.util.List;\nimport java.util.Map;\n"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("path", "text", "line", "others", "expected"), IMPORTS, ids=[row[0] for row in IMPORTS]
)
def test_a_missing_import_is_added(
    scene: type, path: str, text: str, line: int, others: dict[str, str], expected: str
) -> None:
    assert expected in mended(scene, {path: text, **others}, path, line)


def test_an_import_brings_what_else_the_file_needs_from_the_module(scene: type) -> None:
    text = "def f(x: Shape) -> Colour:\n    return paint(x)\n"
    others = {
        "lib.py": "class Shape:\n    pass\n\n\nclass Colour:\n    pass\n\n\ndef paint(x):\n    return x\n"
    }
    after = mended(scene, {"a.py": text, **others}, "a.py", 1)
    assert after.startswith("from lib import Colour, Shape, paint\n")


@pytest.mark.parametrize(
    ("path", "text", "line", "wrong", "right"),
    [
        ("a.py", "def f(request):\n    return reqeust.body\n", 1, "reqeust", "request"),
        ("a.js", "function f(items) {\n  return itms.map(String);\n}\n", 1, "itms", "items"),
        ("a.ts", "const limit = 3;\nexport const twice = 2 * limt;\n", 1, "limt", "limit"),
        ("a.go", "package a\n\nfunc f(count int) int {\n\treturn cuont + 1\n}\n", 3, "cuont", "count"),
        ("a.rs", "fn f(width: u32) -> u32 {\n    widht + 1\n}\n", 1, "widht", "width"),
        ("A.java", "class A {\n    int f(int total) {\n        return totla + 1;\n    }\n}\n", 2, "totla", "total"),
        ("a.py", "class A:\n    def load(self):\n        pass\n\n    def go(self):\n        self.laod()\n", 5, "laod", "load"),
        ("a.py", "def f(*, timeout=1):\n    pass\n\n\nf(timeotu=3)\n", 4, "timeotu", "timeout"),
    ],
)  # fmt: skip
def test_a_misspelt_name_becomes_the_nearest_one(
    scene: type, path: str, text: str, line: int, wrong: str, right: str
) -> None:
    assert mended(scene, {path: text}, path, line) == text.replace(wrong, right)


def test_two_names_equally_near_are_left_to_the_user(scene: type) -> None:
    text = "def f(cat, car):\n    return caz\n"
    assert fixes(scene, {"a.py": text}, "a.py", 1) == []


def test_the_message_of_a_checker_decides_between_them(scene: type) -> None:
    text = "def f(cat, car):\n    return caz\n"
    message = 'Undefined name "caz". Did you mean "car"?'
    assert mended(scene, {"a.py": text}, "a.py", 1, message) == text.replace("caz", "car")


def test_a_name_that_other_files_know_is_no_misspelling(scene: type) -> None:
    files = {"a.py": "def f(handler):\n    return handlers\n", "b.py": "handlers = []\n"}
    assert all(fix.kind != "misspelling" for fix in fixes(scene, files, "a.py", 1))


@pytest.mark.parametrize(
    ("path", "truth", "line", "gone"),
    [
        ("a.py", "def f(xs):\n    return len(sorted(xs))\n", 1, "))"),
        ("a.js", "function f(value) {\n  return f(value);\n}\n", 1, "(value)"),
        ("a.go", "package a\n\nfunc f() {\n\tg()\n}\n", 2, "{"),
        ("a.rs", "fn f() -> Vec<u8> {\n    vec![1, 2]\n}\n", 1, "]"),
        ("A.java", 'class A {\n    void f() {\n        g("a");\n    }\n}\n', 2, '("'),
        ("a.ts", "export function f() {\n  return 1;\n}\n", 2, "}"),
    ],
)
def test_a_dropped_bracket_is_put_back(scene: type, path: str, truth: str, line: int, gone: str) -> None:
    at = truth.rindex(gone) + (gone == "))")
    bracket = next(index for index in range(at, len(truth)) if truth[index] in "()[]{}")
    text = truth[:bracket] + truth[bracket + 1 :]
    assert mended(scene, {path: text}, path, line) == truth


def test_a_missing_argument_is_the_variable_of_its_name(scene: type) -> None:
    text = "def send(host, port):\n    pass\n\n\ndef run(host, port):\n    send(host)\n"
    assert mended(scene, {"a.py": text}, "a.py", 5) == text.replace("send(host)\n", "send(host, port)\n")


def test_a_missing_argument_of_which_nothing_is_known_is_not_guessed(scene: type) -> None:
    text = "def send(host, port):\n    pass\n\n\ndef run(host, name):\n    print(name)\n    send(host)\n"
    assert fixes(scene, {"a.py": text}, "a.py", 6) == []


def test_an_argument_is_renamed_as_its_parameter_was(scene: type) -> None:
    text = "def send(host, *, wait_seconds=3):\n    pass\n\n\nsend('a', timeout_seconds=3)\n"
    assert "send('a', wait_seconds=3)" in mended(scene, {"a.py": text}, "a.py", 4)


def test_an_unused_import_goes(scene: type) -> None:
    text = "import os\nimport re\n\nprint(re.escape('a'))\n"
    assert mended(scene, {"a.py": text}, "a.py", 0) == text.removeprefix("import os\n")


def test_a_coroutine_is_awaited_before_its_value_is_used(scene: type) -> None:
    text = "async def load():\n    return {}\n\n\nasync def run():\n    print(load().keys())\n"
    assert "(await load()).keys()" in mended(scene, {"a.py": text}, "a.py", 5)


def test_a_coroutine_that_is_handed_on_is_left_alone(scene: type) -> None:
    text = "import asyncio\n\n\nasync def load():\n    pass\n\n\nasync def run():\n    await asyncio.gather(load(), load())\n"
    assert fixes(scene, {"a.py": text}, "a.py", 8) == []


def test_line_ends_stay_as_they_are(scene: type) -> None:
    files = {"a.py": "import re\r\n\r\njson.loads(re.escape('a'))\r\n", "b.py": "import json\n"}
    assert mended(scene, files, "a.py", 2) == "import json\r\n" + files["a.py"]


def test_nothing_is_offered_for_code_that_is_right(scene: type) -> None:
    text = "import re\n\n\ndef f(text, limit=3):\n    return re.findall(text, limit)\n\n\nf('a')\n"
    for line in range(text.count("\n")):
        assert fixes(scene, {"a.py": text}, "a.py", line) == []


def test_imports_that_a_changed_text_needs_are_added(scene: type) -> None:
    before = "import re\n\n\ndef f():\n    return 1\n"
    after = before.replace("return 1", "return json.dumps(Path('a'))")
    reader = scene({"a.py": before, "b.py": "import json\n"}).reader
    wanted = [NewImport("pathlib", "Path", "Path", "from"), NewImport("never", "used", "used", "from")]
    text = with_imports(reader, "a.py", before, after, wanted)
    assert text.startswith("import json\nimport re\nfrom pathlib import Path\n\n")
    assert "used" not in text


@pytest.mark.parametrize(
    ("files", "line", "title"),
    [
        ({"a.py": "def f(x):\n    return json.loads(x)\n\n\ndef g(xs):\n    return len(sorted(xs)\n\n\ndef h():\n    pass\n", "b.py": "import json\n"},
         1, "Import json"),
        ({"a.py": "def f(x):\n    return json.loads(x)\n\n\nVALUES = [\n    1,\n\n\ndef h():\n    pass\n", "b.py": "import json\n"}, 1, "Import json"),
        ({"a.ts": "export function f(x: string) {\n  return two(x);\n}\n\nexport function g(x: string) {\n  return [x, x;\n}\n",
          "two.ts": "export function two(x: string) {\n  return x;\n}\n"}, 1, "Import two"),
        ({"a.go": 'package a\n\nfunc f() {\n\tfmt.Println("a")\n}\n\nfunc g() {\n\tf(\n}\n'}, 3, "Import fmt"),
        ({"A.java": 'class A {\n    List<String> names;\n\n    void f() {\n        g("a";\n    }\n}\n', "B.java": "import java.util.List;\n"},
         1, "Import List"),
    ],
)  # fmt: skip
def test_an_import_is_offered_where_a_bracket_is_missing_elsewhere(
    scene: type, files: dict[str, str], line: int, title: str
) -> None:
    assert fixes(scene, files, next(iter(files)), line)[0].title == title


def test_a_message_that_names_an_import_puts_it_first(scene: type) -> None:
    text = "def g(xs):\n    return len(sorted(xs)\n\n\ndef f(x):\n    return json.loads(x)\n"
    files = {"a.py": text, "b.py": "import json\n"}
    assert fixes(scene, files, "a.py", 5, "Undefined name `json`")[0].title == "Import json"


def test_a_broken_file_needs_no_import_of_what_it_defines(scene: type) -> None:
    text = "def g(xs:\n    return helper(xs)\n\n\ndef helper(xs):\n    return xs\n"
    files = {"a.py": text, "b.py": "from c import helper\n", "c.py": "def helper():\n    pass\n"}
    assert all(fix.kind != "missing-import" for fix in fixes(scene, files, "a.py", 1))


UTILS = {"pkg/__init__.py": "", "pkg/utils.py": "def helper(x):\n    return x\n", "pkg/c.py": "thing = 1\n"}
SCRIPTS = {
    "src/utils.ts": "export function helper(x: number) {\n  return x;\n}\n",
    "src/c.ts": "export const c = 1;\n",
}


@pytest.mark.parametrize(
    ("path", "text", "others", "expected"),
    [
        ("pkg/a.py", "def f(x):\n    return helper(x)\n", {**UTILS, "pkg/b.py": "from .c import thing\n"}, "from .utils import helper\n"),
        ("pkg/a.py", "def f(x):\n    return helper(x)\n", {**UTILS, "pkg/b.py": "from pkg.c import thing\n"}, "from pkg.utils import helper\n"),
        ("src/a.ts", "export const f = () => {\n  return helper(1);\n};\n", {**SCRIPTS, "src/b.ts": "import { c } from './c.js';\n"},
         "import { helper } from './utils.js';\n"),
        ("src/a.ts", "export const f = () => {\n  return helper(1);\n};\n",
         {**SCRIPTS, "src/b.ts": "import { c } from '@/c';\n", "tsconfig.json": '{"compilerOptions": {"paths": {"@/*": ["./src/*"]}}}'},
         "import { helper } from '@/utils';\n"),
    ],
)  # fmt: skip
def test_a_first_import_is_written_as_the_neighbours_write_theirs(
    scene: type, path: str, text: str, others: dict[str, str], expected: str
) -> None:
    assert mended(scene, {path: text, **others}, path, 1).startswith(expected)


def test_a_static_import_of_java_stays_one(scene: type) -> None:
    text = "package a;\n\nclass A {\n    void f() {\n        assertEquals(1, 1);\n    }\n}\n"
    other = "package a;\n\nimport static org.junit.Assert.assertEquals;\n\nclass B {\n}\n"
    after = mended(scene, {"a/A.java": text, "a/B.java": other}, "a/A.java", 4)
    assert "import static org.junit.Assert.assertEquals;\n" in after
