"""The same change at two places leads to the next one: in the same context, in code, in the direction the user goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.unit.next_edit.conftest import Scene as SceneType

STATUS = """\
def test_codes(client):
    first = client.get("/")
    assert first.status == 404
    second = client.get("/a")
    assert second.status == 404
    retries = 404
    note = "status == 404"
    # third.status == 404
    third = client.get("/b")
    assert third.status == 404
    assert client.get("/c").status == 404
"""


def changed(scene: type[SceneType], files: dict[str, str], path: str, changes: dict[int, str]) -> SceneType:
    """Return a scene in which lines were changed one after the other."""
    here = scene(files)
    for line, new in changes.items():
        here.edit(path, line, [here.reader.texts[path].split("\n")[line]], [new])
    return here


def test_the_next_line_of_the_same_context_is_shown_after_two(scene: type[SceneType]) -> None:
    changes = {2: "    assert first.status == Codes.MISSING", 4: "    assert second.status == Codes.MISSING"}
    here = changed(scene, {"a.py": STATUS}, "a.py", changes)
    prediction = here.predict()
    assert prediction.shown
    assert [(e.start_line, e.new) for e in prediction.edits[:1]] == [
        (
            9,
            (
                "    assert third.status == Codes.MISSING",
                '    assert client.get("/c").status == Codes.MISSING',
            ),
        )
    ]
    assert not {5, 6, 7} & {e.start_line for e in prediction.edits if e.kind == "pattern"}


def test_one_change_is_no_pattern(scene: type[SceneType]) -> None:
    here = changed(scene, {"a.py": STATUS}, "a.py", {2: "    assert first.status == Codes.MISSING"})
    assert here.found("pattern") == []


@pytest.mark.parametrize("order", [[0, 2, 4], [4, 2, 0]])
def test_the_direction_of_the_edits_goes_on(scene: type[SceneType], order: list[int]) -> None:
    lines = ["a.limit = old(1)", "", "b.limit = old(2)", "", "c.limit = old(3)", ""]
    first, second, third = order
    changes = {first: lines[first].replace("old(", "Limit("), second: lines[second].replace("old(", "Limit(")}
    here = changed(scene, {"a.py": "\n".join(lines)}, "a.py", changes)
    prediction = here.predict()
    assert prediction.shown
    assert (prediction.edits[0].start_line, prediction.edits[0].new) == (
        third,
        (lines[third].replace("old(", "Limit("),),
    )


def test_a_place_that_was_passed_over_is_only_listed(scene: type[SceneType]) -> None:
    lines = [f"box.size = wide({n})" for n in range(3)]
    changes = {0: "box.size = broad(0)", 2: "box.size = broad(2)"}
    here = changed(scene, {"a.py": "\n".join(lines)}, "a.py", changes)
    prediction = here.predict()
    assert not prediction.shown
    assert (1, ("box.size = broad(1)",)) in [(e.start_line, e.new) for e in prediction.edits]


@pytest.mark.parametrize(
    ("lines", "changes", "expected"),
    [
        (  # other names in the same shape
            [
                "    self.check_equal(total, price(one))",
                "    self.check_equal(name, 'x')",
                "    self.check_equal(len(rows), limit)",
            ],
            ["    assert total == price(one)", "    assert name == 'x'"],
            "    assert len(rows) == limit",
        ),
        (  # something comes in between
            ["def one():", "def two():", "def three():"],
            ["def one() -> None:", "def two() -> None:"],
            "def three() -> None:",
        ),
        (  # arguments come first
            ["x = load(path)", "y = load(name)", "z = load(other.path)"],
            ["x = load(root, path)", "y = load(root, name)"],
            "z = load(root, other.path)",
        ),
    ],
)
def test_the_same_shape_with_other_names(
    scene: type[SceneType], lines: list[str], changes: list[str], expected: str
) -> None:
    text = "\n    ...\n".join(lines) + "\n    ...\n"
    here = changed(scene, {"a.py": text}, "a.py", {2 * n: new for n, new in enumerate(changes)})
    prediction = here.predict()
    assert prediction.shown
    assert (prediction.edits[0].start_line, prediction.edits[0].new) == (4, (expected,))


def test_other_files_follow_after_three(scene: type[SceneType]) -> None:
    one = "\n".join(f"job{n}.timeout = seconds({n})" for n in range(3))
    other = "import job\njob.timeout = seconds(9)\n"
    changes = {n: f"job{n}.timeout = Duration({n})" for n in range(3)}
    two = changed(scene, {"a.py": one, "b.py": other}, "a.py", dict(list(changes.items())[:2]))
    assert {e.path for e in two.predict().edits[:1]} == {"a.py"}
    three = changed(scene, {"a.py": one, "b.py": other}, "a.py", changes)
    prediction = three.predict()
    assert prediction.shown
    assert (prediction.edits[0].path, prediction.edits[0].new) == ("b.py", ("job.timeout = Duration(9)",))


def test_another_functions_local_is_not_rewritten(scene: type[SceneType]) -> None:
    text = "def f(row):\n    use(row)\n    keep(row)\n\n\ndef g(row):\n    use(row)\n    keep(row)\n"
    here = changed(scene, {"a.py": text}, "a.py", {1: "    use(col)", 2: "    keep(col)"})
    assert here.predict().edits[0].kind != "pattern"
    assert all(e.confidence < 0.5 for e in here.found("pattern"))


def test_what_was_changed_before_is_left_alone(scene: type[SceneType]) -> None:
    lines = ["a = box.width", "b = box.width", "c = box.width.mm", ""]
    here = changed(scene, {"a.py": "\n".join(lines)}, "a.py", {0: "a = box.width.mm", 1: "b = box.width.mm"})
    assert here.found("pattern") == []


def test_thousands_of_equal_lines_are_looked_at_near_the_cursor_only(scene: type[SceneType]) -> None:
    lines = ["row.cost = paid(1)"] * 19_000
    here = changed(
        scene, {"a.py": "\n".join(lines)}, "a.py", {0: "row.cost = Paid(1)", 1: "row.cost = Paid(1)"}
    )
    edits = [e for e in here.predict().edits if e.new is not None]
    assert edits
    assert all(e.start_line < 100 for e in edits)


def test_the_same_lines_again_are_shown_after_two(scene: type[SceneType]) -> None:
    block = ["    if log.is_on:", "        log.write(entry, level)", "    run()", ""]
    here = scene({"a.py": "\n".join(["def f(entry):", *block] * 3)})
    for at in (1, 5):
        here.edit("a.py", at, block[:2], ["    log.note(entry, level)"])
    prediction = here.predict()
    assert prediction.shown
    assert (prediction.edits[0].start_line, prediction.edits[0].new) == (9, ("    log.note(entry, level)",))


def proposed(here: SceneType, *kinds: str) -> dict[int, tuple[str, ...] | None]:
    """Return what the rules propose in the edited file, by line."""
    found = here.proposed()
    return {c.start: c.new for c in found if c.path == here.cursor[0] and (not kinds or c.kind in kinds)}


def test_a_name_is_replaced_where_it_plays_the_same_part(scene: type[SceneType]) -> None:
    text = "import { rows, lines } from './data'\n\nuse(rows[0])\nuse(rows[1])\nmake({ rows: rows[2] })\nthis.rows = 1\n"
    here = changed(scene, {"a.ts": text}, "a.ts", {2: "use(lines[0])"})
    assert proposed(here, "substitution") == {3: ("use(lines[1])", "make({ rows: lines[2] })")}


def test_a_name_is_not_replaced_where_the_new_one_means_nothing(scene: type[SceneType]) -> None:
    text = "def run(job):\n    check(job)\n    def inner(task):\n        wait(job)\n        stop(job)\n    stop(job)\n"
    here = changed(scene, {"a.py": text}, "a.py", {3: "        wait(task)"})
    assert proposed(here, "substitution") == {4: ("        stop(task)",)}


def test_an_import_does_not_follow_a_use(scene: type[SceneType]) -> None:
    lines = [
        "from tools import slow_cache, cache",
        "",
        "@slow_cache",
        "def a(): ...",
        "@slow_cache",
        "def b(): ...",
    ]
    here = changed(scene, {"a.py": "\n".join([*lines, "@slow_cache"])}, "a.py", {2: "@cache", 4: "@cache"})
    assert proposed(here, "pattern", "substitution") == {6: ("@cache",)}


def test_changes_of_one_edit_go_down(scene: type[SceneType]) -> None:
    lines = [f"check(raised[{n}], Exception)" for n in range(5)]
    here = scene({"a.py": "\n".join(lines)})
    here.edit("a.py", 1, lines[1:3], [line.replace("Exception", "ValueError") for line in lines[1:3]])
    first = here.proposed()
    ahead = {c.start: c.evidence["ahead"] for c in first if c.kind == "pattern"}
    assert ahead == {0: 0.0, 3: 1.0}


def test_a_line_gets_what_was_changed_with_a_rename(scene: type[SceneType]) -> None:
    lines = [
        "_Scope = dict",
        "",
        "def app(scope: _Scope, send: '_Send'): ...",
        "",
        "def other(scope: _Scope, send: '_Send'): ...",
    ]
    here = scene({"a.py": "\n".join(lines)})
    here.edit("a.py", 0, lines[:3], ["Scope = dict", "", "def app(scope: Scope, send: Send): ..."])
    assert here.predict().edits[0].new == ("def other(scope: Scope, send: Send): ...",)


def test_names_that_stand_elsewhere_are_filled_in(scene: type[SceneType]) -> None:
    lines = [
        f"    message: 'Response code {code} ({text})',"
        for code, text in ((404, "Not Found"), (500, "Server Error"), (401, "Denied"))
    ]
    news = [
        f"    message: /^Failed with code {code} \\({text}\\)$/,"
        for code, text in ((404, "Not Found"), (500, "Server Error"))
    ]
    here = changed(scene, {"a.ts": "\n".join(lines)}, "a.ts", dict(enumerate(news)))
    assert proposed(here, "pattern")[2] == ("    message: /^Failed with code 401 \\(Denied\\)$/,",)


def test_a_name_in_a_comment_is_left_alone(scene: type[SceneType]) -> None:
    lines = ["from data import rows, lines", "use(rows, 1)", "use(rows, 2)", "# use(rows, 3)", "use(rows, 4)"]
    here = changed(scene, {"a.py": "\n".join(lines)}, "a.py", {1: "use(lines, 1)", 2: "use(lines, 2)"})
    assert proposed(here, "pattern", "substitution") == {4: ("use(lines, 4)",)}


def test_a_name_that_has_yet_another_one_now_is_no_pattern(scene: type[SceneType]) -> None:
    lines = ["def load(path): ...", "", "load(1)", "load(2)", "# load it", "x = load"]
    here = changed(scene, {"a.py": "\n".join(lines)}, "a.py", {2: "fetch(1)", 3: "fetch(2)", 5: "x = fetch"})
    here.edit("a.py", 0, ["def load(path): ..."], ["def fetch(path): ..."])
    here.edit("a.py", 0, ["def fetch(path): ..."], ["def get(path): ..."])
    assert 4 not in proposed(here, "pattern", "substitution")


@pytest.mark.parametrize(
    ("lines", "changes", "expected"),
    [
        (  # what follows the places has nothing in common
            [
                "func (a *A) Match(r Box) bool {",
                "}",
                "  Match(r Box) bool",
                "",
                "func (b *B) Match(r Box) bool {",
            ],
            {0: "func (a *A) Match(r Box) bool.value {", 2: "  Match(r Box) bool.value"},
            "func (b *B) Match(r Box) bool.value {",
        ),
        (  # a member that is called like the variable which its line defines
            ["route := test.route", "test.route.build(1)", "route = test.route", ""],
            {0: "route := test.limit(route)", 1: "test.limit(route).build(1)"},
            "route = test.limit(route)",
        ),
        (
            ["self.known = {}", "if name in self.known:", "self.known[name] = 1", "other.known = 1"],
            {0: "self.known.all = {}", 1: "if name in self.known.all:"},
            "self.known.all[name] = 1",
        ),
    ],
)
def test_two_places_are_a_pattern_whatever_is_around_them(
    scene: type[SceneType], lines: list[str], changes: dict[int, str], expected: str
) -> None:
    here = changed(scene, {"a.go": "\n".join(lines)}, "a.go", changes)
    assert [e.new for e in here.found("pattern")][:1] == [(expected,)]
