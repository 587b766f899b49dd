"""A server that tells how likely its tokens are: its answer is shown as far as it is certain enough, lines and all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from segue_model import NoProbabilities
from segue_postprocess import Processed

if TYPE_CHECKING:
    from types import SimpleNamespace

    from segue_postprocess import Cursor


def bench_of(fakes: SimpleNamespace, *tokens: tuple[str, float], **settings: Any) -> Any:
    model = fakes.FakeTokenModel(*tokens, breaks=True)
    model.local = False
    return fakes.Bench(model=model, **{"certainty": 0.8, "model_trust": 1.5, **settings})


async def shown(bench: Any, text: str = "def total(rows):\n    |") -> list[str]:
    answer = await bench.completer.complete(bench.request(text))
    return [suggestion.text for suggestion in answer.suggestions]


async def test_lines_are_shown_as_far_as_they_are_certain(fakes: SimpleNamespace) -> None:
    bench = bench_of(
        fakes,
        ("for", 0.99),
        (" row", 0.99),
        (" in", 0.99),
        (" rows", 0.99),
        (":", 0.99),
        ("\n        ", 0.99),
        ("if", 0.5),
    )
    assert await shown(bench) == ["for row in rows:"]
    bench = bench_of(
        fakes,
        ("a", 0.99),
        (" = 1", 0.99),
        ("\n    ", 0.99),
        ("b", 0.99),
        (" = 2", 0.99),
        ("\n    ", 0.97),
        ("c", 0.3),
    )
    assert await shown(bench) == ["a = 1\n    b = 2"]


async def test_a_block_that_ends_is_shown_whole(fakes: SimpleNamespace) -> None:
    bench = bench_of(fakes, ("a", 0.99), (" = 1", 0.99), ("\n    ", 0.99), ("b", 0.99), ("", 0.99))
    assert await shown(bench) == ["a = 1\n    b"]


async def test_an_unsure_answer_is_not_shown_and_not_heard_to_its_end(fakes: SimpleNamespace) -> None:
    bench = bench_of(fakes, ("return", 0.4), (" None", 0.4), (" or", 0.4), (" so", 0.4))
    assert await shown(bench) == []
    assert bench.model.told == 2


async def test_who_asks_gets_the_whole_answer(fakes: SimpleNamespace) -> None:
    bench = bench_of(fakes, ("return", 0.4), candidates=1)
    bench.model.reply = "return None"
    answer = await bench.completer.complete(bench.request("def f():\n    |", explicit=True))
    assert answer.suggestions[0].text == "return None"


async def test_a_server_that_does_not_tell_is_asked_for_its_whole_answer(fakes: SimpleNamespace) -> None:
    bench = bench_of(fakes, ("return", 0.4))
    bench.model.token_chances = None
    bench.model.refusal = NoProbabilities("It does not tell.")
    bench.model.reply = "return None"
    assert await shown(bench) == ["return None"]


@pytest.mark.parametrize(("trust", "texts"), [(0.0, []), (1.5, ["value"])])
async def test_a_trusted_models_own_word_counts_more(
    fakes: SimpleNamespace, trust: float, texts: list[str]
) -> None:
    context = fakes.FakeContext("other", 0.3)
    bench = bench_of(fakes, ("value", 0.97), ("", 0.97), context=context, model_trust=trust)
    assert await shown(bench, "x = |") == texts


@pytest.mark.parametrize("local", [False, True])
async def test_why_a_certain_piece_is_dropped_is_told(fakes: SimpleNamespace, *, local: bool) -> None:
    def drop(_cursor: Cursor, _text: str) -> Processed:
        return Processed(None, reasons=("unit_end", "drop_syntax"))

    bench = bench_of(fakes, (")", 0.99), (" oops", 0.99), ("\n", 0.99), process=drop, waits=True)
    bench.model.local = local
    answer = await bench.completer.complete(bench.request("x = |"))
    assert answer.suggestions == ()
    assert (answer.reason, answer.postprocess) == ("nothing", ("unit_end", "drop_syntax"))
