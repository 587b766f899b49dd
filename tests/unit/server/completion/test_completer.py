"""The pipeline: what is asked, what is shared, what is closed, and what is answered."""

from __future__ import annotations

import asyncio
import gc
import threading
from typing import TYPE_CHECKING

import pytest

from segue_model import Disconnected
from segue_postprocess import Reason
from segue_server.completion.types import CompletionAnswer, Popup
from segue_server.lsp.documents import DocumentStore, IncomingChange
from segue_syntax import Position, Snapshot

if TYPE_CHECKING:
    from types import SimpleNamespace


async def settle() -> None:
    """Let every task that can go on go on, threads included."""
    for _ in range(200):
        await asyncio.sleep(0.001)
        if all(t.done() or t is asyncio.current_task() for t in asyncio.all_tasks()):
            return


async def until(condition: object) -> None:
    async def poll() -> None:
        while not condition():  # type: ignore[operator]  # noqa: ASYNC110 - threads take part
            await asyncio.sleep(0.001)

    await asyncio.wait_for(poll(), 10)


async def test_without_a_model_the_statistical_answer_is_given(fakes: SimpleNamespace) -> None:
    bench = fakes.Bench(context=fakes.FakeContext("value"))
    answer = await bench.completer.complete(bench.request("x = |"))
    assert (answer.engine, answer.suggestions[0].text, answer.source) == ("statistical", "value", "fresh")
    assert answer.total_ms >= answer.timings_ms["statistical"] > 0


async def test_silence_says_why(fakes: SimpleNamespace) -> None:
    bench = fakes.Bench()
    assert (await bench.completer.complete(bench.request("x = |"))).reason == "no_engine"
    bench = fakes.Bench(context=fakes.FakeContext("value", 0.2), certainty=0.3)
    assert (await bench.completer.complete(bench.request("x = |"))).reason == "low_confidence"
    assert (await bench.completer.complete(bench.request("x = |", explicit=True))).engine == "statistical"


@pytest.mark.parametrize(
    ("text", "changes", "reason"),
    [
        ("wo|rd", {}, "mid_word"),
        ("word|", {"after_deletion": True}, "after_deletion"),
        ("word|", {"denied": "secrets"}, "denied"),
        ("a\0|b", {}, "binary"),
        ("|", {}, "empty"),
    ],
)
async def test_nothing_is_asked_where_nothing_could_be_shown(
    fakes: SimpleNamespace, text: str, changes: dict[str, object], reason: str
) -> None:
    model = fakes.FakeModel("answer")
    bench = fakes.Bench(model=model, context=fakes.FakeContext("value"))
    answer = await bench.completer.complete(bench.request(text, **changes))
    assert (answer.reason, answer.suggestions) == (reason, ())
    assert not model.prompts
    assert not bench.context.asked


async def test_switches_silence_it(fakes: SimpleNamespace) -> None:
    for changes, reason in (
        ({"paused": True}, "paused"),
        ({"enabled": False}, "disabled"),
        ({"disabled_languages": frozenset({"python"})}, "language_disabled"),
    ):
        bench = fakes.Bench(context=fakes.FakeContext("value"), **changes)
        assert (await bench.completer.complete(bench.request("x = |"))).reason == reason


async def test_the_models_answer_is_cached_and_typed_through_at_once(fakes: SimpleNamespace) -> None:
    model = fakes.FakeModel("compute(a)")
    bench = fakes.Bench(model=model)
    first = await bench.completer.complete(bench.request("x = |"))
    assert (first.engine, first.suggestions[0].text, first.source) == ("model", "compute(a)", "fresh")
    for typed in ("c", "comp", "compute(", "co"):
        known = bench.completer.cached(bench.request(f"x = {typed}|"))
        assert known is not None
        assert typed + known.suggestions[0].text == "compute(a)"
    assert len(model.prompts) == 1


