"""Suggestions stay valid exactly as long as the text is what they were made for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue_server.completion.anchor import Anchor
from segue_server.completion.cache import SuggestionCache
from segue_server.completion.types import Suggestion
from segue_syntax import Position, Snapshot


def at(text: str) -> tuple[Snapshot, Position]:
    """Return the snapshot and the place of the `|` in `text`."""
    before, _, after = text.partition("|")
    lines = before.split("\n")
    return Snapshot.of(before + after, uri="file:///a"), Position(len(lines) - 1, len(lines[-1]))


def cache_with(text: str, suggestion: str, replaced: int = 0) -> SuggestionCache:
    cache = SuggestionCache()
    cache.put(Anchor.at(*at(text)), Suggestion(suggestion, "model", 0.9, replaced, id="c-1"))
    return cache


def found(cache: SuggestionCache, text: str) -> tuple[str, int] | None:
    hits = cache.find(*at(text))
    return (hits[0].text, hits[0].replace_suffix_chars) if hits else None


@pytest.mark.parametrize(
    ("now", "remaining"),
    [
        ("x\nreturn |\ny", "value + 1\nprint(value)"),  # asked again
        ("x\nreturn val|\ny", "ue + 1\nprint(value)"),  # typed through
        ("x\nreturn value + 1|\ny", "\nprint(value)"),  # partly accepted
        ("x\nreturn value + 1\npri|\ny", "nt(value)"),  # typed into the second line
        ("x\nreturn vak|\ny", None),  # typed something else
        ("x\nretur|\ny", None),  # deleted past the place
        ("x\nreturn value + 1\nprint(value)|\ny", None),  # nothing is left
        ("x\nreturn |z\ny", None),  # what follows on the line is new
        ("x\nreturn |\nz", None),  # what follows below is new
        ("z\nreturn |\ny", None),  # what is above is new
    ],
)
def test_a_suggestion_is_found_under_every_text_on_its_way(now: str, remaining: str | None) -> None:
    cache = cache_with("x\nreturn |\ny", "value + 1\nprint(value)")
    assert found(cache, now) == (None if remaining is None else (remaining, 0))


def test_backspacing_inside_a_suggestion_finds_it_again() -> None:
    cache = cache_with("a = |", "compute(b)")
    assert found(cache, "a = comp|") == ("ute(b)", 0)
    assert found(cache, "a = co|") == ("mpute(b)", 0)
    assert found(cache, "a = |") == ("compute(b)", 0)


def test_lines_inserted_far_above_do_not_matter() -> None:
    body = "\n".join(f"line {n}" for n in range(60))
    cache = cache_with(f"{body}\nreturn |", "value")
    assert found(cache, f"# new\n# lines\n{body}\nreturn va|") == ("lue", 0)


def test_closers_that_the_editor_inserted_are_replaced() -> None:
    cache = cache_with("print|", "(value)")
    assert found(cache, "print(|)") == ("value)", 1)


def test_closers_that_the_suggestion_lacks_hide_it() -> None:
    cache = cache_with("print|", "(value")
    assert found(cache, "print(|)") is None


def test_a_replaced_suffix_shrinks_as_it_is_typed_over() -> None:
    cache = cache_with("f(|)", "a, b)", replaced=1)
    assert found(cache, "f(a|)") == (", b)", 1)
    assert found(cache, "f(a, b)|") is None


def test_the_newest_suggestion_wins_and_duplicates_are_shown_once() -> None:
    cache = cache_with("a = |", "one()")
    anchor = Anchor.at(*at("a = |"))
    cache.put(anchor, Suggestion("other()", "model", 0.5, id="c-2"))
    cache.put(anchor, Suggestion("one()", "both", 0.9, id="c-3"))
    hits = cache.find(*at("a = |"), limit=5)
    assert [hit.id for hit in hits] == ["c-3", "c-2"]


def test_a_rejected_suggestion_is_gone() -> None:
    cache = cache_with("a = |", "one()")
    cache.reject("c-1")
    assert found(cache, "a = |") is None


def test_a_forgotten_document_and_a_full_cache_let_go() -> None:
    cache = SuggestionCache(capacity=10, per_document=4)
    for number in range(30):
        anchor = Anchor.at(*at(f"a{number} = |"))
        cache.put(anchor, Suggestion("x", "model", 0.9, id=str(number)))
    assert len(cache) == 4
    cache.forget("file:///a")
    assert len(cache) == 0


def test_silence_is_known_for_exactly_its_place() -> None:
    cache = SuggestionCache()
    cache.put_silence(Anchor.at(*at("a = |\nb")), "nothing")
    assert cache.silence(Anchor.at(*at("a = |\nb"))) == "nothing"
    assert not cache.silence(Anchor.at(*at("a = |\nc")))


TEXT = st.text(alphabet="ab(\n ", max_size=30)


@given(TEXT, TEXT, TEXT.filter(bool), st.data())
def test_what_is_found_completes_the_text_to_what_was_suggested(
    before: str, after: str, suggestion: str, data: st.DataObject
) -> None:
    """Whatever part of it was typed, accepting the rest gives the same text as accepting it at once."""
    cache = cache_with(before + "|" + after, suggestion)
    typed = suggestion[: data.draw(st.integers(0, len(suggestion) - 1))]
    hits = cache.find(*at(before + typed + "|" + after))
    assert hits
    for hit in hits:
        assert not hit.replace_suffix_chars
        assert before + typed + hit.text + after == before + suggestion + after
