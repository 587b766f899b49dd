from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue_context import ContextEngine, CursorQuery
from segue_context.statistical._beginning_weights import WEIGHTS as BEGINNING_WEIGHTS
from segue_context.statistical._candidates import Cursor, _difference, _rename
from segue_context.statistical._features import NAMES
from segue_context.statistical._names import fresh_names, introduced
from segue_context.statistical._sources import PieceCache, chunks, other_places
from segue_context.statistical._tokenized_chunk import TokenizedChunk
from segue_context.statistical._tokens import DEEPER, OUTER, SAME, tokens_of
from segue_context.statistical._weights import BY_NAME, WEIGHTS, WORD_WEIGHTS

if TYPE_CHECKING:
    from segue_context import CopiedSuggestion, WorkspaceReader


def query(prefix: str, suffix: str = "\n", path: str = "a.py", language: str = "python") -> CursorQuery:
    return CursorQuery(path, language, prefix, suffix)


def suggestions(asked: CursorQuery, reader: WorkspaceReader | None = None) -> list[CopiedSuggestion]:
    return ContextEngine(reader or Nothing()).outlook(asked).lines(5)


@given(st.text(alphabet=st.characters(exclude_characters="\n\r")))
def test_tokens_of_a_line_join_to_the_line(line: str) -> None:
    assert "".join(tokens_of(line)) == line


@given(
    st.lists(st.sampled_from(["def f():", "    return 1", "", "x = [1, 2]", "\ty += 1", "}"]), max_size=30)
)
def test_a_piece_gives_its_lines_back(lines: list[str]) -> None:
    chunk = TokenizedChunk.of(lines)
    kept = [line.strip() for line in lines if line.strip()]
    assert [chunk.line_text(index) for index in range(len(chunk.starts) - 1)] == kept
    assert [lines[number].strip() for number in chunk.numbers] == kept


def test_a_piece_tells_where_each_pair_of_tokens_ends() -> None:
    chunk = TokenizedChunk.of(["a.b(c)", "a.d"])
    assert [chunk.tokens[position] for position in chunk.pairs["a", "."]] == ["b", "d"]


def test_line_breaks_tell_only_the_change_of_indentation() -> None:
    tokens = TokenizedChunk.of(["if a:", "    b", "    c", "d"]).tokens
    assert [token for token in tokens if token in {SAME, DEEPER, OUTER}] == [SAME, DEEPER, SAME, OUTER, SAME]


@given(st.lists(st.sampled_from(["x", "    y", "", "class A:", "def g():"]), max_size=400))
def test_chunks_cover_every_line_once(lines: list[str]) -> None:
    borders = chunks(lines)
    assert [number for start, end in borders for number in range(start, end)] == list(range(len(lines)))


def test_an_edit_leaves_distant_chunks_as_they_are() -> None:
    lines = [f"name_{number} = {number}" for number in range(400)]
    before = {"\n".join(lines[start:end]) for start, end in chunks(lines)}
    edited = [*lines[:200], "inserted = 1", *lines[200:]]
    after = {"\n".join(edited[start:end]) for start, end in chunks(edited)}
    assert len(before & after) >= len(before) - 3


def test_the_cursor_keeps_a_half_typed_word_apart() -> None:
    cursor = Cursor.of("x = 1\nresult = comp")
    assert cursor.left == ["result", " ="]
    assert cursor.partial == " comp"


@pytest.mark.parametrize(
    ("old", "new", "parts"),
    [
        ("set_width", "set_height", ("width", "height")),
        ("widthOf", "heightOf", ("width", "height")),
        ("_size", "_data", ("size", "data")),
        ("ab", "cd", ("", "")),
    ],
)
def test_names_differ_in_their_words(old: str, new: str, parts: tuple[str, str]) -> None:
    assert _difference((old, new)) == parts


def test_renaming_reaches_into_compound_names() -> None:
    assert _rename(["self", ".", "_width", " =", " width"], {"width": "height"}) == [
        "self",
        ".",
        "_height",
        " =",
        " height",
    ]


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("    total, count = measure(x)", ["total", "count"]),
        ("for (const entry of entries) {", ["entry"]),
        ("    for key in table:", ["key"]),
        ("def area(self, width, height=2):", ["width", "height"]),
        ("count := len(items)", ["count"]),
    ],
)
def test_a_line_introduces_names(line: str, names: list[str]) -> None:
    assert [name for name in introduced(line) if name in names] == names