async def test_a_later_keystroke_adopts_the_call_in_flight(fakes: SimpleNamespace) -> None:
    model = fakes.FakeModel("compute(a)", held=True)
    bench = fakes.Bench(model=model)
    first = asyncio.ensure_future(bench.completer.complete(bench.request("x = |")))
    await until(lambda: model.prompts)
    second = asyncio.ensure_future(bench.completer.complete(bench.request("x = com|")))
    await asyncio.sleep(0.01)
    first.cancel()
    model.gate.set()
    answer = await second
    assert (answer.source, answer.suggestions[0].text) == ("adopted", "pute(a)")
    assert len(model.prompts) == 1


async def test_a_call_that_no_longer_fits_is_closed_at_the_keystroke(fakes: SimpleNamespace) -> None:
    model = fakes.FakeModel("compute(a)", held=True)
    bench = fakes.Bench(model=model)
    documents = DocumentStore()
    documents.listeners.append(bench.completer.document_changed)
    documents.open("file:///a.py", "python", 1, "x = 1\n")
    asking = asyncio.ensure_future(bench.completer.complete(bench.request("x = |1\n", explicit=True)))
    await until(lambda: model.prompts)
    documents.change("file:///a.py", 2, [IncomingChange("y", (0, 0), (0, 0))])
    answer = await asyncio.wait_for(asking, 10)
    assert not answer.suggestions
    assert model.closed_early == len(model.prompts)


async def test_a_call_whose_text_contradicts_the_typing_is_closed_midway(fakes: SimpleNamespace) -> None:
    model = fakes.FakeModel(
        lambda prompt: "right" if prompt.prefix.endswith("r") else "wrong" * 50, held=True
    )
    bench = fakes.Bench(model=model)
    first = asyncio.ensure_future(bench.completer.complete(bench.request("x = |")))
    await until(lambda: model.prompts)
    second = asyncio.ensure_future(bench.completer.complete(bench.request("x = r|")))
    await asyncio.sleep(0.01)
    first.cancel()
    model.gate.set()
    answer = await second
    assert answer.suggestions[0].text == "right"
    assert (len(model.prompts), model.closed_early) == (2, 1)


async def test_an_abandoned_call_is_closed_after_a_moment(fakes: SimpleNamespace) -> None:
    model = fakes.FakeModel("compute(a)", held=True)
    bench = fakes.Bench(model=model)
    asking = asyncio.ensure_future(bench.completer.complete(bench.request("x = |")))
    await until(lambda: model.prompts)
    asking.cancel()
    await until(lambda: model.closed_early == 1)


async def test_the_place_is_read_while_the_model_thinks(fakes: SimpleNamespace) -> None:
    model = fakes.FakeModel("compute(a)", held=True)
    bench = fakes.Bench(model=model)
    asking = asyncio.ensure_future(bench.completer.complete(bench.request("x = |")))
    await until(lambda: bench.prepared)
    assert not asking.done()
    model.gate.set()
    assert (await asking).suggestions[0].text == "compute(a)"
    assert [cursor.prefix for cursor in bench.prepared] == ["x = "]


async def test_the_request_does_not_wait_until_the_place_is_read(fakes: SimpleNamespace) -> None:
    read = threading.Event()
    model = fakes.FakeModel("compute(a)")
    bench = fakes.Bench(model=model, prepare=lambda _cursor: read.wait(10))
    asking = asyncio.ensure_future(bench.completer.complete(bench.request("x = |")))
    try:
        await until(lambda: model.prompts)
        assert not asking.done()
    finally:
        read.set()
    assert (await asking).suggestions[0].text == "compute(a)"


async def test_a_call_may_be_closed_while_its_place_is_read(
    fakes: SimpleNamespace, caplog: pytest.LogCaptureFixture
) -> None:
    read = threading.Event()
    begun = threading.Event()

    def prepare(_cursor: object) -> None:
        begun.set()
        read.wait(10)
        raise RuntimeError("nobody is there to hear it")

    model = fakes.FakeModel("compute(a)", held=True)
    bench = fakes.Bench(model=model, prepare=prepare)
    asking = asyncio.ensure_future(bench.completer.complete(bench.request("x = |")))
    try:
        await until(begun.is_set)
        bench.completer.close()
        assert not (await asyncio.wait_for(asking, 10)).suggestions
    finally:
        read.set()
    await settle()
    assert not caplog.records


