"""The one decision: the longest beginning that is certain enough."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import pytest

from segue_server.completion.certainty import fused_chance, pieces
from segue_server.completion.token_path import Step, TokenPath


@dataclass
class Outlook:
    """Says fixed chances; a text between two known ones has that of the longer one."""

    chances: dict[str, float] = field(default_factory=dict)

    def likeliest_path(self) -> list[str]:
        return list(self.chances)

    def chance(self, text: str) -> float:
        longer = [chance for known, chance in self.chances.items() if known.startswith(text)]
        return self.chances.get(text, max(longer, default=0.0))

    def lines(self, limit: int) -> list[object]:
        return []

    def sources(self, text: str) -> tuple[()]:
        return ()


RAISE = Outlook({"idURL": 0.95, "idURL(": 0.9, "idURL(message": 0.5, "idURL(message)": 0.45})


def texts(outlook: Outlook | None, path: TokenPath | None, certainty: float) -> list[str]:
    return [piece.text for piece in pieces(outlook, path, certainty)]


def path(*steps: tuple[str, float], ended: bool = False) -> TokenPath:
    return TokenPath(tuple(Step(text, math.log(chance)) for text, chance in steps), ended)


@pytest.mark.parametrize(
    ("certainty", "longest"),
    [(0.4, "idURL(message)"), (0.5, "idURL(message"), (0.8, "idURL("), (0.92, "idURL")],
)
def test_the_longest_beginning_that_is_certain_enough_comes_first(certainty: float, longest: str) -> None:
    assert texts(RAISE, None, certainty)[0] == longest


def test_nothing_is_shown_below_the_certainty() -> None:
    assert texts(RAISE, None, 0.97) == []
    assert texts(None, None, 0.1) == []


def test_what_is_no_longer_than_two_characters_is_typed() -> None:
    assert texts(Outlook({"x)": 0.99}), None, 0.5) == []


def test_a_beginning_is_never_likelier_than_a_shorter_one() -> None:
    assert texts(Outlook({"self": 0.3, "self.name": 0.9}), None, 0.5) == []


def test_a_model_that_agrees_makes_more_certain_and_one_that_does_not_less() -> None:
    outlook = Outlook({"value": 0.6})
    agreeing = fused_chance("value", outlook, path(("value", 0.95), (" =", 0.5)))
    alone = fused_chance("value", None, path(("value", 0.95), (" =", 0.5)))
    against = fused_chance("value", outlook, path(("other", 0.95), (" =", 0.5)))
    assert agreeing > alone > against


def test_a_sure_model_is_shown_without_a_statistical_answer_and_a_weak_guess_is_not() -> None:
    assert texts(None, path(("return", 0.98), (" self", 0.98), ("\n", 0.9)), 0.7) == ["return self", "return"]
    assert texts(None, path(("return", 0.4), (" false", 0.3)), 0.7) == []


def test_a_models_piece_does_not_end_inside_a_word() -> None:
    sure = path(("Inval", 0.99), ("id", 0.99), ("URL", 0.99), ("(", 0.99), ("x", 0.1))
    assert texts(None, sure, 0.7) == ["InvalidURL(", "InvalidURL"]
    assert texts(None, path(("Inval", 0.99)), 0.7) == []
