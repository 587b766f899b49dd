"""The pipeline without an editor: the server's sizes, nothing carried over, and no threshold where none is wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from segue_context.privacy import SendingRules
from segue_model import ModelError
from segue_server.completion.headless import HeadlessCompleter, without_thresholds
from segue_server.completion.settings import pipeline_settings
from segue_server.configuration import Settings
from segue_syntax import Snapshot

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from segue_server.completion.types import CompletionAnswer

TEXT = "price, tax = 3, 4\ntotal = "


@pytest.fixture
async def open_pipeline(fakes) -> AsyncIterator[Callable[..., HeadlessCompleter]]:
    opened: list[HeadlessCompleter] = []

    def opening(confidence: float, reply: str | None, failure: Exception | None = None) -> HeadlessCompleter:
        context = fakes.FakeContext("price + tax", confidence)
        model = None if reply is None else fakes.FakeModel(reply)
        if model is not None:
            model.failure = failure
        settings = without_thresholds(pipeline_settings(Settings()))
        opened.append(HeadlessCompleter(settings, context=context, rules=SendingRules(None), model=model))
        return opened[-1]

    yield opening
    for pipeline in opened:
        await pipeline.aclose()


def ask(pipeline: HeadlessCompleter, text: str = TEXT, **options: object) -> Awaitable[CompletionAnswer]:
    snapshot = Snapshot.of(text, uri="file:///a.py", language_id="python")
    return pipeline.complete(snapshot, snapshot.position_at(len(text)), "a.py", **options)  # type: ignore[arg-type]


async def test_an_unsure_answer_is_given(open_pipeline) -> None:
    answer = await ask(open_pipeline(0.01, None))
    assert [suggestion.text for suggestion in answer.suggestions] == ["price + tax"]


async def test_both_engines_are_waited_for(open_pipeline) -> None:
    pipeline = open_pipeline(0.99, "price + tax")
    answer = await ask(pipeline)
    assert answer.engine == "both"
    assert pipeline.last_call is not None


async def test_each_request_is_answered_afresh(open_pipeline) -> None:
    pipeline = open_pipeline(0.5, "sum(prices)")
    first, second = await ask(pipeline), await ask(pipeline)
    assert (first.source, second.source) == ("fresh", "fresh")


async def test_the_model_call_has_the_server_s_sizes(open_pipeline) -> None:
    pipeline = open_pipeline(0.5, "sum(prices)")
    await ask(pipeline, "x" * 50 + "\n" + "y = 1\n" * 5_000)
    settings = pipeline_settings(Settings())
    assert pipeline.last_call is not None
    assert 0 < len(pipeline.last_call.prompt.prefix) <= settings.prefix_chars


async def test_a_failing_model_leaves_the_statistical_answer(open_pipeline) -> None:
    pipeline = open_pipeline(0.01, "", ModelError("No server answers."))
    answer = await ask(pipeline)
    assert answer.engine == "statistical"
    assert isinstance(pipeline.last_call.failure, ModelError)


async def test_a_denied_file_is_not_completed(open_pipeline) -> None:
    pipeline = open_pipeline(0.5, "sum(prices)")
    answer = await ask(pipeline, denied="the settings deny this file.")
    assert (answer.reason, pipeline.last_call) == ("denied", None)


async def test_one_line_means_one_line(open_pipeline) -> None:
    pipeline = open_pipeline(0.01, "first(\n    second,\n)")
    answer = await ask(pipeline, max_lines=1)
    assert answer.suggestions
    assert "\n" not in answer.suggestions[0].text


async def test_a_dropped_answer_says_which_rule_dropped_it(fakes) -> None:
    settings = without_thresholds(pipeline_settings(Settings()))
    model = fakes.FakeModel("```\n```")
    pipeline = HeadlessCompleter(settings, context=fakes.FakeContext(), rules=SendingRules(None), model=model)
    answer = await ask(pipeline)
    await pipeline.aclose()
    assert not answer.suggestions
    assert answer.postprocess == ("markdown_fence", "drop_empty")
    assert answer.prompt


@pytest.mark.parametrize(
    ("speed", "local", "prefix_chars"),
    [
        (None, False, 6000),
        (None, True, 1500),
        (1e6, True, 6000),
        (11_500, True, 6000),
        (6_000, True, 3000),
        (300, False, 750),
    ],
)
def test_a_prompt_is_as_long_as_the_model_reads_in_a_second(
    speed: float | None, local: bool, prefix_chars: int
) -> None:
    remote = {"provider": "llamacpp"}
    settings = pipeline_settings(Settings.model_validate({"model": remote}))
    fitted = settings.readable(speed, local=local)
    assert fitted.prefix_chars == prefix_chars
    assert fitted.suffix_chars == int(settings.suffix_chars * prefix_chars / 6000)
    chosen = pipeline_settings(Settings.model_validate({"model": {**remote, "prefix_chars": 9000}}))
    assert chosen.readable(speed, local=local) == chosen
    embedded = pipeline_settings(Settings())
    assert embedded.readable(speed, local=local) == embedded
