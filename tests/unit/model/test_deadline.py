"""One deadline ends a request, whatever its server does and in however many parts it does it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import aclosing
from typing import TYPE_CHECKING

import pytest

from segue_bench import fault_server as faults
from segue_model import (
    ChatMessage,
    CompletionPrompt,
    GenerationOptions,
    ModelError,
    ModelSettings,
    OpenedChat,
    OpenedModel,
    Timeouts,
    open_chat,
)
from segue_model._errors import ModelLoading
from segue_model._http import Endpoint, HttpClient
from segue_model._sender import Sender
from segue_model._status import StatusTracker

from .test_providers import Script

if TYPE_CHECKING:
    from pathlib import Path

    from segue_bench.fault_server import Connection, FaultServer, Request

Open = Callable[[ModelSettings], OpenedModel]
Behaviour = Callable[["Connection", "Request"], None]
LIMIT_S = 0.3
ENDLESS = [
    faults.silent,
    faults.endless_informational,
    faults.dripped_headers,
    faults.dripped_document,
    faults.slow_loris,
    faults.endless_comments,
    faults.slow_words,
]
PROMPT = CompletionPrompt("x = ", "", path="a.py", language_id="python")


def settings(provider: str, url: str) -> ModelSettings:
    # A model of no known family: more is asked about its server.
    return ModelSettings(provider=provider, endpoint=url, model="m", timeouts=Timeouts.of(LIMIT_S))


async def ask_completion(model: OpenedModel) -> None:
    async with aclosing(model.stream(PROMPT, GenerationOptions(max_tokens=10**6))) as chunks:
        async for _ in chunks:
            pass


async def ask_tokens(model: OpenedModel) -> None:
    async with aclosing(model.tokens(PROMPT, least=0.0, max_tokens=10**6)) as tokens:
        async for _ in tokens:
            pass


async def ask_chat(chat: OpenedChat) -> None:
    async with aclosing(
        chat.chat([ChatMessage("user", "hello")], GenerationOptions(max_tokens=10**6))
    ) as chunks:
        async for _ in chunks:
            pass


@pytest.mark.parametrize("provider", ["openai", "llamacpp", "ollama"])
@pytest.mark.parametrize("behaviour", ENDLESS, ids=lambda value: value.__name__)
async def test_a_completion_ends_at_the_deadline(
    server: FaultServer, opened: Open, behaviour: Behaviour, provider: str
) -> None:
    server.behaviour = behaviour
    with pytest.raises(ModelError) as caught:
        await ask_completion(opened(settings(provider, server.url)))
    assert caught.value.reason == "timeout"


@pytest.mark.parametrize("behaviour", ENDLESS, ids=lambda value: value.__name__)
async def test_tokens_end_at_the_deadline(server: FaultServer, opened: Open, behaviour: Behaviour) -> None:
    server.behaviour = behaviour
    with pytest.raises(ModelError) as caught:
        await ask_tokens(opened(settings("llamacpp", server.url)))
    assert caught.value.reason == "timeout"


@pytest.mark.parametrize("behaviour", ENDLESS, ids=lambda value: value.__name__)
async def test_a_chat_ends_at_the_deadline(server: FaultServer, tmp_path: Path, behaviour: Behaviour) -> None:
    server.behaviour = behaviour
    chat = open_chat(settings("openai", server.url), cache_dir=tmp_path)
    with pytest.raises(ModelError) as caught:
        await ask_chat(chat)
    await chat.aclose()
    assert caught.value.reason == "timeout"


async def test_probes_and_answer_have_one_deadline(server: FaultServer, opened: Open) -> None:
    # Each part is in time; /models, /tokenize, the suffix probe and the answer together are not.
    server.behaviour = faults.slowly(LIMIT_S / 2, faults.good)
    with pytest.raises(ModelError) as caught:
        await ask_completion(opened(settings("openai", server.url)))
    assert caught.value.reason == "timeout"


async def test_refused_parameters_do_not_buy_time(server: FaultServer, opened: Open) -> None:
    refusing = faults.slowly(LIMIT_S / 3, faults.refusing("temperature", "max_tokens", "stream"))
    server.behaviour = lambda connection, request: (
        refusing(connection, request) if request.body else connection.answer(404, {})
    )
    with pytest.raises(ModelError) as caught:
        await ask_completion(opened(settings("openai", server.url)))
    assert caught.value.reason == "timeout"


async def test_tokens_asked_one_by_one_have_one_deadline(server: FaultServer, opened: Open) -> None:
    token = {"id": 1, "token": "a", "logprob": -0.1, "top_logprobs": []}
    answer = {"content": "a", "stop": True, "completion_probabilities": [token]}
    server.behaviour = Script({"/props": {"build_info": "b1"}, "/completion": lambda _: answer})
    server.behaviour = faults.slowly(LIMIT_S / 10, server.behaviour)
    with pytest.raises(ModelError) as caught:
        await ask_tokens(opened(settings("llamacpp", server.url)))
    assert caught.value.reason == "timeout"


async def test_the_time_that_a_model_takes_to_load_is_not_the_requests() -> None:
    http = HttpClient(Endpoint("http://127.0.0.1:1", timeouts=Timeouts.of(LIMIT_S)))
    sender = Sender(http, name="m", board=StatusTracker(), loading_s=60)
    still_loading = iter(range(4))  # waited for longer than the limit, all in all

    async def ask() -> str:
        if next(still_loading, None) is not None:
            raise ModelLoading("Loading model.")
        return "answered"

    assert await sender.patiently(ask, http.deadline()) == "answered"
