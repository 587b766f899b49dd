"""Trees kept for the next text, which is an edit of the last."""

from __future__ import annotations

import gc
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segue_syntax import TreeStore, parse, parse_patiently, syntax_errors

_LINES = st.lists(
    st.sampled_from(
        ["x = 1\n", "def f(a):\n", "    return a\n", "if x:\n", ")\n", "é = '🙂'\n", "(\n", "\n"]
    ),
    max_size=15,
).map("".join)


def test_the_same_text_gives_the_same_tree():
    store = TreeStore()
    assert store.tree(b"x = 1\n", "python") is store.tree(b"x = 1\n", "python")


def test_a_language_without_a_grammar_has_no_tree():
    assert TreeStore().tree(b"x", "plaintext") is None


def test_old_trees_make_room():
    store = TreeStore(capacity=2)
    first = store.tree(b"a = 1\n", "python")
    store.tree(b"b = 1\n", "python")
    store.tree(b"c = 1\n", "python")
    assert store.tree(b"a = 1\n", "python") is not first
    store.clear()
    assert store.tree(b"a = 1\n", "python") is not None


@settings(max_examples=150, deadline=None)
@given(first=_LINES, second=_LINES, inserted=_LINES)
def test_a_tree_made_by_an_edit_covers_the_whole_text(first, second, inserted):
    store = TreeStore()
    store.tree((first + second).encode(), "python")
    data = (first + inserted + second).encode()
    edited, fresh = store.tree(data, "python"), parse(data, "python")
    assert edited is not None
    assert fresh is not None
    assert edited.root_node.end_byte == fresh.root_node.end_byte
    assert edited.root_node.has_error == fresh.root_node.has_error


def test_errors_are_counted():
    clean, broken = parse("x = 1\n", "python"), parse("f(\nclass\n", "python")
    assert clean is not None
    assert broken is not None
    assert syntax_errors(clean) == 0
    assert syntax_errors(broken) > 0


def test_a_hopeless_text_is_given_up_and_the_parser_still_works():
    noise = ("Permission is hereby (granted, free of charge:\n to any person [ ) \n" * 60).encode()
    assert parse_patiently(noise, "python", patience=0) is None
    assert parse_patiently(noise, "python") is not None
    assert parse_patiently(b"x = 1\n", "python", patience=0) is not None


@pytest.mark.parametrize("lines", [100, 2000])
def test_a_text_on_which_a_grammar_loops_is_given_up(lines):
    """Kotlin's grammar never ends on a name in backticks that goes on over lines: only the bound ends its parse."""
    assert parse("{C()\ne\n`" + "a b\n" * lines, "kotlin") is None
    assert parse("val x = 1\n", "kotlin") is not None


def test_the_nodes_of_a_long_text_know_their_text():
    data = "".join(f"name_{n} = 'é🙂' + {n}\n" for n in range(4000)).encode()
    for tree in (parse(data, "python"), parse_patiently(data, "python", patience=100)):
        assert tree is not None
        for node in tree.root_node.children[::97]:
            assert node.text == data[node.start_byte : node.end_byte]


def test_parsing_long_texts_keeps_nothing_of_them():
    text = "".join(f"name_{n} = {n}\n" for n in range(4000))
    parse(text, "python")
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        for number in range(20):
            assert parse(f"{number}\n{text}", "python") is not None
        gc.collect()
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert after - before < len(text)
