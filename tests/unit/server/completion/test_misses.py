"""What the user typed against on a line asks for more certainty there."""

from __future__ import annotations

import pytest

from segue_server.completion.anchor import Anchor
from segue_server.completion.misses import Misses
from segue_syntax import Position, Snapshot


def at(text: str) -> tuple[Snapshot, Position]:
    before, _, after = text.partition("|")
    lines = before.split("\n")
    snapshot = Snapshot.of(before + after, uri="file:///a.py", language_id="python")
    return snapshot, Position(len(lines) - 1, len(lines[-1]))


def seen(misses: Misses, text: str, suggestion: str, then: str) -> float:
    """Show a suggestion, type, and return the certainty that is asked for then."""
    misses.typed(*at(text))
    misses.shown(Anchor.at(*at(text)), suggestion)
    misses.typed(*at(then))
    return misses.certainty(0.8, *at(then))


def test_a_miss_halves_the_doubt_that_is_left() -> None:
    misses = Misses()
    assert seen(misses, "x = se|", "lf.name", "x = set|") == pytest.approx(0.9)
    assert seen(misses, "x = set|", "ting", "x = set(|") == pytest.approx(0.95)


@pytest.mark.parametrize("then", ["x = sel|", "x = self.name|", "x = self.name + 1|"])
def test_what_is_typed_through_or_accepted_is_no_miss(then: str) -> None:
    assert seen(Misses(), "x = se|", "lf.name", then) == pytest.approx(0.8)


def test_another_line_starts_anew() -> None:
    misses = Misses()
    seen(misses, "x = se|", "lf.name", "x = set|")
    misses.typed(*at("x = set\n|"))
    assert misses.certainty(0.8, *at("x = set\n|")) == pytest.approx(0.8)


def test_an_edit_elsewhere_is_no_miss() -> None:
    assert seen(Misses(), "a\nx = se|", "lf.name", "ab|\nx = se") == pytest.approx(0.8)
