"""A changed signature leads to the calls of that definition, and to no line that merely looks like one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.unit.next_edit.conftest import Scene as SceneType

STORE = """\
def save(row):
    return row


def both(row, force):
    save(row)
    return save(row)
"""


def test_what_is_in_scope_is_passed_and_the_rest_is_a_place_to_fill_in(scene: type[SceneType]) -> None:
    other = "from store import save\n\n\ndef run(item):\n    save(item)\n"
    here = scene({"store.py": STORE, "run.py": other})
    here.edit("store.py", 0, ["def save(row):"], ["def save(row, force):"])
    prediction = here.predict()
    assert prediction.shown
    found = {
        (e.path, e.start_line): (e.new, e.placeholder) for e in prediction.edits if e.kind == "signature"
    }
    assert found == {
        ("store.py", 5): (("    save(row, force)",), None),
        ("store.py", 6): (("    return save(row, force)",), None),
        ("run.py", 4): (("    save(item, force)",), (0, 15, 20)),
    }
    assert all(e.place.new is None for e in prediction.edits if e.placeholder)


def test_a_place_to_fill_in_is_never_part_of_a_series(scene: type[SceneType]) -> None:
    here = scene({"a.py": "def save(row):\n    return row\n\n\nsave(1)\nsave(2)\n"})
    here.edit("a.py", 0, ["def save(row):"], ["def save(row, force):"])
    first = here.predict().edits[0]
    assert first.placeholder
    assert here.engine.series(here.history, here.cursor, first).edits == ()


def test_what_another_call_was_given_is_proposed(scene: type[SceneType]) -> None:
    here = scene({"a.py": "def save(row):\n    return row\n\n\nsave(1)\nsave(2)\n"})
    here.edit("a.py", 0, ["def save(row):"], ["def save(row, force):"])
    here.edit("a.py", 4, ["save(1)"], ["save(1, True)"])
    edit = here.found("signature")[0]
    assert (edit.new, edit.placeholder) == (("save(2, True)",), (0, 8, 12))


@pytest.mark.parametrize(
    "line",
    [
        "text = 'save(row)'",
        "# save(row)",
        "other.save(row, 1, 2)",
        "saved = presave(row)",
    ],
)
def test_a_line_that_merely_holds_the_name_is_no_call(scene: type[SceneType], line: str) -> None:
    here = scene({"a.py": f"def save(row):\n    return row\n\n\n{line}\n"})
    here.edit("a.py", 0, ["def save(row):"], ["def save(row, force):"])
    assert here.found("signature") == []


def test_another_function_of_that_name_keeps_its_calls(scene: type[SceneType]) -> None:
    text = "def outer():\n    def save(row):\n        return row\n\n    save(1)\n\n\ndef save(row):\n    return row\n\n\nsave(2)\n"
    here = scene({"a.py": text})
    here.edit("a.py", 7, ["def save(row):"], ["def save(row, force):"])
    assert [e.start_line for e in here.found("signature")] == [11]


def test_methods_of_unknown_receivers_are_only_listed(scene: type[SceneType]) -> None:
    text = "class Cache:\n    def get(self, key):\n        return key\n\n\ndef load(options):\n    return options.get(1)\n"
    here = scene({"a.py": text})
    here.edit("a.py", 1, ["    def get(self, key):"], ["    def get(self, key, fresh):"])
    prediction = here.predict()
    assert 6 in [e.start_line for e in prediction.edits if e.kind == "signature"]
    assert not prediction.shown


def test_several_calls_of_a_line_change_together(scene: type[SceneType]) -> None:
    here = scene({"a.py": "def area(w, h):\n    return w\n\n\nprint(area(1, 2), area(3, 4))\n"})
    here.edit("a.py", 0, ["def area(w, h):"], ["def area(h, w):"])
    assert [e.new for e in here.found("signature")] == [("print(area(2, 1), area(4, 3))",)]


def test_keywords_keep_their_order_and_need_no_change(scene: type[SceneType]) -> None:
    here = scene({"a.py": "def area(w, h):\n    return w\n\n\narea(h=1, w=2)\n"})
    here.edit("a.py", 0, ["def area(w, h):"], ["def area(h, w):"])
    assert here.found("signature") == []


def test_a_call_that_follows_already_is_left_alone(scene: type[SceneType]) -> None:
    here = scene({"a.py": "def area(w):\n    return w\n\n\narea(1)\narea(1, 2)\n"})
    here.edit("a.py", 0, ["def area(w):"], ["def area(w, h):"])
    assert [e.start_line for e in here.found("signature")] == [4]


def test_an_overload_is_no_changed_signature(scene: type[SceneType]) -> None:
    text = "class Out {\n  Out put(int value) {\n    return this;\n  }\n  void f() { put(1); }\n}\n"
    here = scene({"Out.java": text})
    here.edit("Out.java", 4, [], ["  Out put(float value) {", "    return this;", "  }"])
    assert here.found("signature") == []


@pytest.mark.parametrize(
    ("path", "text", "old", "new", "expected"),
    [
        ("a.go", "package a\n\nfunc save(row int) int {\n\treturn row\n}\n\nfunc run() {\n\tsave(1)\n}\n",
         "func save(row int) int {", "func save(row int, force bool) int {", "\tsave(1, force)"),
        ("a.ts", "function save(row: number) {\n  return row\n}\n\nsave(1)\n",
         "function save(row: number) {", "function save(row: number, force: boolean) {", "save(1, force)"),
        ("a.rs", "fn save(row: u8) -> u8 {\n    row\n}\n\nfn run() {\n    save(1);\n}\n",
         "fn save(row: u8) -> u8 {", "fn save(row: u8, force: bool) -> u8 {", "    save(1, force);"),
    ],
)  # fmt: skip
def test_callers_in_other_languages(
    scene: type[SceneType], path: str, text: str, old: str, new: str, expected: str
) -> None:
    here = scene({path: text})
    here.edit(path, text.split("\n").index(old), [old], [new])
    prediction = here.predict()
    assert prediction.shown
    assert prediction.edits[0].new == (expected,)
    assert prediction.edits[0].placeholder


def test_a_changed_parameter_is_no_pattern_for_other_lines(scene: type[SceneType]) -> None:
    text = "def save(rows: dict[str, Any]) -> int:\n    return 1\n\n\ndef load(rows: dict[str, Any]) -> int:\n    return 2\n"
    here = scene({"a.py": text})
    here.edit(
        "a.py",
        0,
        ["def save(rows: dict[str, Any]) -> int:"],
        ["def save(rows: dict[str, Any], force: bool) -> int:"],
    )
    assert not [e for e in here.predict().edits if e.new is not None]


def test_a_keyword_that_is_called_otherwise_breaks_calls_of_other_files(scene: type[SceneType]) -> None:
    here = scene(
        {
            "net.py": "def connect(host, wait=1):\n    return host, wait\n",
            "app.py": "from net import connect\n\nconnect('a', wait=2)\nconnect('b')\n",
        }
    )
    here.edit("net.py", 0, ["def connect(host, wait=1):"], ["def connect(host, patience=1):"])
    calls = {c.start: c for c in here.proposed() if c.kind == "signature"}
    assert calls.keys() == {2}
    assert calls[2].new == ("connect('a', patience=2)",)
    assert calls[2].evidence["required"]


def test_of_the_calls_of_a_line_those_that_are_surely_meant_change(scene: type[SceneType]) -> None:
    text = 'class A {\n    int load(String p) { return 1; }\n    int go(boolean full) { return load("x") + other.load("y"); }\n}\n'
    here = scene({"A.java": text})
    here.edit(
        "A.java",
        1,
        ["    int load(String p) { return 1; }"],
        ["    int load(String p, boolean full) { return 1; }"],
    )
    calls = [c for c in here.proposed() if c.kind == "signature"]
    assert [c.new for c in calls] == [
        ('    int go(boolean full) { return load("x", full) + other.load("y"); }',)
    ]
    assert calls[0].sure


def test_a_constructor_that_the_edit_keeps_beside_a_longer_one_is_an_overload(scene: type[SceneType]) -> None:
    text = "class Tank {\n    Tank(int size) {\n        this.size = size;\n    }\n}\n"
    here = scene({"Tank.java": text, "App.java": "class App {\n    Tank t = new Tank(1);\n}\n"})
    new = [
        "    Tank(int size, int left) {",
        "        this.size = size;",
        "    }",
        "",
        "    Tank(int size) {",
        "        this(size, size);",
    ]
    here.edit("Tank.java", 1, ["    Tank(int size) {", "        this.size = size;"], new)
    assert [c for c in here.proposed() if c.kind == "signature"] == []


def test_a_call_that_fails_is_as_likely_after_further_edits(scene: type[SceneType]) -> None:
    here = scene({"a.py": "def load(path, full):\n    return path\n\n\nx = 1\nload('a', True)\n"})
    here.edit("a.py", 0, ["def load(path, full):"], ["def load(path):"])
    here.edit("a.py", 4, ["x = 1"], ["x = 2"])
    calls = [c.evidence for c in here.proposed() if c.kind == "signature"]
    assert [(e["age"], e["edits"]) for e in calls] == [(0, 0)]


OTHER_LANGUAGES = {
    "a.php": (
        "<?php\nfunction load(int $id) { return $id; }\nfunction all($zone) { return load(1); }\n",
        "function load(int $id, string $zone) { return $id; }",
        "function all($zone) { return load(1, $zone); }",
    ),
    "a.swift": (
        "\nfunc load(_ id: Int, at hour: Int) -> Int { return id }\nfunc all(zone: Int) -> Int { return load(1, at: 2) }\n",
        "func load(_ id: Int, in zone: Int, at hour: Int) -> Int { return id }",
        "func all(zone: Int) -> Int { return load(1, in: zone, at: 2) }",
    ),
    "a.kt": (
        "\nfun load(id: Int): Int = id\nfun all(zone: Int): Int = load(id = 1)\n",
        "fun load(id: Int, zone: Int): Int = id",
        "fun all(zone: Int): Int = load(id = 1, zone = zone)",
    ),
    "a.cs": (
        "class A {\n    int Load(int id) => id;\n    int All(int zone) => Load(1) + this.Load(2);\n}\n",
        "    int Load(int id, int zone) => id;",
        "    int All(int zone) => Load(1, zone) + this.Load(2, zone);",
    ),
    "a.rb": (
        "\ndef load(id) id end\ndef all(zone) load(1) end\n",
        "def load(id, zone:) id end",
        "def all(zone) load(1, zone: zone) end",
    ),
    "a.py": (
        "\ndef load(id, *, deep=1): return id\ndef all(zone): return load(1)\n",
        "def load(id, *, zone, deep=1): return id",
        "def all(zone): return load(1, zone=zone)",
    ),
    "a.go": (
        "package a\nfunc Load(id int, zone string) int { return id }\nfunc All() int { return Load(1, z) }\n",
        "func Load(zone string, id int) int { return id }",
        "func All() int { return Load(z, 1) }",
    ),
}


@pytest.mark.parametrize("path", OTHER_LANGUAGES)
def test_arguments_are_written_as_their_language_has_them(scene: type[SceneType], path: str) -> None:
    text, new, expected = OTHER_LANGUAGES[path]
    here = scene({path: text})
    here.edit(path, 1, [text.split("\n")[1]], [new])
    prediction = here.predict()
    assert prediction.shown
    assert prediction.edits[0].new == (expected,)


@pytest.mark.parametrize("new", ["def load(id, zone: nil) id end", "def load(id, zone: a.b) id end"])
def test_a_keyword_with_a_value_asks_nothing_of_the_calls(scene: type[SceneType], new: str) -> None:
    here = scene({"a.rb": "\ndef load(id) id end\ndef all(zone) load(1) end\n"})
    here.edit("a.rb", 1, ["def load(id) id end"], [new])
    assert not here.predict().shown