def test_names_are_fresh_until_they_are_used() -> None:
    assert fresh_names(["first = one()", "second = two(first)", "go("]) == ["second"]


def test_the_line_is_copied_from_where_the_code_went_on_like_this() -> None:
    block = "def {0}(path):\n    handle = open_database(path, timeout=30)\n    return handle.{0}()\n\n\n"
    prefix = block.format("load") + block.format("store") + "def clear(path):\n    handle = open_"
    suggestion = suggestions(query(prefix, "\n    return handle.clear()\n"))[0]
    assert suggestion.text == "database(path, timeout=30)"
    assert suggestion.confidence > 0.6
    assert suggestion.sources[0].path == "a.py"
    assert suggestion.sources[0].text == "handle = open_database(path, timeout=30)"


def test_names_are_replaced_by_those_used_here() -> None:
    prefix = (
        "const leftPanel = createPanel('left');\n"
        "attach(leftPanel, leftPanel.bounds);\n"
        "const rightPanel = createPanel('right');\n"
        "attach(rightPanel, "
    )
    found = suggestions(query(prefix, "\n", "a.ts", "typescript"))
    assert "rightPanel.bounds);" in [suggestion.text for suggestion in found]


def test_other_files_are_copied_from_by_way_of_the_index(memory_reader) -> None:
    other = (
        "def test_get(client):\n    response = client.get('/items')\n    assert response.status_code == 200\n"
    )
    reader = memory_reader({"tests/test_items.py": other, "tests/test_users.py": "never read"})
    prefix = "def test_users(client):\n    response = client.get('/users')\n    assert response."
    suggestion = suggestions(query(prefix, "\n", "tests/test_users.py"), reader)[0]
    assert suggestion.text == "status_code == 200"
    assert suggestion.sources[0].path == "tests/test_items.py"


def test_nothing_similar_gives_nothing() -> None:
    assert not suggestions(query("zebra"))
    assert not suggestions(query("", ""))


def test_several_suggestions_come_likeliest_first() -> None:
    prefix = "log.info(one)\nlog.info(two)\nlog.warning(three)\nlog."
    found = suggestions(query(prefix))
    assert [s.confidence for s in found] == sorted((s.confidence for s in found), reverse=True)
    assert len({s.text for s in found}) == len(found) > 1
    assert sum(s.confidence for s in found) <= 1


def test_a_block_that_recurs_is_continued_over_lines() -> None:
    block = "    try:\n        connect({0})\n    except TimeoutError:\n        log.warning('gone', {0})\n        raise\n"
    prefix = "def go():\n" + "".join(block.format("host") for _ in range(4)) + "    try:\n        conn"
    (first, *_) = suggestions(query(prefix))
    lines = ContextEngine(Nothing()).extended(query(prefix), first, 4, 0.3).text.split("\n")
    assert lines[0] == "ect(host)"
    assert len(lines) <= 4


def test_an_answer_of_someone_else_is_judged_on_the_same_scale() -> None:
    prefix = "def load(path):\n    handle = open_database(path)\n\n\ndef save(path):\n    handle = open_"
    engine = ContextEngine(Nothing())
    likely = engine.judge(query(prefix), "database(path)")
    unlikely = engine.judge(query(prefix), "elephant[99]")
    assert 0 <= unlikely < likely <= 1
    assert engine.judge(query(prefix), "") == 0


def test_every_feature_has_a_weight_and_a_value() -> None:
    assert set(BY_NAME) == set(NAMES)
    assert len(WEIGHTS) == len(NAMES) == len(set(NAMES))
    engine = ContextEngine(Nothing())
    weighing = engine.weigh(query("alpha = one(1)\nbeta = one(2)\ngamma = al"))
    assert weighing.weighed
    assert weighing.words
    for _, values in weighing.weighed:
        assert len(values) == len(NAMES)
        assert all(math.isfinite(value) for value in values)
    assert all(len(values) == len(WORD_WEIGHTS) for _, values in weighing.words)
    outlook = engine.outlook(query("alpha = one(1)\nbeta = one(2)\ngamma = al"))
    assert all(len(outlook.values(text)) == len(BEGINNING_WEIGHTS) for text in outlook.likeliest_path())