async def test_waiting_keystrokes_make_one_call(fakes: SimpleNamespace) -> None:
    model = fakes.FakeModel("lue")
    bench = fakes.Bench(model=model, debounce_ms=40)
    asking = [
        asyncio.ensure_future(bench.completer.complete(bench.request(f"x = {'va'[:typed]}|")))
        for typed in range(3)
    ]
    answers = await asyncio.gather(*asking)
    assert [answer.reason for answer in answers] == ["superseded", "superseded", ""]
    assert [prompt.prefix for prompt in model.prompts] == ["x = va"]


async def test_a_failing_model_leaves_the_statistical_answer(fakes: SimpleNamespace) -> None:
    model = fakes.FakeModel("")
    model.failure = OSError("gone")
    bench = fakes.Bench(model=model, context=fakes.FakeContext("value", 0.5))
    answer = await bench.completer.complete(bench.request("x = |"))
    assert (answer.engine, answer.suggestions[0].text) == ("statistical", "value")
    bench = fakes.Bench(model=model)
    assert (await bench.completer.complete(bench.request("x = |"))).reason == "model_offline"


@pytest.mark.parametrize(("reply", "suggested"), [("one()\ntwo()\nthr", ["one()\ntwo()"]), ("on", [])])
async def test_an_answer_that_breaks_off_gives_its_whole_lines(
    fakes: SimpleNamespace, reply: str, suggested: list[str]
) -> None:
    model = fakes.FakeModel(reply)
    model.breaks_off = Disconnected("The server hung up.")
    answer = await fakes.Bench(model=model).completer.complete(fakes.Bench().request("x = |"))
    assert [suggestion.text for suggestion in answer.suggestions] == suggested


async def test_a_confident_statistical_answer_does_not_wait(fakes: SimpleNamespace) -> None:
    model = fakes.FakeModel("slow", held=True)
    bench = fakes.Bench(model=model, context=fakes.FakeContext("value", 0.9))
    answer = await asyncio.wait_for(bench.completer.complete(bench.request("x = |")), 10)
    assert answer.engine == "statistical"
    await until(lambda: model.closed_early == len(model.prompts))


async def test_a_client_that_refreshes_gets_both_one_after_the_other(fakes: SimpleNamespace) -> None:
    model = fakes.FakeModel("better", held=True)
    bench = fakes.Bench(model=model, context=fakes.FakeContext("value", 0.1), can_refresh=True)
    answer = await asyncio.wait_for(bench.completer.complete(bench.request("x = |")), 10)
    assert answer.engine == "statistical"
    model.gate.set()
    await until(lambda: bench.better)
    again = bench.completer.cached(bench.request("x = |"))
    assert again is not None
    assert (again.engine, again.suggestions[0].text) == ("model", "better")


async def test_an_explicit_request_gets_several_candidates(fakes: SimpleNamespace) -> None:
    replies = iter(["one", "two", "two"])
    model = fakes.FakeModel(lambda _prompt: next(replies))
    bench = fakes.Bench(model=model, context=fakes.FakeContext("three", 0.5), candidates=4)
    bench.settings = bench.settings.__class__(certainty=0.0, candidates=3)
    answer = await bench.completer.complete(bench.request("x = |", explicit=True))
    assert {suggestion.text for suggestion in answer.suggestions} <= {"one", "two", "three"}
    assert len(answer.suggestions) == 3
    assert len({options.temperature for options in model.options}) == 3


async def test_what_follows_acceptance_is_there_when_it_is_accepted(fakes: SimpleNamespace) -> None:
    model = fakes.FakeModel(lambda prompt: "\nnext" if prompt.prefix.endswith("value") else "value")
    bench = fakes.Bench(model=model, prefetch=True)
    answer = await bench.completer.complete(bench.request("x = |\nend\n"))
    bench.completer.prefetch(answer.suggestions[0].id)
    await until(lambda: bench.completer.cached(bench.request("x = value|\nend\n")))
    after = await bench.completer.complete(bench.request("x = value|\nend\n"))
    assert (after.source, after.suggestions[0].text) == ("cache", "\nnext")


