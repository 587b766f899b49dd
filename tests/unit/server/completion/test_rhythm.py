"""The wait before asking follows the user's typing and the model's speed."""

from __future__ import annotations

from segue_server.completion.rhythm import Rhythm


def typed(*gaps_ms: float) -> Rhythm:
    rhythm, now = Rhythm(), 100.0
    rhythm.key(now)
    for gap in gaps_ms:
        now += gap / 1000
        rhythm.key(now)
    return rhythm


def test_a_steady_typist_is_waited_for_a_little_longer_than_a_gap() -> None:
    assert 80 < typed(*[80] * 20).delay_ms() < 140
    assert 150 < typed(*[150] * 20).delay_ms() < 250


def test_one_slow_key_does_not_change_the_rhythm() -> None:
    assert typed(*[80] * 18, 600, 80).delay_ms() < 140


def test_the_first_key_after_a_pause_asks_at_once() -> None:
    assert typed(*[80] * 20, 5000).delay_ms() == 0
    assert typed(*[80] * 20, 5000, 80).delay_ms() > 80


def test_a_fast_model_is_not_waited_for() -> None:
    rhythm = typed(*[120] * 20)
    slow = rhythm.delay_ms()
    for _ in range(12):
        rhythm.answered(10)
    assert rhythm.delay_ms() < slow / 5
    assert rhythm.latency_ms == 10


def test_bounds_and_fresh_lines() -> None:
    rhythm = typed(*[300] * 20)
    assert rhythm.delay_ms(most_ms=200) == 200
    assert rhythm.delay_ms(least_ms=900, most_ms=1000) == 900
    assert rhythm.delay_ms(fresh_line=True) < rhythm.delay_ms()
    assert Rhythm().delay_ms() == 0
    assert 50 < typed(100).delay_ms() < 300