def test_touching_windows_of_one_file_become_one_source() -> None:
    from segue_context import Snippet

    lines = [f"value_{number} = {number}" for number in range(30)]
    windows = [
        Snippet("b.py", start, start + 20, "\n".join(lines[start : start + 20]), "window", 1.0)
        for start in (10, 0)
    ]
    (source,) = other_places(PieceCache(), windows)
    assert source.first_line == 0
    assert source.chunk.numbers == list(range(30))


def test_the_cache_forgets_what_was_used_longest_ago() -> None:
    cache = PieceCache(limit_chars=20)
    first = cache.chunk("one = 1234")
    assert cache.chunk("one = 1234") is first
    cache.chunk("two = 1234")
    cache.chunk("three = 12")
    assert cache.chunk("one = 1234") is not first


class Nothing:
    """A workspace that holds nothing."""

    root = None

    def read_text(self, path):
        return None

    def files(self):
        return []

    def files_with(self, words, *, limit=200):
        return []

    def search(self, words, *, limit=20, exclude=""):
        return []

    def definitions(self, name, *, limit=50):
        return []

    def symbols_in(self, path):
        return []

    def imports_of(self, path):
        return []

    def importers_of(self, path):
        return []


def test_lines_typed_in_this_session_count_more_than_lines_of_before() -> None:
    class Workspace(Nothing):
        def search(self, words, *, limit=20, exclude=""):
            from segue_context import Snippet

            text = "def total(order):\n    return order.price()\n"
            return [Snippet("old.py", 0, 2, text, "windows", 1.0)]

    engine = ContextEngine(Workspace())
    asked = query("def total(order):\n    return order.", "\n", "new.py")
    assert engine.outlook(asked).lines(1)[0].text == "price()"
    typed = [
        "def total(order):",
        "    return order.amount()",
        "",
        "def total(order):",
        "    return order.amount()",
        "",
    ]
    engine.edited("typed.py", 1, typed)
    engine.edited("typed.py", 4, typed)
    engine.edited("typed.py", 5, typed)
    assert engine.outlook(asked).lines(1)[0].text == "amount()"


def offered(prefix: str, suffix: str = "\n") -> str:
    """Return the likeliest rest of the line at the end of `prefix`."""
    found = ContextEngine(Nothing()).outlook(query(prefix, suffix)).lines(1)
    return found[0].text if found else ""


def test_an_operator_is_completed_like_a_word() -> None:
    checks = "".join(f"    if a{n} != {n}:\n        return\n" for n in range(4))
    assert offered(f"def check():\n{checks}    if a0 !").startswith("= ")
    assert Cursor.of("if x !").operator == " !"
    assert Cursor.of("x = -y").operator == ""


def test_what_stands_on_the_line_already_may_come_again() -> None:
    outlook = ContextEngine(Nothing()).outlook(query('headers = {"x-request-id": get("x-req'))
    assert outlook.chance('uest-id"') > outlook.chance("uired")
    assert any(text.startswith("uest") for text in outlook.likeliest_path())


def test_a_line_with_a_new_name_goes_on_as_those_that_look_alike() -> None:
    head = "def __init__(self, size, colour, opacity):\n    self.size = size\n    self.colour = colour\n"
    assert offered(head + "    self.opacity") == " = opacity"
    assert offered(head + "    self.opacity = ") == "opacity"


def test_a_name_that_is_nowhere_yet_is_followed_by_what_follows_others_there() -> None:
    functions = "def load(path):\n    pass\n\n\ndef store(path, data):\n    pass\n\n\n"
    path = ContextEngine(Nothing()).outlook(query(functions + "def brand_new_thing")).likeliest_path()
    assert path[0].startswith("(")


def test_members_used_of_the_same_object_come_first() -> None:
    code = "order.price()\n" + "cart.pack()\nbasket.pack()\nbag.pack()\n" + "order.price()\n"
    words = ContextEngine(Nothing()).weigh(query(code + "order.p")).ranking.words
    assert words["price"] > words["pack"]
