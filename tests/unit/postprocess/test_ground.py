"""The sound text around the cursor: what it is, what it proves, and that it is there before the answer."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from segue_bench.postprocess_corpus import adversarial, holes, sources
from segue_postprocess import Cursor, StreamFilter, prepare, process
from segue_postprocess._ground import ground_of
from segue_postprocess._context import read_context
from segue_syntax import TreeStore, parse

_OWN = Path(__file__).parent / "sources"
_METHODS = "\n\n".join(f"  m{n}(a) {{\n    return a + {n};\n  }}" for n in range(40))
_FUNCTIONS = "\n\n\n".join(f"def f{n}(a):\n    return a + {n}" for n in range(60))


class NoTrees(TreeStore):
    """A store that must not be asked."""

    def tree(self, data, language_id, *, patience=None):
        raise AssertionError("a document was parsed")


def ground(document: str, language: str):
    prefix, _, suffix = document.partition("|")
    return ground_of(read_context(Cursor(prefix, suffix, language)), TreeStore())


@pytest.mark.parametrize(
    ("document", "answer"),
    [
        (f"{_FUNCTIONS}\n\n\ndef last(x):\n    return |\n\n\n{_FUNCTIONS}\n", "x + 1"),
        (f"{_FUNCTIONS}\n\n\ndef last(x):\n    y = (|\n    return y\n\n\n{_FUNCTIONS}\n", "x + 1)"),
        (f"{_FUNCTIONS}\n\n\n|\n\n\n{_FUNCTIONS}\n", "def last(x):\n    return x"),
    ],
)
def test_what_is_prepared_need_not_be_parsed_again(document, answer):
    prefix, _, suffix = document.partition("|")
    cursor = Cursor(prefix, suffix, "python")
    prepare(cursor, trees=TreeStore())
    stop = StreamFilter(cursor)
    assert stop.feed(answer) + stop.finish() == answer
    assert process(Cursor(prefix, suffix, "python"), answer, trees=NoTrees()).text == answer


@pytest.mark.parametrize("answer", ["x + 1", "x + 1)", "x +", "x\n\n\ndef g():\n    pass", "(", ""])
def test_no_answer_becomes_another_by_what_is_prepared(answer):
    suffix = f"\n\n\n{_FUNCTIONS}\n"
    cold = process(Cursor("def f(x):\n    return ", suffix, "python"), answer, trees=TreeStore())
    read_context(Cursor("", ""))
    prepare(Cursor("def f(x):\n    return ", suffix, "python"), trees=TreeStore())
    assert process(Cursor("def f(x):\n    return ", suffix, "python"), answer, trees=NoTrees()) == cold


def test_a_language_without_a_grammar_needs_no_preparation():
    prepare(Cursor("hello ", "\n", "plaintext"), trees=NoTrees())


def test_a_sound_document_has_no_gap():
    found = ground("def f():\n    x = 1\n    |\n    return x\n", "python")
    assert found.is_sound
    assert found.plots[-1].text == b"def f():\n    x = 1\n    \n    return x\n"


def test_the_line_of_the_cursor_is_the_gap_where_it_is_broken():
    found = ground("def f():\n    x = g(|\n    return x\n", "python")
    assert not found.is_sound
    assert found.plots[-1].text == b"def f():\n    return x\n"


def test_the_items_around_the_cursor_are_the_gap_where_the_line_is_not_enough():
    document = "int a;\n\nint f() {\n  int x = g(1,\n    2|\n  return x;\n}\n\nint b;\n\nint c;\n"
    found = ground(document, "c")
    assert not found.is_sound
    assert b"int f" not in found.plots[-1].text
    assert b"int c;" in found.plots[-1].text


def test_bytes_and_line_ends_are_those_of_the_document():
    found = ground("s = 'é🙂'\r\nx = g('é', |\r\ny = 'é'\r\n", "python")
    assert found.plots[-1].text == "s = 'é🙂'\r\ny = 'é'\r\n".encode()


def test_a_document_that_is_broken_elsewhere_has_no_ground():
    assert ground(f"def f(:\n    pass\n\n\n{_FUNCTIONS}\n\n\nx = |\n", "python") is None


def test_far_neighbours_are_left_out_in_every_block():
    document = (
        f"class A {{\n{_METHODS}\n\n  last() {{\n    |\n  }}\n\n{_METHODS}\n}}\n\nfunction f() {{\n}}\n"
    )
    part = ground(document, "javascript").plots[0]
    assert b"last()" in part.text
    assert part.text.count(b"return") == 2
    assert len(part.text) < 200


def test_an_item_that_stands_elsewhere_proves_nothing():
    document = f"class A {{\n{_METHODS}\n\n  |\n\n  x = 1;\n\n{_METHODS}\n}}\n"
    part, *_, whole = ground(document, "javascript").plots
    answer = b"}\n\nfunction f() {"  # a field may stand in it as an assignment, a method may not
    data, tree = part.with_text(answer, 0)
    assert tree is not None
    assert not part.proves(tree, len(data))
    assert whole.with_text(answer, 0)[1] is None
    prefix, _, suffix = document.partition("|")
    shown = process(Cursor(prefix, suffix, "javascript"), answer.decode(), trees=TreeStore()).text
    assert not parse(prefix + (shown or "") + suffix, "javascript").root_node.has_error


def test_an_item_that_stands_as_it_did_proves_the_rest():
    document = f"class A {{\n{_METHODS}\n\n  |\n\n  x = 1;\n\n{_METHODS}\n}}\n"
    part = ground(document, "javascript").plots[0]
    data, tree = part.with_text(b"last() {\n  }", 0)
    assert tree is not None
    assert part.proves(tree, len(data))


@pytest.mark.parametrize(
    ("document", "language"),
    [
        (f"int a;\n\n#ifdef | A\nint b;\n#endif\n{'int c(void);' * 200}\n", "c"),
        (f"def f\n  |\nend\n{'def g; end' * 200}\n", "ruby"),
        (f"<?php\nfunction f() {{\n  |\n}}\n{'function g() { }' * 200}\n", "php"),
    ],
)
def test_where_blocks_may_not_be_what_they_seem_the_whole_document_decides(document, language):
    assert len(ground(document, language).plots) == 1


def test_what_a_part_says_the_document_says():
    """Wild answers at many places of a dozen languages: a part is right whenever it is sure."""
    accepted = refused = 0
    for path, language, text in sources([_OWN]):
        source = random.Random(path.name)
        for hole in holes(str(path), language, text, source, 12):
            context = read_context(Cursor(hole.prefix, hole.suffix, language))
            found = ground_of(context, TreeStore())
            for part in found.plots[:-1] if found is not None else ():
                for answer in (hole.truth, *adversarial(hole, source)):
                    if context.scanner.scan(answer)[1].literal >= 0:
                        continue  # how far a string goes no part can tell
                    data, tree = part.with_text(answer.encode(), 0)
                    whole = found.plots[-1].with_text(answer.encode(), 0)[1]
                    if tree is None:
                        refused += 1
                        assert whole is None, answer
                    elif part.proves(tree, len(data)):
                        accepted += 1
                        assert whole is not None, answer
    assert accepted >= 50
    assert refused >= 50
