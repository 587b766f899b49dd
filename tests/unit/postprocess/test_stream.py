"""When a model is told to stop."""

from __future__ import annotations

import pytest

from segue_postprocess import Cursor, Reason, StreamFilter


def feed(stream: StreamFilter, text: str, size: int = 3) -> str:
    returned = ""
    for at in range(0, len(text), size):
        returned += stream.feed(text[at : at + size])
        if stream.done:
            break
    return returned + stream.finish()


def test_a_token_split_over_chunks_is_never_returned():
    stream = StreamFilter(Cursor("x = ", "\n", "python"))
    assert feed(stream, "1<|endoftext|>more", size=2) == "1"
    assert stream.reason == Reason.CONTROL_TOKEN


def test_what_only_looks_like_a_token_is_returned_in_the_end():
    stream = StreamFilter(Cursor("x = a ", "\n", "python"))
    assert feed(stream, "<|b", size=1) == "<|b"


def test_one_line_is_enough_where_text_follows():
    stream = StreamFilter(Cursor("foo(", ", c)\n", "python"))
    assert feed(stream, "a, b\nbar()\nbaz()") == "a, b"
    assert stream.reason == Reason.SINGLE_LINE


def test_the_end_of_the_block_stops_the_model():
    stream = StreamFilter(Cursor("def f(x):\n    ", "\n\n\ny = 1\n", "python"))
    returned = feed(stream, "return x\n\n\ndef g():\n    pass\n\n\ndef h():\n    pass\n")
    assert stream.done
    assert stream.reason == Reason.SCOPE_END
    assert "def h" not in returned


def test_the_lines_below_stop_the_model():
    suffix = "\n    second(value)\n    third(value)\n    fourth(value)\n"
    stream = StreamFilter(Cursor("def f(value):\n    ", suffix, "python"))
    returned = feed(
        stream, "first(value)\n    second(value)\n    third(value)\n    fourth(value)\n    fifth()\n"
    )
    assert stream.reason == Reason.SUFFIX_LINES
    assert "fourth" not in returned


def test_a_loop_stops_the_model():
    stream = StreamFilter(Cursor("", "", "python"))
    feed(stream, "again(value)\n" * 30)
    assert stream.reason == Reason.REPETITION


def test_the_limit_of_lines_stops_the_model():
    stream = StreamFilter(Cursor("", "", "python", max_lines=3))
    returned = feed(stream, "".join(f"x{n} = {n}\n" for n in range(30)))
    assert stream.reason == Reason.MAX_LINES
    assert returned.rstrip().count("\n") <= 3


@pytest.mark.parametrize("size", [1, 4, 1000])
def test_an_answer_that_fits_passes_whole(size):
    stream = StreamFilter(Cursor("def f(x):\n    ", "\n", "python"))
    answer = "if x:\n        return 1\n    return 2"
    assert feed(stream, answer, size) == answer
    assert stream.reason is None


def test_nothing_is_returned_after_the_end():
    stream = StreamFilter(Cursor("", "", "python"))
    stream.finish()
    assert stream.feed("x") == ""
