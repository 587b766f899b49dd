"""What a model's tokens say of a text, and how they read once a part of them is typed."""

from __future__ import annotations

import math

import pytest

from segue_server.completion.token_path import Step, TokenPath


def path(*steps: tuple[str, float], ended: bool = False) -> TokenPath:
    return TokenPath(tuple(Step(text, math.log(chance)) for text, chance in steps), ended)


def chance(said_by: TokenPath, text: str) -> float:
    return math.exp(said_by.says(text).log)


def test_the_chance_of_a_text_is_the_product_of_its_tokens() -> None:
    said_by = path(("return", 0.9), (" self", 0.5), (".", 0.8))
    assert chance(said_by, "return") == pytest.approx(0.9)
    assert chance(said_by, "return self") == pytest.approx(0.45)
    assert chance(said_by, "return se") == pytest.approx(0.45)
    assert said_by.says("return self.").known


def test_what_was_not_heard_is_an_upper_bound() -> None:
    said_by = path(("return", 0.9))
    assert said_by.says("return self").known is False
    assert chance(said_by, "return self") == pytest.approx(0.9)


def test_after_the_end_of_the_line_nothing_follows() -> None:
    said_by = path(("return", 0.9), ended=True)
    assert chance(said_by, "return self") < 0.01


def test_rivals_tell_of_texts_that_were_not_taken() -> None:
    step = Step("self", math.log(0.5), (("super", math.log(0.3)), ("None", math.log(0.1))))
    said_by = TokenPath((step, Step(".", math.log(0.9))))
    assert chance(said_by, "super") == pytest.approx(0.3)
    assert said_by.says("super()").known is False
    assert chance(said_by, "s") == pytest.approx(0.8)
    assert chance(said_by, "zebra") < 0.06


def test_a_token_that_is_typed_is_certain() -> None:
    rest = path(("return", 0.9), (" self", 0.5)).after("return")
    assert rest is not None
    assert rest.text == " self"
    assert chance(rest, " self") == pytest.approx(0.5)


def test_a_begun_token_is_weighed_against_the_rivals_that_begin_so_too() -> None:
    step = Step("value", math.log(0.3), (("values", math.log(0.1)), ("name", math.log(0.5))))
    rest = TokenPath((step, Step(" =", math.log(0.9)))).after("va")
    assert rest is not None
    assert rest.text == "lue ="
    assert chance(rest, "lue") == pytest.approx(1.0)
    assert chance(rest, "lues") == pytest.approx(0.25)


def test_typing_a_rival_leaves_what_is_known_of_it() -> None:
    step = Step("value", math.log(0.6), (("name", math.log(0.3)),))
    rest = TokenPath((step, Step(" =", math.log(0.9)))).after("n")
    assert rest is not None
    assert rest.text == "ame"


@pytest.mark.parametrize("typed", ["x", "returns", "return other"])
def test_typing_something_else_leaves_nothing(typed: str) -> None:
    assert path(("return", 0.9), (" self", 0.5)).after(typed) is None


def test_what_lies_beyond_the_end_of_an_answer_is_left_out() -> None:
    path = TokenPath((Step("a", -0.1), Step(" b", -0.1), Step("\n\nc", -0.1)))
    assert path.within(3) == TokenPath(path.steps[:2], ended=True)
    assert path.within(6) is path
