"""A local model that tells how likely its tokens are: asked at once, heard in time, and nothing asked twice."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from segue_model import ConnectionFailed
from segue_server.lsp.documents import DocumentStore, IncomingChange

if TYPE_CHECKING:
    from types import SimpleNamespace

ABOVE = "def area(shape):\n"
SURE = (("return", 0.99), (" shape", 0.98), (".width", 0.97), ("\n", 0.95))


async def until(condition: Any) -> None:
    async def poll() -> None:
        while not condition():  # noqa: ASYNC110 - threads take part
            await asyncio.sleep(0.001)

    await asyncio.wait_for(poll(), 10)


async def warmed(bench: Any, model: Any) -> None:
    """Let the model read what is above the line that the tests type in."""
    await bench.completer.complete(bench.request(ABOVE + "    |"))
    await until(lambda: model.warmed and not bench.running())
    bench.completer.clear()
    bench.completer.close()
    model.asked.clear()


def bench_of(fakes: SimpleNamespace, model: Any, context: Any = None, **settings: Any) -> Any:
    """Return a pipeline whose statistical engine is by itself too unsure to show anything."""
    context = context or fakes.FakeContext("return shape.width", 0.4)
    return fakes.Bench(
        model=model,
        context=context,
        **{"certainty": 0.8, "can_refresh": True, **settings},
    )


async def test_what_the_model_is_sure_of_is_shown(fakes: SimpleNamespace) -> None:
    model = fakes.FakeTokenModel(*SURE)
    bench = bench_of(fakes, model)
    await warmed(bench, model)
    answer = await bench.completer.complete(bench.request(ABOVE + "    |"))
    assert [s.text for s in answer.suggestions] == ["return shape.width"]
    assert answer.engine == "both"


async def test_weak_guesses_are_not(fakes: SimpleNamespace) -> None:
    model = fakes.FakeTokenModel(("return", 0.4), (" false", 0.3))
    bench = bench_of(fakes, model, fakes.FakeContext("raise", 0.2))
    await warmed(bench, model)
    answer = await bench.completer.complete(bench.request(ABOVE + "    |"))
    assert (answer.suggestions, answer.reason) == ((), "low_confidence")
    assert answer.prompt.endswith(ABOVE + "    ")
    assert answer.model_ms > 0
    assert (await bench.completer.complete(bench.request(ABOVE + "    |"))).reason == "low_confidence"
    assert len(model.asked) == 1


async def test_a_sure_statistical_answer_asks_nothing(fakes: SimpleNamespace) -> None:
    model = fakes.FakeTokenModel(*SURE)
    bench = bench_of(fakes, model, fakes.FakeContext("return shape.area", 0.95))
    answer = await bench.completer.complete(bench.request(ABOVE + "    |"))
    assert (answer.engine, answer.suggestions[0].text) == ("statistical", "return shape.area")
    assert not model.asked


async def test_a_cold_model_is_warmed_and_told_of_later(fakes: SimpleNamespace) -> None:
    model = fakes.FakeTokenModel(*SURE)
    model.cold.clear()
    bench = bench_of(fakes, model)
    answer = await bench.completer.complete(bench.request(ABOVE + "    |"))
    assert (answer.suggestions, answer.reason) == ((), "waiting")
    await until(lambda: model.warmed == [ABOVE])
    assert not model.asked
    model.cold.set()
    await until(lambda: bench.better)
    known = bench.completer.cached(bench.request(ABOVE + "    |"))
    assert known is not None
    assert known.suggestions[0].text == "return shape.width"


async def test_a_late_answer_that_shows_nothing_says_why(fakes: SimpleNamespace) -> None:
    model = fakes.FakeTokenModel(("return", 0.4), (" false", 0.3))
    model.cold.clear()
    bench = bench_of(fakes, model, fakes.FakeContext("raise", 0.2))
    assert (await bench.completer.complete(bench.request(ABOVE + "    |"))).reason == "waiting"
    model.cold.set()
    await until(lambda: bench.silences)
    assert (bench.silences, bench.better) == (["low_confidence"], [])


@pytest.mark.parametrize(
    ("shown", "later"),
    [("return shape", "return shape.width"), ("return box", None), ("return shape.width", None)],
)
async def test_a_piece_on_the_screen_grows_and_never_changes(
    fakes: SimpleNamespace, shown: str, later: str | None
) -> None:
    model = fakes.FakeTokenModel(*SURE)
    model.cold.clear()
    context = fakes.FakeContext(later or shown, 0.85)
    context.sure_of = shown
    bench = bench_of(fakes, model, context)
    first = await bench.completer.complete(bench.request(ABOVE + "    |"))
    assert [s.text for s in first.suggestions] == [shown]
    model.cold.set()
    await until(lambda: model.asked and not bench.running())
    known = bench.completer.cached(bench.request(ABOVE + "    |"))
    assert known is not None
    assert known.suggestions[0].text == (later or shown)
    assert len(bench.better) == (1 if later else 0)


async def test_no_key_cancels_the_reading(fakes: SimpleNamespace) -> None:
    model = fakes.FakeTokenModel(*SURE)
    model.cold.clear()
    bench = bench_of(fakes, model)
    for typed in ("r", "re", "ret"):
        await bench.completer.complete(bench.request(f"{ABOVE}    {typed}|"))
    await until(lambda: model.warmed)
    assert model.warmed == [ABOVE]
    model.cold.set()


async def test_typing_along_what_the_model_said_asks_nothing_more(fakes: SimpleNamespace) -> None:
    model = fakes.FakeTokenModel(("return", 0.3), (" shape", 0.98), (".width", 0.97), ("\n", 0.95))
    bench = bench_of(fakes, model)
    await warmed(bench, model)
    first = await bench.completer.complete(bench.request(ABOVE + "    |"))
    assert not first.suggestions
    bench.context.text = "urn shape.width"
    second = await bench.completer.complete(bench.request(ABOVE + "    ret|"))
    assert second.suggestions[0].text == "urn shape.width"
    assert len([asked for asked in model.asked if asked.endswith(("    ", "ret"))]) == 1


async def test_what_follows_a_piece_is_heard_before_it_is_accepted(fakes: SimpleNamespace) -> None:
    model = fakes.FakeTokenModel(("return", 0.99), (" shape", 0.1))
    bench = bench_of(fakes, model)
    await warmed(bench, model)
    answer = await bench.completer.complete(bench.request(ABOVE + "    |"))
    assert answer.suggestions[0].text == "return"
    await until(lambda: any(asked.endswith("    return") for asked in model.asked))
    count = len(model.asked)
    await bench.completer.complete(bench.request(ABOVE + "    return|"))
    assert len(model.asked) == count


async def test_a_question_that_does_not_fit_any_more_is_closed(fakes: SimpleNamespace) -> None:
    model = fakes.FakeTokenModel(*SURE)
    bench = bench_of(fakes, model)
    await warmed(bench, model)
    model.gate.clear()
    documents = DocumentStore()
    documents.listeners.append(bench.completer.document_changed)
    documents.open("file:///a.py", "python", 1, ABOVE + "    ")
    asking = asyncio.ensure_future(bench.completer.complete(bench.request(ABOVE + "    |")))
    await until(lambda: model.asked)
    documents.change("file:///a.py", 2, [IncomingChange("x", (0, 0), (0, 0))])
    await until(lambda: model.closed_early)
    asking.cancel()


async def test_a_model_that_fails_leaves_the_statistical_answer(fakes: SimpleNamespace) -> None:
    model = fakes.FakeTokenModel(*SURE)
    bench = bench_of(fakes, model, fakes.FakeContext("shape.area()", 0.85))
    await warmed(bench, model)
    model.failure = ConnectionFailed("Nobody answers.")
    answer = await bench.completer.complete(bench.request(ABOVE + "    return |"))
    assert answer.suggestions[0].text == "shape.area()"


async def test_a_client_that_cannot_be_told_later_waits_for_the_model(fakes: SimpleNamespace) -> None:
    model = fakes.FakeTokenModel(*SURE)
    bench = bench_of(fakes, model, can_refresh=False)
    answer = await bench.completer.complete(bench.request(ABOVE + "    |"))
    assert answer.suggestions[0].text == "return shape.width"


async def test_the_model_reads_more_while_the_user_rests(fakes: SimpleNamespace) -> None:
    model = fakes.FakeTokenModel(*SURE)
    model.cold.clear()
    bench = bench_of(fakes, model, rest_s=0.0)
    above = "".join(f"name_{number} = {number}\n" for number in range(200))
    await bench.completer.complete(bench.request(above + "    |"))
    await until(lambda: len(model.warmed) == 1)
    model.cold.set()
    await until(lambda: model.asked)
    await bench.completer.complete(bench.request(above + "    x|"))
    await until(lambda: len(model.warmed) > 1)
    assert len(model.warmed[-1]) > len(model.warmed[0])
