"""Changes again where other names stand: small ones in lines built alike, and whole hunks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.unit.next_edit.conftest import Scene as SceneType


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
    assert (3, (new.replace("n", "m"),)) in [(c.start, c.new) for c in here.proposed()]
