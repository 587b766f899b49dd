"""The small parts that a request goes through: healing, stops, fitting, breaker, status."""

from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue_model import (
    CircuitOpen,
    CompletionPrompt,
    ConfigurationError,
    ContextFile,
    Disconnected,
    HttpFailure,
    ModelSettings,
    RateLimited,
)
from segue_model._breaker import CircuitBreaker
from segue_model._cpu import CpuWatch, ThreadChoice, free_threads, usable_cores
from segue_model._fit import fit
from segue_model._healing import TailRemover, crosses, grammar_for, split_tail
from segue_model._status import ModelStatus, StatusTracker
from segue_model._stops import StopCutter


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def cuts(text: str, sizes: list[int]) -> list[str]:
    pieces, at = [], 0
    for size in sizes:
        pieces.append(text[at : at + size])
        at += size
    return [*pieces, text[at:]]


SIZES = st.lists(st.integers(0, 6), max_size=12)


@given(text=st.text("ab\n", max_size=30), sizes=SIZES)
def test_stops_cut_the_same_however_the_text_arrives(text: str, sizes: list[int]) -> None:
    stops = ("\n\n", "ab\na", "bbb")
    cutter = StopCutter(stops)
    got = "".join(cutter.feed(piece) for piece in cuts(text, sizes)) + cutter.flush()
    found = [at for stop in stops if (at := text.find(stop)) >= 0]
    assert cutter.done == bool(found)
    # A stop string that completes earlier wins over one that begins earlier and completes later.
    expected = {text[:at] for at in found} or {text}
    assert got in expected


def test_text_that_may_begin_a_stop_is_held_back() -> None:
    cutter = StopCutter(("\n+++++ ",))
    assert cutter.feed("a\n++") == "a"
    assert cutter.feed("+x") == "\n+++x"
    assert cutter.feed("\n") == ""
    assert cutter.flush() == "\n"


@pytest.mark.parametrize(
    ("prefix", "kept", "tail"),
    [
        ("return ", "return", " "),
        ("a\n    ", "a", "\n    "),
        ("a\n", "a", "\n"),
        ("x = so", "x =", " so"),
        ("self.con", "self.", "con"),
        ("f(", "f", "("),
        ("a.b_c", "a.b_", "c"),
        ("n = 12", "n = 1", "2"),
        ("word", "word", ""),
        ("a = 1\n\x0c", "a = 1\n\x0c", ""),
        ("a \ud800", "a \ud800", ""),
        ("x" + " " * 70, "x" + " " * 70, ""),
        ("", "", ""),
    ],
)
def test_the_tail_that_is_healed(prefix: str, kept: str, tail: str) -> None:
    assert split_tail(prefix, forced=True) == (kept, tail)


def test_without_force_only_spaces_are_healed() -> None:
    assert split_tail("x = so", forced=False) == ("x = so", "")
    assert split_tail("a\n    ", forced=False) == ("a\n", "    ")


@given(tail=st.sampled_from([" ", "    ", "\n    ", "con", " so"]), rest=st.text(max_size=20), sizes=SIZES)
def test_a_forced_tail_is_taken_off(tail: str, rest: str, sizes: list[int]) -> None:
    remover = TailRemover(tail)
    assert "".join(remover.feed(piece) for piece in cuts(tail + rest, sizes)) == rest
    assert not remover.pending


@pytest.mark.parametrize("answer", [["x = 1"], ["    ", "x = 1"], ["  x = 1"], ["            x = 1"]])
def test_other_whitespace_stands_for_the_tail(answer: list[str]) -> None:
    remover = TailRemover("    ")
    got = "".join(remover.feed(piece) for piece in answer)
    assert got.lstrip() == "x = 1"
    assert len(got) - len(got.lstrip()) == max(0, len("".join(answer)) - len("x = 1") - 4)


def test_an_answer_that_contradicts_the_tail_is_none() -> None:
    remover = TailRemover("con")
    assert [remover.feed(piece) for piece in ("co", "py()", " = 1")] == ["", "", ""]


@pytest.mark.parametrize(
    ("tail", "stop", "expected"),
    [("\n    ", "\n", True), ("x\n", "\n\n", True), ("\n    ", "\n\n", False), (" so", "\n", False)],
)
def test_a_stop_that_the_tail_would_trigger_is_kept_from_the_server(
    tail: str, stop: str, *, expected: bool
) -> None:
    assert crosses(tail, stop) is expected


def test_grammar_quotes_what_the_answer_begins_with() -> None:
    assert grammar_for('\n\t"') == 'root ::= "\\n\\t\\"" [^\\x00]*'
    assert grammar_for("\\é") == 'root ::= "\\\\é" [^\\x00]*'


def test_a_short_prompt_is_left_alone() -> None:
    prompt = CompletionPrompt("a", "b", context=(ContextFile("c", "d"),))
    assert fit(prompt, 8000) is prompt


def test_a_long_prompt_keeps_what_is_next_to_the_cursor() -> None:
    lines = [f"line {number}\n" for number in range(4000)]
    prompt = CompletionPrompt("".join(lines), "".join(lines), context=(ContextFile("c", "d" * 9000),))
    fitted = fit(prompt, 8000)
    assert fitted.prefix.endswith("line 3999\n")
    assert fitted.suffix.startswith("line 0\n")
    assert len(fitted.prefix) + len(fitted.suffix) <= 8000
    assert fitted.context == ()


