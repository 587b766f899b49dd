"""The wait before asking follows the user's typing and the model's speed."""

from __future__ import annotations

from segue_server.completion.typing_rate import TypingRate


def typed(*gaps_ms: float) -> TypingRate:
    rate, now = TypingRate(), 100.0
    rate.key(now)
    for gap in gaps_ms:
        now += gap / 1000
        rate.key(now)
    return rate


def test_a_steady_typist_is_waited_for_a_little_longer_than_a_gap() -> None:
    assert 80 < typed(*[80] * 20).delay_ms() < 140
    assert 150 < typed(*[150] * 20).delay_ms() < 250


def test_one_slow_key_does_not_change_the_rhythm() -> None:
    assert typed(*[80] * 18, 600, 80).delay_ms() < 140


def test_the_first_key_after_a_pause_asks_at_once() -> None:
    assert typed(*[80] * 20, 5000).delay_ms() == 0
    assert typed(*[80] * 20, 5000, 80).delay_ms() > 80


def test_a_fast_model_is_not_waited_for() -> None:
    rate = typed(*[120] * 20)
    slow = rate.delay_ms()
    for _ in range(12):
        rate.answered(10)
    assert rate.delay_ms() < slow / 5
    assert rate.latency_ms == 10


def test_bounds_and_fresh_lines() -> None:
    rate = typed(*[300] * 20)
    assert rate.delay_ms(most_ms=200) == 200
    assert rate.delay_ms(least_ms=900, most_ms=1000) == 900
    assert rate.delay_ms(fresh_line=True) < rate.delay_ms()
    assert TypingRate().delay_ms() == 0
    assert 50 < typed(100).delay_ms() < 300