async def test_the_popups_entry_is_continued_or_respected(fakes: SimpleNamespace) -> None:
    model = fakes.FakeModel("(a)")
    bench = fakes.Bench(model=model)
    popup = Popup(Position(0, 4), "compute")
    answer = await bench.completer.complete(bench.request("x = com|", popup=popup))
    assert answer.suggestions[0].text == "(a)"
    assert model.prompts[0].prefix == "x = compute"
    other = await bench.completer.complete(bench.request("x = com|", popup=Popup(Position(0, 4), "other")))
    assert other.reason == "popup"


@pytest.mark.parametrize(
    ("text", "popup", "prefix", "suffix"),
    [
        ("user = get|Us()\n", Popup(Position(0, 7), "getUser", Position(0, 12)), "user = getUser", "()\n"),
        ("user = get|Us()\n", Popup(Position(0, 7), "getUser", Position(0, 10)), "user = getUser", "Us()\n"),
        ("user = get|Us()\n", Popup(Position(0, 7), "getUser", Position(0, 8)), "user = getUser", "Us()\n"),
        ("user = get|Us()\n", Popup(Position(0, 7), "getUser", Position(1, 0)), "user = getUser", "Us()\n"),
    ],
)
async def test_the_popups_entry_replaces_what_its_range_says(
    fakes: SimpleNamespace, text: str, popup: Popup, prefix: str, suffix: str
) -> None:
    model = fakes.FakeModel("ById")
    bench = fakes.Bench(model=model)
    await bench.completer.complete(bench.request(text, popup=popup, explicit=True))
    assert (model.prompts[0].prefix, model.prompts[0].suffix) == (prefix, suffix)


async def test_a_place_without_an_answer_is_not_asked_twice(fakes: SimpleNamespace) -> None:
    model = fakes.FakeModel("")
    bench = fakes.Bench(model=model)
    assert (await bench.completer.complete(bench.request("x = |"))).reason == "nothing"
    assert (await bench.completer.complete(bench.request("x = |"))).reason == "nothing"
    assert len(model.prompts) == 1


async def test_of_what_was_given_only_the_last_ones_hold_a_text(fakes: SimpleNamespace) -> None:
    bench = fakes.Bench(context=fakes.FakeContext("value"))
    before = living_snapshots()
    for number in range(40):
        answer = await bench.completer.complete(bench.request(f"x_{number} = |"))
        assert bench.completer.given(answer.suggestions[0].id)
    assert living_snapshots() - before < 10


def living_snapshots() -> int:
    gc.collect()
    return sum(isinstance(one, Snapshot) for one in gc.get_objects())


@pytest.mark.parametrize(("chance_below", "text"), [(0.95, "value\n    other"), (0.5, "value")])
async def test_further_lines_follow_the_same_rule(
    fakes: SimpleNamespace, chance_below: float, text: str
) -> None:
    context = fakes.FakeContext("value", 0.95)
    context.below, context.chance_below = "\n    other", chance_below
    bench = fakes.Bench(context=context, certainty=0.8)
    answer = await bench.completer.complete(bench.request("x = |"))
    assert answer.suggestions[0].text == text


async def test_the_history_of_an_answer_says_everything_in_words(fakes: SimpleNamespace) -> None:
    answer = CompletionAnswer(reason="low_confidence", postprocess=("reindented", "drop_syntax"))
    history = answer.history()
    assert history["reasonMessages"] == ["Not sure enough yet."]
    assert history["postprocessMessages"] == [
        "the indentation was corrected",
        "dropped: the file would parse worse",
    ]


def test_every_reason_of_postprocessing_has_words() -> None:
    assert all(reason.says for reason in Reason)