def test_typing_does_not_move_the_beginning_of_a_long_prompt() -> None:
    base = "".join(f"line {number}\n" for number in range(4000))
    starts = {fit(CompletionPrompt(base + "x" * typed, ""), 8000).prefix[:40] for typed in range(60)}
    assert len(starts) <= 2


def failing(breaker: CircuitBreaker, error: Exception) -> None:
    with pytest.raises(type(error)), breaker.request():
        raise error


def test_three_failures_open_the_circuit_and_one_request_tries() -> None:
    clock = Clock()
    breaker = CircuitBreaker(clock=clock, chance=lambda: 0.0)
    for _ in range(3):
        failing(breaker, Disconnected("gone"))
    with pytest.raises(CircuitOpen) as caught, breaker.request():
        pass
    assert caught.value.retry_in_s == 1.0
    assert "gone" in caught.value.message
    clock.now += 1.1
    with breaker.request(), pytest.raises(CircuitOpen), breaker.request():
        pass  # one tries, the second is turned away
    with breaker.request():
        pass


def test_the_wait_doubles_and_has_a_ceiling() -> None:
    clock = Clock()
    breaker = CircuitBreaker(clock=clock, chance=lambda: 0.0)
    waits = []
    for _ in range(12):
        failing(breaker, Disconnected("gone"))
        waits.append(breaker.retry_in_s)
        clock.now += breaker.retry_in_s + 0.01
    assert waits[:6] == pytest.approx([0, 0, 1, 2, 4, 8], abs=1e-6)
    assert max(waits) == pytest.approx(60, abs=1e-6)


def test_jitter_spreads_the_return() -> None:
    clock = Clock()
    breaker = CircuitBreaker(clock=clock, chance=lambda: 1.0)
    for _ in range(3):
        failing(breaker, Disconnected("gone"))
    assert breaker.retry_in_s == 1.5


def test_retry_after_is_respected_at_once() -> None:
    clock = Clock()
    breaker = CircuitBreaker(clock=clock, chance=lambda: 0.0)
    failing(breaker, RateLimited("slow down", retry_after_s=7))
    assert breaker.retry_in_s == 7
    failing_later = RateLimited("slow down", retry_after_s=10**9)
    clock.now += 8
    failing(breaker, failing_later)
    assert breaker.retry_in_s == 600


def test_a_wrong_key_is_not_tried_again_soon_and_a_wrong_request_is_harmless() -> None:
    breaker = CircuitBreaker(clock=Clock(), chance=lambda: 0.0)
    for _ in range(5):
        failing(breaker, HttpFailure("no", reason="bad_request"))
    assert breaker.retry_in_s == 0
    failing(breaker, HttpFailure("no", reason="unauthorized"))
    assert breaker.retry_in_s == 60
    breaker.reset()
    assert breaker.retry_in_s == 0


def test_a_cancelled_try_lets_the_next_one_try() -> None:
    clock = Clock()
    breaker = CircuitBreaker(clock=clock, chance=lambda: 0.0)
    for _ in range(3):
        failing(breaker, Disconnected("gone"))
    clock.now += 2
    failing(breaker, GeneratorExit())  # type: ignore[arg-type]
    with breaker.request():
        pass


def read_in_part(breaker: CircuitBreaker) -> None:
    with breaker.request():
        breaker.succeeded()
        raise GeneratorExit


def test_an_answer_that_begins_is_a_success_even_if_it_is_not_read_to_its_end() -> None:
    breaker = CircuitBreaker(clock=Clock(), chance=lambda: 0.0)
    for _ in range(2):
        failing(breaker, Disconnected("gone"))
    with pytest.raises(GeneratorExit):
        read_in_part(breaker)
    failing(breaker, Disconnected("gone"))
    assert breaker.retry_in_s == 0


def test_status_follows_a_request() -> None:
    seen: list[ModelStatus] = []
    board = StatusTracker(seen.append)
    with board.busy():
        board.answering()
    assert [item.state for item in seen] == ["unknown", "busy", "ready", "ready"]
    assert board.status.in_flight == 0
    with pytest.raises(Disconnected), board.busy():
        raise Disconnected("The server hung up.")
    assert (board.status.state, board.status.reason, board.status.message) == (
        "offline",
        "disconnected",
        "The server hung up.",
    )


def test_a_key_with_a_line_break_is_refused_and_never_printed() -> None:
    with pytest.raises(ConfigurationError) as caught:
        ModelSettings(api_key="sk-secret\nX-Evil: 1")
    assert "secret" not in str(caught.value)
    chosen = ModelSettings(api_key="sk-secret", headers=(("X-Key", "hidden"),), proxy="http://u:pw@p")
    assert "secret" not in repr(chosen)
    assert "hidden" not in repr(chosen)
    assert "pw" not in repr(chosen)


def test_threads_shrink_soon_and_grow_late() -> None:
    choice = ThreadChoice(2)
    assert [choice.after(1) for _ in range(2)] == [2, 1]
    choice = ThreadChoice(1)
    assert [choice.after(2) for _ in range(12)] == [1] * 11 + [2]
    choice = ThreadChoice(2)
    assert [choice.after(wish) for wish in (1, 2, 1, 2)] == [2, 2, 2, 2]


def test_threads_fit_beside_the_work_of_others() -> None:
    cores = usable_cores()
    assert free_threads(0.0) == min(4, cores)
    assert free_threads(1000.0) == 1


def test_the_work_of_others_is_watched() -> None:
    watch = CpuWatch()
    sum(range(2_000_000))  # our own work does not count as others'
    assert 0.0 <= watch.others() <= (os.cpu_count() or 1) + 1
